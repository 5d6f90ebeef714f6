namespace ChatOpsBot.Acceptance.Tests.Crash.Scenarios;

/// <summary>Interrupts nobody, and the host waits only a little for its commit.</summary>
internal sealed record ShortGuard() : Repair("short-guard", "bridge.uplink-missing")
{
    public override int GuardSeconds => 30;
}
