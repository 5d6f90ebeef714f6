using ChatOpsBot.Acceptance.Tests.Slack;

namespace ChatOpsBot.Acceptance.Tests.Crash.Scenarios;

/// <summary>Two faults, one behind the other: a plan and an approval each.</summary>
internal sealed record DoubleFault : CrashScenario
{
    public override string Name => "double-fault";

    public override IReadOnlyList<string> Faults => ["bridge.uplink-missing", "nf.forward-drop-on-bridge"];

    public override IReadOnlyList<string> Ends => ["resolved"];

    public override int PlansAt(string end) => 2;

    public override async Task LiveAsync(CrashRun run)
    {
        await run.CheckAsync();
        await run.PressAsync(SlackTown.Bob, "approve");
        await run.NextPlanAsync();
        await run.PressAsync(SlackTown.Bob, "approve");
    }
}
