using System.Collections.Immutable;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Evidence;

namespace ChatOpsBot.Domain.Topology;

/// <summary>
/// The bridge that a guest's device belongs to, wherever it hangs now: a second fault on that bridge's way is there already while the device is detached or misplaced,
/// and would come to light only after the first repair.
/// </summary>
internal static class GuestHome
{
    /// <summary>Guest devices on that bridge, and those that belong there and are elsewhere or nowhere.</summary>
    public static ImmutableArray<GuestPort> GuestsFor(HostView view, HostTopology topology, GuestBridge bridge)
        => view.Derive(("guests for", bridge.Name), () => topology.GuestPorts.Where(port => port.Link.Master == bridge.Name || Of(view, topology, port) == bridge.Name).ToImmutableArray());

    /// <summary>Name of the bridge; <see langword="null"/> when nothing says.</summary>
    public static string? Of(HostView view, HostTopology topology, GuestPort port)
    {
        if (port.Link.Kind == "macvtap" || view.Optional(OvsEvidence.Source)?.BridgeOf(port.Link.Name) is not null)
        {
            return null;
        }

        if (port.Definition is not null)
        {
            return port.IntendedBridge;
        }

        if (port.Link.Master is not { } master)
        {
            // A tap that no program holds open is no guest's.
            return port.Link.HasCarrier && Candidates(topology) is [var only] && Missing(view, topology).IsEmpty ? only.Name : null;
        }

        return Elsewhere(view, topology, master) is [var right] && view.Optional(AddressEvidence.Source)?.Of(master).Any(address => address.Scope == "global") == false ? right.Name : master;
    }

    /// <summary>Bridges on which a guest's device without a definition may belong.</summary>
    public static ImmutableArray<GuestBridge> Candidates(HostTopology topology)
        => [.. topology.Bridges.Where(bridge => bridge.IsolatedByDesign is null && (bridge.IntentFrom is not null || !bridge.Uplinks.IsEmpty))];

    /// <summary>Bridges that the inventory, or without its word the configuration, names and that are not there: a device without a master may be theirs.</summary>
    public static ImmutableArray<string> Missing(HostView view, HostTopology topology)
    {
        var named = view.Host.Bridges.IsEmpty ? (view.Optional(ConfigEvidence.Source)?.Bridges ?? []).Select(bridge => bridge.Name) : view.Host.Bridges;
        return [.. named.Distinct().Where(name => topology.Links.Find(name) is not { IsBridge: true } && view.Optional(OvsEvidence.Source)?.Bridges.Any(bridge => bridge.Name == name) != true)];
    }

    /// <summary>
    /// The bridges on one of which a device belongs that has no definition and is on another. That other one can serve nobody: it has no uplink, no second port and stands in no configuration, while
    /// others do. An address would make it a network of its own; whether it has one is left to the caller.
    /// </summary>
    /// <returns>Empty when the device is not misplaced.</returns>
    public static ImmutableArray<GuestBridge> Elsewhere(HostView view, HostTopology topology, string master)
        => topology.Bridge(master) is { Uplinks.IsEmpty: true, IntentFrom: null, IsolatedByDesign: null, Ports.Length: 1 } && !view.Host.Bridges.Contains(master)
            ? [.. topology.Bridges.Where(bridge => bridge.Name != master && (view.Host.Bridges.Contains(bridge.Name) || bridge.IntentFrom is not null))]
            : [];
}
