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

    /// <summary>The fault that filters of libvirt are: another id, since their repair is another.</summary>
    private const string NetworkFilterId = "nf.nwfilter-drop";

    /// <summary>The fault that filters of a single device are.</summary>
    private const string DeviceFilterId = "nf.netdev-or-tc-drop";

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
        var firewall = new Lazy<Firewall>(() => Firewall.Read(view));
        return Verdict.Join(
            from bridge in topology.Bridges
            where topology.GuestsOf(bridge).Any() && !bridge.WaysOut.IsEmpty
            select Judge(view, bridge, GuestPath.Of(view, topology, bridge, firewall.Value.Tables, Firewall.LendingOf(view, bridge)), firewall.Value.Gaps));
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
        var all = Verdict.Join([own, .. others, Devices(paths)]);
        var passes = all is { Findings.IsEmpty: true, Undecided.IsEmpty: true } && paths.Any(path => path.Discover.Stations.Any(station => station.Layer == PathLayer.Bridge));
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

    /// <summary>A drop in a chain of libvirt or Proxmox is rejected here; the question stays open under the fault that it is, so that nobody reads healthy.</summary>
    private static Verdict Others(Finding finding, DropPoint by, string owner)
    {
        var id = owner.StartsWith("libvirt", StringComparison.Ordinal) ? NetworkFilterId : Id;
        var belongs = $"{finding.Summary}, and that chain belongs to {owner}";
        return new([], [new(Id, $"{belongs}: it is repaired there")], [new(id, by.Section, belongs)]);
    }

    /// <summary>A drop on a device, before or behind the bridge, is another fault; until that is judged on its own it must not pass for healthy.</summary>
    private static Verdict Devices(ImmutableArray<GuestPath> paths)
    {
        foreach (var path in paths)
        {
            switch (path.EndIn(PathLayer.Device))
            {
                case GuestPathEnd.Cut(var frame, var by):
                    return new([], [], [new(DeviceFilterId, by.Section, $"{FilterVerdicts.Name(by)} drops the {frame.Name} on a device: {FilterVerdicts.Line(by).Text}")]);
                case GuestPathEnd.Unclear(var frame, var at, var doubts):
                    return new([], [], [new(DeviceFilterId, at[0].Section, $"a filter on a device may drop the {frame.Name}: {doubts[0]}")]);
            }
        }

        return Verdict.Clear;
    }
}
