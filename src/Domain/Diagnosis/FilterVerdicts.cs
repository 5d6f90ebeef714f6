using System.Collections.Immutable;
using System.Globalization;
using ChatOpsBot.Domain.FramePath;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis;

/// <summary>Turns what filters do to guests' DHCP exchanges into findings; shared by the rules about filters.</summary>
internal static class FilterVerdicts
{
    /// <summary>
    /// The verdict of one layer for one bridge. One rule that cuts off every guest of the bridge is one finding about the bridge, else there is
    /// one per guest. Without a certain drop, what was not understood or not read leaves the question open.
    /// </summary>
    /// <param name="id">Fault id of the rule.</param>
    /// <param name="bridge">The bridge.</param>
    /// <param name="layer">The layer that the rule is about.</param>
    /// <param name="paths">The guests' exchanges.</param>
    /// <param name="gaps">Parts of the firewall that were not read.</param>
    /// <param name="finding">Completes a finding: reasons before the drop itself, repair or question. <see langword="null"/> leaves it to another fault.</param>
    public static Verdict Of(
        string id, GuestBridge bridge, PathLayer layer, ImmutableArray<GuestPath> paths, IEnumerable<FirewallGap> gaps, Func<Finding, DropPoint, Finding?> finding)
    {
        var ends = paths.Select(path => (path.Guest, End: path.EndIn(layer))).ToArray();
        var findings = new List<Finding?>();
        var cuts = from entry in ends
                   let cut = CutOf(entry.End)
                   where cut is not null
                   group (entry.Guest, cut.Value.Frame, cut.Value.By, cut.Value.Certainty) by (cut.Value.By.Place, cut.Value.By.Text, cut.Value.Certainty);
        foreach (var group in cuts)
        {
            var (_, frame, by, certainty) = group.First();
            if (group.Count() == ends.Length)
            {
                findings.Add(finding(Draft(id, bridge.Name, bridge.Name, Scope.Bridge, certainty, frame, by), by));
            }
            else
            {
                findings.AddRange(group.Select(cut => finding(Draft(id, cut.Guest.Link.Name, bridge.Name, Scope.Guest, certainty, cut.Frame, cut.By), cut.By)));
            }
        }

        var open = from entry in ends
                   where CutOf(entry.End) is null
                   let unclear = entry.End as GuestPathEnd.Unclear
                   where unclear is not null
                   select new Undecided(id, unclear.At[0].Section, Cap($"{unclear.Frame.Name} of {entry.Guest.Link.Name} may be dropped: {string.Join("; ", unclear.Doubts)}"));
        var unread = from gap in gaps
                     where gap.Layer == layer && ends.Any(entry => CutOf(entry.End) is null)
                     select new Undecided(id, gap.Section, gap.Why);
        return new([.. findings.OfType<Finding>()], [], [.. unread.Distinct(), .. open.Take(3)]);
    }

    /// <summary>The drop as an evidence line, with its counter where one counted.</summary>
    public static EvidenceLine Line(DropPoint by)
    {
        var handle = by.Handle is { } number ? $" handle {number.ToString(CultureInfo.InvariantCulture)}" : "";
        var counted = by.Packets is > 0 and var packets ? $", {packets.ToString(CultureInfo.InvariantCulture)} packets so far" : "";
        return new(by.Section, by.IsPolicy ? $"{by.Place} policy DROP{counted}" : $"{by.Place}{handle}: {by.Text}{counted}");
    }

    /// <summary>How the drop is named in a sentence.</summary>
    public static string Name(DropPoint by) => by.IsPolicy ? $"the policy of {by.Place}" : $"a rule in {by.Place}";

    /// <summary>
    /// A certain drop; or a likely one: where something on the way was not understood, but a rule that itself asks for DHCP's ports has counted frames.
    /// </summary>
    private static (BridgedFrame Frame, DropPoint By, Certainty Certainty)? CutOf(GuestPathEnd end) => end switch
    {
        GuestPathEnd.Cut(var frame, var by) => (frame, by, Certainty.Certain),
        GuestPathEnd.Unclear(var frame, var at, _) when at.FirstOrDefault(point => point is { NamesThePorts: true, Packets: > 0 }) is { } by => (frame, by, Certainty.Likely),
        _ => null,
    };

    private static Finding Draft(string id, string subject, string bridge, Scope scope, Certainty certainty, BridgedFrame frame, DropPoint by) => new()
    {
        Id = id,
        Subject = subject,
        Scope = scope,
        Certainty = certainty,
        Bridge = bridge,
        Risk = Risk.D0,
        Summary = $"{(by.IsPolicy ? "The policy" : "A rule")} of {by.Place} drops the {frame.Name} between {frame.InPort} and {frame.OutPort}"
            + (scope == Scope.Bridge ? $", as for every guest of {bridge}" : "")
            + (frame.IsArp ? ": DHCP passes, but with its lease a guest reaches nobody" : ""),
        Because = [Line(by)],
        Probe = frame.IsArp ? SymptomProbe.GuestArp : SymptomProbe.DhcpAck,
    };

    private static string Cap(string text) => text.Length <= 400 ? text : text[..400] + "...";
}
