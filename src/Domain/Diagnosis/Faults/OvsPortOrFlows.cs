using System.Globalization;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.FramePath;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// The host uses Open vSwitch, and a guest's port is in no bridge, could not be opened or has another tag than its definition, or a bridge in fail mode
/// <c>secure</c> has lost its controller and holds no flow.
/// Source: catalogue ovs.port-or-flows; ovs-vswitchd.conf.db(5); sos report/plugins/openvswitch.py.
/// </summary>
public static class OvsPortOrFlows
{
    /// <summary>Fault id.</summary>
    public const string Id = "ovs.port-or-flows";

    private static FaultArticle Article { get; } = new()
    {
        What = "On a host with Open vSwitch a guest's port is in no bridge or has the wrong tag, or the bridge has no flow and nobody who would add one: new guests or all guests are dead.",
        DecidedBy = "The tap is in no bridge's ports, its interface has an error, its tag is not that of the definition, or fail_mode is secure with no controller connected and no flow (or none with NORMAL). An unset or standalone fail mode falls back to learning.",
        ConfusedWith = ["bridge.vnet-detached", "vlan.filtering-pvid", "bridge.uplink-missing"],
        RepairedBy = "ovs-vsctl add-port BRIDGE TAP tag=ID, or set port TAP tag=ID. set-fail-mode standalone drops the controller's policy and needs its owner's word.",
        Messages = ["could not open network device", "ovs-vsctl: no port named", "no bridge named", "connection failed (Connection refused)", "Unable to add port * to OVS bridge"],
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = DiagnosisRule.OverTopology(Id, Article, Judge);

    private static Verdict Judge(HostView view, HostTopology topology)
    {
        switch (view.Read(OvsEvidence.Source))
        {
            case FactReading<OvsFacts>.Known(var facts):
                return Verdict.Join(
                [
                    .. topology.GuestPorts.Where(guest => guest.Link.Kind != "macvtap").Select(guest => Port(topology, facts, guest)),
                    .. facts.Bridges.Select(bridge => Flows(topology, bridge)),
                ]);
            case FactReading<OvsFacts>.Missing(var why) when topology.GuestPorts.Any(MayBeMeant):
                return Verdict.CannotTell(Id, "e.ovs", why);
            default:
                return Verdict.Clear;
        }
    }

    private static bool IsMeant(GuestPort guest) => guest.Definition?.VirtualPort == "openvswitch" || guest.Link.Master == "ovs-system";

    /// <summary>A tap in use without a master is either lost or in the userspace datapath, which shows none; only the database tells.</summary>
    private static bool MayBeMeant(GuestPort guest) => IsMeant(guest) || guest is { Definition: null, Link: { Master: null, HasCarrier: true, IsTap: true } };

    private static Verdict Port(HostTopology topology, OvsFacts facts, GuestPort guest)
    {
        var tap = guest.Link.Name;
        if (facts.BridgeOf(tap) is not { } bridge)
        {
            return Detached(topology, facts, guest);
        }

        var port = bridge.Ports.First(candidate => candidate.Name == tap || candidate.Interfaces.Contains(tap));
        if (port.Error is { } error)
        {
            return Verdict.From([Found(bridge.Name, guest, Certainty.Certain, $"Open vSwitch could not open {tap}", [new("e.ovs", $"{tap}: {error}")], null, $"Why can Open vSwitch not open {tap} ({error})?")]);
        }

        var tags = guest.Definition?.VlanTags ?? [];
        if (tags is [var wanted] && OvsHops.AccessVlan(port) != wanted && port.VlanMode is null or "access" && port.Tag != wanted)
        {
            return Verdict.From(
            [
                Found(
                    bridge.Name, guest, Certainty.Certain, $"{tap} has {(port.Tag is { } tag ? $"tag {Number(tag)}" : "no tag")} in {bridge.Name}, and its definition says {Number(wanted)}",
                    [new("e.ovs", $"{tap}: tag {(port.Tag is { } now ? Number(now) : "none")}"), new("e.dom", $"{guest.Guest} {tap}: vlan tag {Number(wanted)}")], "ovs/set-tag", null),
            ]);
        }

        var ways = OvsHops.WaysOut(topology, bridge);
        return OvsHops.AccessVlan(port) is { } vlan && ways.Length > 0 && ways.All(way => OvsHops.Leaves(way, vlan) is null)
            ? Verdict.From(
            [
                Found(
                    bridge.Name, guest, Certainty.Likely, $"{tap} is in VLAN {Number(vlan)}, and no way out of {bridge.Name} carries it",
                    [new("e.ovs", $"{tap}: tag {Number(vlan)}"), .. ways.Take(3).Select(way => new EvidenceLine("e.ovs", $"{way.Name}: tag {(way.Tag is { } own ? Number(own) : "none")}, trunks {(way.Trunks.IsEmpty ? "all" : string.Join(',', way.Trunks))}"))],
                    null, $"Which VLAN does {guest.Guest} belong to: is the tag of {tap} wrong, or do the trunks of {ways[0].Name} lack VLAN {Number(vlan)}?"),
            ])
            : Verdict.Clear;
    }

    /// <summary>A tap that is on no bridge of any kind, where Open vSwitch is what guests use.</summary>
    private static Verdict Detached(HostTopology topology, OvsFacts facts, GuestPort guest)
    {
        if (guest.Link.Master is not null || (!IsMeant(guest) && (guest.Definition is not null || !topology.Bridges.IsEmpty || !guest.Link.HasCarrier)))
        {
            return Verdict.Clear;
        }

        var bridges = facts.Bridges.Where(bridge => !OvsHops.WaysOut(topology, bridge).IsEmpty).ToArray();
        var target = guest.IntendedBridge is { } named ? facts.Bridges.FirstOrDefault(bridge => bridge.Name == named)?.Name : bridges is [var only] ? only.Name : null;
        var certain = guest.IntendedBridge is not null && target is not null;
        return Verdict.From(
        [
            Found(
                target ?? guest.IntendedBridge, guest, certain ? Certainty.Certain : Certainty.Likely,
                $"{guest.Link.Name} is a port of no bridge of Open vSwitch{(target is null ? "" : $"; it belongs on {target}")}",
                [
                    new("e.ovs", $"{guest.Link.Name}: no port of that name"),
                    .. guest.IntendedBridge is { } intended ? new EvidenceLine[] { new("e.dom", $"{guest.Guest} {guest.Link.Name}: source bridge {intended}") } : [],
                ],
                target is null ? null : "ovs/add-port",
                target is null ? $"Which bridge does {guest.Link.Name} belong on: {string.Join(" or ", facts.Bridges.Select(bridge => bridge.Name))}?" : null),
        ]);
    }

    private static Verdict Flows(HostTopology topology, OvsBridge bridge)
    {
        var serves = topology.GuestPorts.Any(guest => bridge.Ports.Any(port => port.Name == guest.Link.Name || port.Interfaces.Contains(guest.Link.Name)));
        if (!serves || bridge.FailMode != "secure" || bridge.Controllers.Any(controller => controller.IsConnected != false))
        {
            return Verdict.Clear;
        }

        return bridge switch
        {
            { Flows: null } => Verdict.CannotTell(Id, "e.ovs", $"the flows of {bridge.Name} were not read"),
            { Flows: 0 } or { HasNormalFlow: false } => Verdict.From(
            [
                new()
                {
                    Id = Id,
                    Subject = bridge.Name,
                    Bridge = bridge.Name,
                    Scope = Scope.Bridge,
                    Certainty = bridge.Flows == 0 ? Certainty.Certain : Certainty.Likely,
                    Summary = bridge.Flows == 0
                        ? $"{bridge.Name} has fail mode secure, no controller is connected and it has no flow: it drops all frames"
                        : $"{bridge.Name} has fail mode secure, no controller is connected and none of its {Number(bridge.Flows ?? 0)} flows forwards by learning",
                    Because =
                    [
                        new("e.ovs", $"{bridge.Name}: fail_mode secure, {Number(bridge.Flows ?? 0)} flows"),
                        new("e.ovs", bridge.Controllers.IsEmpty ? $"{bridge.Name}: no controller" : $"{bridge.Controllers[0].Target}: not connected"),
                    ],
                    Question = $"Who runs the controller of {bridge.Name}{(bridge.Controllers.IsEmpty ? "" : $" ({bridge.Controllers[0].Target})")}? ovs-vsctl set-fail-mode {bridge.Name} standalone lets it forward by learning but drops the controller's policy.",
                    Risk = Risk.D2,
                    Touches = [bridge.Name],
                },
            ]),
            _ => Verdict.Ruled(Id, $"{bridge.Name} has no controller connected, but a flow that forwards by learning"),
        };
    }

    private static Finding Found(string? bridge, GuestPort guest, Certainty certainty, string summary, EvidenceLine[] because, string? repair, string? question) => new()
    {
        Id = Id,
        Subject = guest.Link.Name,
        Bridge = bridge,
        Scope = Scope.Guest,
        Certainty = certainty,
        Summary = summary,
        Because = [.. because],
        Repair = repair,
        Question = question,
        Risk = repair == "ovs/set-tag" ? Risk.D1 : Risk.D0,
        Touches = [guest.Link.Name],
    };

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
