using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace ChatOpsBot.Domain.FramePath;

/// <summary>The part of the kernel that a base chain belongs to on the way of a bridged frame.</summary>
public enum PathLayer
{
    /// <summary>A device, before or behind the bridge.</summary>
    Device,

    /// <summary>The bridge.</summary>
    Bridge,

    /// <summary>The IP filters that br_netfilter lends to the bridge.</summary>
    Ip,
}

/// <summary>What changes about a frame on its way.</summary>
/// <param name="Mark">Packet mark; <see langword="null"/> when not known.</param>
/// <param name="Untracked">Whether it is exempt from connection tracking; <see langword="null"/> when not known.</param>
/// <param name="Rewritten">Why its addresses are no longer known, or <see langword="null"/>.</param>
internal sealed record FrameState(uint? Mark, bool? Untracked, string? Rewritten)
{
    public static FrameState Fresh { get; } = new(0, false, null);

    public FrameState Join(FrameState other) => ReferenceEquals(this, other) ? this : new(
        Mark == other.Mark ? Mark : null,
        Untracked == other.Untracked ? Untracked : null,
        Rewritten ?? other.Rewritten);
}

/// <summary>A frame as the rules of one base chain see it.</summary>
internal sealed record FrameView(BridgedFrame Frame, PathLayer Layer, FilterHook Hook, FilterFamily Family, int Priority, FrameState State)
{
    private const string ServerUnknown = "the DHCP server's address is not known";

    /// <summary>Where connection tracking sits in the prerouting hook, in the IP families as on the bridge.</summary>
    private const int TrackPriority = -200;

    private bool HasInDevice => Hook is not (FilterHook.Postrouting or FilterHook.Egress or FilterHook.Output);

    private bool HasOutDevice => Hook is not (FilterHook.Prerouting or FilterHook.Ingress or FilterHook.Input);

    /// <summary>The bridge takes the tag off, or puts it on, when it decides on the port.</summary>
    private int? TagHere => Frame.Tags is not { } tags ? Frame.VlanId
        : Hook is FilterHook.Forward or FilterHook.Postrouting or FilterHook.Egress or FilterHook.Output ? tags.Out : tags.In;

    private bool MayBeTaggedHere => Frame.Tags is null && Frame.MayBeTaggedInside;

    /// <summary>The value of a property here.</summary>
    public FieldValue Read(Expression.Field field)
    {
        if (field.Protocol is { } needed && Frame.Protocol != needed)
        {
            return FieldValue.Absent;
        }

        return field.What switch
        {
            FrameField.InDevice => new FieldValue.Name(!HasInDevice ? "" : Layer == PathLayer.Ip ? Frame.Bridge : Frame.InPort),
            FrameField.OutDevice => new FieldValue.Name(!HasOutDevice ? "" : Layer == PathLayer.Ip ? Frame.Bridge : Frame.OutPort),
            FrameField.InPort => new FieldValue.Name(Frame.InPort),
            FrameField.OutPort => HasOutDevice ? new FieldValue.Name(Frame.OutPort) : Unknown("the port of exit is not decided in prerouting"),
            FrameField.InBridge => HasInDevice ? new FieldValue.Name(Frame.Bridge) : FieldValue.Absent,
            FrameField.OutBridge => HasOutDevice ? new FieldValue.Name(Frame.Bridge) : FieldValue.Absent,
            FrameField.InType => HasInDevice ? new FieldValue.Number(1) : FieldValue.Absent,
            FrameField.OutType => HasOutDevice ? new FieldValue.Number(1) : FieldValue.Absent,
            FrameField.HookFamily => new FieldValue.Number(Layer switch { PathLayer.Bridge => 7u, PathLayer.Device => 5u, _ => Frame.EtherType == BridgedFrame.Ipv4 ? 2u : 10u }),
            FrameField.PacketType => PacketType(),
            FrameField.RouteBack => RouteBack(),
            FrameField.Mark => State.Mark is { } mark ? new FieldValue.Number(mark) : Unknown("the packet mark is not known here"),
            FrameField.TrackState or FrameField.TrackStatus or FrameField.TrackDirection => Tracking(field.What),
            _ when State.Rewritten is { } why => Unknown(why),
            _ => InFrame(field.What),
        };
    }

