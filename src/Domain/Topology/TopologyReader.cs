using System.Collections.Immutable;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Evidence;

namespace ChatOpsBot.Domain.Topology;

/// <summary>Derives the topology: which bridge serves guests, which port is its uplink, which device belongs to which guest.</summary>
public static class TopologyReader
{
    /// <summary>Reads it; <c>Missing</c> when the links are, because everything else hangs on them.</summary>
    public static FactReading<HostTopology> Read(HostView view) => view.Read(LinkEvidence.Source) switch
    {
        FactReading<LinkFacts>.Known(var links) => new FactReading<HostTopology>.Known(Derive(view, links)),
        FactReading<LinkFacts>.Missing(var reason) => new FactReading<HostTopology>.Missing(reason),
        _ => new FactReading<HostTopology>.Missing("the host shows no links"),
    };

    private static HostTopology Derive(HostView view, LinkFacts links)
    {
        var guestPorts = GuestPortReader.Read(view, links);
        var intent = view.Optional(ConfigEvidence.Source);
        var guestDevices = guestPorts.Select(port => port.Link.Name).ToHashSet();
        var uplinks = new UplinkFinder(links, bridge => Intent(view, intent, links, bridge).Ports.ToImmutableHashSet(), guestDevices);
        ImmutableArray<GuestBridge> all = [.. from link in links.Links where link.IsBridge select ReadBridge(view, intent, links, uplinks, link)];

        return new()
        {
            Links = links,
            AllBridges = all,
            Bridges = [.. all.Where(bridge => ServesGuests(view, intent, guestPorts, bridge.Link))],
            GuestPorts = guestPorts,
            SessionLinks = SessionLinkReader.Read(view, links, guestDevices),
        };
    }

    /// <summary>
    /// A bridge serves guests when the inventory lists it, or, without such a list, when a guest is on it or means to be, or when the
    /// configuration gives it ports. Bridges of container engines have neither.
    /// </summary>
    private static bool ServesGuests(HostView view, NetworkIntent? intent, ImmutableArray<GuestPort> guests, Link bridge)
        => view.Host.Bridges.Contains(bridge.Name)
            || guests.Any(guest => guest.Link.Master == bridge.Name || guest.IntendedBridge == bridge.Name)
            || (view.Host.Bridges.IsEmpty && intent?.Find(bridge.Name) is { } configured && HasPorts(configured));

    private static GuestBridge ReadBridge(HostView view, NetworkIntent? intent, LinkFacts links, UplinkFinder uplinks, Link bridge)
    {
        var (ports, from) = Intent(view, intent, links, bridge.Name);
        return new(
            bridge,
            [.. links.Links.Where(link => link.Master == bridge.Name)],
            uplinks.Of(bridge.Name),
            ports,
            from,
            IsolatedByDesign(view, bridge));
    }

    private static (ImmutableArray<string> Ports, EvidenceLine? From) Intent(HostView view, NetworkIntent? intent, LinkFacts links, string bridge)
    {
        if (view.Host.Uplinks.TryGetValue(bridge, out var uplink))
        {
            return ([uplink], new("inventory", $"{bridge} uplink {uplink}"));
        }

        if (intent?.Find(bridge) is not { } configured || !HasPorts(configured))
        {
            return ([], null);
        }

        // A pattern or a hardware address names whatever link fits it now; a guest's tap is never an uplink.
        var fitting = links.Links.Where(link => !link.IsTap && configured.Wants(link)).Select(link => link.Name);
        ImmutableArray<string> ports = [.. configured.Ports.Concat(fitting).Distinct()];
        return (ports, new("e.cfg", $"{bridge} ports {string.Join(' ', ports.Concat(configured.PortPatterns).Concat(configured.PortMacs))} ({configured.Origin})"));
    }

    private static bool HasPorts(ConfiguredBridge bridge) => !bridge.Ports.IsEmpty || !bridge.PortPatterns.IsEmpty || !bridge.PortMacs.IsEmpty;

    private static string? IsolatedByDesign(HostView view, Link bridge)
        => view.Optional(NetworkEvidence.Source)?.Networks.FirstOrDefault(network => network.Bridge == bridge.Name) is { HasNoUplinkByDesign: true } network
            ? $"libvirt network {network.Name} has forward mode {network.ForwardMode ?? "none"}"
            : null;
}
