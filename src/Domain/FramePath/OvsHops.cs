using System.Collections.Immutable;
using System.Globalization;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.FramePath;

/// <summary>
/// Follows a frame through an Open vSwitch bridge that forwards by learning. Flows of a controller are not evaluated: with them the answer is "cannot tell".
/// </summary>
/// <param name="view">The facts.</param>
/// <param name="topology">The links.</param>
/// <param name="devices">Follows it through devices.</param>
internal sealed class OvsHops(HostView view, HostTopology topology, DeviceHops devices)
{
    /// <summary>The ports that lead outside: NICs, bonds and VLAN devices, not the bridge's own port and no guest's.</summary>
    public static ImmutableArray<OvsPort> WaysOut(HostTopology topology, OvsBridge bridge) =>
    [
        .. from port in bridge.Ports
           where port.Name != bridge.Name && topology.GuestPorts.All(guest => guest.Link.Name != port.Name && !port.Interfaces.Contains(guest.Link.Name))
           where port.Interfaces.Length > 1 || topology.Links.Find(port.Name) is { Kind: null or "bond" or "vlan" or "veth" }
           select port,
    ];

    /// <summary>The VLAN that an access port puts frames in, 0 for none; <see langword="null"/> when the mode is not understood.</summary>
    public static int? AccessVlan(OvsPort port) => port.VlanMode switch
    {
        null or "access" => port.Tag ?? 0,
        "native-tagged" or "native-untagged" => port.Tag ?? 0,
        "trunk" => port.Trunks.IsEmpty || port.Trunks.Contains(0) ? 0 : null,
        _ => null,
    };

    /// <summary>How frames of a VLAN leave by a port: their tag, 0 for none; <see langword="null"/> when they do not.</summary>
    public static int? Leaves(OvsPort port, int vlan)
    {
        if (port.VlanMode == "access" || (port.VlanMode is null && port.Tag is not null))
        {
            return (port.Tag ?? 0) == vlan ? 0 : null;
        }

        if (port.VlanMode is "native-tagged" or "native-untagged" && port.Tag == vlan)
        {
            return port.VlanMode == "native-untagged" ? 0 : vlan;
        }

        return port.Trunks.IsEmpty || port.Trunks.Contains(vlan) ? vlan : null;
    }

    /// <summary>From the tap to the wire, and back.</summary>
    public (PathLeg Discover, PathLeg Offer, string? Uplink) Trace(GuestPort guest, OvsBridge bridge, BridgedFrame discover, BridgedFrame broadcast, BridgedFrame unicast)
    {
        var tap = bridge.Ports.First(port => port.Name == guest.Link.Name || port.Interfaces.Contains(guest.Link.Name));
        var ways = WaysOut(topology, bridge);
        var uplink = ways.FirstOrDefault(way => AccessVlan(tap) is { } vlan && Leaves(way, vlan) is not null) ?? ways.FirstOrDefault();
        var link = uplink is null ? null : topology.Links.Find(uplink.Name);
        var outward = new LegBuilder(discover.Name);
        DeviceHops.Live(outward, guest.Link, "tap", $"up, carrier, port of {bridge.Name}");
        devices.Receive(outward, guest.Link, discover, null);
        devices.Filters(outward, guest.Link.Name, FilterHook.Ingress, discover);
        Switch(outward, bridge, tap, uplink, toGuest: false);
        var inward = new LegBuilder("DHCP OFFER");
        if (uplink is not null && link is not null)
        {
            var tag = AccessVlan(tap) is { } vlan && Leaves(uplink, vlan) is > 0 and { } carried ? carried : (int?)null;
            devices.Filters(outward, link.Name, FilterHook.Egress, discover with { OutPort = link.Name });
            devices.Down(outward, link, discover, tag);
            devices.Up(inward, link, broadcast, unicast, tag);
            devices.Filters(inward, link.Name, FilterHook.Ingress, broadcast, unicast);
        }
        else if (uplink is not null)
        {
            outward.CannotTell(uplink.Name, "wire", $"a bond of {string.Join(", ", uplink.Interfaces)}, which is not followed");
            inward.CannotTell(uplink.Name, "wire", $"a bond of {string.Join(", ", uplink.Interfaces)}, which is not followed");
        }

        Switch(inward, bridge, tap, uplink, toGuest: true);
        devices.Filters(inward, guest.Link.Name, FilterHook.Egress, broadcast, unicast);
        devices.Send(inward, guest.Link, broadcast, null);
        DeviceHops.Live(inward, guest.Link, "tap", "reaches the guest");
        return (outward.Leg, inward.Leg, uplink?.Name);
    }

