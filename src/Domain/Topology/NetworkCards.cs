using System.Collections.Immutable;
using ChatOpsBot.Domain.Evidence;

namespace ChatOpsBot.Domain.Topology;

/// <summary>Tells the host's own network cards from what programs make.</summary>
internal static class NetworkCards
{
    // Names that hypervisors and container engines give to their ends of a veth pair.
    private static readonly ImmutableArray<string> s_made = ["veth", "vnet", "tap", "fwln", "fwpr", "qvb", "qvo", "cali", "lxc", "br-", "docker", "cni", "podman"];

    /// <summary>
    /// A physical card. On a host that is itself a container or a namespace there is none: there the ends of veth pairs whose other end is outside
    /// stand in for cards, unless a container engine named them.
    /// </summary>
    public static bool IsCard(LinkFacts links, Link link)
        => IsPhysical(link) || (!links.Links.Any(IsPhysical) && IsNestedCard(link));

    private static bool IsPhysical(Link link) => link.LinkType == "ether" && (link.Kind is null || link.ParentDevice is not null);

    private static bool IsNestedCard(Link link)
        => link is { Kind: "veth", PeerNamespace: not null } && !s_made.Any(made => link.Name.StartsWith(made, StringComparison.Ordinal));
}
