using System.Collections.Immutable;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// A running guest's tap hangs in the air: it lost its bridge, typically when the network service was restarted. <c>virsh domiflist</c> still
/// prints the bridge, because it reports intent, not fact.
/// Source: catalogue bridge.vnet-detached; https://github.com/autotest/tp-libvirt/pull/3701 , https://github.com/mroboff/vm-curator/pull/87 .
/// </summary>
public static class BridgeVnetDetached
{
    /// <summary>Fault id.</summary>
    public const string Id = "bridge.vnet-detached";

    private static FaultArticle Article { get; } = new()
    {
        What = "A running guest's tap hangs in the air: it lost its bridge, mostly when the network service was restarted.",
        DecidedBy = "The guest runs, its definition names a bridge, and its tap has no master; virsh domiflist still prints the bridge, because it reports intent.",
        ConfusedWith = ["bridge.vnet-wrong-bridge", "guest.link-down", "dhcp.client-silent"],
        RepairedBy = "ip link set TAP master BRIDGE. Do not restart the network service while guests run: that is how taps are lost.",
        Messages = ["entered disabled state"],
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = DiagnosisRule.OverTopology(Id, Article, (view, topology) => Verdict.Join(topology.GuestPorts.Select(port => Judge(view, topology, port))));

    private static Verdict Judge(HostView view, HostTopology topology, GuestPort port)
    {
        if (port.Link.Kind == "macvtap")
        {
            return Verdict.Clear;
        }

        // Open vSwitch has ports of its own, which ovs.port-or-flows judges; in its userspace datapath they show no master.
        if (port.Definition?.VirtualPort == "openvswitch" || view.Optional(OvsEvidence.Source) is { } ovs && (ovs.BridgeOf(port.Link.Name) is not null || topology.Bridges.IsEmpty))
        {
            return Verdict.Clear;
        }

        if (port.Link.Master is { } master)
        {
            return topology.Links.Find(master) is { IsBridge: true } ? Verdict.Clear : Verdict.Ruled(Id, $"{port.Link.Name} is attached to {master}");
        }

        if (port.Definition is { } nic)
        {
            return port.IntendedBridge is { } intended
                ? Verdict.From([Detached(port, intended, Certainty.Certain, new("e.dom", $"{port.Guest} {port.Link.Name}: source bridge {intended}"))])
                : Verdict.Ruled(Id, $"{port.Link.Name} of {port.Guest} is of type {nic.Type}, which has no bridge");
        }

        return WithoutDefinition(view, topology, port);
    }

    /// <summary>
    /// Without libvirt's word the intended bridge is read off the host: a live tap with a guest-style address belongs on the only bridge that serves guests.
    /// </summary>
    private static Verdict WithoutDefinition(HostView view, HostTopology topology, GuestPort port)
    {
        if (!port.Link.HasCarrier)
        {
            return Verdict.Ruled(Id, $"{port.Link.Name} has no carrier: no program holds it open, so no guest runs on it");
        }

        var candidates = GuestHome.Candidates(topology);
        var missing = GuestHome.Missing(view, topology);
        if (candidates is [var only] && missing.IsEmpty)
        {
            return Verdict.From([Detached(port, only.Name, Certainty.Likely, new("e.link", $"{only.Name}: the only bridge with an uplink"))]);
        }

        if (view.Read(DomainEvidence.Source) is FactReading<GuestFacts>.Missing(var reason))
        {
            return Verdict.CannotTell(Id, "e.dom", reason);
        }

        ImmutableArray<string> names = [.. candidates.Select(bridge => bridge.Name), .. missing];
        return candidates.Length == 0
            ? Verdict.Ruled(Id, $"{port.Link.Name} has no master, and no bridge here leads outside")
            : Verdict.From(
            [
                Detached(port, candidates[0].Name, Certainty.Likely, new("e.link", $"bridges with an uplink: {string.Join(' ', candidates.Select(bridge => bridge.Name))}{(missing.IsEmpty ? "" : $"; not there: {string.Join(' ', missing)}")}")) with
                {
                    Summary = $"{port.Link.Name} is attached to no bridge",
                    Bridge = null,
                    Repair = null,
                    Question = $"Which bridge does {port.Link.Name} belong to: {string.Join(" or ", names)}?",
                },
            ]);
    }

    private static Finding Detached(GuestPort port, string bridge, Certainty certainty, EvidenceLine intent) => new()
    {
        Id = Id,
        Subject = port.Link.Name,
        Bridge = bridge,
        Scope = Scope.Guest,
        Certainty = certainty,
        Summary = $"{port.Link.Name}{(port.Guest == port.Link.Name ? "" : $" of {port.Guest}")} is attached to no bridge; it belongs on {bridge}",
        Because = [new("e.link", $"{port.Link.Name}: master none"), intent],
        Repair = "bridge/attach-tap",
        Risk = Risk.D0,
        Touches = [port.Link.Name],
    };
}
