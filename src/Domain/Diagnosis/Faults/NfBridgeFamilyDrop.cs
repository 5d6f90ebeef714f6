using System.Collections.Immutable;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.FramePath;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// A filter of the bridge itself, nftables family bridge or ebtables, drops the guests' DHCP; the sysctls of br_netfilter have no part in it.
/// Source: catalogue nf.bridge-family-drop; sos report/plugins/firewall_tables.py.
/// </summary>
public static class NfBridgeFamilyDrop
{
    /// <summary>Fault id.</summary>
    public const string Id = "nf.bridge-family-drop";

    private static FaultArticle Article { get; } = new()
    {
        What = "A filter of the bridge itself, nftables family bridge or ebtables, drops the guests' frames whatever the br_netfilter switches say.",
        DecidedBy = "A chain of family bridge on the frame's way drops it by a rule or its policy; chains of libvirt or the Proxmox firewall belong to their owners.",
        ConfusedWith = ["nf.forward-drop-on-bridge", "nf.nwfilter-drop", "nf.netdev-or-tc-drop", "bridge.port-flags"],
        RepairedBy = "The one rule is deleted by its handle, or the policy set to accept; what wrote the rule has to be changed so that it stays away.",
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = DiagnosisRule.OverTopology(Id, Article, Judge);

    private static Verdict Judge(HostView view, HostTopology topology)
    {
        return Verdict.Join(
            from bridge in topology.Bridges
            where !GuestHome.GuestsFor(view, topology, bridge).IsEmpty && !bridge.WaysOut.IsEmpty
            select Judge(view, bridge, GuestPath.Of(view, topology, bridge), Firewall.Read(view).Gaps));
    }

    private static Verdict Judge(HostView view, GuestBridge bridge, ImmutableArray<GuestPath> paths, ImmutableArray<FirewallGap> gaps)
    {
        var others = new List<Verdict>();
        var own = FilterVerdicts.Of(Id, bridge, PathLayer.Bridge, paths, gaps, (finding, by) =>
        {
            if (FilterOwner.OfGuestFilter(by.Chain) is { } owner)
            {
                others.Add(Others(finding, by, owner));
                return null;
            }

            return finding with { Repair = Repair(by, by.IsLegacy || IsOfEbtables(view, by)) };
        });
        var all = Verdict.Join([own, .. others]);
        var passes = others.Count == 0 && all is { Findings.IsEmpty: true, Undecided.IsEmpty: true } && paths.Any(path => path.Discover.Stations.Any(station => station.Layer == PathLayer.Bridge));
        return passes ? Verdict.Ruled(Id, $"the bridge family has chains, but they let DHCP pass on {bridge.Name}") : all;
    }

    private static string Repair(DropPoint by, bool byEbtables) => (byEbtables, by.IsPolicy) switch
    {
        (false, false) => "nf/delete-bridge-rule",
        (false, true) => "nf/accept-policy",
        (true, false) => "nf/delete-ebtables-rule",
        (true, true) => "nf/accept-ebtables-policy",
    };

    /// <summary>A table that ebtables lists is changed by ebtables: after nft has written a rule back, ebtables 1.8 can no longer read the table.</summary>
    private static bool IsOfEbtables(HostView view, DropPoint by)
        => view.Optional(EbtablesEvidence.Source)?.Nft.Any(table => table.Name == by.Table && table.Chains.ContainsKey(by.Chain)) == true;

    /// <summary>
    /// A drop in a chain of libvirt is the fault nf.nwfilter-drop, judged there. One of another owner is rejected here; the question stays open, so that nobody reads healthy.
    /// </summary>
    private static Verdict Others(Finding finding, DropPoint by, string owner)
    {
        var belongs = $"{finding.Summary}, and that chain belongs to {owner}";
        return new([], [new(Id, $"{belongs}: it is repaired there")], owner == FilterOwner.Libvirt ? [] : [new(Id, by.Section, belongs)]);
    }
}
