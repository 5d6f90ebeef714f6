using ChatOpsBot.Acceptance.Tests.Slack;

namespace ChatOpsBot.Acceptance.Tests.Crash.Scenarios;

/// <summary>A repair that a second person approves.</summary>
internal abstract record Repair(string Risk, params string[] Broken) : CrashScenario
{
    public override string Name => $"repair-{Risk}";

    public override IReadOnlyList<string> Faults => Broken;

    public override IReadOnlyList<string> Ends => ["resolved"];

    public override async Task LiveAsync(CrashRun run)
    {
        await run.CheckAsync();
        await run.PressAsync(SlackTown.Bob, "approve");
    }
}
