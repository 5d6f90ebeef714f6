using System.Collections.Immutable;
using ChatOpsBot.Domain.Diagnosis;

namespace ChatOpsBot.Domain.FramePath;

/// <summary>What one place does to the frame.</summary>
public enum HopVerdict
{
    /// <summary>Lets it go on.</summary>
    Passes,

    /// <summary>The frame ends here.</summary>
    Stops,

    /// <summary>Not read or not understood.</summary>
    CannotTell,
}

/// <summary>One place on the way of a frame.</summary>
/// <param name="Device">The device or bridge.</param>
/// <param name="Stage">The part of it: <c>tap</c>, <c>netdev ingress</c>, <c>vlan</c>, <c>ip forward</c>...</param>
/// <param name="Does">What it does, in a few words.</param>
/// <param name="Verdict">What becomes of the frame.</param>
/// <param name="Evidence">The rule or setting; <see langword="null"/> where nothing in particular decides.</param>
public sealed record PathHop(string Device, string Stage, string Does, HopVerdict Verdict, EvidenceLine? Evidence);

/// <summary>The way of one frame. It ends with the hop that stops it.</summary>
/// <param name="Frame">What frame, for people.</param>
/// <param name="Hops">In the order in which the frame meets them.</param>
public sealed record PathLeg(string Frame, ImmutableArray<PathHop> Hops)
{
    /// <summary>Index of the hop where the frame ends; <see langword="null"/> when none stops it.</summary>
    public int? Break => Hops.Select((hop, index) => (hop, index)).Where(pair => pair.hop.Verdict == HopVerdict.Stops).Select(pair => (int?)pair.index).FirstOrDefault();

    /// <summary>What becomes of the frame on the whole way. Doubts do not matter where it ends for certain.</summary>
    public HopVerdict Verdict => Break is not null ? HopVerdict.Stops : Hops.Any(hop => hop.Verdict == HopVerdict.CannotTell) ? HopVerdict.CannotTell : HopVerdict.Passes;
}

/// <summary>The way of a DHCP exchange of one NIC of a guest, as far as the snapshot tells.</summary>
/// <param name="Guest">Guest name; the tap's name without libvirt.</param>
/// <param name="Tap">Host-side device; <see langword="null"/> when the guest has none.</param>
/// <param name="Mac">The guest's own hardware address where known.</param>
/// <param name="Bridge">The bridge that the tap is a port of.</param>
/// <param name="Uplink">The port by which the frame leaves; <see langword="null"/> when there is none.</param>
/// <param name="Discover">From the guest to the wire.</param>
/// <param name="Offer">From the wire to the guest, were the request answered; <see langword="null"/> when there is no way to be followed.</param>
public sealed record GuestTrace(string Guest, string? Tap, string? Mac, string? Bridge, string? Uplink, PathLeg Discover, PathLeg? Offer)
{
    /// <summary>What becomes of the exchange.</summary>
    public HopVerdict Verdict => (Discover.Verdict, Offer?.Verdict ?? HopVerdict.Passes) switch
    {
        (HopVerdict.Stops, _) or (_, HopVerdict.Stops) => HopVerdict.Stops,
        (HopVerdict.CannotTell, _) or (_, HopVerdict.CannotTell) => HopVerdict.CannotTell,
        _ => HopVerdict.Passes,
    };

    /// <summary>The leg that the exchange ends on, or that nothing can be told of; the first one when it passes.</summary>
    public PathLeg Decisive => Discover.Verdict == HopVerdict.Stops || Offer is null ? Discover
        : Offer.Verdict == HopVerdict.Stops ? Offer
        : Discover.Verdict == HopVerdict.CannotTell || Offer.Verdict == HopVerdict.Passes ? Discover
        : Offer;
}
