using System.Collections.Immutable;
using System.Globalization;
using ChatOpsBot.Domain.Evidence;

namespace ChatOpsBot.Domain.Runbooks;

/// <summary>Facts about addresses and routes that have to move from one link to another.</summary>
internal static class AddressFactsOfRunbooks
{
    private static readonly ImmutableArray<ParameterType> s_link = [ParameterType.Link];
    private static readonly ImmutableArray<ParameterType> s_pair = [ParameterType.Link, ParameterType.Link];
    private const string ByHand = "move the address by hand, best in the network configuration and from the host's console";

    public static ImmutableArray<RunbookFact> All { get; } =
    [
        new("held-addresses", s_link, "the link's own IPv4 addresses with prefix length and broadcast address, one a line", (context, of) => WhyUnmovable(context, of[0]) is { } why ? FactValue.None(why, ByHand) : Join(Addresses(context, of[0]))),
        new("held-routes", s_link, "the routes over the link that were set besides those the kernel makes, one a line as `ip route` prints them; may be empty", (context, of) =>
            WhyUnmovable(context, of[0]) is { } why ? FactValue.None(why, ByHand) : Join(Routes(context, of[0]))),
        new("addresses-and-routes", s_pair, "addresses and routes of both links, sorted, each line with its link", (context, of) => Join(of.Distinct().SelectMany(link => Held(context, link, link)).Order(StringComparer.Ordinal))),
        new("addresses-and-routes-moved", s_pair, "the same after those of the first have gone to the second", (context, of) =>
            Join(Held(context, of[0], of[1]).Concat(Held(context, of[1], of[1])).Distinct().Order(StringComparer.Ordinal))),
        new("global-address", s_link, "`none`, or the addresses of the link that others can reach", (context, of) => context.View.Read(AddressEvidence.Source) switch
        {
            FactReading<AddressFacts>.Known(var addresses) => Join(addresses.Of(of[0]).Where(address => address.Scope != "link").Select(Text)) is { Length: > 0 } text ? text : "none",
            FactReading<AddressFacts>.Missing(var reason) => FactValue.None($"the addresses were not read: {reason}"),
            _ => "none",
        }),
    ];

    private static string Join(IEnumerable<string> lines) => string.Join('\n', lines);

    private static string Text(InterfaceAddress address) => $"{address.Address}/{address.PrefixLength.ToString(CultureInfo.InvariantCulture)}";

    private static IEnumerable<string> Held(FactContext context, string link, string onto)
        => Addresses(context, link).Concat(Routes(context, link)).Select(text => $"{onto} {text}");

    private static IEnumerable<string> Addresses(FactContext context, string link)
        => context.View.Optional(AddressEvidence.Source)?.Of(link).Where(address => address is { Family: "inet", Scope: "global" }).Select(address => Text(address) + (address.Broadcast is { } broadcast ? $" brd {broadcast}" : "")) ?? [];

    private static IEnumerable<string> Routes(FactContext context, string link)
        => context.View.Optional(RouteEvidence.Source)?.Routes.Where(route => IsOwn(route, link)).Select(Text) ?? [];

    private static bool IsOwn(Route route, string link)
        => route is { Table: "main", Type: "unicast" } && route.Protocol != "kernel" && route.Device == link && !route.Destination.Contains(':', StringComparison.Ordinal);

    /// <summary>As <c>ip -4 route show dev X</c> prints it.</summary>
    private static string Text(Route route)
        => route.Destination
            + (route.Gateway is { } gateway ? $" via {gateway}" : "")
            + (route.Protocol is { } protocol ? $" proto {protocol}" : "")
            + (route.Scope is { } scope ? $" scope {scope}" : "")
            + (route.PreferredSource is { } source ? $" src {source}" : "")
            + (route.Metric > 0 ? $" metric {route.Metric.ToString(CultureInfo.InvariantCulture)}" : "");

    /// <summary>What makes a move more than a move; <see langword="null"/> when nothing does.</summary>
    private static string? WhyUnmovable(FactContext context, string link)
    {
        if (context.View.Read(RouteEvidence.Source) is not FactReading<RouteFacts>.Known(var routes) || context.View.Read(AddressEvidence.Source) is not FactReading<AddressFacts>.Known(var addresses))
        {
            return $"addresses or routes of {context.Request.Host.Name} were not read";
        }

        var held = addresses.Of(link).Where(address => address.Scope != "link").ToArray();
        return held.FirstOrDefault(address => address.Family != "inet") is { } v6 ? $"{link} holds {Text(v6)}, and IPv6 addresses come with router advertisements and duplicate detection"
            : held.FirstOrDefault(address => address.IsDynamic) is { } leased ? $"{Text(leased)} on {link} comes from a lease, so its client would put it back"
            : held.FirstOrDefault(address => address.IsPeer) is { } peer ? $"{Text(peer)} on {link} has a peer"
            : routes.Routes.FirstOrDefault(route => route.Table is not ("main" or "local") && route.Device == link) is { } policy ? $"the route {policy.Destination} over {link} is in table {policy.Table}"
            : routes.Routes.FirstOrDefault(route => IsOwn(route, link) && route.IsOdd) is { } odd ? $"the route {odd.Destination} over {link} has settings that are not understood"
            : routes.Routes.FirstOrDefault(route => route.Table == "main" && route.Hops.Any(hop => hop.Device == link)) is { } multi ? $"the route {multi.Destination} has several ways, one over {link}"
            : null;
    }
}
