using ChatOpsBot.Acceptance.Tests.Lab;
using ChatOpsBot.Acceptance.Tests.Repairs;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.FakeSlack;
using Xunit;

namespace ChatOpsBot.Acceptance.Tests.Slack;

/// <summary>The real program on Slack, killed without a chance to say anything at the two worst moments, counted at Slack and on the host.</summary>
[Trait("Needs", "root")]
[Collection("the host of Slack")] // one after the other: they share it
public class KilledSlackServiceTests(LabFixture lab)
{
    [Fact]
    [Trait("Requirement", "SEC-7")]
    [Trait("Requirement", "SL-25")]
    public async Task Serve_KilledAmidAnApprovalAndAmidAQueueOf429_NothingIsLostAndNothingDoubled()
    {
        await lab.NeedAsync(SlackRunTests.Host);
        await using var town = await SlackTown.StartAsync("SocketMode");
        await RepairTests.WithFaultsAsync(SlackRunTests.Host, ["bridge.uplink-missing"], async () =>
        {
            var waiting = await KilledAmidTheApprovalAsync(town);
            await KilledAmidTheQueueAsync(town);
            Assert.DoesNotContain("is resolved", (await town.CardAsync(_ => true)).Text, StringComparison.Ordinal);

            town.Slack.Fault = _ => null;
            await WithServiceAsync(town, async () =>
            {
                var end = await town.CardAsync(card => card.Text.Contains("is resolved", StringComparison.Ordinal));
                Assert.Equal(waiting.Ts, end.Ts);
                await SlackRunTests.ToldOnceAsync(town, end);
                await SlackTown.UntilAsync(() => Answers(town) == 2, "an answer to each press");
            });

            Assert.Equal(2, Answers(town));
            Assert.Equal(1, await SlackRunTests.PlansOnHostAsync());
            await using var service = RunningService.Over(town.Folder);
            var events = await service.EventsAsync(new(1));
            Assert.Single(events, e => e is IncidentEvent.Opened);
            Assert.Single(events, e => e is IncidentEvent.Approved { Origin.Surface: "slack" });
            Assert.Single(events, e => e is IncidentEvent.StepReported { Part: StepPart.Run });
            Assert.Single(events, e => e is IncidentEvent.GuardReported { Report.Status: GuardStatus.Committed });
        });
    }

    /// <summary>Bob presses twice, Slack is told that both arrived, and the program dies while it asks who bob is.</summary>
    private static async Task<FakeMessage> KilledAmidTheApprovalAsync(SlackTown town)
    {
        FakeMessage? waiting = null;
        await WithServiceAsync(town, async () =>
        {
            Assert.Contains("I-1", await town.SayAsync(SlackTown.Ann, $"check {SlackRunTests.Host}"), StringComparison.Ordinal);
            waiting = await town.CardAsync(card => card.AllText.Contains("cob.approve", StringComparison.Ordinal));
            var asked = 0;
            town.Slack.Fault = call => call.Method == "users.info" && Interlocked.Increment(ref asked) > 0 ? new FakeFault { Delay = TimeSpan.FromMinutes(10) } : null;
            await town.BeginPressAsync(SlackTown.Bob, waiting, "approve");
            await town.BeginPressAsync(SlackTown.Bob, waiting, "approve");
            await SlackTown.UntilAsync(() => Volatile.Read(ref asked) >= 1, "the question who pressed");
        });
        await KilledServiceTests.UntilAsync(town.Folder, new(1), state => state is "awaiting-approval");
        return waiting ?? throw new InvalidOperationException("no card");
    }

    /// <summary>The next one takes the presses up and repairs, while Slack lets no message through; it dies with all of them waiting.</summary>
    private static async Task KilledAmidTheQueueAsync(SlackTown town)
    {
        var refused = 0;
        town.Slack.Fault = call =>
        {
            if (!call.Method.StartsWith("chat.", StringComparison.Ordinal) && !call.Method.StartsWith("files.", StringComparison.Ordinal))
            {
                return null;
            }

            Interlocked.Increment(ref refused);
            return new FakeFault { Status = 429, RetryAfter = "1" };
        };
        await WithServiceAsync(town, async () =>
        {
            // A guest may have got its address while nobody looked; one that boots asks for it again.
            await KilledServiceTests.UntilAsync(town.Folder, new(1), state => state is "resolved", () => LabFixture.LabAsync("lease", SlackRunTests.Host, "vm1", "--timeout", "5"));
            var before = Volatile.Read(ref refused);
            await SlackTown.UntilAsync(() => Volatile.Read(ref refused) >= before + 3, "messages that wait");
        });
    }

    /// <summary>Runs the program until the end of the work, and then kills it.</summary>
    private static async Task WithServiceAsync(SlackTown town, Func<Task> work)
    {
        using var service = KilledServiceTests.Serve(town.Folder);
        try
        {
            var before = town.Slack.Sockets.Total;
            await SlackTown.UntilAsync(() => town.Slack.Sockets.Total > before, "the program connects");
            await work();
        }
        finally
        {
            service.Kill(entireProcessTree: true);
            await service.WaitForExitAsync(CancellationToken.None);
        }
    }

    private static int Answers(SlackTown town) => town.Slack.Workspace.Ephemerals.Count(answer => answer.User == SlackTown.Bob);
}
