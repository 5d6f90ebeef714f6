using System.Collections.Immutable;

namespace ChatOpsBot.Domain.FramePath;

/// <summary>Whether the IP filters see the frames of a bridge.</summary>
public enum LendingState
{
    /// <summary>They do not.</summary>
    Off,

    /// <summary>They do.</summary>
    On,

    /// <summary>The switches could not be read.</summary>
    Unknown,
}

/// <summary>What decides, besides the rules, which filters a bridged frame meets.</summary>
/// <param name="Ipv4">br_netfilter lends IPv4 frames of this bridge to the IP filters.</param>
/// <param name="Ipv6">The same for IPv6.</param>
/// <param name="FiltersTagged">It does so for frames with a VLAN tag too; <see langword="null"/> when not known.</param>
public sealed record FrameLending(LendingState Ipv4, LendingState Ipv6, bool? FiltersTagged)
{
    /// <summary>Bridged frames never reach the IP filters.</summary>
    public static FrameLending Off { get; } = new(LendingState.Off, LendingState.Off, false);

    /// <summary>They always do.</summary>
    public static FrameLending On { get; } = new(LendingState.On, LendingState.On, true);
}

/// <summary>
/// Says from a snapshot alone what the host's filters do to one frame between two ports of a bridge. The frame passes, in this order:
/// ingress of its port; prerouting of the bridge, in whose middle br_netfilter runs prerouting of the IP families; forward, with forward of the
/// IP families just before priority 0; postrouting, with postrouting of the IP families last; egress of the other port.
/// Input and output hooks are for frames to and from the host itself.
/// </summary>
public static class FramePathEvaluator
{
    /// <summary>Where br_netfilter hangs in each hook of the bridge.</summary>
    private const int LendInPrerouting = 0;
    private const int LendInForward = -1;

    /// <summary>Walks a frame through the filters.</summary>
    /// <param name="tables">All tables of the host; those off the path are skipped.</param>
    /// <param name="netfilter">What br_netfilter does for the frame's bridge.</param>
    /// <param name="frame">The frame.</param>
    public static FrameWalk Walk(IReadOnlyCollection<FilterTable> tables, FrameLending netfilter, BridgedFrame frame) => Walk(HookChains.Of(tables), netfilter, frame);

    /// <summary>Walks a frame through the filters; for many frames through the same ones.</summary>
    internal static FrameWalk Walk(HookChains chains, FrameLending netfilter, BridgedFrame frame) => Walk(Stops(chains, netfilter, frame), frame);

    /// <summary>Walks a frame that the bridge hands to the host itself.</summary>
    public static FrameWalk WalkToHost(IReadOnlyCollection<FilterTable> tables, FrameLending netfilter, BridgedFrame frame) => WalkToHost(HookChains.Of(tables), netfilter, frame);

    private static FrameWalk WalkToHost(HookChains tables, FrameLending netfilter, BridgedFrame frame) => Walk(
        [
            .. Device(tables, FilterHook.Ingress, frame.InPort),
            .. OnBridge(tables, FilterHook.Prerouting, int.MinValue, LendInPrerouting),
            .. Lent(tables, netfilter, frame, FilterHook.Prerouting),
            .. OnBridge(tables, FilterHook.Prerouting, LendInPrerouting, int.MaxValue),
            .. OnBridge(tables, FilterHook.Input, int.MinValue, int.MaxValue),

            // What br_netfilter has shown to prerouting already does not come there again.
            .. netfilter.Ipv4 == LendingState.On ? [] : OfHost(tables, frame, FilterHook.Prerouting),
            .. OfHost(tables, frame, FilterHook.Input),
        ],
        frame);

    /// <summary>Walks a frame that the host itself sends over the bridge.</summary>
    public static FrameWalk WalkFromHost(IReadOnlyCollection<FilterTable> tables, BridgedFrame frame) => WalkFromHost(HookChains.Of(tables), frame);

    private static FrameWalk WalkFromHost(HookChains tables, BridgedFrame frame) => Walk(
        [
            .. OfHost(tables, frame, FilterHook.Output),
            .. OfHost(tables, frame, FilterHook.Postrouting),
            .. OnBridge(tables, FilterHook.Output, int.MinValue, int.MaxValue),
            .. OnBridge(tables, FilterHook.Postrouting, int.MinValue, int.MaxValue),
            .. Device(tables, FilterHook.Egress, frame.OutPort),
        ],
        frame);

    /// <summary>Walks a frame through one hook of one device that is no port of the bridge, such as the NIC below a VLAN device.</summary>
    public static FrameWalk WalkDevice(IReadOnlyCollection<FilterTable> tables, FilterHook hook, string device, BridgedFrame frame)
        => Walk(Device(HookChains.Of(tables), hook, device), hook == FilterHook.Ingress ? frame with { InPort = device } : frame with { OutPort = device });

