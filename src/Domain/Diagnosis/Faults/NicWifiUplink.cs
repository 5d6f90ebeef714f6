using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// The guests' network wants a wireless card. An access point takes frames of the addresses that joined it only, and the kernel refuses such a card as a
/// port of a bridge unless it is in 4-address mode or is an access point itself. Macvtap does not help: the foreign addresses are the same.
/// Source: catalogue nic.wifi-uplink; libvirt docs/firewall.rst; https://firestuff.org/2016-05-17-wifi-bridging-redux.html .
/// </summary>
public static class NicWifiUplink
{
    /// <summary>Fault id.</summary>
    public const string Id = "nic.wifi-uplink";

    private static FaultArticle Article { get; } = new()
    {
        What = "The guests' network wants a wireless card as uplink, and an access point takes no frames of foreign addresses; the kernel refuses the card as a port.",
        DecidedBy = "The uplink that configuration or inventory gives the bridge, or the lower device of a guest's macvtap, is a wireless card. One that is a port already is in 4-address or access point mode and is no fault.",
        ConfusedWith = ["bridge.uplink-missing", "bridge.macvtap-isolation", "switch.port-security"],
        RepairedBy = "No command mends it: a routed or NAT network for the guests, or a wired card.",
        Messages = ["can't add wlan* to bridge", "RTNETLINK answers: Operation not supported*wl", "Device does not allow enslaving to a bridge"],
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = DiagnosisRule.OverTopology(Id, Article, (view, topology) => view.Optional(NicEvidence.Source) is { } nics && nics.Nics.Any(nic => nic.IsWireless)
        ? Verdict.Join(topology.Bridges.SelectMany(bridge => OfBridge(topology, nics, bridge)).Concat(topology.GuestPorts.Select(port => OfMacvtap(nics, port))))
        : Verdict.Clear);

    private static IEnumerable<Verdict> OfBridge(HostTopology topology, NicFacts nics, GuestBridge bridge)
    {
        foreach (var link in bridge.Uplinks.Where(uplink => nics.Find(uplink.Name) is { IsWireless: true }))
        {
            yield return Verdict.Ruled(Id, $"{link.Name} is wireless and a port of {bridge.Name} already, which the kernel allows in 4-address and access point mode only");
        }

        var wanted = bridge.IntendedUplinks.Select(topology.Links.Find).OfType<Link>().FirstOrDefault(link => link.Master is null && nics.Find(link.Name) is { IsWireless: true });
        if (bridge.Uplinks.IsEmpty && bridge.IsolatedByDesign is null && wanted is not null && bridge.IntentFrom is { } intent)
        {
            yield return Verdict.From([Found(wanted, bridge.Name, Scope.Bridge, Certainty.Certain, wanted.Name, intent)]);
        }
    }

    private static Verdict OfMacvtap(NicFacts nics, GuestPort port)
        => port.Link is { Kind: "macvtap", Lower: { } lower } && nics.Find(lower) is { IsWireless: true }
            ? Verdict.From([Found(port.Link, null, Scope.Guest, Certainty.Certain, lower, new("e.link", $"{port.Link.Name}: macvtap on {lower}"))])
            : Verdict.Clear;

    private static Finding Found(Link subject, string? bridge, Scope scope, Certainty certainty, string card, EvidenceLine intent) => new()
    {
        Id = Id,
        Subject = subject.Name,
        Bridge = bridge,
        Scope = scope,
        Certainty = certainty,
        Summary = $"{card} is wireless, and its access point takes no frames of guests' addresses",
        Because = [new("e.nic", $"{card}: wireless"), intent],
        Question = $"Can the guests use a routed or NAT network (virsh net-start default), or can the host get a wired card in place of {card}? Neither bridge nor macvtap works over wireless"
            + " unless card and access point are in 4-address mode (iw dev, 4addr).",
        Risk = Risk.D1,
        Touches = [subject.Name],
    };
}
