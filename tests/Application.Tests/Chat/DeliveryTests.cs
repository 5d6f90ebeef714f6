using System.Text;
using ChatOpsBot.Application.Chat.Delivery;
using ChatOpsBot.Application.Effects;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Incidents;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using static ChatOpsBot.Support.IncidentSamples;

namespace ChatOpsBot.Application.Tests.Chat;

public class DeliveryTests
{
    private readonly ChatBench _bench = new();
    private readonly FakeSurface _slack = new();
    private readonly UpdateCard _cards;
    private readonly PostMessages _posts;

    public DeliveryTests()
    {
        var surfaces = new ChatSurfaces([_slack]);
        var delivery = new CardDelivery(_bench.Incidents, _bench.Cards, _bench.Store, NullLogger<CardDelivery>.Instance);
        _cards = new(surfaces, delivery, NullLogger<UpdateCard>.Instance);
        _posts = new(surfaces, delivery, _bench.Transcripts, _bench.Links, NullLogger<PostMessages>.Instance);
    }

    [Fact]
    public async Task Card_ShownOnce_ThenUpdatedInPlace()
    {
        var id = await _bench.WaitingAsync();

        Assert.IsType<EffectOutcome.Done>(await UpdateAsync(id));
        Assert.IsType<EffectOutcome.Done>(await UpdateAsync(id));
        await _bench.SayAsync(Bo, "note I-1 x");
        Assert.IsType<EffectOutcome.Done>(await UpdateAsync(id));

        Assert.Equal(["show", "update"], _slack.Calls);
        Assert.Equal(4, Assert.Single(_slack.Cards).Value.Seq);
    }

    [Fact]
    public async Task Card_RenderedFromTheStateAtDelivery()
    {
        var id = await _bench.WaitingAsync();
        var stale = await TaskOfAsync(id, new Effect.UpdateCard(Channel));
        await _bench.SayAsync(Bo, "deny I-1");

        await _cards.PerformAsync(stale, TestContext.Current.CancellationToken);

        Assert.Equal("declined", Assert.Single(_slack.Cards).Value.Status);
    }

    [Fact]
    public async Task Card_Deleted_IsShownAgain()
    {
        var id = await _bench.WaitingAsync();
        await UpdateAsync(id);
        _slack.Cards.Clear();
        await _bench.SayAsync(Bo, "note I-1 x");

        Assert.IsType<EffectOutcome.Done>(await UpdateAsync(id));
        Assert.Equal(["show", "update", "show"], _slack.Calls);
        Assert.Single(_slack.Cards);
    }

    [Fact]
    public async Task Card_AnswerLost_IsFoundAndNotShownTwice()
    {
        var id = await _bench.WaitingAsync();
        _slack.LosesAnswerOf = call => call == "show";
        var retry = Assert.IsType<EffectOutcome.Retry>(await UpdateAsync(id));
        Assert.Contains("not known whether it arrived", retry.Why, StringComparison.Ordinal);

        Assert.IsType<EffectOutcome.Done>(await UpdateAsync(id, failures: 1));

        Assert.Single(_slack.Cards);
        Assert.Equal(["show", "find", "update"], _slack.Calls);
    }

    [Theory]
    [InlineData(17, 17)]
    [InlineData(-5, 0)]
    [InlineData(999_999, 3600)]
    public async Task RetryAfter_IsHonoured_WithinReason(int asked, int waits)
    {
        var id = await _bench.WaitingAsync();
        _slack.Before = (_, _) => Task.FromResult<ChatOutcome?>(new ChatOutcome.Later("rate limited", TimeSpan.FromSeconds(asked)));

        Assert.Equal(TimeSpan.FromSeconds(waits), Assert.IsType<EffectOutcome.Retry>(await UpdateAsync(id)).After);
        Assert.Equal(TimeSpan.FromSeconds(waits), Assert.IsType<EffectOutcome.Retry>(await PostAsync(id, new Effect.AskForApproval(Channel, 1, 1, false))).After);
    }

