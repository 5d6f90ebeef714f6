using System.Collections.Immutable;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Evidence;

namespace ChatOpsBot.Domain.Topology;

/// <summary>Finds the links that carry our own SSH session: a repair that touches one of them can cut us off.</summary>
internal static class SessionLinkReader
{
    /// <summary>
    /// The link with the session's address, its masters, its lower links and the ports below it that are not guests;
    /// <see langword="null"/> when the session's address could not be read or found.
    /// </summary>
    public static ImmutableHashSet<string>? Read(HostView view, LinkFacts links, HashSet<string> guestDevices)
    {
        if (view.Optional(SelfEvidence.Source) is not { } self || view.Optional(AddressEvidence.Source) is not { } addresses)
        {
            return null;
        }

        if (self.ServerAddress is null)
        {
            return [];
        }

        var found = new HashSet<string>();
        var queue = new Queue<string>(addresses.Addresses.Where(address => address.Address == self.ServerAddress).Select(address => address.Link));
        while (queue.TryDequeue(out var name))
        {
            if (!found.Add(name) || links.Find(name) is not { } link)
            {
                continue;
            }

            var neighbours = links.Links.Where(other => other.Master == name && !guestDevices.Contains(other.Name)).Select(other => other.Name);
            foreach (var next in neighbours.Append(link.Master).Append(link.Lower).OfType<string>())
            {
                queue.Enqueue(next);
            }
        }

        return found.Count == 0 ? null : [.. found];
    }
}
