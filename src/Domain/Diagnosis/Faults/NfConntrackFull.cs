using System.Globalization;
using System.Text.RegularExpressions;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.FramePath;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// The connection tracking table is full: what is known goes on, new connections and DHCP requests are dropped. Bridged guests suffer only while
/// br_netfilter lends their frames to the IP filters.
/// Source: catalogue nf.conntrack-full; torvalds/linux net/netfilter/nf_conntrack_core.c (newer kernels add "in netns N" to the message).
/// </summary>
public static partial class NfConntrackFull
{
    /// <summary>Fault id.</summary>
    public const string Id = "nf.conntrack-full";

    /// <summary>From here on the table is as good as full: bursts drop packets.</summary>
    private const double FullFrom = 0.98;

    /// <summary>Below this share a recent message is history.</summary>
    private const double LowBelow = 0.8;

    /// <summary>Messages older than this say nothing about now.</summary>
    private static readonly TimeSpan s_recent = TimeSpan.FromMinutes(10);

    private static FaultArticle Article { get; } = new()
    {
        What = "The connection tracking table is full: existing flows live on, new ones and DHCP requests are dropped.",
        DecidedBy = "nf_conntrack_count is at 98 % of nf_conntrack_max or more, or the kernel said in the last ten minutes that it drops packets, and br_netfilter shows bridged frames to the IP filters.",
        ConfusedWith = ["nf.forward-drop-on-bridge", "nic.link-errors", "kernel.table-limit"],
        RepairedBy = "net.netfilter.nf_conntrack_max is doubled (a few hundred bytes of memory each). Better: bridge-nf-call-iptables 0, or NOTRACK for bridged frames. A sysctl file has to keep it.",
        Messages = ["nf_conntrack: table full, dropping packet", "nf_conntrack: nf_conntrack: table full", "nf_conntrack: table full in netns", "ip_conntrack: table full"],
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = DiagnosisRule.OverTopology(Id, Article, Judge);

    private static Verdict Judge(HostView view, HostTopology topology)
    {
        var bridges = topology.Bridges.Where(bridge => topology.GuestsOf(bridge).Any()).ToArray();
        var facts = view.Optional(SysctlEvidence.Source);
        var full = facts is { ConntrackCount: { } count, ConntrackMax: > 0 and { } most } && count >= most * FullFrom;
        var message = bridges.Length == 0 || (!full && IsLowNow(facts)) ? null : LastMessage(view);
        if (bridges.Length == 0 || (!full && message is null))
        {
            return Verdict.Clear;
        }

        var states = bridges.Select(bridge => (Bridge: bridge, Firewall.LendingOf(view, bridge).Ipv4)).ToArray();
        var hit = states.Where(state => state.Ipv4 == LendingState.On).Select(state => state.Bridge).ToArray();
        if (hit.Length == 0)
        {
            return states.Any(state => state.Ipv4 == LendingState.Unknown)
                ? Verdict.CannotTell(Id, "e.sysctl", "the connection tracking table is full, and whether bridged frames are tracked was not read")
                : Verdict.Ruled(Id, "the connection tracking table is full, but bridge-nf-call-iptables is 0, so bridged frames are not tracked");
        }

        return Verdict.From([Found(facts, full, message, hit)]);
    }

    /// <summary>A table with room again drops nothing now; the message may also come from another network namespace of the same kernel.</summary>
    private static bool IsLowNow(SysctlFacts? facts) => facts is { ConntrackCount: { } count, ConntrackMax: > 0 and { } most } && count < most * LowBelow;

    private static Finding Found(SysctlFacts? facts, bool full, string? message, GuestBridge[] hit)
    {
        var fill = $"nf_conntrack_count {Number(facts?.ConntrackCount)} of nf_conntrack_max {Number(facts?.ConntrackMax)}";
        return new()
        {
            Id = Id,
            Subject = "nf_conntrack_max",
            Bridge = hit is [var only] ? only.Name : null,
            Scope = Scope.Host,
            Certainty = full ? Certainty.Certain : Certainty.Likely,
            Summary = full
                ? $"The connection tracking table is full ({Number(facts?.ConntrackCount)} of {Number(facts?.ConntrackMax)}): new flows of guests are dropped"
                : "The connection tracking table was full minutes ago and dropped packets of guests",
            Because =
            [
                new("e.sysctl", fill),
                .. message is null ? [] : new EvidenceLine[] { new("e.klog", message) },
                new("e.sysctl", $"IP filters see frames of {string.Join(", ", hit.Select(bridge => bridge.Name))}"),
            ],
            Repair = "nf/raise-conntrack-max",
            Risk = Risk.D0,
        };
    }

    /// <summary>The kernel says so at most every few seconds. A message whose time is not known counts as old.</summary>
    private static string? LastMessage(HostView view)
    {
        if (view.Optional(KernelLogEvidence.Source) is not { } log)
        {
            return null;
        }

        var uptime = view.Optional(SelfEvidence.Source)?.UptimeSeconds;
        return log.Entries.LastOrDefault(entry => TableFull().IsMatch(entry.Message)
            && (entry.At is { } at ? view.ObservedAt - at <= s_recent : entry.UptimeSeconds is { } seconds && uptime is { } now && now - seconds <= s_recent.TotalSeconds))?.Message;
    }

    private static string Number(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "unknown";

    [GeneratedRegex("(?:nf|ip)_conntrack: .*table full.*dropping packet", RegexOptions.None, 1000)]
    private static partial Regex TableFull();
}
