using System.Collections.Immutable;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.FramePath;

/// <summary>What the filters do to one guest's DHCP exchange over one uplink: the DISCOVER on its way out, the OFFER on its way in.</summary>
/// <param name="Guest">The guest's port.</param>
/// <param name="Uplink">Name of the uplink port.</param>
/// <param name="Discover">The way out.</param>
/// <param name="BroadcastOffer">The way in for a client that asks for broadcast answers.</param>
/// <param name="UnicastOffer">The way in for the others.</param>
/// <param name="Question">Its ARP requests, without which a lease is of no use.</param>
/// <param name="Answer">The answers to them.</param>
internal sealed record GuestPath(GuestPort Guest, string Uplink, FrameWalk Discover, FrameWalk BroadcastOffer, FrameWalk UnicastOffer, FrameWalk Question, FrameWalk Answer)
{
    /// <summary>The exchanges of all guests that belong to a bridge through the filters as they are; walked once.</summary>
    public static ImmutableArray<GuestPath> Of(HostView view, HostTopology topology, GuestBridge bridge)
        => view.Derive(("guest paths", bridge.Name), () => Of(view, topology, bridge, Firewall.Read(view).Tables, Firewall.LendingOf(view, bridge)));

    /// <summary>Walks the exchanges of all guests of a bridge; for a bridge with several uplinks the way that gets furthest counts.</summary>
    public static ImmutableArray<GuestPath> Of(HostView view, HostTopology topology, GuestBridge bridge, ImmutableArray<FilterTable> tables, FrameLending lending)
    {
        var addresses = view.Optional(AddressEvidence.Source);
        var ground = new Ground(
            HookChains.Of(tables),
            lending,
            bridge.Link.Bridge?.VlanFiltering == true,
            [.. from address in addresses?.Addresses ?? [] where IsInternal(topology, bridge, address.Link) let subnet = Subnet(address) where subnet is not null select subnet],
            addresses?.Of(bridge.Name).Any(address => address.Family == "inet"),
            VlanTable.Of(view, bridge.Link),
            RouteBackOver(view, bridge));
        var uplinks = bridge.WaysOut;
        return [
            .. from guest in GuestHome.GuestsFor(view, topology, bridge)
               let paths = uplinks.Select(uplink => Walk(bridge, guest, uplink, ground)).ToArray()
               where paths.Length > 0
               select paths[0] with { Others = [.. paths.Skip(1)] },
        ];
    }

    /// <summary>The same exchange over further uplinks.</summary>
    private ImmutableArray<GuestPath> Others { get; init; } = [];

    /// <summary>What one layer does to the exchange.</summary>
    public GuestPathEnd EndIn(PathLayer layer)
        => Others.Select(other => other.OwnEnd(layer)).Prepend(OwnEnd(layer)).MinBy(end => end switch { GuestPathEnd.Open => 0, GuestPathEnd.Unclear => 1, _ => 2 })!; // Never empty.

    private GuestPathEnd OwnEnd(PathLayer layer)
    {
        if (Discover.FateIn(layer) is FrameFate.Dropped(var out1))
        {
            return new GuestPathEnd.Cut(Discover.Frame, out1);
        }

        var (broadcast, unicast) = (BroadcastOffer.FateIn(layer), UnicastOffer.FateIn(layer));
        if (broadcast is FrameFate.Dropped(var point) && unicast is FrameFate.Dropped)
        {
            return new GuestPathEnd.Cut(BroadcastOffer.Frame, point);
        }

        if (Discover.FateIn(layer) is FrameFate.MayDrop(var at, var doubts))
        {
            return new GuestPathEnd.Unclear(Discover.Frame, at, doubts);
        }

        return (broadcast, unicast) switch
        {
            (FrameFate.Dropped(var by), _) => new GuestPathEnd.Unclear(BroadcastOffer.Frame, [by], ["whether the guest asks for broadcast answers is not known"]),
            (_, FrameFate.Dropped(var by)) => new GuestPathEnd.Unclear(UnicastOffer.Frame, [by], ["whether the guest asks for broadcast answers is not known"]),
            (FrameFate.MayDrop(var where, var why), _) => new GuestPathEnd.Unclear(BroadcastOffer.Frame, where, why),
            (_, FrameFate.MayDrop(var where, var why)) => new GuestPathEnd.Unclear(UnicastOffer.Frame, where, why),
            _ => ArpEnd(layer),
        };
    }

    /// <summary>
    /// Of ARP only what ends for certain counts: filters against false senders ask for addresses that are not known here, and let the right ones pass.
    /// </summary>
    private GuestPathEnd ArpEnd(PathLayer layer) => (Question.FateIn(layer), Answer.FateIn(layer)) switch
    {
        (FrameFate.Dropped(var by), _) => new GuestPathEnd.Cut(Question.Frame, by),
        (_, FrameFate.Dropped(var by)) => new GuestPathEnd.Cut(Answer.Frame, by),
        _ => new GuestPathEnd.Open(),
    };