    private FieldValue InFrame(FrameField what) => what switch
    {
        FrameField.EtherSource or FrameField.EtherDestination or FrameField.EtherType => LinkHeader(what),
        FrameField.VlanId or FrameField.VlanType => Tag(what),
        FrameField.Protocol => new FieldValue.Number(Frame.EtherType),
        FrameField.Transport => Frame.Protocol is { } protocol ? new FieldValue.Number(protocol) : FieldValue.Absent,
        FrameField.SourcePort => Port(Frame.SourcePort),
        FrameField.DestinationPort => Port(Frame.DestinationPort),
        FrameField.TransportOther => Frame.Protocol is null ? FieldValue.Absent : Unknown("that field of the frame is not known beforehand"),
        FrameField.SourceKind => AddressKind(Frame.Source),
        FrameField.DestinationKind => AddressKind(Frame.Destination),
        >= FrameField.Ipv4Source and <= FrameField.Ipv4Fragment => Frame.EtherType == BridgedFrame.Ipv4 ? Ip(what) : FieldValue.Absent,
        >= FrameField.Ipv6Source and <= FrameField.Ipv6Other => Frame.EtherType == BridgedFrame.Ipv6 ? Ip(what) : FieldValue.Absent,
        >= FrameField.ArpOperation and <= FrameField.ArpOther => Frame.EtherType == BridgedFrame.Arp ? ArpBody(what) : FieldValue.Absent,
        _ => Unknown("that property is not known beforehand"),
    };

    private FieldValue LinkHeader(FrameField what) => what switch
    {
        FrameField.EtherSource => Mac(Frame.SourceMac),
        FrameField.EtherDestination => Mac(Frame.DestinationMac),
        _ when TagHere is not null => new FieldValue.Number(0x8100),
        _ when MayBeTaggedHere && Hook is (FilterHook.Forward or FilterHook.Postrouting) => Unknown("the bridge filters VLANs, so the frame may carry a tag here"),
        _ => new FieldValue.Number(Frame.EtherType),
    };

    private FieldValue Tag(FrameField what)
    {
        if (TagHere is { } id)
        {
            return new FieldValue.Number(what == FrameField.VlanId ? (UInt128)id : Frame.EtherType);
        }

        return MayBeTaggedHere ? Unknown("the bridge filters VLANs, so the frame may carry a tag here") : FieldValue.Absent;
    }

    private FieldValue Ip(FrameField what) => what switch
    {
        FrameField.Ipv4Source or FrameField.Ipv6Source => Address(Frame.Source, ServerUnknown),
        FrameField.Ipv4Destination or FrameField.Ipv6Destination => Address(Frame.Destination, "the address on offer is not known"),
        FrameField.Ipv4Protocol or FrameField.Ipv6NextHeader => Frame.Protocol is { } protocol ? new FieldValue.Number(protocol) : FieldValue.Absent,

        // DHCP messages fit one frame; only the don't-fragment bit is the sender's choice.
        FrameField.Ipv4Fragment => new FieldValue.Bits(0, 0x4000, "whether the sender forbids fragments is not known"),
        _ => Unknown("that field of the IP header is not known beforehand"),
    };

    private FieldValue ArpBody(FrameField what) => what switch
    {
        FrameField.ArpOperation => Frame.ArpOperation is { } operation ? new FieldValue.Number(operation) : Unknown("the operation is not known"),
        FrameField.ArpSender => Address(Frame.Source, "the guest's address is not known"),
        FrameField.ArpTarget => Address(Frame.Destination, "the address asked for is not known"),
        FrameField.ArpSenderMac => Mac(Frame.SourceMac),
        _ => Unknown("that field of the ARP message is not known beforehand"),
    };

    /// <summary>An unknown unicast frame is to somebody else on the bridge; br_netfilter presents it to the IP families as one to us.</summary>
    private FieldValue.Number PacketType() => Frame.DestinationMac switch
    {
        "ff:ff:ff:ff:ff:ff" => new FieldValue.Number(1),
        { } mac when Literals.TryMac(mac, out var value) && (value >> 40 & 1) == 1 => new FieldValue.Number(2),
        _ => new FieldValue.Number(Layer == PathLayer.Ip ? 0u : 3u),
    };

