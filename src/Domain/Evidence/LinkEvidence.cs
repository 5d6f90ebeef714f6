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
