using System.Collections.Immutable;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis;

/// <summary>Puts causes before consequences (catalogue, section 3.5).</summary>
public static class Ranking
{
    /// <summary>
    /// Orders findings: roots by certainty (drift from the configuration after all that is at least likely), by how many guests they explain, by how well they fit the engineer's words and what changed of late, from the wire upward, cheapest repair first;
    /// each root is followed by what it explains. What changed is shown with the finding that it suits. Roots that are certain keep the order from the wire upward, in which they are repaired.
    /// </summary>
    /// <param name="findings">What the rules found.</param>
    /// <param name="topology">To count guests; <see langword="null"/> counts each fault alike.</param>
    /// <param name="because">The engineer's words for the symptom.</param>
    /// <param name="changes">What changed of late, the latest first.</param>
    public static ImmutableArray<Finding> Rank(IEnumerable<Finding> findings, HostTopology? topology, string? because = null, ImmutableArray<RecentChange> changes = default)
    {
        var all = findings.Select(finding => Shown(finding, changes)).ToArray();
        var explained = all.Select(finding => (Finding: finding, Root: RootOf(finding, all))).ToArray();
        var roots =
            from pair in explained
            where pair.Root is null
            let finding = pair.Finding
            orderby Weight(finding) descending, GuestsExplained(finding, topology) descending,
                finding.Certainty == Certainty.Certain ? 0 : SymptomWords.Fit(finding.Id, because) descending, finding.Certainty == Certainty.Certain ? 0 : Changed(finding, changes) is null ? 1 : 0, Catalogue.LayerOf(finding.Id), finding.Risk, finding.Subject
            select finding;

        return
        [
            .. from root in roots
               from finding in explained.Where(pair => pair.Root == root)
                   .Select(pair => pair.Finding with { ConsequenceOf = $"{root.Id} {root.Subject}" })
                   .OrderByDescending(finding => finding.Certainty).ThenBy(finding => finding.Subject, StringComparer.Ordinal)
                   .Prepend(root)
               select finding,
        ];
    }

    /// <summary>How soon a root is told: the surest first. That a host runs otherwise than configured explains no guest's silence, however sure it is, so what probably does is told before it.</summary>
    private static int Weight(Finding finding) => (finding.Certainty, finding.Id) switch
    {
        (Certainty.Certain, HostConfigDrift.Id) => 2,
        (Certainty.Certain, _) => 4,
        (Certainty.Likely, HostConfigDrift.Id) => 1,
        (Certainty.Likely, _) => 3,
        _ => 0,
    };

    private static RecentChange? Changed(Finding finding, ImmutableArray<RecentChange> changes) => changes.IsDefault ? null : changes.FirstOrDefault(change => change.Suits(finding));

    private static Finding Shown(Finding finding, ImmutableArray<RecentChange> changes)
        => Changed(finding, changes) is { } change && !finding.Because.Contains(change.Line) ? finding with { Because = finding.Because.Add(change.Line) } : finding;

    /// <summary>The finding at the far end of the causal edges that lead to this one, or <see langword="null"/> when nothing found explains it.</summary>
    private static Finding? RootOf(Finding finding, IReadOnlyList<Finding> all)
    {
        var cause = CauseOf(finding, all);
        var visited = new HashSet<Finding> { finding };
        while (cause is not null && visited.Add(cause) && CauseOf(cause, all) is { } further && !visited.Contains(further))
        {
            cause = further;
        }

        return cause;
    }

    private static Finding? CauseOf(Finding finding, IReadOnlyList<Finding> all)
        => all.FirstOrDefault(cause => CausalGraph.Explains(cause.Id, finding.Id) && Covers(cause, finding));

    /// <summary>A suspect explains nothing that is surer than itself, a guest's fault nothing on its bridge, one bridge's fault nothing on another.</summary>
    private static bool Covers(Finding cause, Finding finding)
        => cause.Certainty >= finding.Certainty
            && cause.Scope >= finding.Scope
            && (cause.Bridge is null || finding.Bridge is null || cause.Bridge == finding.Bridge);

    private static int GuestsExplained(Finding finding, HostTopology? topology) => finding.Scope switch
    {
        Scope.Guest => 1,
        _ when topology is null => 1,
        _ when finding.Bridge is { } bridge => Math.Max(1, topology.GuestPorts.Count(port => port.Link.Master == bridge || port.IntendedBridge == bridge)),
        _ => Math.Max(1, topology.GuestPorts.Length),
    };
}
