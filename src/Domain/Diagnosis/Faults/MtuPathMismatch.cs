using System.Globalization;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// The way out carries smaller frames than guests send: lease and ping work, SSH and HTTPS hang. A bridge drops what does not fit without counting it, and
/// its own MTU does not limit frames between ports.
/// Source: catalogue mtu.path-mismatch; openstack/neutron doc/source/admin/config-mtu.rst; torvalds/linux net/bridge/br_forward.c (br_dev_queue_push_xmit).
/// </summary>
public static class MtuPathMismatch
{
    /// <summary>Fault id.</summary>
    public const string Id = "mtu.path-mismatch";

    /// <summary>What an Ethernet NIC sends unless somebody says otherwise.</summary>
    internal const int Usual = 1500;

    private static FaultArticle Article { get; } = new()
    {
        What = "The way out carries smaller frames than guests send: lease and ping work, SSH and HTTPS hang, and no counter moves.",
        DecidedBy = "The MTU of the uplink, or of what lies below it, is smaller than the guest's (from its definition, else 1500). The bridge's own MTU does not matter between ports.",
        ConfusedWith = ["nic.link-errors", "nf.conntrack-full", "addr.wrong-subnet-or-gateway"],
        RepairedBy = "The uplink is raised to 1500 where it was below; larger frames need the switch and everything behind it. Or the guest is lowered (its definition's mtu, DHCP option 26).",
        Messages = ["Message too long", "Frag needed and DF set", "local error: message too long"],
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = DiagnosisRule.OverTopology(Id, Article, (view, topology) => Verdict.Join(
        from bridge in topology.Bridges
        where topology.GuestsOf(bridge).Any()
        from uplink in bridge.Uplinks
        select Judge(topology, bridge, uplink)));

    private static Verdict Judge(HostTopology topology, GuestBridge bridge, Link uplink)
    {
        var guests = topology.GuestsOf(bridge).Where(guest => guest.Link.Mtu > 0).ToArray();
        var narrow = Below(topology, uplink).Where(link => link.Mtu > 0).MinBy(link => link.Mtu);
        if (guests.Length == 0 || narrow is null)
        {
            return Verdict.Clear;
        }

        var hit = guests.Where(guest => Sends(guest) > narrow.Mtu).ToArray();
        if (hit.Length == 0)
        {
            return bridge.Link.Mtu > 0 && bridge.Link.Mtu < narrow.Mtu
                ? Verdict.Ruled(Id, $"{bridge.Name}'s own MTU of {Number(bridge.Link.Mtu)} does not limit frames between ports")
                : Verdict.Clear;
        }

        return Verdict.From([Found(bridge, uplink, narrow, hit, guests.Length)]);
    }

    /// <summary>What the guest sends at most, in bytes of an IP packet: its definition's word, else what its port can carry, up to the usual.</summary>
    public static int Sends(GuestPort guest) => guest.Definition?.Mtu ?? Math.Min(guest.Link.Mtu, Usual);

    /// <summary>The uplink, and what lies below a VLAN device or a bond.</summary>
    private static IEnumerable<Link> Below(HostTopology topology, Link uplink)
    {
        var at = uplink;
        for (var depth = 0; at is not null && depth < 8; depth++)
        {
            yield return at;
            foreach (var slave in at.Kind == "bond" ? topology.Links.Links.Where(link => link.Master == at.Name) : [])
            {
                yield return slave;
            }

            at = at.Kind == "vlan" ? topology.Links.Find(at.Lower) : null;
        }
    }

    private static Finding Found(GuestBridge bridge, Link uplink, Link narrow, GuestPort[] hit, int guests)
    {
        var size = hit.Max(Sends);
        var told = hit.All(guest => guest.Definition?.Mtu is not null);
        var mendable = narrow == uplink && (uplink.Kind is null or "veth") && size <= Usual;
        return new()
        {
            Id = Id,
            Subject = narrow.Name,
            Bridge = bridge.Name,
            Scope = hit.Length == guests ? Scope.Bridge : Scope.Guest,
            Certainty = told ? Certainty.Certain : Certainty.Likely,
            Summary = $"{narrow.Name} carries {Number(narrow.Mtu)} bytes, and guests of {bridge.Name} send up to {Number(size)}: larger frames vanish",
            Because =
            [
                new("e.link", $"{narrow.Name}: mtu {Number(narrow.Mtu)}"),
                .. hit.Take(3).Select(guest => guest.Definition?.Mtu is { } mtu
                    ? new EvidenceLine("e.dom", $"{guest.Guest} {guest.Link.Name}: mtu {Number(mtu)}")
                    : new EvidenceLine("e.link", $"{guest.Link.Name}: mtu {Number(guest.Link.Mtu)}")),
            ],
            Repair = mendable ? "mtu/raise-uplink" : null,
            Question = mendable ? null : $"Does the network behind {uplink.Name} carry frames of {Number(size)} bytes? Then {narrow.Name} and the switch have to be raised; else the guests lowered to {Number(narrow.Mtu)}.",
            Risk = Risk.D2,
            Probe = SymptomProbe.DontFragmentPing,
            Touches = [narrow.Name],
        };
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
