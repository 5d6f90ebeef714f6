using System.Collections.Immutable;

namespace ChatOpsBot.Domain.Evidence;

/// <summary>Whether the kernel hands bridged frames to the IP filters, the settings of <c>net.bridge.*</c>.</summary>
public abstract record BridgeNetfilter
{
    private BridgeNetfilter()
    {
    }

    /// <summary>The code is neither loaded nor built in, so bridged frames meet no IP filter.</summary>
    /// <param name="Why">The proof.</param>
    public sealed record Off(string Why) : BridgeNetfilter;

    /// <summary>The code is there; a switch that could not be read is <see langword="null"/>. The switches are ORed with those of each bridge.</summary>
    public sealed record Active : BridgeNetfilter
    {
        /// <summary><c>bridge-nf-call-iptables</c>: IPv4 frames meet ip, inet and iptables chains.</summary>
        public bool? CallIptables { get; init; }

        /// <summary><c>bridge-nf-call-ip6tables</c>.</summary>
        public bool? CallIp6tables { get; init; }

        /// <summary><c>bridge-nf-call-arptables</c>.</summary>
        public bool? CallArptables { get; init; }

        /// <summary><c>bridge-nf-filter-vlan-tagged</c>: tagged frames too; off by default.</summary>
        public bool? FilterVlanTagged { get; init; }

        /// <summary><c>bridge-nf-filter-pppoe-tagged</c>.</summary>
        public bool? FilterPppoeTagged { get; init; }

        /// <summary><c>bridge-nf-pass-vlan-input-dev</c>.</summary>
        public bool? PassVlanInputDevice { get; init; }
    }

    /// <summary>Neither could be proven.</summary>
    /// <param name="Why">What stood in the way.</param>
    public sealed record Unknown(string Why) : BridgeNetfilter;
}

/// <summary>The kernel settings that matter to bridged guests; a value that the kernel does not have is <see langword="null"/>.</summary>
/// <param name="BridgeNetfilter">Whether IP filters see bridged frames.</param>
/// <param name="IpForward"><c>net.ipv4.ip_forward</c>.</param>
/// <param name="ConntrackCount">Connections tracked now.</param>
/// <param name="ConntrackMax">Connections that can be tracked.</param>
/// <param name="NeighbourLimit"><c>net.ipv4.neigh.default.gc_thresh3</c>: entries the neighbour table holds at most.</param>
public sealed record SysctlFacts(BridgeNetfilter BridgeNetfilter, bool? IpForward, long? ConntrackCount, long? ConntrackMax, long? NeighbourLimit)
{
    /// <summary><c>gc_thresh1</c> to <c>gc_thresh3</c> of the IPv4 neighbour table; empty where they are not shown, as inside a namespace.</summary>
    public ImmutableArray<long> NeighbourThresholds { get; init; } = [];

    /// <summary>How each bridge got its hardware address (<c>addr_assign_type</c>): 3 when somebody set it, else it follows its ports.</summary>
    public ImmutableSortedDictionary<string, int> BridgeAddressTypes { get; init; } = ImmutableSortedDictionary<string, int>.Empty;
}

/// <summary>E.sysctl: kernel settings of bridge, forwarding, connection tracking and neighbour table.</summary>
public static class SysctlEvidence
{
    private const string Root = "/proc/sys/net/";
    private const string Classes = "/sys/class/net/";
    private const string AssignType = "/addr_assign_type";
    private const string BridgePrefix = Root + "bridge/bridge-nf-";

