using System.Collections.Immutable;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Evidence;

namespace ChatOpsBot.Domain.Topology;

/// <summary>Finds the host-side devices of guests and pairs them with the guests' definitions.</summary>
internal static class GuestPortReader
{
    /// <summary>All taps and macvtaps that belong to guests.</summary>
    public static ImmutableArray<GuestPort> Read(HostView view, LinkFacts links)
    {
        var defined = Definitions(view);
        var learned = view.Optional(FdbEvidence.Source);
        return
        [
            .. from link in links.Links
               where link.IsTap || link.Kind == "macvtap"
               let definition = defined.GetValueOrDefault(link.Name)
               where definition.Guest is not null || LooksLikeGuest(view, link)
               select new GuestPort(
                   definition.Guest ?? link.Name,
                   link,
                   definition.Interface?.Mac ?? LearnedMac(learned, link) ?? DerivedMac(link),
                   definition.Interface,
                   IntendedBridge(view, definition.Interface)),
        ];
    }

    private static Dictionary<string, (string? Guest, GuestInterface? Interface)> Definitions(HostView view)
    {
        var byTarget = new Dictionary<string, (string?, GuestInterface?)>();
        foreach (var guest in view.Optional(DomainEvidence.Source)?.Guests ?? [])
        {
            foreach (var nic in guest.Interfaces)
            {
                if (guest.IsRunning && nic.Target is { } target)
                {
                    byTarget[target] = (guest.Name, nic);
                }
            }
        }

        return byTarget;
    }

    /// <summary>
    /// Without a definition a tap is a guest's when it hangs on a bridge, or has the address that libvirt, Proxmox and OpenStack give taps
    /// (first octet <c>fe</c>, so that the bridge does not take it over as its own). A VPN's tap has an address or a route of its own.
    /// </summary>
    private static bool LooksLikeGuest(HostView view, Link link)
    {
        if (link.Kind == "macvtap" || (link.Master is not null && link.PortKind == "bridge"))
        {
            return true;
        }

        return link.Address?.StartsWith("fe:", StringComparison.Ordinal) == true
            && view.Optional(AddressEvidence.Source)?.Of(link.Name).Any(address => address.Scope != "link") != true
            && view.Optional(RouteEvidence.Source)?.Routes.Any(route => route.Device == link.Name && !route.Destination.StartsWith("fe80:", StringComparison.Ordinal)
                && !route.Destination.StartsWith("ff00:", StringComparison.Ordinal) && route.Destination != "multicast") != true;
    }

    private static string? LearnedMac(FdbFacts? fdb, Link tap)
        => fdb?.Entries.FirstOrDefault(entry => entry.Device == tap.Name && entry.IsLearned)?.Mac;

    /// <summary>libvirt replaces only the first octet of the guest's address by <c>fe</c>; with QEMU's own prefix the original is known to be <c>52</c>.</summary>
    private static string? DerivedMac(Link tap)
        => tap.Kind == "tun" && tap.Address is { } mac && mac.StartsWith("fe:54:00:", StringComparison.Ordinal) ? "52" + mac[2..] : null;

    private static string? IntendedBridge(HostView view, GuestInterface? nic)
    {
        if (nic?.SourceBridge is { } bridge)
        {
            return bridge;
        }

        return nic?.SourceNetwork is { } network
            ? view.Optional(NetworkEvidence.Source)?.Networks.FirstOrDefault(candidate => candidate.Name == network)?.Bridge
            : null;
    }
}
