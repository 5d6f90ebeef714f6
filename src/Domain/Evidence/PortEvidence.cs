using System.Collections.Immutable;

namespace ChatOpsBot.Domain.Evidence;

/// <summary>Bridge ports as <c>bridge</c> prints them: the second witness for an <c>ip</c> that leaves settings out.</summary>
/// <param name="Ports">In kernel order.</param>
public sealed record PortFacts(ImmutableArray<BridgePort> Ports)
{
    /// <summary>The port of that name, or <see langword="null"/>.</summary>
    public BridgePort? Find(string name) => Ports.FirstOrDefault(port => port.Name == name);
}

/// <summary>One port of a bridge.</summary>
/// <param name="Name">Link name.</param>
/// <param name="Bridge">The bridge, or <see langword="null"/> where the tool did not say.</param>
/// <param name="Settings">State and flags.</param>
public sealed record BridgePort(string Name, string? Bridge, PortSettings Settings);

/// <summary>E.port: state and flags of bridge ports.</summary>
public static class PortEvidence
{
    /// <summary>The evidence row.</summary>
    public static EvidenceSource<PortFacts> Source { get; } = new(
        "e.port",
        Privilege.Login,
        [new("ports", "bridge", "-d -s", "link show")],
        section => section
            .Array("ports", port => port.Text("ifname") is { } name ? new BridgePort(name, port.Text("master"), LinkEvidence.ReadPort(port)) : null)
            .Then(ports => new PortFacts(ports)));
}
