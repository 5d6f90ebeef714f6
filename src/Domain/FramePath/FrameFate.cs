using System.Collections.Immutable;

namespace ChatOpsBot.Domain.FramePath;

/// <summary>Where a filter ends a frame.</summary>
public sealed record DropPoint
{
    /// <summary>Part of the path.</summary>
    public required PathLayer Layer { get; init; }

    /// <summary>Family of the table.</summary>
    public required FilterFamily Family { get; init; }

    /// <summary>Name of the table.</summary>
    public required string Table { get; init; }

    /// <summary>The table is one of the older kernel tables, not of nftables.</summary>
    public required bool IsLegacy { get; init; }

    /// <summary>Hook of the base chain.</summary>
    public required FilterHook Hook { get; init; }

    /// <summary>Base chain that the frame was in.</summary>
    public required string BaseChain { get; init; }

    /// <summary>Chain of the rule: the base chain or one that it leads to.</summary>
    public required string Chain { get; init; }

    /// <summary>Handle of the rule; <see langword="null"/> for a policy and for the older tools.</summary>
    public long? Handle { get; init; }

    /// <summary>The rule as its tool prints it, or <c>policy drop</c>.</summary>
    public required string Text { get; init; }

    /// <summary>Whether no rule decided and the policy did.</summary>
    public required bool IsPolicy { get; init; }

    /// <summary>Frames that it has counted, where it counts.</summary>
    public long? Packets { get; init; }

    /// <summary>The rule itself asks for DHCP's ports, and they match.</summary>
    public bool NamesThePorts { get; init; }

    /// <summary>The rule asks for the route back to the sender: a reverse-path filter.</summary>
    public bool AsksForRouteBack { get; init; }

    /// <summary>Evidence id of the listing.</summary>
    public required string Section { get; init; }

    /// <summary>Family, table and chain as nftables names them, for example <c>ip filter FORWARD</c>.</summary>
    public string Place => $"{Family.ToString().ToLowerInvariant()} {Table} {Chain}";
}

/// <summary>What one base chain, or the whole path, does to a frame.</summary>
public abstract record FrameFate
{
    private FrameFate()
    {
    }

    /// <summary>The frame passes, whatever is not known about it.</summary>
    public sealed record Passes : FrameFate;

    /// <summary>The frame ends here, whatever is not known about it.</summary>
    /// <param name="By">Where; the first place when it may be one of several.</param>
    public sealed record Dropped(DropPoint By) : FrameFate;

    /// <summary>It cannot be told.</summary>
    /// <param name="At">Where it may end.</param>
    /// <param name="Doubts">What was not understood or not known, as people read it.</param>
    public sealed record MayDrop(ImmutableArray<DropPoint> At, ImmutableArray<string> Doubts) : FrameFate;
}

/// <summary>A base chain on the way of a frame, and what it does to it when the frame gets that far.</summary>
/// <param name="Layer">Part of the path.</param>
/// <param name="Family">Family of its table.</param>
/// <param name="Table">Its table.</param>
/// <param name="Chain">Its name.</param>
/// <param name="Hook">Its hook.</param>
/// <param name="Priority">Its priority.</param>
/// <param name="Fate">What it does.</param>
public sealed record PathStation(PathLayer Layer, FilterFamily Family, string Table, string Chain, FilterHook Hook, int Priority, FrameFate Fate);

/// <summary>The way of one frame through all filters of a host.</summary>
/// <param name="Frame">The frame.</param>
/// <param name="Stations">Base chains in the order in which the frame meets them.</param>
public sealed record FrameWalk(BridgedFrame Frame, ImmutableArray<PathStation> Stations)
{
    /// <summary>What becomes of the frame on the whole way.</summary>
    public FrameFate Fate => Sum(Stations);

    /// <summary>What one layer does to it, were the others not there.</summary>
    public FrameFate FateIn(PathLayer layer) => Sum([.. Stations.Where(station => station.Layer == layer)]);

    private static FrameFate Sum(ImmutableArray<PathStation> stations)
    {
        var drops = ImmutableArray.CreateBuilder<DropPoint>();
        var doubts = ImmutableArray.CreateBuilder<string>();
        foreach (var station in stations)
        {
            switch (station.Fate)
            {
                case FrameFate.Dropped dropped:
                    // Doubts on the way here do not matter: the frame ends, here at the latest.
                    return dropped;
                case FrameFate.MayDrop may:
                    drops.AddRange(may.At);
                    doubts.AddRange(may.Doubts);
                    break;
            }
        }

        return doubts.Count == 0 ? new FrameFate.Passes() : new FrameFate.MayDrop(drops.ToImmutable(), [.. doubts.Distinct()]);
    }
}
