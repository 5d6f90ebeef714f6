using System.Collections.Immutable;

namespace ChatOpsBot.Domain.FramePath;

/// <summary>A condition of a rule.</summary>
public abstract record Condition
{
    private Condition()
    {
    }

    /// <summary>How a value is compared.</summary>
    public enum Comparison
    {
        /// <summary>Is one of.</summary>
        Is,

        /// <summary>Is none of.</summary>
        IsNot,

        /// <summary>Less.</summary>
        Less,

        /// <summary>Less or equal.</summary>
        AtMost,

        /// <summary>Greater.</summary>
        Greater,

        /// <summary>Greater or equal.</summary>
        AtLeast,

        /// <summary>Has at least one of the bits.</summary>
        HasAny,

        /// <summary>Has none of the bits.</summary>
        HasNone,
    }

    /// <summary>Compares a property of the frame. A property that the frame lacks never matches, also not with <see cref="Comparison.IsNot"/>.</summary>
    /// <param name="Left">The property.</param>
    /// <param name="By">How.</param>
    /// <param name="Right">With what.</param>
    public sealed record Compare(Expression Left, Comparison By, Operand Right) : Condition;

    /// <summary>All of them hold.</summary>
    /// <param name="Of">The conditions.</param>
    public sealed record All(ImmutableArray<Condition> Of) : Condition;

    /// <summary>At least one of them holds.</summary>
    /// <param name="Of">The conditions.</param>
    public sealed record Any(ImmutableArray<Condition> Of) : Condition;

    /// <summary>The condition does not hold.</summary>
    /// <param name="Of">The condition.</param>
    public sealed record Negation(Condition Of) : Condition;

    /// <summary>Always or never.</summary>
    /// <param name="Holds">Which.</param>
    public sealed record Constant(bool Holds) : Condition;

    /// <summary>Holds or not, which a snapshot cannot tell: a rate limit, chance, or a construct that is not understood.</summary>
    /// <param name="Why">The reason.</param>
    public sealed record Unclear(string Why) : Condition;
}

/// <summary>A property of the frame that rules look at.</summary>
public abstract record Expression
{
    private Expression()
    {
    }

    /// <summary>A single property.</summary>
    /// <param name="What">Which.</param>
    /// <param name="Protocol">Transport protocol that the frame must have for the property to exist.</param>
    public sealed record Field(FrameField What, byte? Protocol = null) : Expression;

    /// <summary>The bits of a property that a mask leaves.</summary>
    /// <param name="Of">The property.</param>
    /// <param name="Mask">The mask.</param>
    public sealed record Masked(Expression Of, UInt128 Mask) : Expression;

    /// <summary>A property with bits set.</summary>
    /// <param name="Of">The property.</param>
    /// <param name="Bits">The bits.</param>
    public sealed record WithBits(Expression Of, UInt128 Bits) : Expression;

    /// <summary>A property with bits turned.</summary>
    /// <param name="Of">The property.</param>
    /// <param name="Bits">The bits.</param>
    public sealed record TurnedBits(Expression Of, UInt128 Bits) : Expression;

    /// <summary>Several properties side by side.</summary>
    /// <param name="Parts">The properties.</param>
    public sealed record Concat(ImmutableArray<Expression> Parts) : Expression;

    /// <summary>A constant.</summary>
    /// <param name="Value">Its value.</param>
    public sealed record Literal(UInt128 Value) : Expression;

    /// <summary>A property that is not understood or cannot be known.</summary>
    /// <param name="Why">The reason.</param>
    public sealed record Unclear(string Why) : Expression;
}

/// <summary>The properties of a frame that can be known.</summary>
public enum FrameField
{
    /// <summary>Name of the device it came in by, as this hook sees it.</summary>
    InDevice,

    /// <summary>Name of the device it leaves by, as this hook sees it.</summary>
    OutDevice,

    /// <summary>Bridge port it came in by.</summary>
    InPort,

    /// <summary>Bridge port it leaves by.</summary>
    OutPort,

    /// <summary>Bridge of the port it came in by.</summary>
    InBridge,

