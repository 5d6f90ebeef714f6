using System.Collections.Immutable;

namespace ChatOpsBot.Domain.FramePath;

/// <summary>A base chain where a frame comes by.</summary>
/// <param name="Layer">Part of the path.</param>
/// <param name="Hook">Hook.</param>
/// <param name="Table">Table.</param>
/// <param name="Chain">Base chain.</param>
/// <param name="Doubt">Why it is not known whether the frame comes by at all, or <see langword="null"/>.</param>
internal sealed record Stop(PathLayer Layer, FilterHook Hook, FilterTable Table, FilterChain Chain, string? Doubt);

/// <summary>The base chains of some tables in the order in which the kernel calls them, sorted once for all frames.</summary>
internal sealed class HookChains
{
    private readonly Dictionary<(PathLayer, FilterHook), ImmutableArray<Stop>> _stops;

    private HookChains(Dictionary<(PathLayer, FilterHook), ImmutableArray<Stop>> stops) => _stops = stops;

    /// <summary>Sorts the chains of all tables that are in force.</summary>
    public static HookChains Of(IReadOnlyCollection<FilterTable> tables) => new((
        from table in tables
        where !table.IsDormant
        from layer in LayersOf(table.Family)
        from chain in table.Chains.Values
        where chain.Hook is not null
        let hook = chain.Hook.GetValueOrDefault()
        group new Stop(layer, hook, table, chain, null) by (layer, hook))
        .ToDictionary(group => group.Key, group => (ImmutableArray<Stop>)
        [
            .. group.OrderBy(stop => stop.Chain.Priority).ThenBy(stop => stop.Table.IsLegacy).ThenBy(stop => stop.Table.Name, StringComparer.Ordinal)
                .ThenBy(stop => stop.Chain.Name, StringComparer.Ordinal),
        ]));

    /// <summary>The chains of one hook in one part of the path.</summary>
    public ImmutableArray<Stop> Of(PathLayer layer, FilterHook hook) => _stops.GetValueOrDefault((layer, hook), []);

    private static ImmutableArray<PathLayer> LayersOf(FilterFamily family) => family switch
    {
        FilterFamily.Bridge => [PathLayer.Bridge],
        FilterFamily.Netdev => [PathLayer.Device],
        FilterFamily.Inet => [PathLayer.Ip, PathLayer.Device],
        FilterFamily.Ip or FilterFamily.Ip6 => [PathLayer.Ip],
        _ => [],
    };
}
