using System.Globalization;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.FramePath;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// A VLAN device sits on a NIC that is itself a port of the guests' bridge: the kernel hands frames of that VLAN to the device before the bridge sees them.
/// Source: catalogue vlan.subif-steals-from-bridge; torvalds/linux net/core/dev.c (__netif_receive_skb_core: vlan_do_receive before rx_handler).
/// </summary>
public static class VlanSubifStealsFromBridge
{
    /// <summary>Fault id.</summary>
    public const string Id = "vlan.subif-steals-from-bridge";

    private static FaultArticle Article { get; } = new()
    {
        What = "A VLAN device on the uplink itself takes the frames of its VLAN before the bridge sees them: guests of exactly that VLAN get no answers.",
        DecidedBy = "The uplink is a port of the bridge, a VLAN device of id N sits on it, and a guest's port is in VLAN N of the bridge. A device on the bridge instead (BRIDGE.N) is right, and a VLAN of the host alone harms nobody.",
        ConfusedWith = ["vlan.not-on-trunk", "vlan.filtering-pvid", "dhcp.no-answer"],
        RepairedBy = "The VLAN device is made on the bridge (link BRIDGE name BRIDGE.N), with the bridge itself in that VLAN. Where it carries the host's own address that cuts the host off for a moment.",
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = DiagnosisRule.OverTopology(Id, Article, (view, topology) => Verdict.Join(
        from bridge in topology.Bridges
        from uplink in bridge.Uplinks
        from device in topology.Links.Links
        where device.Kind == "vlan" && device.Lower == uplink.Name && device.IsUp && device.VlanId is not null
        select Judge(view, topology, bridge, uplink, device)));

    private static Verdict Judge(HostView view, HostTopology topology, GuestBridge bridge, Link uplink, Link device)
    {
        var vlan = device.VlanId ?? 0;
        var table = VlanTable.Of(view, bridge.Link);
        if (table is null)
        {
            // Guests may still tag by themselves, which nothing on the host tells.
            return topology.GuestsOf(bridge).FirstOrDefault(guest => guest.Definition?.VlanTags.Contains(vlan) == true) is { } tagged
                ? Verdict.From([Found(bridge, uplink, device, tagged, Certainty.Likely, new("e.dom", $"{tagged.Guest} {tagged.Link.Name}: vlan tag {Number(vlan)}"))])
                : Verdict.Clear;
        }

        if (table.WhyUnread is { } why)
        {
            return Verdict.CannotTell(Id, "e.vlan", why);
        }

        // A trunk to a guest with a whole range says nothing about this one VLAN.
        var single = topology.GuestsOf(bridge).Where(guest => table.Of(guest.Link.Name).Any(entry => entry.Holds(vlan) && (entry.IsPvid || entry.First == entry.Last))).ToArray();
        if (single.Length == 0)
        {
            return Verdict.Ruled(Id, $"{device.Name} takes VLAN {Number(vlan)} off {uplink.Name}, and no guest of {bridge.Name} is in it");
        }

        var pvid = single.FirstOrDefault(guest => table.Pvid(guest.Link.Name) == vlan);
        return Verdict.From([Found(bridge, uplink, device, pvid ?? single[0], pvid is null ? Certainty.Likely : Certainty.Certain, table.Line((pvid ?? single[0]).Link.Name))]);
    }

    private static Finding Found(GuestBridge bridge, Link uplink, Link device, GuestPort guest, Certainty certainty, EvidenceLine member) => new()
    {
        Id = Id,
        Subject = device.Name,
        Bridge = bridge.Name,
        Scope = Scope.Vlan,
        Certainty = certainty,
        Summary = $"{device.Name} takes VLAN {Number(device.VlanId ?? 0)} off {uplink.Name} before {bridge.Name} sees it, and {guest.Link.Name} is in that VLAN",
        Because = [new("e.link", $"{device.Name}: link {uplink.Name}, vlan id {Number(device.VlanId ?? 0)}"), new("e.link", $"{uplink.Name}: master {bridge.Name}"), member],
        Question = $"What is {device.Name} for? It has to move onto the bridge: link {bridge.Name} name {bridge.Name}.{Number(device.VlanId ?? 0)} type vlan id {Number(device.VlanId ?? 0)}; with the host's address on it that interrupts the host.",
        Risk = Risk.D2,
        Touches = [device.Name],
    };

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
