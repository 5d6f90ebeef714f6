using System.Text;
using ChatOpsBot.Acceptance.Tests.Lab;
using ChatOpsBot.Acceptance.Tests.Repairs;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.FakeSlack;
using Xunit;

namespace ChatOpsBot.Acceptance.Tests.Slack;

/// <summary>From a slash command to a repaired host and its transcript: real sshd and guard, the service as <c>serve</c> puts it together, and a Slack that its own clients have approved.</summary>
[Trait("Needs", "root")]
public class SlackRunTests(LabFixture lab)
{
    private const string Host = "host55";

    [Theory]
    [InlineData("Http")]
    [InlineData("SocketMode")]
    [Trait("Requirement", "SL-22")]
    public async Task Slash_ThenApprovedByASecondPerson_TheHostIsRepairedAndTheTranscriptIsInTheThread(string mode)
    {
        await lab.NeedAsync(Host);
        await using var town = await SlackTown.StartAsync(mode);
        await RepairTests.WithFaultsAsync(Host, ["bridge.uplink-missing"], async () =>
        {
            await using var service = await town.ServeAsync();
            Assert.Contains("I-1", await town.SayAsync(SlackTown.Ann, $"check {Host}"), StringComparison.Ordinal);
            var waiting = await town.CardAsync(card => card.AllText.Contains("cob.approve", StringComparison.Ordinal));
            Assert.Contains("bridge.uplink-missing", waiting.AllText, StringComparison.Ordinal);
            Assert.Contains("ip link set", waiting.AllText, StringComparison.Ordinal);

            Assert.Contains("second person", await town.PressAsync(SlackTown.Ann, waiting, "approve"), StringComparison.Ordinal);
            Assert.IsType<IncidentState.AwaitingApproval>((await service.GetAsync(new(1))).State);
            await town.PressAsync(SlackTown.Bob, waiting, "approve");
            Assert.Equal(IncidentEnd.Resolved, (await service.UntilEndAsync(new(1))).End);

            var end = await town.CardAsync(card => card.Text.Contains("is resolved", StringComparison.Ordinal));
            Assert.Equal(waiting.Ts, end.Ts);
            await SlackTown.UntilAsync(() => Thread(town, end).Any(message => message.Files.Count == 1) && Thread(town, end).Any(message => message.Text.Contains(", head ", StringComparison.Ordinal)), "the transcript");
            var head = (await service.Incidents.GetAsync(new(1), TestContext.Current.CancellationToken))?.Head ?? "";
            Assert.Contains(Thread(town, end), message => message.Text.Contains(head[..16], StringComparison.Ordinal));
            var file = town.Slack.Workspace.Files[Assert.Single(Thread(town, end), message => message.Files.Count == 1).Files[0]];
            Assert.Contains("DHCPACK for 52:54:00:", Encoding.UTF8.GetString(file.Bytes), StringComparison.Ordinal);
            Assert.Empty(town.Slack.Complaints);
            (await LabFixture.LabAsync("lease", Host, "vm1", "--timeout", "10")).Expect();
            await town.PictureAsync($"slack-{mode}", ("waiting for approval", [waiting]), ("at the end", [end, .. Thread(town, end)]));
        });
    }

    [Fact]
    [Trait("Requirement", "SL-25")]
    public async Task SlackRefusesEverything_TheRepairIsCommittedMeanwhile_AndToldOnceAfterwards()
    {
        await lab.NeedAsync(Host);
        await using var town = await SlackTown.StartAsync("SocketMode");
        await RepairTests.WithFaultsAsync(Host, ["bridge.uplink-missing"], async () =>
        {
            await using var service = await town.ServeAsync();
            await town.SayAsync(SlackTown.Ann, $"check {Host}");
            var waiting = await town.CardAsync(card => card.AllText.Contains("cob.approve", StringComparison.Ordinal));

            // Who presses is looked up at Slack; from the decision on it says nothing but 429.
            var approved = false;
            var refused = 0;
            town.Slack.Fault = call =>
            {
                if (!Volatile.Read(ref approved) && !call.Method.StartsWith("chat.", StringComparison.Ordinal) && call.Method != "response_url")
                {
                    return null;
                }

                Interlocked.Increment(ref refused);
                return new FakeFault { Status = 429, RetryAfter = "1" };
            };
            await town.BeginPressAsync(SlackTown.Bob, waiting, "approve");
            await service.UntilAsync(new(1), incident => incident.State is not IncidentState.AwaitingApproval);
            Volatile.Write(ref approved, true);
            Assert.Equal(IncidentEnd.Resolved, (await service.UntilEndAsync(new(1))).End);
            Assert.Equal(GuardStatus.Committed, (await service.EventsAsync(new(1))).OfType<IncidentEvent.GuardReported>().Last().Report.Status);

            // As many tries as ten minutes of "in a minute" would bring.
            var before = Volatile.Read(ref refused);
            await SlackTown.UntilAsync(() => Volatile.Read(ref refused) >= before + 10, "ten more tries");
            Assert.DoesNotContain("is resolved", (await town.CardAsync(_ => true)).Text, StringComparison.Ordinal);
            town.Slack.Fault = _ => null;
            var end = await town.CardAsync(card => card.Text.Contains("is resolved", StringComparison.Ordinal));
            await SlackTown.UntilAsync(() => Thread(town, end).Any(message => message.Text.Contains(", head ", StringComparison.Ordinal)), "the outcome");
            Assert.Single(Thread(town, end), message => message.Files.Count == 1);
            Assert.Single(Thread(town, end), message => message.Text.Contains(", head ", StringComparison.Ordinal));
        });
    }

    private static IEnumerable<FakeMessage> Thread(SlackTown town, FakeMessage card) => town.Slack.Workspace.Messages(SlackTown.Channel).Where(message => message.Thread == card.Ts);
}
