using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// Two guests on one network have the same hardware address, mostly a clone and its original: they share one lease and each loses half its traffic.
/// Source: catalogue addr.duplicate-mac; libvirt docs/formatdomain.rst (libvirt starts both without complaint).
/// </summary>
public static class AddrDuplicateMac
{
    /// <summary>Fault id.</summary>
    public const string Id = "addr.duplicate-mac";

    // VRRP moves its addresses on purpose.
    private const string VrrpPrefix = "00:00:5e:00:01:";

    // QEMU counts from here when nobody gives it an address, so guests that are started by hand collide.
    private const string QemuDefault = "52:54:00:12:34:5";

    private static FaultArticle Article { get; } = new()
    {
        What = "Two guests on one network have the same hardware address, mostly a clone and its original: they share one lease, and each loses half its traffic.",
        DecidedBy = "Two running guests' definitions (or their taps, which libvirt names after the guests' addresses) have the same address on one bridge, or the port of an address changes between two reads. A guest that is paused for a migration, and VRRP, are in order.",
        ConfusedWith = ["addr.duplicate-ip", "dhcp.duplicate-client-id", "bridge.loop-storm", "bridge.tap-mac-is-guest-mac"],
        RepairedBy = "A new address for the clone in its definition (virsh edit), and its NIC plugged anew; the guest's own configuration may match the old one.",
        Messages = ["duplicate address * detected", "IPv6: eth0: IPv6 duplicate address", "is flapping between port", "MACFLAP_NOTIF", "DAD failed"],
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = DiagnosisRule.OverTopology(Id, Article, (view, topology) =>
    {
        var paused = (view.Optional(DomainEvidence.Source)?.Guests ?? []).Where(guest => guest.State == "paused").Select(guest => guest.Name).ToHashSet();
        var ports = topology.GuestPorts.Where(port => !paused.Contains(port.Guest)).ToArray();
        var same = from port in ports
                   let mac = MacOf(port)
                   where mac is not null
                   group port by (Mac: mac, Bridge: port.Link.Master ?? port.IntendedBridge) into sharing
                   where sharing.Key.Bridge is not null && sharing.Select(port => port.Guest).Distinct().Count() > 1
                   select Found(sharing.Key.Mac, sharing.Key.Bridge, [.. sharing]);
        var shared = same.ToArray();
        return Verdict.Join([Verdict.From(shared), .. Moving(view, topology, ports, [.. shared.Select(finding => finding.Subject)])]);
    });

    /// <summary>From the definition, else from the tap's own address; what the bridge learned may be the other guest's.</summary>
    private static string? MacOf(GuestPort port)
        => port.Definition?.Mac ?? (port.Link is { Kind: "tun", Address: { } own } && own.StartsWith("fe:54:00:", StringComparison.Ordinal) ? "52" + own[2..] : null);

    /// <summary>Addresses of guests here that another port claims two seconds later.</summary>
    private static IEnumerable<Verdict> Moving(HostView view, HostTopology topology, GuestPort[] ports, HashSet<string> known)
    {
        if (view.Optional(FdbEvidence.Source) is not { } before || view.Again(FdbEvidence.Source) is not { } after)
        {
            return [];
        }

        return from port in ports
               let mac = MacOf(port)
               where mac is not null && !known.Contains(mac) && !mac.StartsWith(VrrpPrefix, StringComparison.Ordinal)
               let first = before.Entries.FirstOrDefault(entry => entry.Mac == mac && entry.IsLearned)
               let then = after.Entries.FirstOrDefault(entry => entry.Mac == mac && entry.IsLearned)
               where first is not null && then is not null && first.Bridge == then.Bridge && first.Device != then.Device
               where topology.Links.Find(first.Device)?.Master == first.Bridge && topology.Links.Find(then.Device)?.Master == then.Bridge
               select Verdict.From([Elsewhere(port, mac, first, then)]);
    }

    private static Finding Found(string mac, string? bridge, GuestPort[] sharing)
    {
        var names = string.Join(" and ", sharing.Select(port => port.Guest == port.Link.Name ? port.Guest : $"{port.Guest} ({port.Link.Name})"));
        return new()
        {
            Id = Id,
            Subject = mac,
            Bridge = bridge,
            Scope = Scope.Guest,
            Certainty = Certainty.Certain,
            Summary = $"{names} have the same hardware address {mac} on {bridge}",
            Because = [.. sharing.Take(4).Select(port => port.Definition is null ? new EvidenceLine("e.link", $"{port.Link.Name}: address {port.Link.Address}") : new EvidenceLine("e.dom", $"{port.Guest} {port.Link.Name}: mac {mac}"))],
            Question = Ask(mac, names),
            Risk = Risk.D1,
            Touches = [.. sharing.Select(port => port.Link.Name)],
        };
    }

    private static Finding Elsewhere(GuestPort port, string mac, FdbEntry first, FdbEntry then) => new()
    {
        Id = Id,
        Subject = mac,
        Bridge = first.Bridge,
        Scope = Scope.Guest,
        Certainty = Certainty.Likely,
        Summary = $"{mac} of {port.Guest} is seen on {first.Device} and two seconds later on {then.Device}: somebody else uses it too",
        Because = [new("e.fdb", $"{first.Device}: {mac}"), new("e.fdb", $"{then.Device}: {mac}, 2 s later")],
        Question = $"Who else has {mac}? A clone of {port.Guest} on another host (ask the switch which port it is seen on), or is {port.Guest} being migrated? The clone needs an address of its own.",
        Risk = Risk.D1,
        Touches = [port.Link.Name],
    };

    private static string Ask(string mac, string names)
        => $"Which of {names} is the clone? Give it another hardware address (virsh edit) and plug its NIC anew."
            + (mac.StartsWith(QemuDefault, StringComparison.Ordinal) ? " The address is QEMU's default: guests started by hand need mac= on their command line." : "");
}
