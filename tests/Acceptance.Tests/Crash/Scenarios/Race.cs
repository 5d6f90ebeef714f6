using ChatOpsBot.Acceptance.Tests.Slack;

namespace ChatOpsBot.Acceptance.Tests.Crash.Scenarios;

/// <summary>One person approves and denies at the same moment, on two devices.</summary>
internal sealed record Race : CrashScenario
{
    public override string Name => "approval-race";

    public override IReadOnlyList<string> Faults => ["bridge.uplink-missing"];

    public override IReadOnlyList<string> Ends => ["resolved", "declined"];

    public override int PlansAt(string end) => end == "resolved" ? 1 : 0;

    public override async Task LiveAsync(CrashRun run)
    {
        await run.CheckAsync();
        await run.StateAsync("awaiting-approval");
        await run.CardAsync(card => card.AllText.Contains("cob.approve", StringComparison.Ordinal));
        await Task.WhenAll(run.PressAsync(SlackTown.Bob, "approve"), run.SayAsync(SlackTown.Bob, "deny I-1 not now"));
    }
}
