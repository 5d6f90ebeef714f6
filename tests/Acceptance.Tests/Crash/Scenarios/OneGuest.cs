namespace ChatOpsBot.Acceptance.Tests.Crash.Scenarios;

/// <summary>Interrupts one guest for a moment.</summary>
internal sealed record OneGuest() : Repair("D1", "bridge.vnet-wrong-bridge");
