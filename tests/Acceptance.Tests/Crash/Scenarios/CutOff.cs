using ChatOpsBot.Acceptance.Tests.Slack;

namespace ChatOpsBot.Acceptance.Tests.Crash.Scenarios;

/// <summary>The link to the host goes down with the repair, until the host has taken it back by itself.</summary>
internal sealed record CutOff : CrashScenario
{
    public override string Name => "cut-off";

    public override IReadOnlyList<string> Faults => ["bridge.uplink-missing"];

    public override string Meanwhile => """
        (
            i=0
            until ls /run/chatops/*/state 2>/dev/null | grep -qx applied; do
                i=$((i + 1)); [ $i -lt 900 ] || exit
                sleep 0.1
            done
            ip link set eno1 down
            until ls /run/chatops/*/state 2>/dev/null | grep -q '^revert'; do sleep 0.1; done
            ip link set eno1 up
        ) </dev/null >/dev/null 2>&1 &
        """;

    public override int GuardSeconds => 20;

    public override IReadOnlyList<string> Ends => ["reverted"];

    public override string GuardEnd => "reverted";

    public override async Task LiveAsync(CrashRun run)
    {
        await run.CheckAsync();
        await run.PressAsync(SlackTown.Bob, "approve");
    }
}
