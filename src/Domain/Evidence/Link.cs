using System.Collections.Immutable;

namespace ChatOpsBot.Domain.Evidence;

/// <summary>One network link.</summary>
public sealed record Link
{
    /// <summary>Interface index.</summary>
    public required int Index { get; init; }

    /// <summary>Interface name.</summary>
    public required string Name { get; init; }

    /// <summary>Alternative names.</summary>
    public ImmutableArray<string> AltNames { get; init; } = [];

    /// <summary>Kernel flags as iproute2 prints them, for example <c>UP</c>, <c>LOWER_UP</c>, <c>NO-CARRIER</c>.</summary>
    public ImmutableArray<string> Flags { get; init; } = [];

    /// <summary>RFC 2863 state; a healthy tap has <c>UNKNOWN</c>, so judge by flags.</summary>
    public string OperState { get; init; } = "UNKNOWN";

    /// <summary>MTU in bytes.</summary>
    public int Mtu { get; init; }

    /// <summary>Current hardware address in lower case.</summary>
    public string? Address { get; init; }

    /// <summary>Permanent hardware address where it differs from the current one.</summary>
    public string? PermanentAddress { get; init; }

    /// <summary>Name of the master device (bridge, bond, OVS).</summary>
    public string? Master { get; init; }

    /// <summary>Name of the lower device of a VLAN, macvlan or macvtap.</summary>
    public string? Lower { get; init; }

    /// <summary>Link layer, for example <c>ether</c> or <c>loopback</c>.</summary>
    public string LinkType { get; init; } = "ether";

    /// <summary>Bus address of the device behind it; present for physical NICs.</summary>
    public string? ParentDevice { get; init; }

    /// <summary>Kind of a virtual device: <c>bridge</c>, <c>tun</c>, <c>veth</c>, <c>vlan</c>, <c>bond</c>, ...; none for a physical NIC.</summary>
    public string? Kind { get; init; }

    /// <summary>Kind of the master it is a port of, for example <c>bridge</c>.</summary>
    public string? PortKind { get; init; }

    /// <summary>Settings when this is a Linux bridge.</summary>
    public BridgeSettings? Bridge { get; init; }

    /// <summary>Settings when this is a port of a Linux bridge.</summary>
    public PortSettings? Port { get; init; }

    /// <summary>VLAN id when this is a VLAN device.</summary>
    public int? VlanId { get; init; }

    /// <summary><c>802.1Q</c> or <c>802.1ad</c> when this is a VLAN device.</summary>
    public string? VlanProtocol { get; init; }

    /// <summary>Mode when this is a bond.</summary>
    public string? BondMode { get; init; }

    /// <summary>LACP partner when this is a bond in mode 802.3ad; all zeros when none answered.</summary>
    public string? BondPartner { get; init; }

    /// <summary>Settings when this is a port of a bond.</summary>
    public BondPortSettings? BondPort { get; init; }

    /// <summary>The virtual functions of this NIC, as far as its driver tells; empty for a NIC without any.</summary>
    public ImmutableArray<VirtualFunction> VirtualFunctions { get; init; } = [];

    /// <summary>Mode when this is a macvtap or macvlan.</summary>
    public string? MacvtapMode { get; init; }

    /// <summary>Whether an XDP program is attached.</summary>
    public bool HasXdp { get; init; }

    /// <summary>Bytes received; on a tap this is what the guest sent.</summary>
    public long RxBytes { get; init; }

    /// <summary>Packets received; on a tap this is what the guest sent.</summary>
    public long RxPackets { get; init; }

    /// <summary>Bytes sent.</summary>
    public long TxBytes { get; init; }

    /// <summary>Packets sent.</summary>
    public long TxPackets { get; init; }

    /// <summary>Packets received in error.</summary>
    public long RxErrors { get; init; }

    /// <summary>Packets received and dropped.</summary>
    public long RxDropped { get; init; }

    /// <summary>Packets received with a wrong checksum on the wire.</summary>
    public long RxCrcErrors { get; init; }

    /// <summary>Packets received with wrong framing.</summary>
    public long RxFrameErrors { get; init; }

    /// <summary>Packets that could not be sent.</summary>
    public long TxErrors { get; init; }

    /// <summary>Packets dropped before they were sent.</summary>
    public long TxDropped { get; init; }

    /// <summary>Carrier lost while sending.</summary>
    public long TxCarrierErrors { get; init; }

