using System.Collections.Immutable;
using System.Text.Json;

namespace ChatOpsBot.Domain.Evidence;

/// <summary>E.link: the network links as the kernel reports them, bridges and ports with their details.</summary>
public static class LinkEvidence
{
    /// <summary>The evidence row.</summary>
    public static EvidenceSource<LinkFacts> Source { get; } = new("e.link", Privilege.Login, [new("links", "ip", "-d -s -s", "link show")], Parse);

    private static FactReading<LinkFacts> Parse(SectionOutput section)
    {
        if (!SectionProblem.TryText(section, "links", out var text, out var reason))
        {
            return new FactReading<LinkFacts>.Missing(reason);
        }

        using var json = JsonReading.ParseOrEmpty(text);
        return new FactReading<LinkFacts>.Known(new([.. from link in json.RootElement.EnumerateArray() where link.Text("ifname") is not null select ReadLink(link)]));
    }

    private static Link ReadLink(JsonElement link)
    {
        var info = link.Field("linkinfo") ?? default;
        var stats = link.Field("stats64") ?? default;
        return new Link
        {
            Index = (int)(link.Number("ifindex") ?? 0),
            Name = link.Text("ifname")!,
            AltNames = [.. link.Texts("altnames")],
            Flags = [.. link.Texts("flags")],
            OperState = link.Text("operstate") ?? "UNKNOWN",
            Mtu = (int)(link.Number("mtu") ?? 0),
            Address = link.Text("address"),
            PermanentAddress = link.Text("permaddr"),
            Master = link.Text("master"),
            Lower = link.Text("link"),
            LinkType = link.Text("link_type") ?? "ether",
            ParentDevice = link.Text("parentdev"),
            Kind = info.Text("info_kind"),
            PortKind = info.Text("info_slave_kind"),
            Bridge = info.Text("info_kind") == "bridge" && info.Field("info_data") is { } data ? ReadBridge(data) : null,
            Port = info.Text("info_slave_kind") == "bridge" && info.Field("info_slave_data") is { } port ? ReadPort(port) : null,
            VlanId = info.Text("info_kind") == "vlan" ? (int?)info.Field("info_data")?.Number("id") : null,
            VlanProtocol = info.Text("info_kind") == "vlan" ? info.Field("info_data")?.Text("protocol") : null,
            BondMode = info.Text("info_kind") == "bond" ? info.Field("info_data")?.Text("mode") : null,
            BondPartner = info.Text("info_kind") == "bond" ? info.Field("info_data")?.Field("ad_info")?.Text("partner_mac") : null,
            BondPort = info.Text("info_slave_kind") == "bond" && info.Field("info_slave_data") is { } member ? ReadBondPort(member) : null,
            VirtualFunctions = [.. link.Items("vfinfo_list").Select(ReadVirtualFunction)],
            MacvtapMode = info.Text("info_kind") is "macvtap" or "macvlan" ? info.Field("info_data")?.Text("mode") : null,
            HasXdp = link.Field("xdp") is { } xdp && (xdp.Number("mode") ?? 0) != 0,
            RxBytes = stats.Field("rx")?.Number("bytes") ?? 0,
            RxPackets = stats.Field("rx")?.Number("packets") ?? 0,
            TxBytes = stats.Field("tx")?.Number("bytes") ?? 0,
            TxPackets = stats.Field("tx")?.Number("packets") ?? 0,
            RxErrors = stats.Field("rx")?.Number("errors") ?? 0,
            RxDropped = stats.Field("rx")?.Number("dropped") ?? 0,
            RxCrcErrors = stats.Field("rx")?.Number("crc_errors") ?? 0,
            RxFrameErrors = stats.Field("rx")?.Number("frame_errors") ?? 0,
            TxErrors = stats.Field("tx")?.Number("errors") ?? 0,
            TxDropped = stats.Field("tx")?.Number("dropped") ?? 0,
            TxCarrierErrors = stats.Field("tx")?.Number("carrier_errors") ?? 0,
            Qdisc = link.Text("qdisc"),
            PeerNamespace = (int?)link.Number("link_netnsid"),
            CarrierChanges = stats.Field("tx")?.Number("carrier_changes") ?? link.Number("carrier_changes"),
        };
    }

    private static BridgeSettings ReadBridge(JsonElement data) => new(
        StpState: (int)(data.Number("stp_state") ?? 0),
        ForwardDelay: (int)(data.Number("forward_delay") ?? 0),
        VlanFiltering: data.Number("vlan_filtering") == 1,
        NfCallIptables: data.Number("nf_call_iptables") == 1,
        NfCallIp6tables: data.Number("nf_call_ip6tables") == 1,
        NfCallArptables: data.Number("nf_call_arptables") == 1)
    {
        AgeingTime = (int?)data.Number("ageing_time"),
        MulticastSnooping = data.Flag("mcast_snooping"),
        MulticastQuerier = data.Flag("mcast_querier"),
        DefaultPvid = (int?)data.Number("vlan_default_pvid"),
        GroupForwardMask = data.Text("group_fwd_mask_str") ?? data.Text("group_fwd_mask"),
        BridgeId = data.Text("bridge_id"),
        RootId = data.Text("root_id"),
        LearnedAddresses = data.Number("fdb_n_learned"),
        MostLearnedAddresses = data.Number("fdb_max_learned"),
    };

    private static BondPortSettings ReadBondPort(JsonElement data) => new(data.Text("state"), data.Text("mii_status"), data.Number("ad_aggregator_id"));

    private static VirtualFunction ReadVirtualFunction(JsonElement function) => new((int)(function.Number("vf") ?? -1), function.Flag("spoofchk"), function.Flag("trust"));

    internal static PortSettings ReadPort(JsonElement data) => new(
        State: data.Text("state"),
        Isolated: data.Flag("isolated"),
        Guard: data.Flag("guard"),
        Learning: data.Flag("learning"),
        Flood: data.Flag("flood"),
        BroadcastFlood: data.Flag("bcast_flood"),
        Locked: data.Flag("locked"),
        Hairpin: data.Flag("hairpin"));
}

/// <summary>All links of the host's network namespace.</summary>
/// <param name="Links">In kernel order.</param>
public sealed record LinkFacts(ImmutableArray<Link> Links)
{
    /// <summary>The link of that name or alternative name.</summary>
    public Link? Find(string? name)
        => name is null ? null : Links.FirstOrDefault(link => link.Name == name) ?? Links.FirstOrDefault(link => link.AltNames.Contains(name));
}

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
