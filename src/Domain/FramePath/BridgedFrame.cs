using System.Collections.Immutable;
using System.Net;

namespace ChatOpsBot.Domain.FramePath;

/// <summary>One frame that crosses a bridge from one port to another, as far as it is known before it is sent.</summary>
/// <remarks>A field that is <see langword="null"/> is either not in the frame (no port in ARP) or not known (the address of a DHCP server); the view tells which.</remarks>
public sealed record BridgedFrame
{
    /// <summary>IPv4 over Ethernet.</summary>
    public const ushort Ipv4 = 0x0800;

    /// <summary>ARP over Ethernet.</summary>
    public const ushort Arp = 0x0806;

    /// <summary>IPv6 over Ethernet.</summary>
    public const ushort Ipv6 = 0x86dd;

    /// <summary>Protocol number of UDP.</summary>
    public const byte Udp = 17;

    /// <summary>What it is, for people.</summary>
    public required string Name { get; init; }

    /// <summary>The bridge it crosses.</summary>
    public required string Bridge { get; init; }

    /// <summary>The port it comes in by.</summary>
    public required string InPort { get; init; }

    /// <summary>The port it is to leave by.</summary>
    public required string OutPort { get; init; }

    /// <summary>Source hardware address; <see langword="null"/> when not known.</summary>
    public string? SourceMac { get; init; }

    /// <summary>Destination hardware address; <see langword="null"/> when not known.</summary>
    public string? DestinationMac { get; init; }

    /// <summary>Type of the payload, behind any VLAN tag.</summary>
    public required ushort EtherType { get; init; }

    /// <summary>VLAN id when the frame carries a tag as it enters.</summary>
    public int? VlanId { get; init; }

    /// <summary>The bridge filters VLANs, so the frame may carry a tag between the ports.</summary>
    public bool MayBeTaggedInside { get; init; }

    /// <summary>Its tag before and behind the bridge's decision, where the VLAN table tells; <see langword="null"/> when it does not.</summary>
    public FrameTags? Tags { get; init; }

    /// <summary>IP source, or the sender's protocol address of ARP; <see langword="null"/> when not known.</summary>
    public IPAddress? Source { get; init; }

    /// <summary>IP destination, or the target's protocol address of ARP; <see langword="null"/> when not known.</summary>
    public IPAddress? Destination { get; init; }

    /// <summary>Transport protocol of an IP frame.</summary>
    public byte? Protocol { get; init; }

    /// <summary>Transport source port.</summary>
    public ushort? SourcePort { get; init; }

    /// <summary>Transport destination port.</summary>
    public ushort? DestinationPort { get; init; }

    /// <summary>Operation of an ARP frame.</summary>
    public ushort? ArpOperation { get; init; }

    /// <summary>
    /// Ranges that addresses not known cannot be in: IPv4 subnets of networks inside the host, such as those of containers. A server or guest of this
    /// bridge has no address there.
    /// </summary>
    public ImmutableArray<Operand.Range> NotIn { get; init; } = [];

    /// <summary>Whether the bridge itself has an IPv4 address; without one, masquerading drops what it matches. <see langword="null"/> when not known.</summary>
    public bool? BridgeHasAddress { get; init; }

    /// <summary>
    /// Whether the host's route back to the sender leads over this bridge; <see langword="null"/> when not known. Reverse-path filters ask for it.
    /// </summary>
    public bool? RouteBack { get; init; }

    /// <summary>Whether it is an ARP frame.</summary>
    public bool IsArp => EtherType == Arp;

    /// <summary>Whether it is an IPv4 or IPv6 frame.</summary>
    public bool IsIp => EtherType is Ipv4 or Ipv6;

    /// <summary>A guest's DHCP DISCOVER on its way to the uplink.</summary>
    /// <param name="bridge">The bridge.</param>
    /// <param name="guestPort">The guest's tap.</param>
    /// <param name="uplink">The uplink port.</param>
    /// <param name="guestMac">The guest's own address, where known.</param>
    public static BridgedFrame DhcpDiscover(string bridge, string guestPort, string uplink, string? guestMac) => new()
    {
        Name = "DHCP DISCOVER",
        Bridge = bridge,
        InPort = guestPort,
        OutPort = uplink,
        SourceMac = guestMac,
        DestinationMac = "ff:ff:ff:ff:ff:ff",
        EtherType = Ipv4,
        Source = IPAddress.Any,
        Destination = IPAddress.Broadcast,
        Protocol = Udp,
        SourcePort = 68,
        DestinationPort = 67,
    };

    /// <summary>The server's OFFER on its way back from the uplink. The server's addresses are not known.</summary>
    /// <param name="bridge">The bridge.</param>
    /// <param name="uplink">The uplink port.</param>
    /// <param name="guestPort">The guest's tap.</param>
    /// <param name="guestMac">The guest's own address, where known.</param>
    /// <param name="broadcast">Sent to everybody, as a client may ask for; else to the guest's hardware address and the address on offer.</param>
    public static BridgedFrame DhcpOffer(string bridge, string uplink, string guestPort, string? guestMac, bool broadcast) => new()
    {
        Name = broadcast ? "broadcast DHCP OFFER" : "unicast DHCP OFFER",
        Bridge = bridge,
        InPort = uplink,
        OutPort = guestPort,
        DestinationMac = broadcast ? "ff:ff:ff:ff:ff:ff" : guestMac,
        EtherType = Ipv4,
        Destination = broadcast ? IPAddress.Broadcast : null,
        Protocol = Udp,
        SourcePort = 67,
        DestinationPort = 68,
    };

    /// <summary>An ARP request on its way from a guest to the uplink.</summary>
    /// <param name="bridge">The bridge.</param>
    /// <param name="guestPort">The guest's tap.</param>
    /// <param name="uplink">The uplink port.</param>
    /// <param name="guestMac">The guest's own address, where known.</param>
    /// <param name="sender">Its IP address, where known.</param>
    /// <param name="target">The address asked for, where known.</param>
    public static BridgedFrame ArpRequest(string bridge, string guestPort, string uplink, string? guestMac, IPAddress? sender, IPAddress? target) => new()
    {
        Name = "ARP request",
        Bridge = bridge,
        InPort = guestPort,
        OutPort = uplink,
        SourceMac = guestMac,
        DestinationMac = "ff:ff:ff:ff:ff:ff",
        EtherType = Arp,
        Source = sender,
        Destination = target,
        ArpOperation = 1,
    };

    /// <summary>The answer to a guest's ARP request on its way back from the uplink. Who answers is not known.</summary>
    /// <param name="bridge">The bridge.</param>
    /// <param name="uplink">The uplink port.</param>
    /// <param name="guestPort">The guest's tap.</param>
    /// <param name="guestMac">The guest's own address, where known.</param>
    public static BridgedFrame ArpReply(string bridge, string uplink, string guestPort, string? guestMac) => new()
    {
        Name = "ARP reply",
        Bridge = bridge,
        InPort = uplink,
        OutPort = guestPort,
        DestinationMac = guestMac,
        EtherType = Arp,
        ArpOperation = 2,
    };
}

/// <summary>VLAN tag of a frame on a bridge that filters VLANs.</summary>
/// <param name="In">As it enters; <see langword="null"/> for none.</param>
/// <param name="Out">From the decision on the port of exit on; <see langword="null"/> for none.</param>
public sealed record FrameTags(int? In, int? Out);
