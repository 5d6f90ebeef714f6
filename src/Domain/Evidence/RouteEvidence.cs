using System.Collections.Immutable;
using System.Text.Json;

namespace ChatOpsBot.Domain.Evidence;

/// <summary>Routes of all tables and the rules that choose a table.</summary>
/// <param name="Routes">IPv4 and IPv6, in kernel order.</param>
/// <param name="Rules">IPv4 routing rules; a kernel without policy routing has none to print.</param>
public sealed record RouteFacts(ImmutableArray<Route> Routes, FactReading<ImmutableArray<RoutingRule>> Rules)
{
    /// <summary>Default routes of the main table.</summary>
    public IEnumerable<Route> Defaults => Routes.Where(route => route is { Destination: "default", Table: "main" });
}

/// <summary>One route.</summary>
/// <param name="Destination">Prefix, address or <c>default</c>.</param>
/// <param name="Table">Table name or number; <c>main</c> when not printed.</param>
/// <param name="Type"><c>unicast</c>, <c>local</c>, <c>broadcast</c>, <c>unreachable</c>...</param>
/// <param name="Gateway">Next hop, or <see langword="null"/> for a route on the link or with several hops.</param>
/// <param name="Device">Outgoing link, or <see langword="null"/>.</param>
/// <param name="PreferredSource">Source address it sets, or <see langword="null"/>.</param>
/// <param name="Metric">Lower wins.</param>
/// <param name="Hops">Next hops of a multipath route as gateway and device.</param>
public sealed record Route(
    string Destination, string Table, string Type, string? Gateway, string? Device, string? PreferredSource, long Metric, ImmutableArray<(string? Gateway, string? Device)> Hops)
{
    /// <summary>Who made it: <c>kernel</c>, <c>static</c>, <c>dhcp</c>...; <see langword="null"/> when <c>ip route</c> prints none.</summary>
    public string? Protocol { get; init; }

    /// <summary><c>link</c> or <c>host</c>; <see langword="null"/> for the usual one.</summary>
    public string? Scope { get; init; }

    /// <summary>Whether it has settings or flags that no other property shows, such as <c>onlink</c> or an MTU.</summary>
    public bool IsOdd { get; init; }
}

/// <summary>One routing rule.</summary>
/// <param name="Priority">Lower is asked first.</param>
/// <param name="Source">Source prefix or <c>all</c>.</param>
/// <param name="Mark">Firewall mark as printed, or <see langword="null"/>.</param>
/// <param name="InputInterface">Incoming link, or <see langword="null"/>.</param>
/// <param name="Table">Table it leads to; <see langword="null"/> for one that leads to none, such as <c>blackhole</c>.</param>
public sealed record RoutingRule(long Priority, string Source, string? Mark, string? InputInterface, string? Table);

/// <summary>E.route: routes and routing rules.</summary>
public static class RouteEvidence
{
    /// <summary>The evidence row.</summary>
    public static EvidenceSource<RouteFacts> Source { get; } = new(
        "e.route",
        Privilege.Login,
        [new("routes", "ip", "-d -s -s", "route show table all"), new("rules", "ip", "-d -s -s", "rule show")],
        section => section.Array("routes", ReadRoute).Then(routes => new RouteFacts(routes, section.Array("rules", ReadRule))))
    {
        OutputCap = 16 * 1024 * 1024,
    };

    private static readonly string[] s_shown = ["dst", "table", "type", "gateway", "dev", "prefsrc", "metric", "protocol", "scope", "flags"];

    private static Route? ReadRoute(JsonElement route) => route.Text("dst") is { } destination
        ? new Route(
            destination,
            route.Text("table") ?? "main",
            route.Text("type") ?? "unicast",
            route.Text("gateway") ?? route.Field("via")?.Text("host"),
            route.Text("dev"),
            route.Text("prefsrc"),
            route.Number("metric") ?? 0,
            [.. route.Items("nexthops").Select(hop => (hop.Text("gateway") ?? hop.Field("via")?.Text("host"), hop.Text("dev")))])
        {
            Protocol = NotUsual(route.Text("protocol"), "boot"),
            Scope = NotUsual(route.Text("scope"), "global"),
            IsOdd = route.Items("flags").Any() || route.EnumerateObject().Any(member => !s_shown.Contains(member.Name)),
        }
        : null;

    // Asked for details, ip says the usual as well, which it leaves out of what people and runbooks read.
    private static string? NotUsual(string? word, string usual) => word == usual ? null : word;

    private static RoutingRule? ReadRule(JsonElement rule)
    {
        if (rule.Number("priority") is not { } priority)
        {
            return null;
        }

        var source = rule.Text("src") ?? "all";
        return new RoutingRule(priority, rule.Number("srclen") is { } length ? $"{source}/{length}" : source, rule.Text("fwmark"), rule.Text("iif"), rule.Text("table"));
    }
}
