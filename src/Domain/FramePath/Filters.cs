using System.Collections.Immutable;

namespace ChatOpsBot.Domain.FramePath;

/// <summary>Family of a filter table.</summary>
public enum FilterFamily
{
    /// <summary>IPv4.</summary>
    Ip,

    /// <summary>IPv6.</summary>
    Ip6,

    /// <summary>IPv4 and IPv6.</summary>
    Inet,

    /// <summary>ARP to and from the host itself.</summary>
    Arp,

    /// <summary>Frames on a bridge.</summary>
    Bridge,

    /// <summary>Frames of one device.</summary>
    Netdev,
}

/// <summary>Where in the kernel a base chain hangs.</summary>
public enum FilterHook
{
    /// <summary>As a device receives, before the bridge.</summary>
    Ingress,

    /// <summary>Before the bridge decides on the port.</summary>
    Prerouting,

    /// <summary>Between two ports.</summary>
    Forward,

    /// <summary>Before the frame leaves by a port.</summary>
    Postrouting,

    /// <summary>As a device sends, behind the bridge.</summary>
    Egress,

    /// <summary>To the host itself; frames between ports do not pass it.</summary>
    Input,

    /// <summary>From the host itself; frames between ports do not pass it.</summary>
    Output,
}

/// <summary>What a base chain does with frames that no rule decides.</summary>
public enum FilterPolicy
{
    /// <summary>Lets them pass.</summary>
    Accept,

    /// <summary>Drops them.</summary>
    Drop,
}

/// <summary>A table of filter chains, from nftables or from one of the older tools.</summary>
public sealed record FilterTable
{
    /// <summary>Family.</summary>
    public required FilterFamily Family { get; init; }

    /// <summary>Name.</summary>
    public required string Name { get; init; }

    /// <summary>The kernel ignores all base chains of a dormant table.</summary>
    public bool IsDormant { get; init; }

    /// <summary>Evidence id of the listing it was read from.</summary>
    public required string Section { get; init; }

    /// <summary>Not in nftables but in the older kernel tables of <c>iptables-legacy</c> and <c>ebtables-legacy</c>.</summary>
    public bool IsLegacy { get; init; }

    /// <summary>Its chains by name.</summary>
    public required ImmutableDictionary<string, FilterChain> Chains { get; init; }
}

/// <summary>A chain of rules.</summary>
public sealed record FilterChain
{
    /// <summary>Name.</summary>
    public required string Name { get; init; }

    /// <summary>Its hook when it is a base chain that frames can meet.</summary>
    public FilterHook? Hook { get; init; }

    /// <summary><c>filter</c>, <c>nat</c> or <c>route</c>; a <c>nat</c> chain sees only the first frame of a tracked flow.</summary>
    public string Type { get; init; } = "filter";

    /// <summary>Order among the base chains of a hook, lowest first.</summary>
    public int Priority { get; init; }

    /// <summary>What happens at its end when it is a base chain.</summary>
    public FilterPolicy Policy { get; init; }

    /// <summary>Packets that met the policy, where the tool counts them.</summary>
    public long? PolicyPackets { get; init; }

    /// <summary>Devices of an ingress or egress chain; empty when the listing does not tell.</summary>
    public ImmutableArray<string> Devices { get; init; } = [];

    /// <summary>Rules in order.</summary>
    public required ImmutableArray<FilterRule> Rules { get; init; }
}

/// <summary>One rule of a chain.</summary>
public sealed record FilterRule
{
    /// <summary>Handle by which nftables deletes it; <see langword="null"/> for the older tools.</summary>
    public long? Handle { get; init; }

    /// <summary>The rule as its tool prints it.</summary>
    public required string Text { get; init; }

    /// <summary>Frames counted by the rule, where it counts.</summary>
    public long? Packets { get; init; }

    /// <summary>What it does, in order.</summary>
    public required ImmutableArray<RuleStep> Steps { get; init; }

    /// <summary>nftables shows a part of the rule only as the name of an iptables or ebtables extension; the rest is in the save format of that tool.</summary>
    public bool NeedsSaveFormat { get; init; }
}
