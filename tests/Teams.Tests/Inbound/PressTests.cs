using System.Text.Json.Nodes;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatOpsBot.Teams.Tests.Inbound;

/// <summary>Buttons and forms: what each sees, decided by id at the press, answered truthfully whatever happened meanwhile.</summary>
public class PressTests
{
    [Fact]
    [Trait("Requirement", "TM-14")]
    [Trait("Requirement", "TM-16")]
    [Trait("Requirement", "TM-18")]
    public async Task Card_BaseAndViews_ShowEachTheirOwn()
    {
        await using var bench = await TeamsBench.StartAsync();
        await bench.SayAsync("bo", "help");
        var (id, card) = await bench.WaitingAsync();

        // All see one button; nothing on it decides.
        var all = card.Card?.ToJsonString() ?? "";
        Assert.Equal("Show my options", Assert.Single(TeamsBench.All(card.Card, "Action.Execute"), action => action["title"] is not null)["title"]?.GetValue<string>());
        Assert.DoesNotContain("cob.press", all, StringComparison.Ordinal);
        Assert.DoesNotContain("cob.ask", all, StringComparison.Ordinal);
        Assert.Equal("Action.Submit", TeamsBench.Button(card.Card, "Show my options")["fallback"]?["type"]?.GetValue<string>());

        // Whose client fetches a view by itself: who may approve and has been seen, not the requester.
        Assert.Equal(["29:bo"], ((JsonArray)(card.Card?["refresh"]?["userIds"] ?? new JsonArray())).Select(user => user?.GetValue<string>()));

        string[] Labels(JsonObject view) => [.. TeamsBench.All(view["body"], "Action.Execute").Select(action => action["title"]?.GetValue<string>() ?? "")];
        Assert.Equal(["Approve", "Deny", "Cancel", "Details"], Labels(await bench.OptionsAsync("bo", card)));
        Assert.Equal(["Cancel", "Details"], Labels(await bench.OptionsAsync("ann", card)));
        Assert.All(TeamsBench.All((await bench.OptionsAsync("bo", card))["body"], "Action.Execute"), action => Assert.Equal("Action.Submit", action["fallback"]?["type"]?.GetValue<string>()));

        // Who may see nothing sees nothing.
        Assert.Equal(403, (await bench.PressAsync("eve", TeamsBench.Button(card.Card, "Show my options"), card.Id))["statusCode"]?.GetValue<int>());
        Assert.Equal("application/vnd.microsoft.activity.message", (await bench.PressAsync("zoe", TeamsBench.Button(card.Card, "Show my options"), card.Id))["type"]?.GetValue<string>());

        // A client that asks by itself never decides, whatever it claims to have pressed; and no host is asked.
        var approve = TeamsBench.Button(await bench.OptionsAsync("bo", card), "Approve");
        var asked = bench.Teams.Calls.Count;
        var start = TimeProvider.System.GetTimestamp();
        var automatic = await bench.PressAsync("bo", approve, card.Id, automatic: true);
        Assert.Equal("application/vnd.microsoft.card.adaptive", automatic["type"]?.GetValue<string>());
        Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(10));
        Assert.Equal(asked, bench.Teams.Calls.Count);
        Assert.Empty(await bench.EventsAsync<IncidentEvent.Approved>(id));
    }

    [Fact]
    [Trait("Requirement", "SEC-7")]
    [Trait("Requirement", "TM-17")]
    public async Task Approve_ManyTimesAtOnce_DecidesOnceAndAnswersEach()
    {
        await using var bench = await TeamsBench.StartAsync();
        var (id, card) = await bench.WaitingAsync();
        bench.Time.Move(TimeSpan.FromSeconds(40));
        var approve = TeamsBench.Button(await bench.OptionsAsync("bo", card), "Approve");

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => bench.PressAsync("bo", approve, card.Id)));

        Assert.Single(await bench.EventsAsync<IncidentEvent.Approved>(id));
        Assert.All(answers, answer => Assert.Equal(200, answer["statusCode"]?.GetValue<int>()));
        Assert.Single(answers, answer => TeamsBench.Words(answer).Contains("the repair of host42 begins", StringComparison.Ordinal));

        // The message that all see follows, and asks nobody to fetch anything any more.
        await TeamsBench.UntilAsync(() => TeamsBench.Words(card).Contains(": applying", StringComparison.Ordinal), "the card follows");
        Assert.Null(card.Card?["refresh"]);
    }

    [Fact]
    [Trait("Requirement", "SEC-8")]
    [Trait("Requirement", "TM-17")]
    public async Task Approve_AfterRestartOrTooLate_IsAnsweredTruthfully()
    {
        await using var bench = await TeamsBench.StartAsync();
        var (id, card) = await bench.WaitingAsync();
        var approve = TeamsBench.Button(await bench.OptionsAsync("bo", card), "Approve");
        await bench.StopBotAsync();
        await bench.StartBotAsync();
        Assert.Contains("begins", TeamsBench.Words(await bench.PressAsync("bo", approve, card.Id)));
        Assert.IsType<IncidentState.Applying>((await bench.IncidentAsync(id)).State);
        Assert.Contains("was approved", TeamsBench.Words(await bench.PressAsync("bo", approve, card.Id)));
        await bench.RepairAsync(id);
        var late = await bench.PressAsync("bo", approve, card.Id);
        Assert.Equal((200, "application/vnd.microsoft.card.adaptive"), (late["statusCode"]?.GetValue<int>(), late["type"]?.GetValue<string>()));
        Assert.Contains("ended resolved", TeamsBench.Words(late));
        Assert.Single(await bench.EventsAsync<IncidentEvent.Approved>(id));
    }

    [Fact]
    [Trait("Requirement", "TM-15")]
    [Trait("Requirement", "TM-17")]
    [Trait("Requirement", "SEC-6")]
    [Trait("Requirement", "SEC-9")]
    [Trait("Requirement", "SEC-10")]
    [Trait("Requirement", "SEC-12")]
    public async Task Approve_ForgedOrByTheWrongPerson_IsRefused()
    {
        await using var bench = await TeamsBench.StartAsync();
        var (id, card) = await bench.WaitingAsync();
        var approve = TeamsBench.Button(await bench.OptionsAsync("bo", card), "Approve");
        var token = approve["data"]?["t"]?.GetValue<string>() ?? "";
        foreach (var word in new[] { "approve", "I-1", "ann", "bridge", "host42" })
        {
            Assert.DoesNotContain(word, token, StringComparison.OrdinalIgnoreCase);
        }

        // Bo's button in others' hands: it is the hand that counts.
        foreach (var (user, why) in new[] { ("ann", "second person"), ("eve", "none of them"), ("gus", "guests"), ("zoe", "nobody under people") })
        {
            var answer = await bench.PressAsync(user, approve, card.Id);
            Assert.Equal((403, "application/vnd.microsoft.error"), (answer["statusCode"]?.GetValue<int>(), answer["type"]?.GetValue<string>()));
            Assert.Contains(why, answer["value"]?["message"]?.GetValue<string>());
        }

        // Guessed and changed tokens, other verbs, and words that a card never said.
        foreach (var (verb, guess) in new[] { ("cob.press", "guess"), ("cob.press", (token[0] == 'A' ? 'B' : 'A') + token[1..]), ("cob.press", ""), ("cob.form", token), ("approve", "x"), ("", ""), ("cob.ask", "x") })
        {
            var answer = await bench.PressAsync("bo", new() { ["verb"] = verb, ["data"] = new JsonObject { ["t"] = guess, ["decision"] = "approve", ["person"] = "bo" } }, card.Id);
            Assert.True(answer["statusCode"]?.GetValue<int>() is 200 or 403);
            Assert.Contains("none of ours", answer.ToJsonString());
        }

        Assert.Equal(200, (await bench.PressAsync("bo", new() { ["verb"] = "cob.later", ["data"] = new JsonObject { ["t"] = token } }, card.Id))["statusCode"]?.GetValue<int>());

        // No approvers, no approval.
        var policy = bench.Configuration.Policy;
        bench.Configuration.Policy = policy with { Approvals = [] };
        Assert.Equal(403, (await bench.PressAsync("bo", approve, card.Id))["statusCode"]?.GetValue<int>());
        bench.Configuration.Policy = policy;

        // Nobody can tell whether bo is still a member: no.
        bench.Teams.Fault = call => call.Method == "GET" ? new(429, RetryAfter: "1") : null;
        Assert.Contains("could not be asked", (await bench.PressAsync("bo", approve, card.Id))["value"]?["message"]?.GetValue<string>());
        bench.Teams.Fault = _ => null;
        bench.Time.Move(TimeSpan.FromSeconds(10));
        Assert.Empty(await bench.EventsAsync<IncidentEvent.Approved>(id));

        // The plan changes: the old button is void.
        await bench.AddAsync(id, new IncidentEvent.RecheckRequested(IncidentSamples.At(3), IncidentSamples.Ann));
        Assert.Contains("no longer on offer", TeamsBench.Words(await bench.PressAsync("bo", approve, card.Id)));
        Assert.Empty(await bench.EventsAsync<IncidentEvent.Approved>(id));
    }

    [Fact]
    [Trait("Requirement", "SEC-18")]
    [Trait("Requirement", "TM-17")]
    public async Task Press_SomethingFails_SaysAMarkAndNoDetail()
    {
        await using var bench = await TeamsBench.StartAsync();
        var (_, card) = await bench.WaitingAsync();
        foreach (var failure in new Exception[] { new InvalidOperationException("the inner detail"), new StoreException("the inner detail of /var/lib") })
        {
            await bench.StopBotAsync();
            bench.Also = services => services.AddSingleton<ICardIndex>(new BrokenIndex(failure));
            await bench.StartBotAsync();
            var answer = await bench.PressAsync("bo", TeamsBench.Button(card.Card, "Show my options"), card.Id);
            Assert.Equal((200, "application/vnd.microsoft.activity.message"), (answer["statusCode"]?.GetValue<int>(), answer["type"]?.GetValue<string>()));
            Assert.Matches("in the log under [0-9a-f]{8}$", answer["value"]?.GetValue<string>());
            Assert.DoesNotContain("inner detail", answer.ToJsonString());
            var mark = answer["value"]?.GetValue<string>()[^8..] ?? "?";
            Assert.Contains(bench.Log.Lines, line => line.Contains(mark, StringComparison.Ordinal) && line.Contains("the inner detail", StringComparison.Ordinal));
        }
    }

    private sealed class BrokenIndex(Exception failure) : ICardIndex
    {
        public Task<CardPlace?> FindAsync(IncidentId incident, ConversationId conversation, CancellationToken cancellationToken) => throw failure;

        public Task KeepAsync(CardPlace place, CancellationToken cancellationToken) => throw failure;

        public Task<System.Collections.Immutable.ImmutableArray<CardPlace>> ListAsync(IncidentId incident, CancellationToken cancellationToken) => throw failure;
    }

    [Fact]
    [Trait("Requirement", "TM-16")]
    public async Task Deny_AsksForTheReasonAndKeepsIt()
    {
        await using var bench = await TeamsBench.StartAsync();
        var (id, card) = await bench.WaitingAsync();
        var deny = TeamsBench.Button(await bench.OptionsAsync("bo", card), "Deny");
        var form = (JsonObject)((await bench.PressAsync("bo", deny, card.Id))["value"] ?? new JsonObject());
        Assert.Equal("f.reason", Assert.Single(TeamsBench.All(form, "Input.Text"))["id"]?.GetValue<string>());
        Assert.Empty(await bench.EventsAsync<IncidentEvent.Denied>(id));

        // Back leads to the own view; nothing was decided.
        var back = await bench.PressAsync("bo", TeamsBench.Button(form, "Back"), card.Id);
        Assert.Contains(TeamsBench.All(back, "Action.Execute"), action => action["title"]?.GetValue<string>() == "Approve");

        var sent = await bench.PressAsync("bo", TeamsBench.Button(form, "Deny"), card.Id, new() { ["f.reason"] = "not <b>today</b>" });
        Assert.Contains("is declined", TeamsBench.Words(sent));
        Assert.Equal("not <b>today</b>", Assert.Single(await bench.EventsAsync<IncidentEvent.Denied>(id)).Reason);
    }

    [Fact]
    [Trait("Requirement", "TM-16")]
    public async Task OlderClient_SubmitInsteadOfExecute_IsWorkedOnAsWell()
    {
        await using var bench = await TeamsBench.StartAsync();
        var (id, card) = await bench.WaitingAsync();
        var submit = (JsonObject)(TeamsBench.Button(card.Card, "Show my options")["fallback"] ?? new JsonObject());
        var shown = bench.People.Activity("message", "bo");
        shown["value"] = submit["data"]?.DeepClone();
        shown["replyToId"] = card.Id;
        var view = await bench.SayAsync(shown);

        var press = bench.People.Activity("message", "bo");
        press["value"] = TeamsBench.Button(view.Card, "Approve")["fallback"]?["data"]?.DeepClone();
        Assert.Contains("begins", TeamsBench.Words(await bench.SayAsync(press)));
        Assert.Single(await bench.EventsAsync<IncidentEvent.Approved>(id));

        // The same delivery once more changes nothing.
        Assert.Equal(200, (await bench.People.SendAsync(press)).Status);
        Assert.Single(await bench.EventsAsync<IncidentEvent.Approved>(id));
    }

    [Fact]
    [Trait("Requirement", "SEC-8")]
    public async Task SecondCopyOfACard_ItsButtonWorksAndItGoes()
    {
        await using var bench = await TeamsBench.StartAsync();

        // The service takes the card and then breaks: the bot cannot know and sends again.
        var broken = 0;
        bench.Teams.Fault = call => call.Method == "POST" && call.Body?.ToJsonString().Contains("Show my options", StringComparison.Ordinal) == true && Interlocked.Increment(ref broken) == 1 ? new(502, Arrives: true) : null;
        await bench.SayAsync("ann", "check host42");
        await TeamsBench.UntilAsync(() => bench.Teams.Messages.Count(message => message.Card?.ToJsonString().Contains("Show my options", StringComparison.Ordinal) == true) == 2, "two copies");
        var copies = bench.Teams.Messages.Where(message => message.Card?.ToJsonString().Contains("Show my options", StringComparison.Ordinal) == true).ToArray();
        await bench.AddAsync(new(1), TeamsBench.Observed("host42"), IncidentSamples.Proposed(plan: TeamsBench.Plan(new(1), "host42")) with { Requirement = IncidentSamples.Requirement() with { Notify = [] } });
        await TeamsBench.UntilAsync(() => copies.Any(copy => copy.Changes > 0), "one of them is kept up to date");
        var (current, old) = copies[0].Changes > 0 ? (copies[0], copies[1]) : (copies[1], copies[0]);

        var view = await bench.OptionsAsync("bo", old);
        Assert.True(old.Deleted);
        Assert.Contains("begins", TeamsBench.Words(await bench.PressAsync("bo", TeamsBench.Button(view, "Approve"), old.Id)));
        Assert.False(current.Deleted);
    }
}
