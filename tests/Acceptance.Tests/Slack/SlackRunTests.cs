using System.Text;
using ChatOpsBot.Acceptance.Tests.Lab;
using ChatOpsBot.Acceptance.Tests.Repairs;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.FakeSlack;
using Xunit;

namespace ChatOpsBot.Acceptance.Tests.Slack;

/// <summary>From a slash command to a repaired host and its transcript: real sshd and guard, the service as <c>serve</c> puts it together, and a Slack that its own clients have approved.</summary>
[Trait("Needs", "root")]
[Collection("the host of Slack")] // one after the other: they share it
public class SlackRunTests(LabFixture lab)
{
    internal const string Host = "host55";

    [Fact]
    [Trait("Requirement", "SL-22")]
    public async Task Slash_ThenApprovedByASecondPerson_TheHostIsRepairedAndTheTranscriptIsInTheThread()
    {
        await lab.NeedAsync(Host);
        await using var town = await SlackTown.StartAsync("Http");
        await RepairTests.WithFaultsAsync(Host, ["bridge.uplink-missing"], async () =>
        {
            await using var service = await town.ServeAsync();
            var waiting = await WaitingAsync(town, service);
            await town.PressAsync(SlackTown.Bob, waiting, "approve");
            Assert.Equal(IncidentEnd.Resolved, (await service.UntilEndAsync(new(1))).End);
            await RepairedAsync(town, service, waiting);
        });
    }

    /// <summary>The same over Socket Mode, while Slack says nothing but 429 for ten minutes from the decision on.</summary>
    [Fact]
    [Trait("Requirement", "SL-22")]
    [Trait("Requirement", "SL-25")]
    public async Task Slash_OverSocketMode_SlackOnlyLimitsForTenMinutes_TheRepairIsCommittedMeanwhileAndToldOnceAfterwards()
    {
        await lab.NeedAsync(Host);
        await using var town = await SlackTown.StartAsync("SocketMode");
        await RepairTests.WithFaultsAsync(Host, ["bridge.uplink-missing"], async () =>
        {
            await using var service = await town.ServeAsync();
            var waiting = await WaitingAsync(town, service);
            await LimitedForTenMinutesAsync(town, service, waiting, async () =>
            {
                Assert.Equal(IncidentEnd.Resolved, (await service.UntilEndAsync(new(1))).End);
                Assert.Equal(GuardStatus.Committed, (await service.EventsAsync(new(1))).OfType<IncidentEvent.GuardReported>().Last().Report.Status);
            });
            await RepairedAsync(town, service, waiting);
        });
    }

    [Fact]
    [Trait("Requirement", "SL-25")]
    public async Task SlackOnlyLimitsForTenMinutes_ARepairThatMakesItWorse_IsTakenBackMeanwhile()
    {
        await lab.NeedAsync(Host);
        await using var town = await SlackTown.StartAsync("SocketMode");
        await RepairTests.WithFaultsAsync(Host, ["bridge.uplink-missing"], async () =>
        {
            await using var service = await town.ServeAsync(new() { AckWait = TimeSpan.FromSeconds(3), SettleWithin = TimeSpan.FromSeconds(1) });
            var waiting = await WaitingAsync(town, service);
            (await LabFixture.LabAsync("exec", Host, "--", "sh", "-c", RepairTests.SpoilOnceApplied)).Expect();
            await LimitedForTenMinutesAsync(town, service, waiting, async () => Assert.Equal(IncidentEnd.Reverted, (await service.UntilEndAsync(new(1))).End));
            var end = await town.CardAsync(card => card.Text.Contains("is reverted", StringComparison.Ordinal));
            Assert.Equal(waiting.Ts, end.Ts);
            await ToldOnceAsync(town, end);
            Assert.Equal(1, await PlansOnHostAsync());
        });
    }

    /// <summary>The incident that ann asked for and may not approve herself.</summary>
    private static async Task<FakeMessage> WaitingAsync(SlackTown town, RunningService service)
    {
        Assert.Contains("I-1", await town.SayAsync(SlackTown.Ann, $"check {Host}"), StringComparison.Ordinal);
        var waiting = await town.CardAsync(card => card.AllText.Contains("cob.approve", StringComparison.Ordinal));
        Assert.Contains("bridge.uplink-missing", waiting.AllText, StringComparison.Ordinal);
        Assert.Contains("ip link set", waiting.AllText, StringComparison.Ordinal);
        Assert.Contains("second person", await town.PressAsync(SlackTown.Ann, waiting, "approve"), StringComparison.Ordinal);
        Assert.IsType<IncidentState.AwaitingApproval>((await service.GetAsync(new(1))).State);
        return waiting;
    }

