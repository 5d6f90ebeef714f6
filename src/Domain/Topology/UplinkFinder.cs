using System.Collections.Immutable;
using ChatOpsBot.Domain.Evidence;

namespace ChatOpsBot.Domain.Topology;

/// <summary>Tells which ports of a bridge lead outside (catalogue, section 1, "Finding the uplink").</summary>
/// <param name="links">All links.</param>
/// <param name="intended">Port names that the inventory or configuration gives a bridge.</param>
/// <param name="guestDevices">Names of guests' devices, which are never uplinks.</param>
internal sealed class UplinkFinder(LinkFacts links, Func<string, ImmutableHashSet<string>> intended, HashSet<string> guestDevices)
{
    private static readonly ImmutableHashSet<string> UplinkKinds =
        ["bond", "team", "vlan", "vxlan", "geneve", "gretap", "ip6gretap", "l2tp", "macvlan", "hsr"];

    /// <summary>The uplink ports of that bridge; a veth to a second bridge counts when that bridge has an uplink.</summary>
    public ImmutableArray<Link> Of(string bridge) => [.. Of(bridge, [bridge])];

    private IEnumerable<Link> Of(string bridge, ImmutableHashSet<string> visited)
    {
        var named = intended(bridge);
        return links.Links.Where(port => port.Master == bridge && !guestDevices.Contains(port.Name) && LeadsOutside(port, named, visited));
    }

    private bool LeadsOutside(Link port, ImmutableHashSet<string> named, ImmutableHashSet<string> visited)
    {
        if (port.Kind is null || port.ParentDevice is not null || UplinkKinds.Contains(port.Kind) || named.Contains(port.Name) || port.AltNames.Any(named.Contains)
            || NetworkCards.IsCard(links, port))
        {
            return true;
        }

        return port.Kind == "veth"
            && links.Find(port.Lower)?.Master is { } next
            && !visited.Contains(next)
            && Of(next, visited.Add(next)).Any();
    }
}
