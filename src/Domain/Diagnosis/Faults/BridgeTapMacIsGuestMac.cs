using System.Text.RegularExpressions;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.FramePath;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// The bridge takes the guest's address for one of the host's own: the tap has it, or somebody pinned it in the forwarding table. The guest sends, and what
/// comes back ends at the host; or at another port, where a sticky entry holds the address.
/// Source: catalogue bridge.tap-mac-is-guest-mac; https://lists.libvirt.org/archives/list/devel@lists.libvirt.org/thread/AWAZK65CCAHDWS4CY3XPFJ4DDNBAVWY7 .
/// </summary>
public static partial class BridgeTapMacIsGuestMac
{
    /// <summary>Fault id.</summary>
    public const string Id = "bridge.tap-mac-is-guest-mac";

    // QEMU's and libvirt's own prefix for guests; a tap made by hand has a random address, one made by libvirt begins with fe.
    private const string GuestPrefix = "52:54:00:";

    private static readonly TimeSpan s_window = TimeSpan.FromHours(1);

    private static FaultArticle Article { get; } = new()
    {
        What = "The bridge takes the guest's hardware address for one of the host's own, so the guest sends and never receives.",
        DecidedBy = "The forwarding table has the guest's address as permanent on a port, mostly because the tap itself has it. Taps made by libvirt have fe in place of the first octet, which is right; static entries on a wrong port heal themselves, sticky ones do not.",
        ConfusedWith = ["addr.duplicate-mac", "bridge.loop-storm", "bridge.port-flags", "dhcp.no-answer"],
        RepairedBy = "ip link set TAP address fe:..., or bridge fdb del MAC dev PORT master. Whatever makes the tap has to give it another address than the guest's.",
        Messages = ["received packet on * with own address as source address"],
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = DiagnosisRule.OverTopology(Id, Article, (view, topology) => Verdict.Join(
        from port in topology.GuestPorts
        where port.Link is { IsTap: true, Master: not null }
        select Judge(view, topology, port)));

    /// <summary>The guest's address that is pinned on a link as if it were the host's own; <see langword="null"/> when none is.</summary>
    internal static string? PinnedOn(HostView view, HostTopology topology, Link link)
        => topology.GuestPorts.Where(port => port.Link.Master is not null && port.Link.Master == link.Master)
            .Select(port => GuestMac(view, port))
            .FirstOrDefault(mac => mac is not null && mac != link.Address && IsPinned(view, mac, link.Name));

    private static Verdict Judge(HostView view, HostTopology topology, GuestPort port)
    {
        var tap = port.Link;
        if (GuestMac(view, port) is { } mac)
        {
            if (tap.Address == mac)
            {
                return Verdict.From([Own(port, mac, Certainty.Certain, port.Definition is null ? null : new("e.dom", $"{port.Guest} {tap.Name}: mac {mac}"))]);
            }

            var at = PinnedEntries(view)[mac].Select(entry => topology.Links.Find(entry.Device)).FirstOrDefault(link => link is not null && link.Master == tap.Master);
            return at is not null ? Verdict.From([Pinned(port, mac, at)])
                : StuckAt(view, topology, port, mac) is { } other ? Verdict.From([Stuck(port, mac, other)])
                : view.WhyMissing(FdbEvidence.Source) is { } why ? Verdict.CannotTell(Id, "e.fdb", why)
                : Verdict.Clear;
        }

        return WithoutMac(view, port);
    }

    /// <summary>Another port of the bridge that holds the guest's address, in the guest's VLAN, by a sticky entry, which the guest's frames do not move.</summary>
    private static Link? StuckAt(HostView view, HostTopology topology, GuestPort port, string mac)
    {
        var entries = StickyEntries(view)[mac].Where(entry => entry.Device != port.Link.Name).ToArray();
        if (entries.Length == 0 || topology.Links.Find(port.Link.Master) is not { } bridge)
        {
            return null;
        }

        var table = VlanTable.Of(view, bridge);
        var vlan = table?.Pvid(port.Link.Name);
        return table is not null && vlan is null
            ? null
            : entries.Where(entry => entry.VlanId == vlan).Select(entry => topology.Links.Find(entry.Device)).FirstOrDefault(link => link is not null && link.Master == bridge.Name);
    }

    /// <summary>
    /// Without a definition the guest's address is unknown as long as the bridge cannot learn it, which is what this fault does. The kernel's complaint names
    /// it; failing that, a tap with an address of QEMU's guest prefix is suspicious enough.
    /// </summary>
    private static Verdict WithoutMac(HostView view, GuestPort port)
    {
        var tap = port.Link;
        if (tap.Address is not { } own || own.StartsWith("fe:", StringComparison.Ordinal))
        {
            return Verdict.Clear;
        }

        var complaint = RecentLog.Of(view, KernelLogEvidence.Source, s_window).LastOrDefault(entry =>
            Complaint().Match(entry.Message) is { Success: true } match && match.Groups[1].Value == tap.Name && match.Groups[2].Value == own);
        return complaint is not null ? Verdict.From([Own(port, own, Certainty.Certain, RecentLog.Line(view, "e.klog", complaint))])
            : own.StartsWith(GuestPrefix, StringComparison.Ordinal) ? Verdict.From([Own(port, own, Certainty.Likely, new("e.link", $"{tap.Name}: no other address was learned on it"))])
            : Verdict.Clear;
    }

    /// <summary>The guest's address from its definition, else as the bridge learned it.</summary>
    private static string? GuestMac(HostView view, GuestPort port)
        => port.Definition?.Mac
            ?? LearnedEntries(view)[port.Link.Name].FirstOrDefault()?.Mac
            ?? (port.Link.Address == port.Mac ? null : port.Mac);

    private static bool IsPinned(HostView view, string mac, string device) => PinnedEntries(view)[mac].Any(entry => entry.Device == device);

    private static ILookup<string, FdbEntry> PinnedEntries(HostView view) => view.Derive("pinned addresses", () =>
        (view.Optional(FdbEvidence.Source)?.Entries ?? []).Where(entry => entry is { Bridge: not null, State: "permanent" }).ToLookup(entry => entry.Mac));

    private static ILookup<string, FdbEntry> StickyEntries(HostView view) => view.Derive("sticky addresses", () =>
        (view.Optional(FdbEvidence.Source)?.Entries ?? []).Where(entry => entry is { Bridge: not null, StaysPut: true, State: not "permanent" }).ToLookup(entry => entry.Mac));

    private static ILookup<string, FdbEntry> LearnedEntries(HostView view) => view.Derive("learned addresses", () =>
        (view.Optional(FdbEvidence.Source)?.Entries ?? []).Where(entry => entry.IsLearned).ToLookup(entry => entry.Device));

    private static Finding Own(GuestPort port, string mac, Certainty certainty, EvidenceLine? proof) => new()
    {
        Id = Id,
        Subject = port.Link.Name,
        Bridge = port.Link.Master,
        Scope = Scope.Guest,
        Certainty = certainty,
        Summary = $"{port.Link.Name} has its guest's own address {mac}, so {port.Link.Master} keeps the guest's frames for the host",
        Because = [new("e.link", $"{port.Link.Name}: address {mac}"), .. proof is null ? [] : (EvidenceLine[])[proof]],
        Repair = "bridge/restore-tap-address",
        Risk = Risk.D0,
        Touches = [port.Link.Name],
    };

    private static Finding Pinned(GuestPort port, string mac, Link at) => new()
    {
        Id = Id,
        Subject = at.Name,
        Bridge = port.Link.Master,
        Scope = Scope.Guest,
        Certainty = Certainty.Certain,
        Summary = $"{mac}, the address of {port.Guest}, is pinned to {at.Name} as the host's own, so {port.Link.Master} keeps the guest's frames",
        Because = [new("e.fdb", $"{at.Name}: {mac} permanent")],
        Repair = "bridge/forget-pinned-address",
        Risk = Risk.D0,
        Touches = [at.Name],
    };

    private static Finding Stuck(GuestPort port, string mac, Link at) => new()
    {
        Id = Id,
        Subject = at.Name,
        Bridge = port.Link.Master,
        Scope = Scope.Guest,
        Certainty = Certainty.Certain,
        Summary = $"{mac}, the address of {port.Guest}, is held at {at.Name} by a sticky entry, so {port.Link.Master} sends the guest's frames there",
        Because = [new("e.fdb", $"{at.Name}: {mac} sticky")],
        Question = $"Who set the sticky entry of {mac} on {at.Name}, and may it go: bridge fdb del {mac} dev {at.Name} master (D0)?",
        Risk = Risk.D0,
        Touches = [at.Name],
    };

    [GeneratedRegex(@"received packet on (\S+) with own address as source address(?: \(addr:([0-9a-f:]{17}))?", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Complaint();
}
