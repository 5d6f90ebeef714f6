using System.Globalization;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.FramePath;

/// <summary>Follows a frame through devices: what hangs in their hooks, and what lies below a port.</summary>
/// <param name="view">The facts.</param>
/// <param name="topology">The links.</param>
internal sealed class DeviceHops(HostView view, HostTopology topology)
{
    /// <summary>The largest DHCP message that servers may send without being asked; larger ones are rare.</summary>
    private const int DhcpSize = 576;

    /// <summary>Devices below devices; the kernel allows 8.</summary>
    private const int MaxDepth = 8;

    private readonly Firewall _firewall = Firewall.Read(view);
    private readonly TrafficControlFacts? _control = view.Optional(TrafficControlEvidence.Source);

    /// <summary>Set up and with carrier.</summary>
    public static void Live(LegBuilder leg, Link link, string stage, string passing)
    {
        var flags = new EvidenceLine("e.link", $"{link.Name}: {string.Join(',', link.Flags)}");
        if (!link.IsUp)
        {
            leg.Stops(link.Name, stage, "it is set down", flags);
        }
        else if (!link.HasCarrier)
        {
            leg.Stops(link.Name, stage, link.IsTap ? "no program holds it open: it has no carrier" : "it has no carrier", flags);
        }
        else
        {
            leg.Passes(link.Name, stage, passing, flags);
        }
    }

    /// <summary>What a device does to a frame that it receives, before bridge or VLAN device see it; filters of nftables come after it.</summary>
    public void Receive(LegBuilder leg, Link link, BridgedFrame frame, int? tag)
    {
        if (link.HasXdp)
        {
            leg.CannotTell(link.Name, "xdp", "an XDP program decides", new("e.link", $"{link.Name}: an XDP program is attached"));
        }

        Control(leg, link.Name, "ingress", frame, tag);
    }

    /// <summary>What a device does to a frame that it sends, behind the filters of nftables.</summary>
    public void Send(LegBuilder leg, Link link, BridgedFrame frame, int? tag)
    {
        Control(leg, link.Name, "egress", frame, tag);
        if (_control?.Qdiscs.FirstOrDefault(qdisc => qdisc.Device == link.Name && qdisc is { IsRoot: true, Kind: "netem" or "tbf" or "htb" }) is { } queue)
        {
            var evidence = new EvidenceLine("e.tc", $"{link.Name}: {queue.Kind}, {queue.Drops.ToString(CultureInfo.InvariantCulture)} dropped so far");
            if (queue.Kind == "netem")
            {
                leg.CannotTell(link.Name, "queue", "netem may lose, delay or spoil it", evidence);
            }
            else
            {
                leg.Passes(link.Name, "queue", $"{queue.Kind} limits the rate", evidence);
            }
        }
    }

    /// <summary>A message larger than the port's MTU vanishes without any counter.</summary>
    public static void Fits(LegBuilder leg, Link port)
    {
        if (port.Mtu is > 0 and < DhcpSize)
        {
            leg.CannotTell(port.Name, "mtu", $"a DHCP message may be larger than {port.Mtu.ToString(CultureInfo.InvariantCulture)} bytes", new("e.link", $"{port.Name}: mtu {port.Mtu.ToString(CultureInfo.InvariantCulture)}"));
        }
    }

    /// <summary>Filters of nftables in a device's hook; as walked before, or walked here for a device that is no port.</summary>
    public void Filters(LegBuilder leg, string device, FilterHook hook, BridgedFrame frame, BridgedFrame? other = null)
    {
        var stage = $"netdev {(hook == FilterHook.Ingress ? "ingress" : "egress")}";
        Gaps(leg, device, stage, PathLayer.Device);
        var second = other is null ? null : FramePathEvaluator.WalkDevice(_firewall.Tables, hook, device, other);
        Stations(leg, device, FramePathEvaluator.WalkDevice(_firewall.Tables, hook, device, frame).Stations, second?.Stations, stage);
    }

    /// <summary>What was not read of a layer's filters.</summary>
    public void Gaps(LegBuilder leg, string device, string stage, PathLayer layer)
    {
        foreach (var gap in _firewall.Gaps.Where(gap => gap.Layer == layer))
        {
            leg.NotRead(device, stage, gap.Section, gap.Why);
        }
    }

    /// <summary>Base chains, a hop each. Where two frames take the same way, one of which will come, both have to end alike.</summary>
    public static void Stations(LegBuilder leg, string device, IEnumerable<PathStation> stations, IEnumerable<PathStation>? second, string stage)
    {
        var others = second?.ToArray();
        foreach (var (index, station) in stations.Index())
        {
            var name = $"{station.Family.ToString().ToLowerInvariant()} {station.Table} {station.Chain}";
            var fate = others is null ? station.Fate : Join(station.Fate, others[index].Fate);
            switch (fate)
            {
                case FrameFate.Dropped(var by):
                    leg.Stops(device, stage, $"{FilterVerdicts.Name(by)} drops it", FilterVerdicts.Line(by));
                    break;
                case FrameFate.MayDrop(var at, var doubts):
                    leg.CannotTell(device, stage, Short(doubts.IsEmpty ? $"{name} may drop it" : doubts[0]), at.IsEmpty ? null : FilterVerdicts.Line(at[0]));
                    break;
                default:
                    leg.Passes(device, stage, $"{name} lets it pass");
                    break;
            }
        }
    }

