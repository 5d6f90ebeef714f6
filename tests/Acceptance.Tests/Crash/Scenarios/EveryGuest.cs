namespace ChatOpsBot.Acceptance.Tests.Crash.Scenarios;

/// <summary>Interrupts every guest of a bridge.</summary>
internal sealed record EveryGuest() : Repair("D2", "mtu.path-mismatch");
