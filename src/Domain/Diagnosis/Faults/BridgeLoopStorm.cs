using System.Globalization;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// Two uplinks of one bridge lead to the same network without spanning tree, and broadcasts go round. Two uplinks alone prove nothing: they may lead to
/// different networks. So the rate of two reads decides, or the kernel's complaint about an uplink while both forward.
/// Source: catalogue bridge.loop-storm; Linux Documentation/networking/bridge.rst (STP section); measured in a namespace: 800,000 packets in 1 s.
/// </summary>
public static class BridgeLoopStorm
{
    /// <summary>Fault id.</summary>
    public const string Id = "bridge.loop-storm";

    /// <summary>Packets a second over a port, both ways, by the catalogue.</summary>
    private const double Storm = 50_000;

    private static readonly TimeSpan s_recent = TimeSpan.FromMinutes(2);

    private static FaultArticle Article { get; } = new()
    {
        What = "Two uplinks of one bridge lead to the same network without spanning tree, and broadcasts go round for ever: the host is busy, all guests lose frames.",
        DecidedBy = "Two uplinks forward, STP is off, and between two reads more than 50,000 packets a second pass both of them and reach the bridge itself, which unicast between ports does not.",
        ConfusedWith = ["addr.duplicate-mac", "bridge.tap-mac-is-guest-mac", "nic.link-errors"],
        RepairedBy = "ip link set SECOND nomaster, at once; afterwards a bond of the two, or spanning tree.",
        Messages = ["with own address as source address", "MAC address flapping", "Host * is flapping between port"],
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = DiagnosisRule.OverTopology(Id, Article, (view, topology) => Verdict.Join(topology.Bridges.Select(bridge => Judge(view, bridge))));

    private static Verdict Judge(HostView view, GuestBridge bridge)
    {
        var forwarding = bridge.Uplinks.Where(uplink => uplink.Master == bridge.Name && uplink is { IsUp: true, HasCarrier: true, Port.State: "forwarding" }).ToArray();
        if (forwarding.Length < 2 || !bridge.Link.IsUp)
        {
            return Verdict.Clear;
        }

        if (bridge.Link.Bridge is not { StpState: 0 })
        {
            return Verdict.Ruled(Id, $"spanning tree watches over the {forwarding.Length} uplinks of {bridge.Name}");
        }

        var second = forwarding.LastOrDefault(uplink => !bridge.IntendedUplinks.Contains(uplink.Name)) ?? forwarding[^1];
        var rates = forwarding.Append(bridge.Link).Select(link => (link.Name, Rate: RateOf(view, link))).ToArray();
        if (rates.All(rate => rate.Rate > Storm))
        {
            return Verdict.From([Found(bridge, second, Certainty.Certain, [.. rates.Select(rate => new EvidenceLine("e.link", string.Create(CultureInfo.InvariantCulture, $"{rate.Name}: {rate.Rate:0} packets/s between two reads")))])]);
        }

        var complaint = RecentLog.Of(view, KernelLogEvidence.Source, s_recent).LastOrDefault(entry =>
            entry.Message.Contains("own address as source address", StringComparison.OrdinalIgnoreCase) && RecentLog.Names(entry.Message, bridge.Name)
            && Array.Exists(forwarding, uplink => RecentLog.Names(entry.Message, uplink.Name) && uplink.Address is { } own && entry.Message.Contains(own, StringComparison.OrdinalIgnoreCase)));
        return complaint is not null && rates.All(rate => rate.Rate is null)
            ? Verdict.From([Found(bridge, second, Certainty.Likely, [RecentLog.Line(view, "e.klog", complaint)])])
            : Verdict.Ruled(Id, $"{bridge.Name} has {forwarding.Length} uplinks without spanning tree, but nothing shows that frames go round");
    }

    /// <summary>Packets a second, both ways; <see langword="null"/> without a second read.</summary>
    private static double? RateOf(HostView view, Link link)
    {
        if (view.Again(LinkEvidence.Source)?.Find(link.Name) is not { } later)
        {
            return null;
        }

        var seconds = view.Again(SelfEvidence.Source)?.UptimeSeconds - view.Optional(SelfEvidence.Source)?.UptimeSeconds;
        return (later.RxPackets + later.TxPackets - link.RxPackets - link.TxPackets) / Math.Max(seconds ?? 2, 0.5);
    }

    private static Finding Found(GuestBridge bridge, Link second, Certainty certainty, EvidenceLine[] because) => new()
    {
        Id = Id,
        Subject = second.Name,
        Bridge = bridge.Name,
        Scope = Scope.Bridge,
        Certainty = certainty,
        Summary = $"Broadcasts go round through the uplinks of {bridge.Name}: {second.Name} leads to the same network as the other, and spanning tree is off",
        Because = [new("e.link", $"{bridge.Name}: stp_state 0"), new("e.port", $"{second.Name}: state forwarding, besides another uplink"), .. because],
        Repair = "bridge/detach-second-uplink",
        Risk = Risk.D0,

        // Guests keep their leases through a storm, so none of them asks for one when it is over.
        Probe = SymptomProbe.GatewayArp,
        Touches = [second.Name],
    };
}
