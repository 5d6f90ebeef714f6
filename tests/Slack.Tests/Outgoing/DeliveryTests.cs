using ChatOpsBot.Adapters.Slack.Api;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.FakeSlack;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Slack.Tests.Outgoing;

/// <summary>What happens to messages when Slack is slow, refuses, or breaks off.</summary>
public class DeliveryTests
{
    [Fact]
    [Trait("Requirement", "SL-25")]
    public async Task Find_ManyMessagesCameSince_LooksFurtherBackThanOnePage()
    {
        await using var bench = await SlackBench.StartAsync();
        var (id, card) = await bench.WaitingAsync();
        for (var number = 0; number < 450; number++)
        {
            bench.Workspace.Add(new("C1", $"chatter {number}", null));
        }

        var surface = bench.Get<Application.Ports.IChatSurface>();
        Assert.Equal(new Application.Ports.ChatOutcome.Sent(card.Ts), await surface.FindAsync(new("slack:T1/C1"), $"card {id}", CancellationToken.None));
        Assert.IsType<Application.Ports.ChatOutcome.Gone>(await surface.FindAsync(new("slack:T1/C1"), "card I-99", CancellationToken.None));
    }

    [Fact]
    [Trait("Requirement", "SL-25")]
    public async Task Post_ConnectionBreaksAfterItArrived_IsFoundAgainAndNotDoubled()
    {
        await using var bench = await SlackBench.StartAsync();
        var broken = 0;
        bench.Slack.Fault = call => call.Method == "chat.postMessage" && Interlocked.Increment(ref broken) == 1 ? new FakeFault { BreaksAfterwards = true } : null;
        var (_, card) = await bench.WaitingAsync();

        Assert.Single(bench.Workspace.Messages("C1"), message => message.Thread is null);
        Assert.True(card.Changes >= 1);
        Assert.Contains(bench.Workspace.Calls, call => call.Method == "conversations.history");
    }

    [Fact]
    [Trait("Requirement", "SL-25")]
    public async Task Everything_OnlyLimitedForAWhile_ArrivesOnceAndInOrderAndIsNotHammered()
    {
        await using var bench = await SlackBench.StartAsync();
        var limited = true;
        var asked = 0;
        bench.Slack.Fault = call =>
        {
            if (!limited || !call.Method.StartsWith("chat.", StringComparison.Ordinal))
            {
                return null;
            }

            Interlocked.Increment(ref asked);
            return new FakeFault { Status = 429, RetryAfter = "60" };
        };
        await bench.SayAsync("U1", "check host42");
        await SlackBench.UntilAsync(() => asked > 0, "the first try");
        var plan = SlackBench.Plan(new(1), "host42");

        // The incident goes on to its end meanwhile: what people are shown never holds up what is done.
        await bench.AddAsync(new(1), SlackBench.Observed("host42"), IncidentSamples.Proposed(plan: plan) with { Requirement = IncidentSamples.Requirement() with { Notify = [] } });
        Assert.Contains("approv", (await bench.SayAsync("U2", "approve I-1")).Text, StringComparison.OrdinalIgnoreCase);
        await bench.RepairAsync(new(1));
        Assert.Equal("resolved", (await bench.IncidentAsync(new(1))).State.Name);
        Assert.Empty(bench.Workspace.Messages("C1"));
        Assert.True(asked <= 3, $"asked {asked} times within Retry-After");

        // A restart in the middle of the queue.
        await bench.StopBotAsync();
        limited = false;
        bench.Time.Move(TimeSpan.FromSeconds(70));
        await bench.StartBotAsync();
        await SlackBench.UntilAsync(() => bench.Workspace.Messages("C1").Any(message => message.Text.Contains(", head ", StringComparison.Ordinal)), "the outcome");
        var messages = bench.Workspace.Messages("C1");
        Assert.Single(messages, message => message.Thread is null);
        Assert.Single(messages, message => message.Files.Count > 0);
        Assert.Single(messages, message => message.Text.Contains(", head ", StringComparison.Ordinal));
        Assert.Contains("is resolved", messages[0].Text);
    }

