using System.Text.Json.Nodes;
using ChatOpsBot.Acceptance.Tests.Lab;
using ChatOpsBot.Acceptance.Tests.Repairs;
using ChatOpsBot.ChatContract.Benches;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.FakeConnector;
using ChatOpsBot.Teams.Tests.Browser;
using ChatOpsBot.Web.Tests.Browser;
using Xunit;

namespace ChatOpsBot.Acceptance.Tests.Teams;

/// <summary>From a message to a repaired host and its transcript: real sshd and guard, the service as <c>serve</c> puts it together, Microsoft's web chat in a browser or a service of Teams that its own clients have approved.</summary>
[Trait("Needs", "root")]
public class TeamsRunTests(LabFixture lab)
{
    private const string Host = "host57";

    [Fact]
    [Trait("Needs", "browser")]
    [Trait("Requirement", "TM-16")]
    public async Task WebChat_CheckThenApprovedByASecondPerson_TheHostIsRepairedAndTheTranscriptIsThere()
    {
        await lab.NeedAsync(Host);
        await using var town = await TeamsTown.StartAsync(anonymous: true);
        await RepairTests.WithFaultsAsync(Host, ["bridge.uplink-missing"], async () =>
        {
            await using var service = await town.ServeAsync();
            await using var chat = await WebChat.StartAsync(new(service.Addresses[1]));
            await using var browser = await Chromium.StartAsync();
            var ann = await chat.OpenAsync(browser, "user-ann");
            await WebChat.SayAsync(ann, $"check {Host}");
            await WebChat.ShowsAsync(ann, $"I-1: reading {Host}");
            await service.UntilPlanAsync(new(1));

            var bob = await chat.OpenAsync(browser, "user-bob");
            await WebChat.SayAsync(bob, $"check {Host}");
            await WebChat.ShowsAsync(bob, $"I-1 {Host}: awaiting-approval");
            await WebChat.ShowsAsync(bob, "bridge.uplink-missing");
            await WebChat.SayAsync(ann, "approve I-1");
            await WebChat.ShowsAsync(ann, "second person");
            await WebChat.PressAsync(bob, "Show my options");
            await WebChat.PressAsync(bob, "Approve");
            await bob.PictureAsync(Picture("teams-lab-approved"));
            Assert.Equal(IncidentEnd.Resolved, (await service.UntilEndAsync(new(1))).End);
            await WebChat.ShowsAsync(bob, $"I-1 {Host} has ended resolved");
            var head = (await service.Incidents.GetAsync(new(1), TestContext.Current.CancellationToken))?.Head ?? "?";
            await WebChat.SayAsync(ann, "transcript I-1");
            await WebChat.ShowsAsync(ann, $"head {head[..16]}");
            await WebChat.ShowsAsync(ann, "DHCPACK for 52:54:00:");
            await ann.PictureAsync(Picture("teams-lab-transcript"));
            (await LabFixture.LabAsync("lease", Host, "vm1", "--timeout", "10")).Expect();
        });
    }

    [Fact]
    [Trait("Requirement", "TM-13")]
    public async Task TeamsOnlyLimitsForTenMinutes_TheRepairIsCommittedMeanwhileAndToldOnceAfterwards()
    {
        await lab.NeedAsync(Host);
        await using var town = await TeamsTown.StartAsync();
        await RepairTests.WithFaultsAsync(Host, ["bridge.uplink-missing"], async () =>
        {
            await using var service = await town.ServeAsync();
            await LimitedForTenMinutesAsync(town, service, async () =>
            {
                Assert.Equal(IncidentEnd.Resolved, (await service.UntilEndAsync(new(1))).End);
                Assert.Equal(GuardStatus.Committed, (await service.EventsAsync(new(1))).OfType<IncidentEvent.GuardReported>().Last().Report.Status);
            });
            await ToldOnceAsync(town, "resolved");
            (await LabFixture.LabAsync("lease", Host, "vm1", "--timeout", "10")).Expect();
        });
    }

    [Fact(Explicit = true)]
    [Trait("Requirement", "TM-13")]
    public async Task TeamsOnlyLimitsForTenMinutes_ARepairThatMakesItWorse_IsTakenBackMeanwhile()
    {
        await lab.NeedAsync(Host);
        await using var town = await TeamsTown.StartAsync();
        await RepairTests.WithFaultsAsync(Host, ["bridge.uplink-missing"], async () =>
        {
            await using var service = await town.ServeAsync(new() { AckWait = TimeSpan.FromSeconds(3), SettleWithin = TimeSpan.FromSeconds(1) });
            await LimitedForTenMinutesAsync(
                town, service, async () => Assert.Equal(IncidentEnd.Reverted, (await service.UntilEndAsync(new(1))).End),
                async () => (await LabFixture.LabAsync("exec", Host, "--", "sh", "-c", RepairTests.SpoilOnceApplied)).Expect());
            await ToldOnceAsync(town, "reverted");
        });
    }

    /// <summary>ann asks, bob approves, and from the decision on Teams only says 429 with a minute to wait, for ten minutes of the service's clock.</summary>
    private static async Task LimitedForTenMinutesAsync(TeamsTown town, RunningService service, Func<Task> repaired, Func<Task>? before = null)
    {
        await town.SayAsync("ann", $"check {Host}");
        var card = await town.MessageAsync($"I-1 {Host}: awaiting-approval");
        var own = await town.PressAsync("ann", card.Card, "Show my options", card.Id);
        Assert.DoesNotContain(TeamsBench.All(own, "Action.Execute"), action => action["title"]?.GetValue<string>() == "Approve");
        var view = await town.PressAsync("bob", card.Card, "Show my options", card.Id);
        await (before?.Invoke() ?? Task.CompletedTask);

        // Who presses is looked up at Teams, so until then that works.
        var approved = false;
        var refused = 0;
        town.Teams.Fault = call =>
        {
            if (!Volatile.Read(ref approved) && call.Method == "GET")
            {
                return null;
            }

            Interlocked.Increment(ref refused);
            return new FakeFault(429, "Throttled", RetryAfter: "60");
        };
        Assert.Contains("begins", TeamsBench.Said(await town.PressAsync("bob", view["value"] as JsonObject, "Approve", card.Id)), StringComparison.Ordinal);
        Volatile.Write(ref approved, true);
        await repaired();

        // The host's guard has no part in the clock that is moved: what it had to do is done.
        for (var minute = 1; minute <= 10; minute++)
        {
            var tries = Volatile.Read(ref refused);
            town.Time.Move(TimeSpan.FromSeconds(61));
            await TeamsTown.UntilAsync(() => Volatile.Read(ref refused) > tries, () => $"a further try in minute {minute}");
        }

        Assert.DoesNotMatch("resolved|reverted", TeamsBench.Words(card));
        town.Teams.Fault = _ => null;
        town.Time.Move(TimeSpan.FromSeconds(61));
    }

    private static async Task ToldOnceAsync(TeamsTown town, string state)
    {
        await town.MessageAsync($"I-1 {Host}: {state}");
        await town.MessageAsync($"I-1 {Host} has ended {state}");
        Assert.Single(town.Teams.Messages, message => TeamsBench.Words(message).Contains($"I-1 {Host}: {state}", StringComparison.Ordinal));
        Assert.Single(town.Teams.Messages, message => TeamsBench.Words(message).Contains($"has ended {state}", StringComparison.Ordinal));
        Assert.Empty(town.Teams.Complaints);
    }

    private static string Picture(string name) => Path.Combine(AppContext.BaseDirectory, "pictures", $"{name}.png");
}