    /// <summary>Bob approves, and from the decision on Slack only says 429 with a minute to wait, for ten minutes of the service's clock.</summary>
    private static async Task LimitedForTenMinutesAsync(SlackTown town, RunningService service, FakeMessage waiting, Func<Task> repaired)
    {
        // Who presses is looked up at Slack, so until then that works.
        var approved = false;
        var refused = 0;
        town.Slack.Fault = call =>
        {
            if (!Volatile.Read(ref approved) && !call.Method.StartsWith("chat.", StringComparison.Ordinal) && call.Method != "response_url")
            {
                return null;
            }

            Interlocked.Increment(ref refused);
            return new FakeFault { Status = 429, RetryAfter = "60" };
        };
        await town.BeginPressAsync(SlackTown.Bob, waiting, "approve");
        await service.UntilAsync(new(1), incident => incident.State is not IncidentState.AwaitingApproval);
        Volatile.Write(ref approved, true);
        await repaired();

        // The host's guard has no part in the clock that is moved: what it had to do is done.
        for (var minute = 1; minute <= 10; minute++)
        {
            var before = Volatile.Read(ref refused);
            town.Time.Move(TimeSpan.FromSeconds(61));
            await SlackTown.UntilAsync(() => Volatile.Read(ref refused) > before, $"a further try in minute {minute}");
        }

        Assert.DoesNotMatch("is resolved|is reverted", (await town.CardAsync(_ => true)).Text);
        town.Slack.Fault = _ => null;
        town.Time.Move(TimeSpan.FromSeconds(61));
    }

    private static async Task RepairedAsync(SlackTown town, RunningService service, FakeMessage waiting)
    {
        var end = await town.CardAsync(card => card.Text.Contains("is resolved", StringComparison.Ordinal));
        Assert.Equal(waiting.Ts, end.Ts);
        var file = await ToldOnceAsync(town, end);
        var head = (await service.Incidents.GetAsync(new(1), TestContext.Current.CancellationToken))?.Head ?? "";
        Assert.Contains(Thread(town, end), message => message.Text.Contains(head[..16], StringComparison.Ordinal));
        Assert.Contains("DHCPACK for 52:54:00:", Encoding.UTF8.GetString(file.Bytes), StringComparison.Ordinal);
        Assert.Empty(town.Slack.Complaints);
        Assert.Equal(1, await PlansOnHostAsync());
        (await LabFixture.LabAsync("lease", Host, "vm1", "--timeout", "10")).Expect();
        await town.PictureAsync($"slack-{town.Mode}", ("waiting for approval", [waiting]), ("at the end", [end, .. Thread(town, end)]));
    }

    /// <summary>The outcome and the transcript stand in the card's thread, each once.</summary>
    internal static async Task<FakeFile> ToldOnceAsync(SlackTown town, FakeMessage card)
    {
        await SlackTown.UntilAsync(() => Thread(town, card).Any(message => message.Files.Count == 1) && Thread(town, card).Any(message => message.Text.Contains(", head ", StringComparison.Ordinal)), "the transcript");
        Assert.Single(Thread(town, card), message => message.Text.Contains(", head ", StringComparison.Ordinal));
        return town.Slack.Workspace.Files[Assert.Single(Thread(town, card), message => message.Files.Count == 1).Files[0]];
    }

    /// <summary>How many plans the host's guard remembers.</summary>
    internal static async Task<int> PlansOnHostAsync()
        => int.Parse((await LabFixture.LabAsync("exec", Host, "--", "sh", "-c", "ls -d /run/chatops/*/state | wc -l")).Expect(), System.Globalization.CultureInfo.InvariantCulture);

    internal static IEnumerable<FakeMessage> Thread(SlackTown town, FakeMessage card) => town.Slack.Workspace.Messages(SlackTown.Channel).Where(message => message.Thread == card.Ts);
}