    /// <summary>Bridge of the port it leaves by.</summary>
    OutBridge,

    /// <summary>Hardware type of the device it came in by.</summary>
    InType,

    /// <summary>Hardware type of the device it leaves by.</summary>
    OutType,

    /// <summary>Source hardware address.</summary>
    EtherSource,

    /// <summary>Destination hardware address.</summary>
    EtherDestination,

    /// <summary>Type field of the Ethernet header; of a tagged frame that of the tag.</summary>
    EtherType,

    /// <summary>Type of the payload behind any tag.</summary>
    Protocol,

    /// <summary>VLAN id of the tag.</summary>
    VlanId,

    /// <summary>Type behind the VLAN tag.</summary>
    VlanType,

    /// <summary>Family number of the hook.</summary>
    HookFamily,

    /// <summary>Transport protocol.</summary>
    Transport,

    /// <summary>Unicast to us, to others, broadcast or multicast.</summary>
    PacketType,

    /// <summary>Packet mark.</summary>
    Mark,

    /// <summary>Whether the route back to the sender leads over the device of entry: 1 or 0.</summary>
    RouteBack,

    /// <summary>State of the tracked connection, as bits.</summary>
    TrackState,

    /// <summary>Status of the tracked connection, as bits.</summary>
    TrackStatus,

    /// <summary>Direction within the tracked connection.</summary>
    TrackDirection,

    /// <summary>IPv4 source.</summary>
    Ipv4Source,

    /// <summary>IPv4 destination.</summary>
    Ipv4Destination,

    /// <summary>IPv4 protocol field.</summary>
    Ipv4Protocol,

    /// <summary>Any other field of the IPv4 header.</summary>
    Ipv4Other,

    /// <summary>IPv4 fragment offset and flags.</summary>
    Ipv4Fragment,

    /// <summary>IPv6 source.</summary>
    Ipv6Source,

    /// <summary>IPv6 destination.</summary>
    Ipv6Destination,

    /// <summary>IPv6 next header.</summary>
    Ipv6NextHeader,

    /// <summary>Any other field of the IPv6 header.</summary>
    Ipv6Other,

    /// <summary>Transport source port.</summary>
    SourcePort,

    /// <summary>Transport destination port.</summary>
    DestinationPort,

    /// <summary>Any other field of the transport header.</summary>
    TransportOther,

    /// <summary>ARP operation.</summary>
    ArpOperation,

    /// <summary>ARP sender's protocol address.</summary>
    ArpSender,

    /// <summary>ARP target's protocol address.</summary>
    ArpTarget,

    /// <summary>ARP sender's hardware address.</summary>
    ArpSenderMac,

    /// <summary>Any other field of ARP.</summary>
    ArpOther,

    /// <summary>Kind of the source address to the host's routing.</summary>
    SourceKind,

    /// <summary>Kind of the destination address to the host's routing.</summary>
    DestinationKind,
}

/// <summary>What a property is compared with.</summary>
public abstract record Operand
{
    private Operand()
    {
    }

    /// <summary>A number from a range, both ends included.</summary>
    /// <param name="From">Lowest.</param>
    /// <param name="To">Highest.</param>
    public sealed record Range(UInt128 From, UInt128 To) : Operand;

    /// <summary>A device name, or all that begin with it.</summary>
    /// <param name="Text">The name or its beginning.</param>
    /// <param name="IsPrefix">Whether more may follow.</param>
    public sealed record Device(string Text, bool IsPrefix) : Operand;

    /// <summary>One of several.</summary>
    /// <param name="Of">The members.</param>
    public sealed record AnyOf(ImmutableArray<Operand> Of) : Operand;

    /// <summary>Several side by side.</summary>
    /// <param name="Of">The parts.</param>
    public sealed record Concat(ImmutableArray<Operand> Of) : Operand;

    /// <summary>Everything.</summary>
    public sealed record Anything : Operand;

    /// <summary>Not understood.</summary>
    /// <param name="Why">The reason.</param>
    public sealed record Unclear(string Why) : Operand;

    /// <summary>A single number.</summary>
    public static Operand One(UInt128 value) => new Range(value, value);
}
