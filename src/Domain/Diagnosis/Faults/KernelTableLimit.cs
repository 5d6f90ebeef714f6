using System.Globalization;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// A table of the kernel is full: the neighbour table (which concerns what the host itself sends: routed and NAT guests, its own DHCP server, never pure
/// bridging), the ports of a bridge, or its learned addresses where somebody limited them.
/// Source: catalogue kernel.table-limit; https://daniel-lange.com/plugin/tag/sysconfig ; Linux Documentation/networking/ip-sysctl.rst, net/bridge/br_private.h (BR_MAX_PORTS).
/// </summary>
public static class KernelTableLimit
{
    /// <summary>Fault id.</summary>
    public const string Id = "kernel.table-limit";

    /// <summary>Ports that a Linux bridge holds at most.</summary>
    private const int MostPorts = 1023;

    private static readonly TimeSpan s_window = TimeSpan.FromMinutes(10);

    private static FaultArticle Article { get; } = new()
    {
        What = "A table of the kernel is full, so on a large host random guests fail: the neighbour table, the ports of a bridge (1023), or its learned addresses.",
        DecidedBy = "The neighbour table holds gc_thresh3 entries or overflowed within the last 10 minutes; a bridge has 1023 ports; fdb_n_learned equals a fdb_max_learned that is not 0. Older messages decide nothing, and pure bridging needs no neighbour entries.",
        ConfusedWith = ["nf.conntrack-full", "dhcp.pool-exhausted", "bridge.vnet-detached"],
        RepairedBy = "gc_thresh1 to gc_thresh3 raised, in /etc/sysctl.d as well; a second bridge; fdb_max_learned raised.",
        Messages = ["neighbor table overflow", "neighbour table overflow", "arp_cache: neighbor table overflow", "Neighbour table overflow", "Exchange full", "No buffer space available"],
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = DiagnosisRule.OverTopology(Id, Article, (view, topology)
        => Verdict.Join(topology.Bridges.Select(Bridge).Concat(view.Optional(NeighbourEvidence.Source)?.Tables is FactReading<System.Collections.Immutable.ImmutableArray<NeighbourTable>>.Known(var tables)
            ? tables.Select(table => Neighbours(view, table))
            : [])));

    private static Verdict Bridge(GuestBridge bridge)
    {
        if (bridge.Ports.Length >= MostPorts)
        {
            return Verdict.From([Found(bridge.Name, bridge.Name, Scope.Bridge, Certainty.Certain, $"{bridge.Name} has {bridge.Ports.Length} ports, and a bridge holds {MostPorts}: the next guest is refused (Exchange full)",
                [new("e.link", $"{bridge.Name}: {bridge.Ports.Length} ports")], $"Which guests can move to a second bridge beside {bridge.Name}?")]);
        }

        return bridge.Link.Bridge is { LearnedAddresses: { } learned, MostLearnedAddresses: > 0 and var most } && learned >= most
            ? Verdict.From([Found(bridge.Name, bridge.Name, Scope.Bridge, Certainty.Certain, string.Create(CultureInfo.InvariantCulture, $"{bridge.Name} has learned {learned} addresses and may learn {most}: frames of further guests are flooded, and answers may be lost"),
                [new("e.link", string.Create(CultureInfo.InvariantCulture, $"{bridge.Name}: fdb_n_learned {learned}, fdb_max_learned {most}"))],
                $"May the limit of {bridge.Name} be raised: ip link set {bridge.Name} type bridge fdb_max_learned {(most * 4).ToString(CultureInfo.InvariantCulture)}?")])
            : Verdict.Clear;
    }

    private static Verdict Neighbours(HostView view, NeighbourTable table)
    {
        var overflow = RecentLog.Of(view, KernelLogEvidence.Source, s_window).LastOrDefault(entry =>
            entry.Message.Contains("table overflow", StringComparison.OrdinalIgnoreCase) && entry.Message.Contains(table.Name, StringComparison.Ordinal));
        if (table.Limit <= 0 || (table.Entries < table.Limit && overflow is null))
        {
            return Verdict.Clear;
        }

        var count = string.Create(CultureInfo.InvariantCulture, $"{table.Name}: {table.Entries} entries of {table.Limit}");
        var canRaise = table.Name == "arp_cache" && view.Optional(SysctlEvidence.Source)?.NeighbourThresholds.Length == 3;
        return Verdict.From(
        [
            Found(table.Name, null, Scope.Host, Certainty.Certain, $"The neighbour table {table.Name} is full: what the host itself sends to new addresses is lost (pure bridging is not concerned)",
                [new("e.neigh", count), .. overflow is null ? [] : (EvidenceLine[])[RecentLog.Line(view, "e.klog", overflow)]],
                canRaise ? null : $"May the limits of {table.Name} be raised fourfold: net.{(table.Name == "arp_cache" ? "ipv4" : "ipv6")}.neigh.default.gc_thresh1 to gc_thresh3?")
                with { Repair = canRaise ? "kernel/raise-neighbour-limit" : null },
        ]);
    }

    private static Finding Found(string subject, string? bridge, Scope scope, Certainty certainty, string summary, EvidenceLine[] because, string? question) => new()
    {
        Id = Id,
        Subject = subject,
        Bridge = bridge,
        Scope = scope,
        Certainty = certainty,
        Summary = summary,
        Because = [.. because],
        Question = question,
        Risk = Risk.D0,
        Touches = bridge is null ? [] : [bridge],
    };
}
