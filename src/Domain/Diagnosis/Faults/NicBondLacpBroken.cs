using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// The bond asks for LACP and nobody answers, or its ports ended in different aggregators: traffic is black-holed or uses one port only.
/// Source: catalogue nic.bond-lacp-broken; iproute2 ip/iplink_bond.c, ip/iplink_bond_slave.c (field names); Linux Documentation/networking/bonding.rst.
/// </summary>
public static class NicBondLacpBroken
{
    /// <summary>Fault id.</summary>
    public const string Id = "nic.bond-lacp-broken";

    private const string Nobody = "00:00:00:00:00:00";

    /// <summary>A partner at the slow rate speaks every 30 s.</summary>
    private static readonly TimeSpan s_negotiation = TimeSpan.FromSeconds(30);

    private static FaultArticle Article { get; } = new()
    {
        What = "The bond speaks LACP and the switch does not answer, or its ports ended in different aggregators: it is up, yet traffic is lost or uses one port only.",
        DecidedBy = "Mode 802.3ad with a partner address of all zeros for longer than 30 s, or live ports with different aggregator ids, or live ports that MII monitoring holds down.",
        ConfusedWith = ["nic.uplink-no-carrier", "nic.bond-mode-unsupported", "vlan.not-on-trunk"],
        RepairedBy = "The port channel on the switch (mode active, the same ports); meanwhile active-backup on the host, through the network manager with a timed way back.",
        Messages = ["No 802.3ad response from the link partner", "Partner Mac Address: 00:00:00:00:00:00", "An illegal loopback occurred on slave", "Warning: No 802.3ad response"],
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = DiagnosisRule.OverTopology(Id, Article, (view, topology) => Verdict.Join(
        from bridge in topology.Bridges
        from bond in bridge.Uplinks.SelectMany(uplink => NicUplinkAdminDown.LowerDevices(topology, uplink)).DistinctBy(link => link.Name)
        where bond is { Kind: "bond", BondMode: "802.3ad" }
        select Judge(view, topology, bridge, bond)));

    private static Verdict Judge(HostView view, HostTopology topology, GuestBridge bridge, Link bond)
    {
        var live = topology.Links.Links.Where(link => link.Master == bond.Name && link is { IsUp: true, HasCarrier: true }).ToArray();
        if (live.Length == 0)
        {
            return Verdict.Ruled(Id, $"no port of {bond.Name} has carrier, so nobody could answer LACP");
        }

        var partner = bond.BondPartner ?? view.Optional(BondEvidence.Source)?.Bonds.FirstOrDefault(other => other.Name == bond.Name)?.PartnerMac;
        if (partner == Nobody)
        {
            return Young(view, bond, live) is { } why
                ? Verdict.Ruled(Id, why)
                : Found(bridge, bond, view.Optional(KernelLogEvidence.Source) is null ? Certainty.Likely : Certainty.Certain, "nobody answers LACP", $"partner {Nobody}");
        }

        if (live.All(port => port.BondPort is { MiiStatus: not (null or "UP") }))
        {
            return Found(bridge, bond, Certainty.Certain, "MII monitoring holds all its ports down although they have carrier", $"mii_status of {live[0].Name} {live[0].BondPort?.MiiStatus}");
        }

        var aggregators = live.Select(port => port.BondPort?.AggregatorId).OfType<long>().Distinct().ToArray();
        if (aggregators.Length > 1)
        {
            return Young(view, bond, live) is { } why
                ? Verdict.Ruled(Id, why)
                : Found(bridge, bond, Certainty.Likely, "its ports are in different aggregators, so one of them only is used", $"ad_aggregator_id {string.Join(' ', aggregators)}");
        }

        return partner is null
            ? Verdict.CannotTell(Id, "e.bond", $"the LACP partner of {bond.Name} was not shown")
            : Verdict.Ruled(Id, $"{bond.Name} has the LACP partner {partner}");
    }

    private static string? Young(HostView view, Link bond, Link[] ports)
        => RecentLog.Of(view, KernelLogEvidence.Source, s_negotiation).Any(entry => RecentLog.Names(entry.Message, bond.Name) && Array.Exists(ports, port => RecentLog.Names(entry.Message, port.Name)))
            ? $"a port of {bond.Name} came up less than 30 s ago, and a slow partner speaks every 30 s"
            : null;

    private static Verdict Found(GuestBridge bridge, Link bond, Certainty certainty, string what, string field) => Verdict.From(
    [
        new()
        {
            Id = Id,
            Subject = bond.Name,
            Bridge = bridge.Name,
            Scope = Scope.Bridge,
            Certainty = certainty,
            Summary = $"{bond.Name}, the uplink of {bridge.Name}, is in mode 802.3ad and {what}",
            Because = [new("e.link", $"{bond.Name}: mode 802.3ad, {field}")],
            Question = $"Are the switch ports of {bond.Name} in one port channel with LACP (mode active)? Until they are, {bond.Name} could run as active-backup, which cuts the host off for"
                + " seconds and belongs under a timed rollback.",
            Risk = Risk.D3,
            Touches = [bond.Name],
        },
    ]);
}
