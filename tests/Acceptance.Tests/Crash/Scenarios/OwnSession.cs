namespace ChatOpsBot.Acceptance.Tests.Crash.Scenarios;

/// <summary>Touches the link of our own session.</summary>
internal sealed record OwnSession() : Repair("D3", "bridge.uplink-holds-ip");
