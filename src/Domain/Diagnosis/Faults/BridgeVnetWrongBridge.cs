using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// A guest's tap is on another bridge than it belongs to: it gets an address of another network, or none, while its neighbours are fine.
/// Source: catalogue bridge.vnet-wrong-bridge; libvirt docs/formatdomain.rst.
/// </summary>
public static class BridgeVnetWrongBridge
{
    /// <summary>Fault id.</summary>
    public const string Id = "bridge.vnet-wrong-bridge";

    private static FaultArticle Article { get; } = new()
    {
        What = "A guest's tap is on another bridge than it belongs to: it gets an address of another network, or none, while its neighbours are fine.",
        DecidedBy = "The tap's master differs from the bridge in the guest's live definition, or that differs from the stored one or from the inventory.",
        ConfusedWith = ["libvirt.network-kind", "bridge.vnet-detached", "dhcp.rogue-server"],
        RepairedBy = "ip link set TAP master BRIDGE, and the definition of the guest brought in line.",
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = DiagnosisRule.OverTopology(Id, Article, (view, topology) => Verdict.Join(topology.GuestPorts.Select(port => Judge(view, topology, port))));

    private static Verdict Judge(HostView view, HostTopology topology, GuestPort port)
    {
        if (port.Link.Master is not { } master || topology.Links.Find(master) is not { IsBridge: true } bridge)
        {
            return Verdict.Clear;
        }

        if (port.Definition is { } nic)
        {
            return ByDefinition(port, nic, bridge);
        }

        return WithoutDefinition(view, topology, port, bridge);
    }

    private static Verdict ByDefinition(GuestPort port, GuestInterface nic, Link bridge)
    {
        if (port.IntendedBridge is not { } intended)
        {
            return Verdict.Clear;
        }

        if (intended == bridge.Name)
        {
            return nic.PersistentBridge is { } stored && stored != bridge.Name
                ? Verdict.From([Wrong(port, bridge, stored, Certainty.Likely, new("e.dom", $"{port.Guest} {port.Link.Name}: stored definition says {stored}"))])
                : Verdict.Clear;
        }

        // Proxmox puts its own firewall bridge (fwbr100i0) between a tap and the bridge it belongs to.
        return bridge.Name.StartsWith("fwbr", StringComparison.Ordinal)
            ? Verdict.Ruled(Id, $"{port.Link.Name} is on its firewall bridge {bridge.Name}")
            : Verdict.From([Wrong(port, bridge, intended, Certainty.Certain, new("e.dom", $"{port.Guest} {port.Link.Name}: source bridge {intended}"))]);
    }

    /// <summary>
    /// Without libvirt's word a tap is taken to be misplaced only when its bridge can serve nobody (no uplink, no address, in no configuration)
    /// while the inventory or the configuration names one other bridge for guests.
    /// </summary>
    private static Verdict WithoutDefinition(HostView view, HostTopology topology, GuestPort port, Link master)
    {
        var meant = GuestHome.Elsewhere(view, topology, master.Name);
        if (meant.IsEmpty)
        {
            return Verdict.Clear;
        }

        if (view.Read(AddressEvidence.Source) is FactReading<AddressFacts>.Missing(var reason))
        {
            return Verdict.CannotTell(Id, "e.addr", reason);
        }

        if (view.Optional(AddressEvidence.Source)?.Of(master.Name).Any(address => address.Scope == "global") == true)
        {
            return Verdict.Ruled(Id, $"{master.Name} has an address of its own: a routed, NAT or host-only network");
        }

        var finding = Wrong(port, master, meant[0].Name, Certainty.Likely, meant[0].IntentFrom ?? new("inventory", $"bridges {meant[0].Name}"));
        return Verdict.From(
        [
            meant.Length == 1 ? finding : finding with
            {
                Bridge = null,
                Summary = $"{port.Link.Name} is alone on {master.Name}, which leads nowhere",
                Because = [finding.Because[0], new("e.link", $"{master.Name}: no other port"), .. meant.Select(bridge => bridge.IntentFrom ?? new("inventory", $"bridges {bridge.Name}"))],
                Repair = null,
                Question = $"Which bridge does {port.Link.Name} belong to: {string.Join(" or ", meant.Select(bridge => bridge.Name))}?",
            },
        ]);
    }

    private static Finding Wrong(GuestPort port, Link bridge, string right, Certainty certainty, EvidenceLine intent) => new()
    {
        Id = Id,
        Subject = port.Link.Name,
        Bridge = right,
        Scope = Scope.Guest,
        Certainty = certainty,
        Summary = $"{port.Link.Name}{(port.Guest == port.Link.Name ? "" : $" of {port.Guest}")} is on {bridge.Name}; it belongs on {right}",
        Because = [new("e.link", $"{port.Link.Name}: master {bridge.Name}"), intent],
        Repair = "bridge/move-tap",
        Risk = Risk.D1,
        Touches = [port.Link.Name],
    };
}