    /// <summary>The evidence row.</summary>
    public static EvidenceSource<SysctlFacts> Source { get; } = new(
        "e.sysctl",
        Privilege.Login,
        """
        set --
        for file in /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv4/neigh/default/gc_thresh[123] /proc/sys/net/bridge/* /proc/sys/net/netfilter/nf_conntrack_count /proc/sys/net/netfilter/nf_conntrack_max; do
            [ -e "$file" ] && set -- "$@" "$file"
        done
        for file in /sys/class/net/*/bridge; do
            [ -e "${file%bridge}addr_assign_type" ] && set -- "$@" "${file%bridge}addr_assign_type"
        done
        part values grep -H '' "$@"
        if [ -d /proc/sys/net/bridge ]; then put br_netfilter on
        elif [ ! -d /proc/sys/net ] || [ ! -d /sys/module ]; then put br_netfilter 'unknown: /proc or /sys is not there'
        elif loaded br_netfilter; then put br_netfilter 'unknown: br_netfilter is in this kernel, but /proc/sys/net/bridge is not there'
        else put br_netfilter off
        fi
        """,
        Parse);

    private static FactReading<SysctlFacts> Parse(SectionOutput section)
    {
        if (section.Part("values") is not { } part)
        {
            return new FactReading<SysctlFacts>.Missing("the section printed nothing");
        }

        var values = PartReading.LabelledLines(part.Text).ToDictionary(file => file.Key, file => file.Value[0], StringComparer.Ordinal);
        if (values.Count == 0)
        {
            return new FactReading<SysctlFacts>.Missing(SectionProblem.Reason(part) ?? "no settings were printed");
        }

        return new FactReading<SysctlFacts>.Known(new SysctlFacts(
            ReadBridge(section.Part("br_netfilter")?.Text.Trim() ?? "", values),
            Flag(values, Root + "ipv4/ip_forward"),
            Number(values, Root + "netfilter/nf_conntrack_count"),
            Number(values, Root + "netfilter/nf_conntrack_max"),
            Number(values, Root + "ipv4/neigh/default/gc_thresh3"))
        {
            NeighbourThresholds = [.. from level in (string[])["1", "2", "3"] let value = Number(values, Root + "ipv4/neigh/default/gc_thresh" + level) where value is not null select value.Value],
            BridgeAddressTypes = values
                .Where(value => value.Key.StartsWith(Classes, StringComparison.Ordinal) && value.Key.EndsWith(AssignType, StringComparison.Ordinal) && PartReading.Number(value.Value) is not null)
                .ToImmutableSortedDictionary(value => value.Key[Classes.Length..^AssignType.Length], value => (int)(PartReading.Number(value.Value) ?? 0), StringComparer.Ordinal),
        });
    }

    private static BridgeNetfilter ReadBridge(string state, Dictionary<string, string> values)
    {
        // The values are the better witness: a file may have gone or come between the two looks.
        if (values.Keys.Any(key => key.StartsWith(BridgePrefix, StringComparison.Ordinal)))
        {
            return new BridgeNetfilter.Active
            {
                CallIptables = Flag(values, BridgePrefix + "call-iptables"),
                CallIp6tables = Flag(values, BridgePrefix + "call-ip6tables"),
                CallArptables = Flag(values, BridgePrefix + "call-arptables"),
                FilterVlanTagged = Flag(values, BridgePrefix + "filter-vlan-tagged"),
                FilterPppoeTagged = Flag(values, BridgePrefix + "filter-pppoe-tagged"),
                PassVlanInputDevice = Flag(values, BridgePrefix + "pass-vlan-input-dev"),
            };
        }

        return state switch
        {
            "off" => new BridgeNetfilter.Off("br_netfilter is not loaded and not built in"),
            "on" => new BridgeNetfilter.Unknown("the settings of net.bridge could not be read"),
            _ => new BridgeNetfilter.Unknown(state.StartsWith("unknown: ", StringComparison.Ordinal) ? state["unknown: ".Length..] : "the host did not say"),
        };
    }

    private static long? Number(Dictionary<string, string> values, string path)
        => PartReading.Number(values.GetValueOrDefault(path));

    private static bool? Flag(Dictionary<string, string> values, string path) => Number(values, path) is { } number ? number != 0 : null;
}
