using System.Collections.Immutable;
using System.Text.Json;

namespace ChatOpsBot.Domain.Evidence;

/// <summary>The host's own neighbour (ARP and ND) entries and the state of their tables.</summary>
/// <param name="Entries">In kernel order.</param>
/// <param name="Tables">The tables with their limits.</param>
public sealed record NeighbourFacts(ImmutableArray<Neighbour> Entries, FactReading<ImmutableArray<NeighbourTable>> Tables);

/// <summary>One neighbour entry.</summary>
/// <param name="Address">IP address.</param>
/// <param name="Device">Link.</param>
/// <param name="Mac">Hardware address in lower case; <see langword="null"/> while unresolved.</param>
/// <param name="States"><c>REACHABLE</c>, <c>STALE</c>, <c>FAILED</c>, <c>INCOMPLETE</c>, <c>PERMANENT</c>...</param>
public sealed record Neighbour(string Address, string Device, string? Mac, ImmutableArray<string> States);

/// <summary>One neighbour table.</summary>
/// <param name="Name"><c>arp_cache</c> or <c>ndisc_cache</c>.</param>
/// <param name="Entries">Entries held now.</param>
/// <param name="Limit">Entries it holds at most (<c>gc_thresh3</c>).</param>
/// <param name="Overflows">How often an entry was refused because it was full, where the kernel counts it.</param>
public sealed record NeighbourTable(string Name, long Entries, long Limit, long? Overflows);

/// <summary>E.neigh: neighbour entries and tables.</summary>
public static class NeighbourEvidence
{
    /// <summary>The evidence row.</summary>
    public static EvidenceSource<NeighbourFacts> Source { get; } = new(
        "e.neigh",
        Privilege.Login,
        [new("entries", "ip", "-d -s -s", "neigh show"), new("tables", "ip", "-d -s -s", "ntable show")],
        section => section.Array("entries", ReadEntry).Then(entries => new NeighbourFacts(entries, section.Array("tables", ReadTable))))
    {
        OutputCap = 16 * 1024 * 1024,
    };

    private static Neighbour? ReadEntry(JsonElement entry) => entry.Text("dst") is { } address && entry.Text("dev") is { } device
        ? new Neighbour(address, device, entry.Text("lladdr"), [.. entry.Texts("state")])
        : null;

    // The first object of a table has its limits, those with a device only the timers of one link.
    private static NeighbourTable? ReadTable(JsonElement table) => table.Text("name") is { } name && table.Number("thresh3") is { } limit
        ? new NeighbourTable(name, table.Number("entries") ?? 0, limit, table.Number("table_fulls"))
        : null;
}
