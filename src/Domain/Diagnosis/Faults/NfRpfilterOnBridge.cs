using ChatOpsBot.Domain.FramePath;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// br_netfilter shows bridged frames to a reverse-path filter in prerouting, and the host has no route back to their sender over the bridge: a host whose
/// bridge has no address in the guests' subnet drops the answers. The sysctl rp_filter is another thing: it never sees bridged frames.
/// Source: catalogue nf.rpfilter-on-bridge; torvalds/linux net/ipv4/netfilter/nft_fib_ipv4.c and ipt_rpfilter.c; firewalld.conf manual (IPv6_rpfilter).
/// </summary>
public static class NfRpfilterOnBridge
{
    /// <summary>Fault id.</summary>
    public const string Id = "nf.rpfilter-on-bridge";

    private static FaultArticle Article { get; } = new()
    {
        What = "br_netfilter shows bridged frames to a reverse-path filter, and the host has no route back to the sender over the bridge: answers to guests are dropped.",
        DecidedBy = "bridge-nf-call-iptables is on, a prerouting chain drops what `fib saddr . iif oif missing` or `-m rpfilter --invert` matches, and no IPv4 route of the host leads over the bridge.",
        ConfusedWith = ["nf.forward-drop-on-bridge", "dhcp.no-answer", "addr.wrong-subnet-or-gateway"],
        RepairedBy = "bridge-nf-call-iptables goes to 0, or the bridge is exempted from the filter (iifname BRIDGE accept before it). With firewalld: IPv6_rpfilter=loose or no. The sysctl rp_filter has no part in it.",
        Messages = ["rpfilter_DROP"],
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = DiagnosisRule.OverTopology(Id, Article, (view, topology) => Verdict.Join(
        from bridge in topology.Bridges
        where !GuestHome.GuestsFor(view, topology, bridge).IsEmpty && !bridge.WaysOut.IsEmpty
        select Judge(view, topology, bridge)));

    private static Verdict Judge(HostView view, HostTopology topology, GuestBridge bridge)
    {
        var lending = Firewall.LendingOf(view, bridge);
        var firewall = Firewall.Read(view);
        var filters = firewall.Tables.Any(table => table.Family is FilterFamily.Ip or FilterFamily.Inet && table.Chains.Values.Any(chain => chain.Rules.Any(AsksForRouteBack)));
        if (!filters)
        {
            return Verdict.Clear;
        }

        if (lending.Ipv4 != LendingState.On)
        {
            return lending.Ipv4 == LendingState.Off
                ? Verdict.Ruled(Id, $"a reverse-path filter is there, but bridge-nf-call-iptables is 0 for {bridge.Name}, so it does not see frames between ports")
                : Verdict.CannotTell(Id, "e.sysctl", "a reverse-path filter is there, and whether it sees bridged frames was not read");
        }

        // What is not certain here is left open by nf.forward-drop-on-bridge, which judges the same chains.
        var verdict = FilterVerdicts.Of(Id, bridge, PathLayer.Ip, GuestPath.Of(view, topology, bridge), [], (finding, by) => by.AsksForRouteBack ? Complete(firewall, bridge, finding) : null);
        return verdict.Findings.IsEmpty
            ? GuestPath.RouteBackOver(view, bridge) == true ? Verdict.Ruled(Id, $"a reverse-path filter sees {bridge.Name}'s frames, but the host's route back leads over {bridge.Name}") : Verdict.Clear
            : verdict with { Undecided = [] };
    }

    private static Finding Complete(Firewall firewall, GuestBridge bridge, Finding finding)
    {
        var completed = finding with
        {
            Summary = $"A reverse-path filter drops the answers to {finding.Subject}'s guests: the host has no route back over {bridge.Name}",
            Because =
            [
                new("e.sysctl", "bridge-nf-call-iptables=1"),
                .. finding.Because,
                new("e.route", $"{bridge.Name}: no IPv4 route leads over it"),
            ],
        };
        completed = finding.Scope == Scope.Bridge ? completed : completed with { Summary = $"A reverse-path filter drops the answers to {finding.Subject}: the host has no route back over {bridge.Name}" };
        var needed = FilterOwner.GuestFilterOn(firewall.Tables) ?? FilterOwner.ContainerEngineOn(firewall.Tables);
        return needed is null
            ? completed with { Repair = "nf/stop-filtering-bridged-frames" }
            : completed with { Question = $"{needed} needs bridged frames to be filtered. Who owns the reverse-path filter, and may it exempt {bridge.Name} (iifname {bridge.Name} accept before it)?" };
    }

    private static bool AsksForRouteBack(FilterRule rule) => rule.Steps.Any(step => step is RuleStep.Test(var condition) && Asks(condition));

    private static bool Asks(Condition condition) => condition switch
    {
        Condition.Compare { Left: Expression.Field { What: FrameField.RouteBack } } => true,
        Condition.Negation(var of) => Asks(of),
        Condition.All(var of) => of.Any(Asks),
        _ => false,
    };
}