    /// <summary>1 when the route back to the sender leads over the device of entry, 0 when none does. The kernel lets a client without address pass.</summary>
    private FieldValue RouteBack()
    {
        if (Layer != PathLayer.Ip || Hook != FilterHook.Prerouting || Frame.EtherType != BridgedFrame.Ipv4)
        {
            return Unknown("fib depends on the host's routes");
        }

        if (Frame.Source is { } source && Literals.Number(source) == 0 && Frame.Destination is { } destination && Literals.Number(destination) == 0xffffffff)
        {
            return new FieldValue.Number(1);
        }

        return Frame.RouteBack is { } exists ? new FieldValue.Number(exists ? 1u : 0u) : Unknown("whether the host's route to the sender leads over the bridge is not known");
    }

    private FieldValue Tracking(FrameField what)
    {
        if (Layer == PathLayer.Device)
        {
            return Unknown("connection tracking does not reach this hook");
        }

        if (State.Untracked is null || (Hook == FilterHook.Prerouting && Priority == TrackPriority))
        {
            return Unknown("whether the frame is tracked yet is not known");
        }

        var early = Hook == FilterHook.Prerouting && Priority < TrackPriority;
        if (State.Untracked == true || early)
        {
            // What has not met the tracker yet counts as invalid, what is exempt as untracked.
            return what == FrameField.TrackState ? new FieldValue.Number(State.Untracked == true ? TrackBits.Untracked : TrackBits.Invalid) : FieldValue.Absent;
        }

        return what switch
        {
            // Neither DISCOVER nor OFFER answers a tracked frame in the other direction, so each is the first of its flow however often it is repeated.
            FrameField.TrackState => new FieldValue.Number(TrackBits.New),
            FrameField.TrackDirection => new FieldValue.Number(0),
            _ when State.Rewritten is { } why => Unknown(why),
            _ => new FieldValue.Bits(0, TrackBits.Confirmed, "whether the flow was seen before is not known"),
        };
    }

    /// <summary>As <c>inet_dev_addr_type</c> of the kernel: 0.0.0.0 and 255.255.255.255 are broadcast whatever the routes say.</summary>
    private static FieldValue AddressKind(IPAddress? address) => address switch
    {
        null => Unknown(ServerUnknown),
        { AddressFamily: AddressFamily.InterNetwork } when Literals.Number(address) is var number && (number >> 24 == 0 || number == 0xffffffff) => new FieldValue.Number(AddressKinds.Broadcast),
        { AddressFamily: AddressFamily.InterNetwork } when Literals.Number(address) >> 28 == 0xe => new FieldValue.Number(AddressKinds.Multicast),
        _ => Unknown("the kind of that address depends on the host's own addresses"),
    };

    private FieldValue Address(IPAddress? address, string why)
        => address is not null ? new FieldValue.Number(Literals.Number(address)) : new FieldValue.Unclear(why, [.. NeverUnicast, .. Frame.NotIn]);

    private static FieldValue Mac(string? mac)
        => mac is not null && Literals.TryMac(mac, out var value) ? new FieldValue.Number(value) : Unknown("the sender's hardware address is not known");

    private static FieldValue Port(ushort? port) => port is { } number ? new FieldValue.Number(number) : FieldValue.Absent;

    private static FieldValue.Unclear Unknown(string why) => new(why, []);

    /// <summary>IPv4 addresses that no server and no lease has: this network, loopback, multicast and above.</summary>
    private static ImmutableArray<Operand.Range> NeverUnicast { get; } =
        [new(0, 0x00ffffff), new(0x7f000000, 0x7fffffff), new(0xe0000000, 0xffffffff)];
}

/// <summary>Bits of the connection tracker as nftables numbers them.</summary>
internal static class TrackBits
{
    public const uint Invalid = 1;
    public const uint Established = 2;
    public const uint Related = 4;
    public const uint New = 8;
    public const uint Untracked = 64;

    public const uint Expected = 1;
    public const uint SeenReply = 2;
    public const uint Assured = 4;
    public const uint Confirmed = 8;
    public const uint SourceTranslated = 16;
    public const uint DestinationTranslated = 32;
    public const uint Dying = 512;
}

/// <summary>Kinds of addresses as the kernel's routing numbers them.</summary>
internal static class AddressKinds
{
    public const uint Unicast = 1;
    public const uint Local = 2;
    public const uint Broadcast = 3;
    public const uint Anycast = 4;
    public const uint Multicast = 5;
    public const uint Blackhole = 6;
    public const uint Unreachable = 7;
    public const uint Prohibit = 8;
}