    private static FrameWalk Walk(IEnumerable<Stop> stops, BridgedFrame frame)
    {
        var stations = ImmutableArray.CreateBuilder<PathStation>();
        var state = FrameState.Fresh;
        foreach (var stop in stops)
        {
            var view = new FrameView(frame, stop.Layer, stop.Hook, stop.Table.Family, stop.Chain.Priority, state);
            var (fate, after) = ChainWalk.Run(stop.Table, stop.Chain, view);
            if (stop.Doubt is { } doubt)
            {
                fate = Doubted(fate, doubt);
                after = state.Join(after);
            }

            stations.Add(new(stop.Layer, stop.Table.Family, stop.Table.Name, stop.Chain.Name, stop.Hook, stop.Chain.Priority, fate));

            // Each chain is judged as if the frame got there, so that a second fault behind the first is seen too.
            state = after;
        }

        return new(frame, stations.ToImmutable());
    }

    private static IEnumerable<Stop> OfHost(HookChains chains, BridgedFrame frame, FilterHook hook)
        => chains.Of(PathLayer.Ip, hook).Where(stop => stop.Table.Family == FilterFamily.Inet || stop.Table.Family == (frame.EtherType == BridgedFrame.Ipv4 ? FilterFamily.Ip : FilterFamily.Ip6));

    private static IEnumerable<Stop> Stops(HookChains chains, FrameLending netfilter, BridgedFrame frame)
        => [
            .. Device(chains, FilterHook.Ingress, frame.InPort),
            .. OnBridge(chains, FilterHook.Prerouting, int.MinValue, LendInPrerouting),
            .. Lent(chains, netfilter, frame, FilterHook.Prerouting),
            .. OnBridge(chains, FilterHook.Prerouting, LendInPrerouting, int.MaxValue),
            .. OnBridge(chains, FilterHook.Forward, int.MinValue, LendInForward),
            .. Lent(chains, netfilter, frame, FilterHook.Forward),
            .. OnBridge(chains, FilterHook.Forward, LendInForward, int.MaxValue),
            .. OnBridge(chains, FilterHook.Postrouting, int.MinValue, int.MaxValue),
            .. Lent(chains, netfilter, frame, FilterHook.Postrouting),
            .. Device(chains, FilterHook.Egress, frame.OutPort),
        ];

    private static IEnumerable<Stop> OnBridge(HookChains chains, FilterHook hook, int lowest, int below)
        => from stop in chains.Of(PathLayer.Bridge, hook)
           where stop.Chain.Priority >= lowest && stop.Chain.Priority < below
           select stop;

    private static IEnumerable<Stop> Lent(HookChains chains, FrameLending netfilter, BridgedFrame frame, FilterHook hook)
    {
        var own = frame.EtherType == BridgedFrame.Ipv4 ? FilterFamily.Ip : FilterFamily.Ip6;
        var isOn = !frame.IsIp ? LendingState.Off : frame.EtherType == BridgedFrame.Ipv4 ? netfilter.Ipv4 : netfilter.Ipv6;
        var tagIn = frame.Tags is { } tags ? tags.In : frame.VlanId;
        var tagOut = frame.Tags is { } known ? known.Out : frame.VlanId;

        // What was not lent as it came in is not lent later; what was, is left alone where it carries a tag.
        var carriesTag = tagIn is not null || (hook != FilterHook.Prerouting && tagOut is not null);
        if (isOn == LendingState.Off || (carriesTag && netfilter.FiltersTagged == false))
        {
            return [];
        }

        var tagged = carriesTag || (frame is { Tags: null, MayBeTaggedInside: true } && hook != FilterHook.Prerouting);
        var doubt = isOn == LendingState.Unknown ? "whether br_netfilter lends bridged frames to the IP filters is not known"
            : tagged && netfilter.FiltersTagged is null ? "whether br_netfilter takes frames with a VLAN tag is not known"
            : tagged && netfilter.FiltersTagged == false ? "the bridge filters VLANs, and br_netfilter leaves frames alone that carry a tag at this point"
            : null;
        return from stop in chains.Of(PathLayer.Ip, hook)
               where stop.Table.Family == own || stop.Table.Family == FilterFamily.Inet
               where stop.Chain.Type != "nat" || hook != FilterHook.Forward
               select stop with { Doubt = doubt };
    }

    private static IEnumerable<Stop> Device(HookChains chains, FilterHook hook, string device)
        => from stop in chains.Of(PathLayer.Device, hook)
           where stop.Chain.Devices.IsEmpty || stop.Chain.Devices.Contains(device)
           select stop with { Doubt = stop.Chain.Devices.IsEmpty ? $"which device chain {stop.Table.Name} {stop.Chain.Name} belongs to was not read" : null };

    private static FrameFate Doubted(FrameFate fate, string doubt) => fate switch
    {
        FrameFate.Dropped(var by) => new FrameFate.MayDrop([by], [doubt]),
        FrameFate.MayDrop(var at, var doubts) => new FrameFate.MayDrop(at, [doubt, .. doubts]),
        _ => fate,
    };
}
