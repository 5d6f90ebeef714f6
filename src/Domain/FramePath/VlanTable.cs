using System.Collections.Immutable;
using System.Globalization;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Evidence;

namespace ChatOpsBot.Domain.FramePath;

/// <summary>The VLAN table of a bridge that enforces one. A port without entries lets nothing in or out.</summary>
internal sealed class VlanTable
{
    private readonly ImmutableArray<VlanEntry> _entries;

    private VlanTable(ImmutableArray<VlanEntry> entries, string? unread)
    {
        _entries = entries;
        WhyUnread = unread;
    }

    /// <summary>Why the table could not be read, or <see langword="null"/>.</summary>
    public string? WhyUnread { get; }

    /// <summary>The table of a bridge; <see langword="null"/> while <c>vlan_filtering</c> is off, when the kernel ignores all entries.</summary>
    public static VlanTable? Of(HostView view, Link bridge) => bridge.Bridge?.VlanFiltering != true ? null : view.Read(VlanEvidence.Source) switch
    {
        FactReading<VlanFacts>.Known(var facts) => new(facts.Entries, null),
        FactReading<VlanFacts>.Missing(var why) => new([], why),
        _ => new([], "the VLAN table was not printed"),
    };

    /// <summary>The VLAN of frames that enter without a tag; <see langword="null"/> when they are dropped.</summary>
    public int? Pvid(string port) => _entries.Where(entry => entry.Device == port && entry.IsPvid).Select(entry => (int?)entry.First).FirstOrDefault();

    /// <summary>Whether the port is a member of the VLAN.</summary>
    public bool Has(string port, int vlan) => _entries.Any(entry => entry.Device == port && entry.Holds(vlan));

    /// <summary>Whether frames of the VLAN leave by the port without a tag.</summary>
    public bool LeavesUntagged(string port, int vlan) => _entries.Any(entry => entry.Device == port && entry.Holds(vlan) && entry.IsUntagged);

    /// <summary>The port's entries, in kernel order.</summary>
    public IEnumerable<VlanEntry> Of(string port) => _entries.Where(entry => entry.Device == port);

    /// <summary>The tags of a frame between two ports; <see langword="null"/> when it does not get that far or the table was not read.</summary>
    public FrameTags? Tags(string inPort, int? tag, string outPort)
        => WhyUnread is null && (tag ?? Pvid(inPort)) is { } vlan && Has(inPort, vlan) && Has(outPort, vlan) ? new(tag, LeavesUntagged(outPort, vlan) ? null : vlan) : null;

    /// <summary>The tag with which an answer comes back by the port: that with which frames of the VLAN leave by it.</summary>
    public int? TagBack(string uplink, string guestPort) => Pvid(guestPort) is { } vlan && Has(uplink, vlan) && !LeavesUntagged(uplink, vlan) ? vlan : null;

    /// <summary>The port's entries as evidence.</summary>
    public EvidenceLine Line(string port)
    {
        var entries = Of(port).Select(entry => Range(entry) + (entry.IsPvid ? " PVID" : "") + (entry.IsUntagged ? " untagged" : "")).ToArray();
        return new("e.vlan", $"{port}: {(entries.Length == 0 ? "no VLAN" : string.Join(", ", entries.Take(8)) + (entries.Length > 8 ? "..." : ""))}");
    }

    private static string Range(VlanEntry entry) => entry.First == entry.Last ? Number(entry.First) : $"{Number(entry.First)}-{Number(entry.Last)}";

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
