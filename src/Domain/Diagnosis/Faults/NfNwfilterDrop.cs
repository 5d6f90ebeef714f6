using System.Collections.Immutable;
using System.Net;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.FramePath;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// A network filter of libvirt drops what the guest sends: it admits another MAC or another address than the guest has, or does not know its address yet.
/// Source: catalogue nf.nwfilter-drop; libvirt docs/formatnwfilter.rst and src/nwfilter/xml/clean-traffic.xml; oVirt/vdsm lib/vdsm/tool/nwfilter.py.
/// </summary>
public static class NfNwfilterDrop
{
    /// <summary>Fault id.</summary>
    public const string Id = "nf.nwfilter-drop";

    private static FaultArticle Article { get; } = new()
    {
        What = "A network filter of libvirt (clean-traffic and its kind) drops what the guest sends: after a change of MAC nothing leaves, with another address than the filter admits the lease works and ARP dies.",
        DecidedBy = "The chains libvirt-I-TAP or I-TAP-* drop the guest's DHCP or its ARP with the address that it has, or the binding's IP parameter is not the address in use.",
        ConfusedWith = ["nf.bridge-family-drop", "bridge.port-flags", "addr.wrong-subnet-or-gateway"],
        RepairedBy = "The IP parameter is corrected, or CTRL_IP_LEARNING=dhcp set, or no-mac-spoofing taken in place of clean-traffic, by virsh update-device --live --config. What a guest may send is a decision about security.",
        Messages = ["referenced filter * is missing", "Cannot instantiate filter due to unresolvable variables"],
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = DiagnosisRule.OverTopology(Id, Article, (view, topology) => Verdict.Join(
        from bridge in topology.Bridges
        from path in bridge.WaysOut.IsEmpty ? [] : GuestPath.Of(view, topology, bridge)
        select Judge(view, bridge, path)));

    private static Verdict Judge(HostView view, GuestBridge bridge, GuestPath path)
    {
        var guest = path.Guest;
        var binding = view.Optional(NetworkFilterEvidence.Source)?.Of(guest.Link.Name);
        switch (path.EndIn(PathLayer.Bridge))
        {
            case GuestPathEnd.Cut(var frame, var by) when IsLibvirts(by):
                return Verdict.From([Found(bridge, guest, binding, Certainty.Certain, $"The network filter of {guest.Link.Name} drops the guest's {frame.Name}", [FilterVerdicts.Line(by), .. MacLine(guest, binding)])]);
            case GuestPathEnd.Unclear(_, var at, _) when at.FirstOrDefault(point => IsLibvirts(point) && point.Packets > 0) is { } by && GrewAt(view, by):
                return Verdict.From([Found(bridge, guest, binding, Certainty.Likely, $"The network filter of {guest.Link.Name} is dropping frames of the guest", [FilterVerdicts.Line(by)])]);
        }

        return Address(view, bridge, guest, binding);
    }

    /// <summary>The lease works, and then the filter does not admit the address that was leased.</summary>
    private static Verdict Address(HostView view, GuestBridge bridge, GuestPort guest, NetworkFilterBinding? binding)
    {
        if (binding is null || InUse(view, guest) is not { } address)
        {
            return Verdict.Clear;
        }

        var request = BridgedFrame.ArpRequest(bridge.Name, guest.Link.Name, bridge.WaysOut[0], guest.Mac, address, null);
        var fate = FramePathEvaluator.Walk(Firewall.Read(view).Tables, Firewall.LendingOf(view, bridge), request).FateIn(PathLayer.Bridge);
        var admitted = binding.AdmittedAddresses.ToArray();
        ImmutableArray<EvidenceLine> parameters = admitted.Length == 0 ? [] : [new("e.nwf", $"{guest.Link.Name}: {binding.Filter} admits IP {string.Join(", ", admitted)}")];
        if (fate is FrameFate.Dropped(var by) && IsLibvirts(by))
        {
            return Verdict.From(
            [
                Found(bridge, guest, binding, Certainty.Certain, $"The network filter of {guest.Link.Name} drops ARP of {address}, the address that the guest has", [.. parameters, FilterVerdicts.Line(by), new("e.neigh", $"{address}: {guest.Mac}")]),
            ]);
        }

        if (admitted.Length == 0 || admitted.Contains(address.ToString()))
        {
            return fate is FrameFate.Passes ? Verdict.Ruled(Id, $"the network filter of {guest.Link.Name} lets its address {address} pass") : Verdict.Clear;
        }

        // Without the chains themselves, which only root reads, the parameter is all there is.
        return fate is FrameFate.Passes && view.WhyMissing(NftEvidence.Source) is null
            ? Verdict.Ruled(Id, $"the parameter IP of {guest.Link.Name} is not {address}, but the chains let it pass")
            : Verdict.From([Found(bridge, guest, binding, Certainty.Likely, $"The network filter of {guest.Link.Name} admits {string.Join(", ", admitted)}, and the guest has {address}", [.. parameters, new("e.neigh", $"{address}: {guest.Mac}")])]);
    }

    private static bool IsLibvirts(DropPoint by) => FilterOwner.OfGuestFilter(by.Chain) == FilterOwner.Libvirt;

    private static bool GrewAt(HostView view, DropPoint by)
        => view.Again(NftEvidence.Source)?.Tables.FirstOrDefault(table => table.Family == by.Family && table.Name == by.Table)?.Chains.GetValueOrDefault(by.Chain)?.Rules
            .FirstOrDefault(rule => rule.Handle == by.Handle)?.Packets > by.Packets;

    /// <summary>The filter admits the address of the definition; a guest that sends with another one is cut off.</summary>
    private static IEnumerable<EvidenceLine> MacLine(GuestPort guest, NetworkFilterBinding? binding)
        => binding?.Mac is { } mac ? [new("e.nwf", $"{guest.Link.Name}: {binding.Filter} is bound to {mac}{(guest.Mac is { } own && own != mac ? $", the guest has {own}" : "")}")] : [];

    private static IPAddress? InUse(HostView view, GuestPort guest)
    {
        var uuid = view.Optional(DomainEvidence.Source)?.Guests.FirstOrDefault(candidate => candidate.Name == guest.Guest)?.Uuid;
        var told = view.Optional(AgentEvidence.Source)?.Find(uuid)?.Addresses.FirstOrDefault(address => address.Mac == guest.Mac && address.Address?.Contains('.') == true)?.Address
            ?? view.Optional(NeighbourEvidence.Source)?.Entries.FirstOrDefault(entry => entry.Mac == guest.Mac && guest.Mac is not null && entry.Address.Contains('.') && !entry.States.Contains("FAILED"))?.Address;
        return IPAddress.TryParse(told, out var parsed) ? parsed : null;
    }

    private static Finding Found(GuestBridge bridge, GuestPort guest, NetworkFilterBinding? binding, Certainty certainty, string summary, IEnumerable<EvidenceLine> because) => new()
    {
        Id = Id,
        Subject = guest.Link.Name,
        Bridge = bridge.Name,
        Scope = Scope.Guest,
        Certainty = certainty,
        Summary = summary,
        Because = [.. because],
        Question = $"Which MAC and address is {guest.Guest} meant to have, and may its filter {binding?.Filter ?? "of libvirt"} be changed (virsh update-device --live --config: parameter IP, CTRL_IP_LEARNING=dhcp, or another filter)?",
        Risk = Risk.D0,
        Probe = SymptomProbe.GatewayArp,
        Touches = [guest.Link.Name],
    };
}
