using System.Collections.Immutable;

namespace ChatOpsBot.Domain.Hosts;

/// <summary>The hosts the service may read, and named groups of them.</summary>
/// <param name="Hosts">In file order; names are unique.</param>
/// <param name="Groups">Tags by group name; a host belongs to a group when it carries one of its tags.</param>
public sealed record Inventory(ImmutableArray<HostEntry> Hosts, ImmutableSortedDictionary<string, ImmutableArray<string>> Groups)
{
    /// <summary>The host of that name, or <see langword="null"/>.</summary>
    public HostEntry? Find(string name) => Hosts.FirstOrDefault(host => host.Name == name);
}
