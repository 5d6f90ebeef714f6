using System.Globalization;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.FramePath;

/// <summary>Follows a frame through one Linux bridge, from port to port.</summary>
/// <param name="view">The facts.</param>
/// <param name="devices">Follows it through the ports.</param>
internal sealed class BridgeHops(HostView view, DeviceHops devices)
{
    /// <summary>What the bridge does to a frame between two of its ports.</summary>
    /// <param name="leg">Where hops are added.</param>
    /// <param name="bridge">The bridge.</param>
    /// <param name="inPort">By which it enters.</param>
    /// <param name="outPort">By which it is to leave.</param>
    /// <param name="frame">The frame, with its tags.</param>
    /// <param name="other">A second form of it, one of which will come.</param>
    /// <param name="tag">The tag with which it enters.</param>
    public void Cross(LegBuilder leg, GuestBridge bridge, Link inPort, Link outPort, BridgedFrame frame, BridgedFrame? other, int? tag)
    {
        var firewall = Firewall.Read(view);
        var lending = Firewall.LendingOf(view, bridge);
        var walk = FramePathEvaluator.Walk(firewall.Tables, lending, frame);
        var second = other is null ? null : FramePathEvaluator.Walk(firewall.Tables, lending, other);
        var table = VlanTable.Of(view, bridge.Link);

        Hook(PathLayer.Device, FilterHook.Ingress, inPort.Name, "netdev ingress");
        State(leg, bridge, inPort, "enters");
        Hook(PathLayer.Bridge, FilterHook.Prerouting, bridge.Name, "bridge prerouting");
        Lending(leg, bridge, frame, lending);
        Hook(PathLayer.Ip, FilterHook.Prerouting, bridge.Name, "ip prerouting");
        Admission(leg, table, inPort, tag);
        Locked(leg, inPort);
        State(leg, bridge, outPort, "leaves");
        Flags(leg, inPort, outPort, other, bridge);
        Exit(leg, table, inPort, outPort, tag);
        Hook(PathLayer.Bridge, FilterHook.Forward, bridge.Name, "bridge forward");
        Hook(PathLayer.Ip, FilterHook.Forward, bridge.Name, "ip forward");
        Hook(PathLayer.Bridge, FilterHook.Postrouting, bridge.Name, "bridge postrouting");
        Hook(PathLayer.Ip, FilterHook.Postrouting, bridge.Name, "ip postrouting");
        DeviceHops.Fits(leg, outPort);
        Hook(PathLayer.Device, FilterHook.Egress, outPort.Name, "netdev egress");

        void Hook(PathLayer layer, FilterHook hook, string device, string stage)
        {
            if (layer != PathLayer.Ip || lending.Ipv4 != LendingState.Off)
            {
                devices.Gaps(leg, device, stage, layer);
            }

            DeviceHops.Stations(leg, device, At(walk), second is null ? null : At(second), stage);

            IEnumerable<PathStation> At(FrameWalk of) => of.Stations.Where(station => station.Layer == layer && station.Hook == hook);
        }
    }

    /// <summary>Whether the port is up in its bridge; also for a frame that the host itself takes or sends.</summary>
    public static void State(LegBuilder leg, GuestBridge bridge, Link port, string how)
    {
        if (!bridge.Link.IsUp)
        {
            leg.Stops(bridge.Name, "bridge", "it is set down", new("e.link", $"{bridge.Name}: {string.Join(',', bridge.Link.Flags)}"));
            return;
        }

        var state = new EvidenceLine("e.port", $"{port.Name}: state {port.Port?.State ?? "not read"}");
        switch (port.Port?.State)
        {
            case "forwarding":
                leg.Passes(bridge.Name, "port", $"{how} by {port.Name}, which forwards", state);
                break;
            case null:
                leg.CannotTell(bridge.Name, "port", $"the state of {port.Name} was not read", state);
                break;
            default:
                leg.Stops(bridge.Name, "port", $"{port.Name} is {port.Port.State}", state);
                break;
        }
    }

    /// <summary>Whether an IP filter sees the frame at all.</summary>
    private void Lending(LegBuilder leg, GuestBridge bridge, BridgedFrame frame, FrameLending lending)
    {
        var global = view.Read(SysctlEvidence.Source) is FactReading<SysctlFacts>.Known { Value.BridgeNetfilter: BridgeNetfilter.Active { CallIptables: { } on } } ? (on ? "1" : "0") : "not set";
        var evidence = new EvidenceLine("e.sysctl", $"bridge-nf-call-iptables {global}, {bridge.Name} nf_call_iptables {(bridge.Link.Bridge?.NfCallIptables == true ? 1 : 0)}");
        switch (lending.Ipv4)
        {
            case LendingState.Unknown:
                leg.CannotTell(bridge.Name, "br_netfilter", "whether the IP filters see it was not read", evidence);
                break;
            case LendingState.On when (frame.Tags?.In ?? frame.VlanId) is not null && lending.FiltersTagged == false:
                leg.Passes(bridge.Name, "br_netfilter", "IP filters do not see it: it carries a VLAN tag", evidence with { Text = evidence.Text + ", bridge-nf-filter-vlan-tagged 0" });
                break;
            case LendingState.On:
                leg.Passes(bridge.Name, "br_netfilter", "IP filters see it", evidence);
                Tracking(leg, bridge);
                break;
        }
    }

    private void Tracking(LegBuilder leg, GuestBridge bridge)
    {
        if (view.Optional(SysctlEvidence.Source) is { ConntrackCount: { } count, ConntrackMax: > 0 and { } most } && count >= most)
        {
            leg.CannotTell(
                bridge.Name, "conntrack", "the table is full: new connections are dropped unless an unanswered one can go",
                new("e.sysctl", $"nf_conntrack_count {count.ToString(CultureInfo.InvariantCulture)} of {most.ToString(CultureInfo.InvariantCulture)}"));
        }
    }

