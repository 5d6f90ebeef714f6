using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.FramePath;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// br_netfilter lends bridged frames to the IP filters, and those drop the guests' DHCP: since Docker, Kubernetes, ufw or firewalld came, ARP works and IP does not.
/// Source: catalogue nf.forward-drop-on-bridge; wiki.libvirt.org Net.bridge.bridge-nf-call_and_sysctl.conf; moby issues 50566 and 48365.
/// </summary>
public static class NfForwardDropOnBridge
{
    /// <summary>Fault id.</summary>
    public const string Id = "nf.forward-drop-on-bridge";

    /// <summary>Sysctl off; fits a host on which nothing needs bridged frames to be filtered.</summary>
    private const string StopFiltering = "nf/stop-filtering-bridged-frames";

    /// <summary>One rule in front, in DOCKER-USER where Docker is; keeps the containers' isolation.</summary>
    private const string AcceptFrames = "nf/accept-bridged-frames";

    private static FaultArticle Article { get; } = new()
    {
        What = "br_netfilter lends bridged frames to the IP filters, and those drop the guests' traffic: ARP works and IP does not, often since Docker, Kubernetes, ufw or firewalld came.",
        DecidedBy = "bridge-nf-call-iptables is 1 for the bridge or for the host, and the forward chain of ip or inet drops UDP 67 or 68 by rule or policy. Without br_netfilter the FORWARD policy has no part in it.",
        ConfusedWith = ["nf.bridge-family-drop", "nf.rpfilter-on-bridge", "dhcp.no-answer"],
        RepairedBy = "Without a container engine bridge-nf-call-iptables goes to 0; with one, a rule accepts bridged frames. Never modprobe br_netfilter: loading it switches this filtering on.",
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = DiagnosisRule.OverTopology(Id, Article, (view, topology) =>
    {
        var firewall = new Lazy<Firewall>(() => Firewall.Read(view));
        return Verdict.Join(
            from bridge in topology.Bridges
            where !GuestHome.GuestsFor(view, topology, bridge).IsEmpty && !bridge.WaysOut.IsEmpty
            select Judge(view, topology, bridge, firewall.Value));
    });

    private static Verdict Judge(HostView view, HostTopology topology, GuestBridge bridge, Firewall firewall)
    {
        var lending = Firewall.LendingOf(view, bridge);
        if (lending.Ipv4 == LendingState.Off)
        {
            return Excluded(view, topology, bridge, firewall);
        }

        // While the switches are unknown, an answer that holds for both positions is still one.
        var paths = GuestPath.Of(view, topology, bridge, firewall.Tables, lending with { Ipv4 = LendingState.On });
        if (lending.Ipv4 == LendingState.Unknown)
        {
            var isOpen = paths.All(path => path.EndIn(PathLayer.Ip) is GuestPathEnd.Open) && firewall.Gaps.All(gap => gap.Layer != PathLayer.Ip);
            return isOpen ? Verdict.Clear : Verdict.CannotTell(Id, "e.sysctl", WhyUnknown(view));
        }

        // A filter on the way back to the sender is a fault of its own.
        var verdict = FilterVerdicts.Of(Id, bridge, PathLayer.Ip, paths, firewall.Gaps, (finding, by) => by.AsksForRouteBack ? null : Complete(view, bridge, firewall, finding, by));
        return verdict is { Findings.IsEmpty: true, Undecided.IsEmpty: true } && HasChains(paths) && paths.All(path => path.EndIn(PathLayer.Ip) is GuestPathEnd.Open)
            ? Verdict.Ruled(Id, $"the IP filters see {bridge.Name}'s frames but let DHCP pass")
            : verdict;
    }

    /// <summary>The look-alike: the IP filters would drop the frames but never see them.</summary>
    private static Verdict Excluded(HostView view, HostTopology topology, GuestBridge bridge, Firewall firewall)
    {
        var would = GuestPath.Of(view, topology, bridge, [.. firewall.Tables.Where(table => table.Family is FilterFamily.Ip or FilterFamily.Inet)], FrameLending.On)
            .Select(path => path.EndIn(PathLayer.Ip)).OfType<GuestPathEnd.Cut>().FirstOrDefault();
        if (would is null)
        {
            return Verdict.Clear;
        }

        var why = view.Read(SysctlEvidence.Source) is FactReading<SysctlFacts>.Known { Value.BridgeNetfilter: BridgeNetfilter.Active }
            ? $"bridge-nf-call-iptables is 0 and {bridge.Name}'s own switch is off"
            : "br_netfilter is not there";
        return Verdict.Ruled(Id, $"{FilterVerdicts.Name(would.By)} drops, but {why}, so frames between ports never get there");
    }

    private static Finding Complete(HostView view, GuestBridge bridge, Firewall firewall, Finding finding, DropPoint by)
    {
        var completed = finding with { Because = [.. Switches(view, bridge), .. finding.Because] };
        if (FilterOwner.OfGuestFilter(by.Chain) is { } owner)
        {
            return completed with { Question = $"{by.Place} belongs to {owner}: is this guest meant to be kept from DHCP, and who may change that there?" };
        }

        var dependent = FilterOwner.GuestFilterOn(firewall.Tables);
        var engine = FilterOwner.ContainerEngineOn(firewall.Tables);
        return (dependent, engine, by) switch
        {
            (null, null, _) => completed with { Repair = StopFiltering },
            (null, _, { Hook: FilterHook.Forward, Family: FilterFamily.Ip, Table: "filter" }) => completed with { Repair = AcceptFrames },
            (null, _, _) => completed with { Question = $"{engine} needs bridged frames to be filtered, and {by.Place} is not its chain: who owns it and may let frames of {bridge.Name} pass?" },
            _ => completed with { Question = $"{dependent} filters guests through the same switch: who may let frames of {bridge.Name} pass {by.Place}?" },
        };
    }

    private static IEnumerable<EvidenceLine> Switches(HostView view, GuestBridge bridge)
    {
        if (view.Read(SysctlEvidence.Source) is FactReading<SysctlFacts>.Known { Value.BridgeNetfilter: BridgeNetfilter.Active { CallIptables: true } })
        {
            yield return new("e.sysctl", "bridge-nf-call-iptables=1");
        }

        if (bridge.Link.Bridge?.NfCallIptables == true)
        {
            yield return new("e.link", $"{bridge.Name}: nf_call_iptables 1");
        }
    }

    private static string WhyUnknown(HostView view) => view.Read(SysctlEvidence.Source) switch
    {
        FactReading<SysctlFacts>.Missing(var reason) => reason,
        FactReading<SysctlFacts>.Known { Value.BridgeNetfilter: BridgeNetfilter.Unknown(var why) } => why,
        _ => "whether the IP filters see bridged frames could not be read",
    };

    private static bool HasChains(IEnumerable<GuestPath> paths) => paths.Any(path => path.Discover.Stations.Any(station => station.Layer == PathLayer.Ip));
}
