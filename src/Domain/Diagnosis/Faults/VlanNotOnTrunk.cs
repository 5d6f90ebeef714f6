using System.Collections.Immutable;
using System.Globalization;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.FramePath;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// Our side sends the guests' VLAN out with its tag, and the switch port does not carry it. From a snapshot only the switch's own words (LLDP) tell.
/// Source: catalogue vlan.not-on-trunk; IEEE 802.1Q annex D (VLAN Name TLV); before and after captures of it: https://pastebin.com/f2w1N2yt .
/// </summary>
public static class VlanNotOnTrunk
{
    /// <summary>Fault id.</summary>
    public const string Id = "vlan.not-on-trunk";

    private static FaultArticle Article { get; } = new()
    {
        What = "The host sends a VLAN out with its tag, and nothing ever comes back on it: the switch port does not carry that VLAN.",
        DecidedBy = "The way out puts tag ID on, and the switch lists by LLDP the VLANs of the port, several of them, without ID. A capture in which the request leaves and no frame of that VLAN ever arrives says the same.",
        ConfusedWith = ["vlan.filtering-pvid", "vlan.subif-missing-or-wrong-id", "dhcp.no-answer"],
        RepairedBy = "The network team adds the VLAN to the switch port; the message names switch, port and VLAN. The host cannot repair it.",
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = DiagnosisRule.OverTopology(Id, Article, (view, topology) =>
    {
        var neighbours = view.Optional(LldpEvidence.Source)?.Neighbors ?? [];
        return neighbours.IsEmpty ? Verdict.Clear : Verdict.Join(
            from bridge in topology.Bridges
            where topology.GuestsOf(bridge).Any()
            from uplink in bridge.Uplinks
            select Judge(view, topology, bridge, uplink, neighbours));
    });

    private static Verdict Judge(HostView view, HostTopology topology, GuestBridge bridge, Link uplink, ImmutableArray<LldpNeighbor> neighbours)
    {
        var (nic, device) = uplink.Kind == "vlan" ? (topology.Links.Find(uplink.Lower), uplink.VlanId) : (uplink, null);
        var names = nic is null ? [] : new[] { nic }.Concat(topology.Links.Links.Where(link => link.Master == nic.Name && nic.Kind == "bond")).ToArray();
        var told = neighbours.Where(neighbour => names.Any(link => link.Name == neighbour.Link || link.Index == neighbour.LinkIndex)).ToArray();

        // A switch that names one VLAN or none does not list what it carries.
        if (told.Length == 0 || told.Any(neighbour => neighbour.Vlans.Distinct().Count() < 2))
        {
            return Verdict.Clear;
        }

        var table = VlanTable.Of(view, bridge.Link);
        var sent = device is { } one ? [one] : topology.GuestsOf(bridge)
            .Select(guest => table?.Pvid(guest.Link.Name)).OfType<int>()
            .Where(vlan => table is not null && table.Has(uplink.Name, vlan) && !table.LeavesUntagged(uplink.Name, vlan)).Distinct().ToArray();
        return Verdict.Join(sent.Select(vlan => told.Any(neighbour => neighbour.Vlans.Contains(vlan) || neighbour.NativeVlan == vlan)
            ? Verdict.Ruled(Id, $"the switch lists VLAN {Number(vlan)} on the port of {names[0].Name}")
            : Verdict.From([Found(bridge, uplink, names[0], vlan, told[0], device is null)])));
    }

    private static Finding Found(GuestBridge bridge, Link uplink, Link nic, int vlan, LldpNeighbor neighbour, bool someGuests)
    {
        var port = $"{neighbour.SystemName ?? neighbour.ChassisId ?? "the switch"} port {neighbour.PortDescription ?? neighbour.PortId ?? "of " + nic.Name}";
        return new()
        {
            Id = Id,
            Subject = Number(vlan),
            Bridge = bridge.Name,
            Scope = someGuests ? Scope.Vlan : Scope.Bridge,
            Certainty = Certainty.Likely,
            Summary = $"{uplink.Name} sends VLAN {Number(vlan)} with its tag, and {port} does not list that VLAN",
            Because = [new("e.lldp", $"{nic.Name}: {port}, VLANs {string.Join(", ", neighbour.Vlans.Distinct().Order())}"), new(someGuests ? "e.vlan" : "e.link", $"{uplink.Name}: tag {Number(vlan)}")],
            Question = $"Network team: does {port} carry VLAN {Number(vlan)} with its tag? Guests of {bridge.Name} behind {nic.Name} need it.",
            Risk = Risk.D0,
        };
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