    private static void Admission(LegBuilder leg, VlanTable? table, Link port, int? tag)
    {
        if (table is null)
        {
            return;
        }

        if (table.WhyUnread is { } why)
        {
            leg.NotRead(port.Name, "vlan", "e.vlan", why);
            return;
        }

        switch (tag, table.Pvid(port.Name))
        {
            case (null, null):
                leg.Stops(port.Name, "vlan", "frames without a tag are dropped: it has no PVID", table.Line(port.Name));
                break;
            case (null, { } pvid):
                leg.Passes(port.Name, "vlan", $"enters VLAN {Number(pvid)}", table.Line(port.Name));
                break;
            case ({ } vlan, _) when table.Has(port.Name, vlan):
                leg.Passes(port.Name, "vlan", $"enters VLAN {Number(vlan)} by its tag", table.Line(port.Name));
                break;
            case ({ } vlan, _):
                leg.Stops(port.Name, "vlan", $"it is not in VLAN {Number(vlan)}", table.Line(port.Name));
                break;
        }
    }

    private static void Exit(LegBuilder leg, VlanTable? table, Link inPort, Link outPort, int? tag)
    {
        if (table is not { WhyUnread: null } || (tag ?? table.Pvid(inPort.Name)) is not { } vlan)
        {
            return;
        }

        if (!table.Has(outPort.Name, vlan))
        {
            leg.Stops(outPort.Name, "vlan", $"it is not in VLAN {Number(vlan)}", table.Line(outPort.Name));
        }
        else if (table.LeavesUntagged(outPort.Name, vlan))
        {
            leg.Passes(outPort.Name, "vlan", "leaves without a tag", table.Line(outPort.Name));
        }
        else if (outPort.IsTap)
        {
            leg.Stops(outPort.Name, "vlan", $"leaves with tag {Number(vlan)}, which a guest that sends none does not take", table.Line(outPort.Name));
        }
        else
        {
            leg.Passes(outPort.Name, "vlan", $"leaves with tag {Number(vlan)}", table.Line(outPort.Name));
        }
    }

    /// <summary>A locked port takes in only what the forwarding table knows on it.</summary>
    private void Locked(LegBuilder leg, Link port)
    {
        if (port.Port?.Locked != true)
        {
            return;
        }

        var flag = new EvidenceLine("e.port", $"{port.Name}: locked on");
        if (view.Optional(FdbEvidence.Source) is not { } fdb)
        {
            leg.NotRead(port.Name, "port", "e.fdb", view.WhyMissing(FdbEvidence.Source) ?? "the forwarding table was not printed");
        }
        else if (fdb.Entries.Where(entry => entry.Device == port.Name && entry.State != "permanent" && !entry.AwaitsAuthentication).ToArray() is [_, ..] known)
        {
            leg.Passes(port.Name, "port", $"locked, but the forwarding table knows an address on it{(known.All(entry => entry.IsLearned) ? ", until that learned entry ages" : "")}", flag);
        }
        else
        {
            leg.Stops(port.Name, "port", "locked: the forwarding table knows no address on it", flag);
        }
    }

    private void Flags(LegBuilder leg, Link inPort, Link outPort, BridgedFrame? other, GuestBridge bridge)
    {
        if (inPort.Port?.Isolated == true && outPort.Port?.Isolated == true)
        {
            leg.Stops(bridge.Name, "isolation", $"{inPort.Name} and {outPort.Name} are both isolated", new("e.port", $"{inPort.Name}: isolated on, {outPort.Name}: isolated on"));
        }

        var floods = outPort.Port?.BroadcastFlood != false;
        var (unicast, elsewhere) = other is null ? (true, null) : Finds(outPort, other.DestinationMac, bridge);
        if (other is null ? !floods : !floods && !unicast)
        {
            leg.Stops(outPort.Name, "flooding", other is null ? "no broadcast leaves by it" : "neither broadcasts nor the guest's own frames leave by it", elsewhere ?? new("e.port", $"{outPort.Name}: bcast_flood off"));
        }
        else if (other is not null && floods != unicast)
        {
            leg.CannotTell(
                bridge.Name, "forwarding table", unicast ? "broadcast answers do not reach it, others do" : "answers to the guest's own address go elsewhere, broadcast ones arrive",
                elsewhere ?? new("e.port", $"{outPort.Name}: bcast_flood {(floods ? "on" : "off")}"));
        }

    }

    /// <summary>Whether a frame to that address leaves by the port, and the entry or flag that says no.</summary>
    private (bool Finds, EvidenceLine? Why) Finds(Link port, string? mac, GuestBridge bridge)
    {
        var entries = mac is null ? [] : view.Optional(FdbEvidence.Source)?.Of(bridge.Name).Where(entry => entry.Mac == mac).ToArray() ?? [];

        // A permanent entry is the host's own wherever it is. Any other on another port follows the guest's next frame, unless it is sticky or the guest's port does not learn.
        var fixedElsewhere = entries.FirstOrDefault(entry => entry.State == "permanent"
            || (entry.Device != port.Name && (entry.StaysPut || (entry.State == "static" && port.Port?.Learning == false))));
        if (fixedElsewhere is not null)
        {
            return (false, new("e.fdb", $"{fixedElsewhere.Mac}: {(fixedElsewhere.Flags.Contains("sticky") ? "sticky" : fixedElsewhere.State)} on {fixedElsewhere.Device}"));
        }

        return entries.Length == 0 && port.Port is { Flood: false, Learning: false } ? (false, new("e.port", $"{port.Name}: learning off, flood off")) : (true, null);
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