    /// <summary>Kind of the root queueing discipline.</summary>
    public string? Qdisc { get; init; }

    /// <summary>Id of the network namespace that holds the other end (of a veth, for instance); <see langword="null"/> when it is in this one or there is none.</summary>
    public int? PeerNamespace { get; init; }

    /// <summary>How often the carrier came or went, where iproute2 prints it.</summary>
    public long? CarrierChanges { get; init; }

    /// <summary>Administratively up.</summary>
    public bool IsUp => Flags.Contains("UP");

    /// <summary>The lower layer has carrier.</summary>
    public bool HasCarrier => Flags.Contains("LOWER_UP");

    /// <summary>A Linux bridge.</summary>
    public bool IsBridge => Kind == "bridge";

    /// <summary>A guest's tap device (not a macvtap).</summary>
    public bool IsTap => Kind == "tun" && LinkType == "ether";
}

/// <summary>Settings of a Linux bridge.</summary>
/// <param name="StpState">0 off, 1 kernel STP, 2 user-space STP.</param>
/// <param name="ForwardDelay">Hundredths of a second.</param>
/// <param name="VlanFiltering">Whether the VLAN table is enforced.</param>
/// <param name="NfCallIptables">Per-bridge switch; ORed with the sysctl of the same name.</param>
/// <param name="NfCallIp6tables">As above for IPv6.</param>
/// <param name="NfCallArptables">As above for ARP.</param>
public sealed record BridgeSettings(int StpState, int ForwardDelay, bool VlanFiltering, bool NfCallIptables, bool NfCallIp6tables, bool NfCallArptables)
{
    /// <summary>Hundredths of a second after which a silent address is forgotten.</summary>
    public int? AgeingTime { get; init; }

    /// <summary>Whether multicast goes only to ports that asked for it.</summary>
    public bool? MulticastSnooping { get; init; }

    /// <summary>Whether the bridge asks for multicast members itself.</summary>
    public bool? MulticastQuerier { get; init; }

    /// <summary>VLAN that new ports get, where the VLAN table is enforced.</summary>
    public int? DefaultPvid { get; init; }

    /// <summary>Reserved link-local groups that it forwards, as a mask.</summary>
    public string? GroupForwardMask { get; init; }

    /// <summary>Its own spanning-tree id.</summary>
    public string? BridgeId { get; init; }

    /// <summary>The id of the root of the spanning tree.</summary>
    public string? RootId { get; init; }

    /// <summary>Addresses learned now, on kernels that count them (6.7 and later).</summary>
    public long? LearnedAddresses { get; init; }

    /// <summary>Addresses that may be learned at most; 0 means no limit.</summary>
    public long? MostLearnedAddresses { get; init; }
}

/// <summary>Settings of a Linux bridge port; a value that the tool did not print is <see langword="null"/>.</summary>
/// <param name="State">disabled, listening, learning, forwarding or blocking.</param>
/// <param name="Isolated">Two isolated ports do not exchange frames.</param>
/// <param name="Guard">BPDU guard.</param>
/// <param name="Learning">Source addresses are learned.</param>
/// <param name="Flood">Unknown unicast leaves by this port.</param>
/// <param name="BroadcastFlood">Broadcast leaves by this port.</param>
/// <param name="Locked">Only known source addresses enter.</param>
/// <param name="Hairpin">Frames may return by the port they came from.</param>
public sealed record PortSettings(string? State, bool? Isolated, bool? Guard, bool? Learning, bool? Flood, bool? BroadcastFlood, bool? Locked, bool? Hairpin);

/// <summary>Settings of a NIC in a bond.</summary>
/// <param name="State"><c>ACTIVE</c> or <c>BACKUP</c>.</param>
/// <param name="MiiStatus"><c>UP</c>, <c>DOWN</c>, <c>GOING_DOWN</c> or <c>GOING_BACK</c>.</param>
/// <param name="AggregatorId">LACP aggregator; ports of one bond should share it.</param>
public sealed record BondPortSettings(string? State, string? MiiStatus, long? AggregatorId);

/// <summary>A virtual function of a NIC (SR-IOV), as its physical function sees it.</summary>
/// <param name="Number">Its number.</param>
/// <param name="SpoofCheck">Whether frames with a source address other than its own are dropped.</param>
/// <param name="Trust">Whether it may ask for frames to other addresses.</param>
public sealed record VirtualFunction(int Number, bool? SpoofCheck, bool? Trust);