    private static GuestPath Walk(GuestBridge bridge, GuestPort guest, string uplink, Ground ground)
    {
        return new(
            guest,
            uplink,
            Through(BridgedFrame.DhcpDiscover(bridge.Name, guest.Link.Name, uplink, guest.Mac), null),
            Through(BridgedFrame.DhcpOffer(bridge.Name, uplink, guest.Link.Name, guest.Mac, broadcast: true), ground.Vlans?.TagBack(uplink, guest.Link.Name)),
            Through(BridgedFrame.DhcpOffer(bridge.Name, uplink, guest.Link.Name, guest.Mac, broadcast: false), ground.Vlans?.TagBack(uplink, guest.Link.Name)),
            Through(BridgedFrame.ArpRequest(bridge.Name, guest.Link.Name, uplink, guest.Mac, null, null), null),
            Through(BridgedFrame.ArpReply(bridge.Name, uplink, guest.Link.Name, guest.Mac), ground.Vlans?.TagBack(uplink, guest.Link.Name)));

        FrameWalk Through(BridgedFrame frame, int? tag) => FramePathEvaluator.Walk(
            ground.Chains, ground.Lending, frame with
            {
                MayBeTaggedInside = ground.FiltersVlans,
                Tags = ground.Vlans?.Tags(frame.InPort, tag, frame.OutPort),
                NotIn = ground.NotIn,
                BridgeHasAddress = ground.BridgeHasAddress,
                RouteBack = ground.RouteBack,
            });
    }

    /// <summary>
    /// A bridge without any way out but for guests and containers, such as docker0 or virbr0, is a network of its own. Another NIC is not: the host's
    /// management port often hangs on the same LAN as the guests.
    /// </summary>
    private static bool IsInternal(HostTopology topology, GuestBridge bridge, string name)
        => name != bridge.Name && topology.Links.Find(name) is { IsBridge: true }
            && topology.Links.Links.All(port => port.Master != name || port.Kind is "veth" or "tun");

    /// <summary>
    /// Whether the way back to a server of this bridge leads over it: no when no route does, yes when the default route does. In between it hangs on where the server is.
    /// </summary>
    public static bool? RouteBackOver(HostView view, GuestBridge bridge)
    {
        if (view.Optional(RouteEvidence.Source) is not { } facts)
        {
            return null;
        }

        var routes = facts.Routes.Where(route => route.Type == "unicast" && !route.Destination.Contains(':') && route.Gateway?.Contains(':') != true).ToArray();
        if (!routes.Any(Leads))
        {
            return false;
        }

        return routes.Where(route => route is { Destination: "default", Table: "main" }).MinBy(route => route.Metric) is { } best && Leads(best) ? true : null;

        bool Leads(Route route) => route.Device == bridge.Name || route.Hops.Any(hop => hop.Device == bridge.Name);
    }

    private static Operand.Range? Subnet(InterfaceAddress address)
    {
        // A host address says nothing about its neighbours, and an absurdly wide subnet would say too much.
        if (address.Family != "inet" || address.PrefixLength is < 8 or > 30 || !Literals.TryAddress(address.Address, out var number))
        {
            return null;
        }

        var mask = Literals.Mask(address.PrefixLength, 32);
        return new(number & mask, (number & mask) | (Literals.Mask(32, 32) & ~mask));
    }

    /// <summary>What is the same for all frames of a bridge.</summary>
    private sealed record Ground(
        HookChains Chains, FrameLending Lending, bool FiltersVlans, ImmutableArray<Operand.Range> NotIn, bool? BridgeHasAddress, VlanTable? Vlans, bool? RouteBack);
}

/// <summary>How a guest's DHCP exchange fares in one layer.</summary>
internal abstract record GuestPathEnd
{
    private GuestPathEnd()
    {
    }

    /// <summary>Both frames pass.</summary>
    public sealed record Open : GuestPathEnd;

    /// <summary>One of them ends for certain.</summary>
    /// <param name="Frame">Which.</param>
    /// <param name="By">Where.</param>
    public sealed record Cut(BridgedFrame Frame, DropPoint By) : GuestPathEnd;

    /// <summary>One of them may end.</summary>
    /// <param name="Frame">Which.</param>
    /// <param name="At">Where.</param>
    /// <param name="Doubts">What was not understood or not known.</param>
    public sealed record Unclear(BridgedFrame Frame, ImmutableArray<DropPoint> At, ImmutableArray<string> Doubts) : GuestPathEnd;
}
