namespace ChatOpsBot.Acceptance.Tests.Crash.Scenarios;

/// <summary>Interrupts nobody.</summary>
internal sealed record WithoutInterruption() : Repair("D0", "bridge.uplink-missing");