    [Fact]
    [Trait("Requirement", "SL-25")]
    public async Task Outcome_LimitedAfterTheFile_DoesNotUploadTwice()
    {
        await using var bench = await SlackBench.StartAsync();
        var (id, card) = await bench.WaitingAsync();
        await bench.PressAsync("U2", card, "approve");
        var times = 0;
        bench.Slack.Fault = call => call.Method == "chat.postMessage" && call.Arguments.GetValueOrDefault("text")?.Contains(", head ", StringComparison.Ordinal) == true && Interlocked.Increment(ref times) <= 2
            ? new FakeFault { Status = 429, RetryAfter = "0" }
            : null;
        await bench.RepairAsync(id);
        await SlackBench.UntilAsync(() => bench.Workspace.Messages("C1").Any(message => message.Text.Contains(", head ", StringComparison.Ordinal)), "the outcome");
        Assert.Single(bench.Workspace.Messages("C1"), message => message.Files.Count > 0);
        Assert.True(times >= 2);
    }

    [Fact]
    [Trait("Requirement", "SL-26")]
    public async Task Card_NewBlocksAreRefused_IsShownInOlderOnesAndTheRefusalRemembered()
    {
        await using var bench = await SlackBench.StartAsync();
        bench.Slack.RefusesNewBlocks = true;
        var (_, card) = await bench.WaitingAsync();

        Assert.DoesNotContain("\"plan\"", card.Blocks?.ToJsonString());
        Assert.NotNull(SlackBench.Button(card, "approve"));
        Assert.Contains(bench.Log.Lines, line => line.Contains("it is sent as Classic", StringComparison.Ordinal));
        Assert.Single(bench.Log.Lines, line => line.Contains("it is sent as Classic", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Requirement", "SL-26")]
    public async Task Card_AllBlocksAreRefused_IsShownAsTextWithWhatToType()
    {
        await using var bench = await SlackBench.StartAsync();
        bench.Slack.Fault = call => call.Arguments.TryGetValue("blocks", out var blocks) && blocks.Length > 2 ? new FakeFault { Error = "invalid_blocks" } : null;
        await bench.SayAsync("U1", "check host42");
        await bench.AddAsync(new(1), SlackBench.Observed("host42"), IncidentSamples.Proposed(plan: SlackBench.Plan(new(1), "host42")));
        var card = await bench.CardAsync(message => message.Text.Contains("approve I-1", StringComparison.Ordinal));
        Assert.Contains("br0 has no uplink port", card.Text);
        Assert.Contains("ip link set dev eno2 master br0", card.Text);
        Assert.Contains("approv", (await bench.SayAsync("U2", "approve I-1")).Text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    [Trait("Requirement", "SL-26")]
    public async Task Card_Deleted_IsShownAgain()
    {
        await using var bench = await SlackBench.StartAsync();
        var (id, card) = await bench.WaitingAsync();
        bench.Workspace.Delete("C1", card.Ts);
        await bench.PressAsync("U2", card, "approve");
        Assert.NotEqual(card.Ts, (await bench.CardAsync(message => message.Text.Contains("is applying", StringComparison.Ordinal))).Ts);
        Assert.Equal(id, (await bench.IncidentAsync(id)).Id);
    }

    [Theory]
    [Trait("Requirement", "SL-26")]
    [InlineData("channel_not_found", "never")]
    [InlineData("not_in_channel", "never")]
    [InlineData("is_archived", "never")]
    [InlineData("invalid_auth", "never")]
    [InlineData("account_inactive", "never")]
    [InlineData("token_revoked", "never")]
    [InlineData("missing_scope", "never")]
    [InlineData("message_not_found", "gone")]
    [InlineData("something_new", "never")]
    public void Outcome_OfAnErrorWord_IsPermanentWithARemedy(string error, string kind)
    {
        var outcome = SlackErrors.Outcome(new SlackReply.Refused(error, ""), "C1", repeatable: false, _ => new ChatOutcome.Sent("1"));
        Assert.Equal(kind, outcome is ChatOutcome.Never ? "never" : outcome is ChatOutcome.Gone ? "gone" : "other");
    }

    [Fact]
    [Trait("Requirement", "SL-26")]
    [Trait("Requirement", "SL-25")]
    public void Outcome_OfWhatTimeMends_IsTriedAgain_AmbiguousOnlyWhereTwiceDoesHarm()
    {
        static ChatOutcome Of(SlackReply reply, bool repeatable) => SlackErrors.Outcome(reply, "C1", repeatable, _ => new ChatOutcome.Sent("1"));
        Assert.IsType<ChatOutcome.Later>(Of(new SlackReply.Limited(TimeSpan.FromSeconds(3)), false));
        Assert.IsType<ChatOutcome.Later>(Of(new SlackReply.Broken("x", MayHaveArrived: false), false));
        Assert.IsType<ChatOutcome.Later>(Of(new SlackReply.Broken("x", MayHaveArrived: true), true));
        Assert.IsType<ChatOutcome.Ambiguous>(Of(new SlackReply.Broken("x", MayHaveArrived: true), false));
    }

    [Fact]
    [Trait("Requirement", "SL-27")]
    [Trait("Requirement", "SEC-5")]
    [Trait("Requirement", "SEC-19")]
    [Trait("Requirement", "SL-30")]
    [Trait("Requirement", "SL-24")]
    public async Task WholeIncident_EveryCall_IsWellBehaved()
    {
        await using var bench = await SlackBench.StartAsync();
        var (id, card) = await bench.WaitingAsync();
        await bench.PressAsync("U2", card, "approve");
        await bench.RepairAsync(id);
        await SlackBench.UntilAsync(() => bench.Workspace.Messages("C1").Any(message => message.Text.Contains(", head ", StringComparison.Ordinal)), "the outcome");

        Assert.Empty(bench.Slack.Complaints);
        var messages = bench.Workspace.Calls.Where(call => call.Method.StartsWith("chat.", StringComparison.Ordinal)).ToArray();
        Assert.All(messages, call =>
        {
            Assert.False(string.IsNullOrWhiteSpace(call.Arguments["text"]));
            if (call.Method == "chat.postMessage")
            {
                Assert.Equal("false", call.Arguments["unfurl_links"]);
                Assert.Equal("false", call.Arguments["unfurl_media"]);
            }

            Assert.False(call.Arguments.ContainsKey("link_names"));
            Assert.False(call.Arguments.ContainsKey("parse"));
            Assert.False(call.Arguments.ContainsKey("token"));
        });

        // The card outlives every response address, so it is only ever changed by channel and time.
        Assert.Contains(messages, call => call.Method == "chat.update" && call.Arguments["ts"] == card.Ts);
        Assert.DoesNotContain(bench.Workspace.Calls, call => call.Method == "response_url" && call.Arguments["body"].Contains("\"replace_original\":true", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Requirement", "SEC-7")]
    public async Task Restart_BetweenAcknowledgementAndWork_DoesItAfterwardsAndAnswers()
    {
        await using var bench = await SlackBench.StartAsync();
        var (id, card) = await bench.WaitingAsync();
        bench.Slack.Fault = call => call.Method == "users.info" ? new FakeFault { Delay = TimeSpan.FromSeconds(30) } : null;
        await bench.Slack.Sender.PressAsync("U2", card, SlackBench.Button(card, "approve"));
        Assert.IsType<IncidentState.AwaitingApproval>((await bench.IncidentAsync(id)).State);
        await bench.StopBotAsync();
        bench.Slack.Fault = _ => null;
        await bench.StartBotAsync();

        await SlackBench.UntilAsync(() => bench.Workspace.Ephemerals.Any(answer => answer is { User: "U2", Trigger: null }), "the answer by another way");
        Assert.IsType<IncidentState.Applying>((await bench.IncidentAsync(id)).State);
        Assert.Single(bench.Workspace.Ephemerals, answer => answer.User == "U2");
    }
}
