using System.Collections.Frozen;

namespace ChatOpsBot.Domain.FramePath;

/// <summary>Names that filter tools print in place of numbers.</summary>
internal static class Symbols
{
    public static FrozenDictionary<string, uint> EtherTypes { get; } = Table(
        ("ip", 0x0800), ("arp", 0x0806), ("ip6", 0x86dd), ("vlan", 0x8100), ("8021q", 0x8100), ("8021ad", 0x88a8),
        ("ipv4", 0x0800), ("ipv6", 0x86dd), ("802_1q", 0x8100), ("802_1ad", 0x88a8), ("rarp", 0x8035), ("loop", 0x0060), ("x25", 0x0805),
        ("ppp_disc", 0x8863), ("ppp_ses", 0x8864), ("mpls_uc", 0x8847), ("mpls_multi", 0x8848), ("ipx", 0x8137));

    public static FrozenDictionary<string, uint> Protocols { get; } = Table(
        ("tcp", 6), ("udp", 17), ("icmp", 1), ("igmp", 2), ("sctp", 132), ("dccp", 33), ("esp", 50), ("ah", 51), ("comp", 108), ("ipcomp", 108),
        ("udplite", 136), ("icmpv6", 58), ("ipv6-icmp", 58), ("gre", 47), ("ipencap", 4), ("ipip", 4), ("ipv4", 4), ("ipv6", 41), ("ospf", 89), ("ospfigp", 89),
        ("pim", 103), ("vrrp", 112), ("l2tp", 115), ("egp", 8), ("igp", 9), ("hopopt", 0), ("ipv6-frag", 44), ("ipv6-route", 43), ("ipv6-nonxt", 59),
        ("ipv6-opts", 60), ("mobility-header", 135), ("mh", 135), ("eigrp", 88), ("rdp", 27), ("idpr", 35), ("rsvp", 46));

    public static FrozenDictionary<string, uint> PacketTypes { get; } = Table(
        ("host", 0), ("unicast", 0), ("broadcast", 1), ("multicast", 2), ("other", 3), ("otherhost", 3), ("outgoing", 4), ("loopback", 5));

    public static FrozenDictionary<string, uint> HookFamilies { get; } = Table(("ipv4", 2), ("arp", 3), ("netdev", 5), ("bridge", 7), ("ipv6", 10));

    public static FrozenDictionary<string, uint> TrackStates { get; } = Table(
        ("invalid", (int)TrackBits.Invalid), ("established", (int)TrackBits.Established), ("related", (int)TrackBits.Related), ("new", (int)TrackBits.New), ("untracked", (int)TrackBits.Untracked));

    public static FrozenDictionary<string, uint> TrackStatuses { get; } = Table(
        ("expected", (int)TrackBits.Expected), ("seen-reply", (int)TrackBits.SeenReply), ("assured", (int)TrackBits.Assured), ("confirmed", (int)TrackBits.Confirmed),
        ("snat", (int)TrackBits.SourceTranslated), ("dnat", (int)TrackBits.DestinationTranslated), ("dying", (int)TrackBits.Dying));

    public static FrozenDictionary<string, uint> Directions { get; } = Table(("original", 0), ("reply", 1));

    public static FrozenDictionary<string, uint> AddressTypes { get; } = Table(
        ("unspec", 0), ("unicast", (int)AddressKinds.Unicast), ("local", (int)AddressKinds.Local), ("broadcast", (int)AddressKinds.Broadcast), ("anycast", (int)AddressKinds.Anycast),
        ("multicast", (int)AddressKinds.Multicast), ("blackhole", (int)AddressKinds.Blackhole), ("unreachable", (int)AddressKinds.Unreachable), ("prohibit", (int)AddressKinds.Prohibit));

    public static FrozenDictionary<string, uint> ArpOperations { get; } = Table(
        ("request", 1), ("reply", 2), ("rrequest", 3), ("rreply", 4), ("inrequest", 8), ("inreply", 9), ("nak", 10));

    public static FrozenDictionary<string, uint> LinkTypes { get; } = Table(("ether", 1), ("loopback", 772), ("ppp", 512), ("none", 0xfffe));

    private static FrozenDictionary<string, uint> Table(params ReadOnlySpan<(string Name, int Number)> entries)
    {
        var table = new Dictionary<string, uint>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, number) in entries)
        {
            table[name] = (uint)number;
        }

        return table.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }
}