    private static void Switch(LegBuilder leg, OvsBridge bridge, OvsPort tap, OvsPort? uplink, bool toGuest)
    {
        if (tap.Error is { } error)
        {
            leg.Stops(tap.Name, "ovs port", "Open vSwitch could not open it", new("e.ovs", $"{tap.Name}: {error}"));
        }

        Flows(leg, bridge);
        if (uplink is null)
        {
            leg.Stops(bridge.Name, "ovs", "no port leads outside", new("e.ovs", $"{bridge.Name}: ports {string.Join(' ', bridge.Ports.Select(port => port.Name))}"));
            return;
        }

        if (uplink.Error is { } broken)
        {
            leg.Stops(uplink.Name, "ovs port", "Open vSwitch could not open it", new("e.ovs", $"{uplink.Name}: {broken}"));
        }

        var evidence = new EvidenceLine("e.ovs", $"{Shown(tap)}; {Shown(uplink)}");
        if (AccessVlan(tap) is not { } vlan)
        {
            leg.CannotTell(tap.Name, "ovs vlan", $"vlan_mode {tap.VlanMode} is not understood", evidence);
        }
        else if (Leaves(uplink, vlan) is not { } carried)
        {
            leg.Stops(uplink.Name, "ovs vlan", $"it does not carry VLAN {Number(vlan)} of {tap.Name}", evidence);
        }
        else if (toGuest && Leaves(tap, vlan) is null or > 0)
        {
            leg.Stops(tap.Name, "ovs vlan", $"frames of VLAN {Number(vlan)} do not leave by it without a tag", evidence);
        }
        else
        {
            var how = carried > 0 ? $"tag {Number(carried)}" : "no tag";
            leg.Passes(bridge.Name, "ovs vlan", toGuest ? $"taken from {uplink.Name} with {how}" : $"leaves by {uplink.Name} with {how}", evidence);
        }
    }

    private static void Flows(LegBuilder leg, OvsBridge bridge)
    {
        var secure = bridge.FailMode == "secure";
        var connected = bridge.Controllers.Any(controller => controller.IsConnected != false);
        var evidence = new EvidenceLine("e.ovs", $"{bridge.Name}: fail_mode {bridge.FailMode ?? "standalone"}, {(bridge.Flows is { } count ? $"{Number(count)} flows" : "flows not read")}"
            + (bridge.Controllers.IsEmpty ? ", no controller" : connected ? ", controller connected" : ", controller not connected"));
        switch (bridge)
        {
            case { Flows: 0 } when secure && !connected:
                leg.Stops(bridge.Name, "ovs flows", "it drops all frames: no flow, and nobody who would add one", evidence);
                break;
            case { Flows: 1, HasNormalFlow: true }:
                leg.Passes(bridge.Name, "ovs flows", "forwards by learning", evidence);
                break;
            case { Flows: null }:
                leg.CannotTell(bridge.Name, "ovs flows", "its flows were not read", evidence);
                break;
            default:
                leg.CannotTell(bridge.Name, "ovs flows", "its flows are not evaluated", evidence);
                break;
        }
    }

    /// <summary>Why the frame's way through Open vSwitch cannot be told at all, or <see langword="null"/>.</summary>
    public string? WhyUnread => view.WhyMissing(OvsEvidence.Source);

    private static string Shown(OvsPort port)
        => $"{port.Name}: tag {(port.Tag is { } tag ? Number(tag) : "none")}, trunks {(port.Trunks.IsEmpty ? "all" : string.Join(',', port.Trunks))}{(port.VlanMode is { } mode ? $", {mode}" : "")}";

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