    /// <summary>From a port of the bridge down to the wire. Where another bridge lies below, its name is the answer.</summary>
    public string? Down(LegBuilder leg, Link port, BridgedFrame frame, int? tag, int depth = 0)
    {
        if (depth > MaxDepth)
        {
            leg.CannotTell(port.Name, "device", "devices are stacked too deep to follow");
            return null;
        }

        Send(leg, port, frame, tag);
        switch (port.Kind)
        {
            case "vlan":
                return Vlan(leg, port, frame, depth);
            case "bond":
                Bond(leg, port, frame, tag, sends: true);
                return null;
            case "veth" when topology.Links.Find(port.Lower) is { Master: not null, PortKind: "bridge" } peer:
                Live(leg, port, "veth", $"leads to {peer.Name} in {peer.Master}");
                return peer.Name;
            case null or "veth":
                Live(leg, port, "wire", "leaves the host");
                return null;
            default:
                Live(leg, port, "wire", $"leaves by a {port.Kind}");
                leg.CannotTell(port.Name, "wire", $"what lies behind a {port.Kind} is not followed");
                return null;
        }
    }

    /// <summary>From the wire up to a port of the bridge; the port's own filters are walked with the bridge.</summary>
    public void Up(LegBuilder leg, Link port, BridgedFrame frame, BridgedFrame other, int? tag, int depth = 0)
    {
        if (depth > MaxDepth)
        {
            leg.CannotTell(port.Name, "device", "devices are stacked too deep to follow");
            return;
        }

        switch (port.Kind)
        {
            case "vlan" when topology.Links.Find(port.Lower) is { } lower:
                Up(leg, lower, frame, other, port.VlanId ?? tag, depth + 1);
                Filters(leg, lower.Name, FilterHook.Ingress, frame, other);
                Live(leg, port, "vlan device", $"takes the tag {Number(port.VlanId)} off");
                break;
            case "vlan":
                leg.Stops(port.Name, "vlan device", "the device below it is not here", new("e.link", $"{port.Name}: link {port.Lower ?? "none"}"));
                break;
            case "bond":
                Bond(leg, port, frame, tag, sends: false);
                break;
            default:
                Live(leg, port, "wire", "arrives from the network");
                break;
        }

        Receive(leg, port, frame, tag);
    }

    private string? Vlan(LegBuilder leg, Link port, BridgedFrame frame, int depth)
    {
        Live(leg, port, "vlan device", $"puts tag {Number(port.VlanId)} on{(port.VlanProtocol is { } protocol and not "802.1Q" ? $", as {protocol}" : "")}");
        if (topology.Links.Find(port.Lower) is not { } lower)
        {
            leg.Stops(port.Name, "vlan device", "the device below it is not here", new("e.link", $"{port.Name}: link {port.Lower ?? "none"}"));
            return null;
        }

        if (lower.IsBridge)
        {
            leg.CannotTell(lower.Name, "bridge", $"it goes on within {lower.Name}, which is not followed");
            return null;
        }

        Filters(leg, lower.Name, FilterHook.Egress, frame);
        return Down(leg, lower, frame, port.VlanId, depth + 1);
    }

    private void Bond(LegBuilder leg, Link bond, BridgedFrame frame, int? tag, bool sends)
    {
        var slaves = topology.Links.Links.Where(link => link.Master == bond.Name).ToArray();
        var live = slaves.Where(slave => slave is { IsUp: true, HasCarrier: true }).ToArray();
        if (live.Length == 0)
        {
            leg.Stops(bond.Name, "bond", slaves.Length == 0 ? "it has no NIC" : "none of its NICs has carrier", new("e.link", $"{bond.Name}: {string.Join(' ', slaves.Select(slave => slave.Name))}"));
            return;
        }

        Live(leg, bond, "bond", $"{bond.BondMode ?? "a bond"} over {string.Join(", ", live.Select(slave => slave.Name))}");
        foreach (var slave in live)
        {
            if (sends)
            {
                Filters(leg, slave.Name, FilterHook.Egress, frame);
                Send(leg, slave, frame, tag);
            }
            else
            {
                Receive(leg, slave, frame, tag);
                Filters(leg, slave.Name, FilterHook.Ingress, frame);
            }
        }
    }

    private void Control(LegBuilder leg, string device, string hook, BridgedFrame frame, int? tag)
    {
        if (_control is not null && TrafficControlFate.Of(_control, device, hook, frame, tag) is { } fate)
        {
            var evidence = fate.By is { } by ? new EvidenceLine("e.tc", $"{TrafficControlFate.Name(by)}: {string.Join(' ', by.Actions)}") : null;
            Action<string, string, string, EvidenceLine?> add = fate.Verdict switch { HopVerdict.Passes => leg.Passes, HopVerdict.Stops => leg.Stops, _ => leg.CannotTell };
            add(device, $"tc {hook}", fate.Does, evidence);
        }
        else if (_control is null && view.WhyMissing(TrafficControlEvidence.Source) is { } why)
        {
            leg.NotRead(device, $"tc {hook}", "e.tc", why);
        }
    }

    private static FrameFate Join(FrameFate one, FrameFate other) => (one, other) switch
    {
        (FrameFate.Dropped, FrameFate.Dropped) => one,
        (FrameFate.Passes, FrameFate.Passes) => one,
        (FrameFate.MayDrop, _) => one,
        (_, FrameFate.MayDrop) => other,
        (FrameFate.Dropped(var by), _) => OneKind(by),
        (_, FrameFate.Dropped(var by)) => OneKind(by),
        _ => one,
    };

    private static FrameFate.MayDrop OneKind(DropPoint by) => new([by], ["whether the guest asks for broadcast answers is not known, and only one kind passes"]);

    private static string Short(string text) => text.Length <= 300 ? text : text[..300] + "...";

    private static string Number(int? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "?";
}
