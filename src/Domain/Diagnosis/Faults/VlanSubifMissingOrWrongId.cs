using System.Globalization;
using System.Text.RegularExpressions;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// A bridge is meant to reach its VLAN through a VLAN device on the trunk NIC, and that device is not there, is down, or carries another VLAN, protocol or NIC.
/// Source: catalogue vlan.subif-missing-or-wrong-id; iproute2 ip/iplink_vlan.c (protocol and id of a VLAN device).
/// </summary>
public static partial class VlanSubifMissingOrWrongId
{
    /// <summary>Fault id.</summary>
    public const string Id = "vlan.subif-missing-or-wrong-id";

    private static FaultArticle Article { get; } = new()
    {
        What = "The VLAN device that is a bridge's way out is missing, down, or carries another VLAN id, protocol or NIC than its name says: guests of that VLAN are cut off, others are fine.",
        DecidedBy = "The configuration names NIC.ID as port of the bridge, and there is no such link, or its id, its protocol (802.1Q) or its lower device is another one, or it is down. A bridge with vlan_filtering needs no such device.",
        ConfusedWith = ["bridge.uplink-missing", "vlan.not-on-trunk", "nic.uplink-admin-down"],
        RepairedBy = "ip link add link NIC name NIC.ID type vlan id ID, set up and master BRIDGE; a wrong one is removed first; one that is down is set up. The configuration has to define it.",
        Messages = ["Cannot find device \"*.*\""],
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = DiagnosisRule.OverTopology(Id, Article, (_, topology) => Verdict.Join(topology.Bridges.Select(bridge => Judge(topology, bridge))));

    private static Verdict Judge(HostTopology topology, GuestBridge bridge)
    {
        var wanted = bridge.IntendedUplinks.Where(name => VlanName().IsMatch(name)).ToArray();
        if (bridge.Link.Bridge?.VlanFiltering == true)
        {
            return wanted.Length > 0 ? Verdict.Ruled(Id, $"{bridge.Name} filters VLANs itself, so it needs no VLAN device of its own") : Verdict.Clear;
        }

        var there = bridge.Ports.Where(port => port.Kind == "vlan" && !wanted.Contains(port.Name)).Select(port => Attached(bridge, port));
        return Verdict.Join(wanted.Select(name => Wanted(topology, bridge, name)).Concat(there));
    }

    /// <summary>Whether the link is the VLAN device that the bridge's configuration names as NIC.ID.</summary>
    internal static bool IsWanted(GuestBridge bridge, Link link)
        => link.Kind == "vlan" && bridge.Link.Bridge?.VlanFiltering != true && VlanName().IsMatch(link.Name) && bridge.IntendedUplinks.Contains(link.Name);

    /// <summary>What the configuration names as NIC.ID.</summary>
    private static Verdict Wanted(HostTopology topology, GuestBridge bridge, string name)
    {
        var match = VlanName().Match(name);
        var (nic, id) = (match.Groups[1].Value, int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture));
        var link = topology.Links.Find(name);
        if (link is null)
        {
            // Without the NIC another fault comes first.
            return topology.Links.Find(nic) is { } lower
                ? Verdict.From([Found(bridge, name, $"{name}, the way out of {bridge.Name}, is not there", [new("e.link", $"{name}: no such link"), Intent(bridge, name), new("e.link", $"{lower.Name}: is there")], $"ip link add link {nic} name {name} type vlan id {id}; ip link set {name} master {bridge.Name} up")])
                : Verdict.Clear;
        }

        if (link.Kind != "vlan")
        {
            return Verdict.Clear;
        }

        if (!link.IsUp)
        {
            // The kernel takes a VLAN device down and up with its NIC (net/8021q/vlan.c, vlan_device_event).
            if (topology.Links.Find(link.Lower) is { IsUp: false } below)
            {
                return Verdict.Ruled(Id, $"{name} is down because {below.Name} below it is");
            }

            var down = Found(bridge, name, $"{name}, the way out of {bridge.Name}, is set down", [new("e.link", $"{name}: flags without UP"), Intent(bridge, name)], "");
            return Verdict.From([down with { Repair = "nic/raise-uplink", Question = null, Risk = Risk.D0 }]);
        }

        var wrong = link.VlanId is { } actual && actual != id ? new EvidenceLine("e.link", $"{name}: vlan id {Number(actual)}")
            : link.VlanProtocol is { } protocol and not "802.1Q" ? new EvidenceLine("e.link", $"{name}: vlan protocol {protocol}")
            : link.Lower is { } on && topology.Links.Find(nic) is { } trunk && on != trunk.Name ? new EvidenceLine("e.link", $"{name}: link {on}")
            : null;
        return wrong is null
            ? Verdict.Clear
            : Verdict.From([Found(bridge, name, $"{name}, the way out of {bridge.Name}, is not VLAN {Number(id)} of {nic}", [wrong, Intent(bridge, name)], $"ip link del {name}; ip link add link {nic} name {name} type vlan id {id}; ip link set {name} master {bridge.Name} up")]);
    }

    /// <summary>A VLAN device in the bridge that no configuration names: its own name is what it was meant to be.</summary>
    private static Verdict Attached(GuestBridge bridge, Link link)
    {
        if (link.VlanId is not { } actual || !OwnName().IsMatch(link.Name) || int.Parse(OwnName().Match(link.Name).Groups[1].Value, CultureInfo.InvariantCulture) is var id && id == actual)
        {
            return Verdict.Clear;
        }

        var finding = Found(bridge, link.Name, $"{link.Name} in {bridge.Name} carries VLAN {Number(actual)}, not the one of its name", [new("e.link", $"{link.Name}: vlan id {Number(actual)}")], "");
        return Verdict.From([finding with { Certainty = Certainty.Likely, Question = $"Which VLAN is {bridge.Name} meant to reach: {Number(actual)}, or that of the name {link.Name}?" }]);
    }

    private static Finding Found(GuestBridge bridge, string name, string summary, EvidenceLine[] because, string commands) => new()
    {
        Id = Id,
        Subject = name,
        Bridge = bridge.Name,
        Scope = Scope.Bridge,
        Certainty = Certainty.Certain,
        Summary = summary,
        Because = [.. because],
        Question = $"May {name} be made as it is configured? The commands: {commands}",
        Risk = Risk.D2,
        Touches = [name],
    };

    private static EvidenceLine Intent(GuestBridge bridge, string name) => bridge.IntentFrom ?? new("e.cfg", $"{bridge.Name} ports {name}");

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\A([^.:]+)\.0*([1-9][0-9]{0,3})\z", RegexOptions.None, 1000)]
    private static partial Regex VlanName();

    [GeneratedRegex(@"\A(?:.+\.|vlan)0*([1-9][0-9]{0,3})\z", RegexOptions.None, 1000)]
    private static partial Regex OwnName();
}
