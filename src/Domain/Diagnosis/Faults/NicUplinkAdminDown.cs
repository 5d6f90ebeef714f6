using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// The uplink is a port of the bridge but set down: no guest reaches anything outside.
/// Source: catalogue nic.uplink-admin-down; default layouts that forget to bring the NIC up, https://computingforgeeks.com/?p=168510.
/// </summary>
public static class NicUplinkAdminDown
{
    /// <summary>Fault id.</summary>
    public const string Id = "nic.uplink-admin-down";

    private static FaultArticle Article { get; } = new()
    {
        What = "The uplink is a port of the bridge but set down, so no guest reaches anything outside.",
        DecidedBy = "The uplink has the bridge as master and lacks the flag UP.",
        ConfusedWith = ["nic.uplink-no-carrier", "bridge.down", "bridge.uplink-missing"],
        RepairedBy = "ip link set UPLINK up. The configuration has to bring the NIC up at boot: netplan must list it, ifupdown needs auto and inet manual.",
        Messages = ["Network is down"],
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = DiagnosisRule.OverTopology(Id, Article, (_, topology) => Verdict.Join(topology.Bridges.Select(bridge => Judge(topology, bridge))));

    private static Verdict Judge(HostTopology topology, GuestBridge bridge)
        => Verdict.Join(
            from uplink in bridge.Uplinks
            from device in LowerDevices(topology, uplink)
            where !device.IsUp
            select Judge(topology, bridge, uplink, device));

    private static Verdict Judge(HostTopology topology, GuestBridge bridge, Link uplink, Link device)
    {
        if (device.Name == uplink.Name && VlanSubifMissingOrWrongId.IsWanted(bridge, device))
        {
            return Verdict.Ruled(Id, $"{device.Name} is down and is the VLAN device that {bridge.Name} is configured for: {VlanSubifMissingOrWrongId.Id}");
        }

        if (bridge.Uplinks.FirstOrDefault(other => other.Name != uplink.Name && other.HasCarrier) is { } working)
        {
            return Verdict.Ruled(Id, $"{device.Name} is down, but {bridge.Name} has the working uplink {working.Name}");
        }

        if (topology.Links.Links.Any(sibling => sibling.Master == device.Master && sibling.PortKind == "bond" && sibling.HasCarrier))
        {
            return Verdict.Ruled(Id, $"{device.Name} is down, but its bond has a live port");
        }

        return new(
            [
                new()
                {
                    Id = Id,
                    Subject = device.Name,
                    Bridge = bridge.Name,
                    Scope = Scope.Bridge,
                    Certainty = Certainty.Certain,
                    Summary = device.Name == uplink.Name
                        ? $"{device.Name}, the uplink of {bridge.Name}, is set down"
                        : $"{device.Name}, which carries the uplink {uplink.Name} of {bridge.Name}, is set down",
                    Because =
                    [
                        new("e.link", $"{device.Name}: flags without UP"),
                        new("e.link", $"{uplink.Name}: master {bridge.Name}"),
                    ],
                    Repair = "nic/raise-uplink",
                    Risk = Risk.D0,
                    Touches = [device.Name],
                },
            ],
            [new(NicUplinkNoCarrier.Id, $"{device.Name} is set down, so its carrier says nothing")],
            []);
    }

    /// <summary>The port itself and what it needs below it: the NIC of a VLAN device, the ports of a bond.</summary>
    internal static IEnumerable<Link> LowerDevices(HostTopology topology, Link uplink)
    {
        yield return uplink;
        var below = topology.Links.Links.Where(link =>
            (uplink.Kind is "vlan" or "macvlan" && link.Name == uplink.Lower) || (uplink.Kind is "bond" or "team" && link.Master == uplink.Name));
        foreach (var device in below.SelectMany(link => LowerDevices(topology, link)))
        {
            yield return device;
        }
    }
}
