using ChatOpsBot.Acceptance.Tests.Repairs;
using ChatOpsBot.Acceptance.Tests.Slack;

namespace ChatOpsBot.Acceptance.Tests.Crash.Scenarios;

/// <summary>The fault is back when the host is read again, so the repair is taken back.</summary>
internal sealed record TakenBack : CrashScenario
{
    public override string Name => "revert";

    public override IReadOnlyList<string> Faults => ["bridge.uplink-missing"];

    public override string Meanwhile => RepairTests.SpoilOnceApplied;

    public override IReadOnlyList<string> Ends => ["reverted"];

    public override string GuardEnd => "reverted";

    public override async Task LiveAsync(CrashRun run)
    {
        await run.CheckAsync();
        await run.PressAsync(SlackTown.Bob, "approve");
    }
}
