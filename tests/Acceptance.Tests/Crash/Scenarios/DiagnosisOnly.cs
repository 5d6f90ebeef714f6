using ChatOpsBot.Acceptance.Tests.Slack;

namespace ChatOpsBot.Acceptance.Tests.Crash.Scenarios;

/// <summary>A cause that no repair on the host mends: read, told, ended by a person.</summary>
internal sealed record DiagnosisOnly : CrashScenario
{
    public override string Name => "diagnosis-only";

    public override IReadOnlyList<string> Faults => ["nic.uplink-no-carrier"];

    public override IReadOnlyList<string> Ends => ["cancelled"];

    public override int PlansAt(string end) => 0;

    public override async Task LiveAsync(CrashRun run)
    {
        await run.CheckAsync();
        await run.StateAsync("escalated");
        await run.SayAsync(SlackTown.Ann, "cancel I-1");
    }
}