    [Fact]
    public async Task Never_CardIsDone_RequestIsGivenUp()
    {
        var id = await _bench.WaitingAsync();
        _slack.Before = (_, _) => Task.FromResult<ChatOutcome?>(new ChatOutcome.Never("not_in_channel; invite the bot"));

        // Given up, the card would ask for itself again with the event that says so.
        Assert.IsType<EffectOutcome.Done>(await UpdateAsync(id));
        Assert.Contains("invite the bot", Assert.IsType<EffectOutcome.GiveUp>(await PostAsync(id, new Effect.AskForApproval(Channel, 1, 1, false))).Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AdapterThrows_IsAmbiguousAndTellsNoSecret()
    {
        var id = await _bench.WaitingAsync();
        _slack.Before = (_, _) => throw new InvalidOperationException("xoxb-secret");

        Assert.DoesNotContain("xoxb", Assert.IsType<EffectOutcome.Retry>(await UpdateAsync(id)).Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SwitchedOff_IsGivenUp_ConsoleReadsItself()
    {
        var id = await _bench.WaitingAsync();

        Assert.IsType<EffectOutcome.GiveUp>(await PostAsync(id, new Effect.AskForApproval(new("teams:1/2"), 1, 1, false)));
        Assert.IsType<EffectOutcome.Done>(await _cards.PerformAsync(await TaskOfAsync(id, new Effect.UpdateCard(new("teams:1/2"))), TestContext.Current.CancellationToken));
        Assert.IsType<EffectOutcome.Done>(await PostAsync(id, new Effect.AskForApproval(new("console:ann"), 1, 1, false)));
        Assert.Empty(_slack.Calls);
    }

    [Fact]
    public async Task Request_ShowsTheCardFirst_AndAnswersIt()
    {
        var id = await _bench.WaitingAsync();

        Assert.IsType<EffectOutcome.Done>(await PostAsync(id, new Effect.AskForApproval(Channel, 1, 1, false)));
        Assert.IsType<EffectOutcome.Done>(await PostAsync(id, new Effect.AskForApproval(Channel, 1, 1, true)));

        Assert.Equal(["show", "post", "post"], _slack.Calls);
        var post = _slack.Posts.First();
        Assert.Equal("m1", post.Thread);
        Assert.True(post.Notify);
        Assert.Contains("bridge/attach-uplink, risk D2, needs 1 more of group:network other than ann until 2026-11-22 09:00:00Z", post.Text.ToString(), StringComparison.Ordinal);
        Assert.StartsWith("Reminder: ", _slack.Posts.Last().Text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_AnswerLost_IsNotPostedTwice()
    {
        var id = await _bench.WaitingAsync();
        _slack.LosesAnswerOf = call => call == "post";

        Assert.IsType<EffectOutcome.Retry>(await PostAsync(id, new Effect.AskForApproval(Channel, 1, 1, false)));
        Assert.IsType<EffectOutcome.Done>(await PostAsync(id, new Effect.AskForApproval(Channel, 1, 1, false), failures: 1));
        Assert.Single(_slack.Posts);

        // A platform that cannot look gets it twice rather than never.
        _slack.Capabilities = new();
        Assert.IsType<EffectOutcome.Retry>(await PostAsync(id, new Effect.AskForApproval(Channel, 1, 1, true), failures: 1));
        Assert.Equal(2, _slack.Posts.Count);
    }

    [Fact]
    public async Task Outcome_HasFileEventsAndHead()
    {
        var id = await _bench.WaitingAsync();
        await _bench.SayAsync(Bo, "deny I-1 <!channel>");

        Assert.IsType<EffectOutcome.Done>(await PostAsync(id, new Effect.PublishTranscript(Channel)));

        var view = await _bench.Incidents.GetAsync(id, TestContext.Current.CancellationToken);
        Assert.NotNull(view);
        var post = Assert.Single(_slack.Posts);
        Assert.Contains($"Transcript, attached: 4 events, head {view.Head[..16]}", post.Text.ToString(), StringComparison.Ordinal);
        Assert.Contains(post.Text.Runs, run => run is Domain.Cards.TextRun.HostOutput { Text: "bo declined: <!channel>" });
        Assert.Contains("I-1", Encoding.UTF8.GetString(Assert.Single(_slack.Files).Content.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Outcome_FileRefused_IsToldWithoutIt()
    {
        var id = await _bench.WaitingAsync();
        await _bench.SayAsync(Bo, "deny I-1");
        _slack.Before = (call, _) => Task.FromResult<ChatOutcome?>(call == "upload" ? new ChatOutcome.Never("missing_scope files:write") : null);

        Assert.IsType<EffectOutcome.Done>(await PostAsync(id, new Effect.PublishTranscript(Channel)));

        Assert.DoesNotContain("attached", Assert.Single(_slack.Posts).Text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Question_IsPosted()
    {
        var id = await _bench.WaitingAsync();
        await _bench.ApplyAsync(id, new IncidentEvent.RecheckRequested(_bench.Now, Ann), Fault(2, Finding("nic.uplink-no-carrier", "eno2", repair: null)) with { At = _bench.Now });

        Assert.IsType<EffectOutcome.Done>(await PostAsync(id, new Effect.AskHuman(Channel, 1)));

        Assert.Contains("a human has to act: Is the cable of eno2 in switch port 7?", Assert.Single(_slack.Posts).Text.ToString(), StringComparison.Ordinal);
    }

    private async Task<EffectOutcome> UpdateAsync(IncidentId id, int failures = 0)
        => await _cards.PerformAsync(await TaskOfAsync(id, new Effect.UpdateCard(Channel), failures), TestContext.Current.CancellationToken);

    private async Task<EffectOutcome> PostAsync(IncidentId id, Effect effect, int failures = 0)
        => await _posts.PerformAsync(await TaskOfAsync(id, effect, failures), TestContext.Current.CancellationToken);

    private async Task<EffectTask> TaskOfAsync(IncidentId id, Effect effect, int failures = 0)
        => new(effect, await _bench.Incidents.GetAsync(id, TestContext.Current.CancellationToken) ?? throw new InvalidOperationException($"{id} is gone"), failures);
}
