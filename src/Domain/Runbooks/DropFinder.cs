using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Domain.FramePath;

namespace ChatOpsBot.Domain.Runbooks;

/// <summary>Finds the place that a finding of the filter rules is about: the one whose evidence line the finding shows.</summary>
internal static class DropFinder
{
    /// <summary>The drop, or <see langword="null"/> when the snapshot is not the one the finding was made from.</summary>
    public static DropPoint? Find(FactContext context, Finding finding)
    {
        if (context.Topology.AllBridges.FirstOrDefault(candidate => candidate.Name == finding.Bridge) is not { } bridge)
        {
            return null;
        }

        if (finding.Id == NfHostDhcpBlocked.Id)
        {
            return NfHostDhcpBlocked.DropOf(context.View, context.Topology, bridge);
        }

        var lending = Firewall.LendingOf(context.View, bridge);
        var paths = GuestPath.Of(context.View, context.Topology, bridge, context.Firewall.Tables, lending with { Ipv4 = lending.Ipv4 == LendingState.Off ? LendingState.Off : LendingState.On });
        return paths.SelectMany(path => new[] { path.EndIn(PathLayer.Device), path.EndIn(PathLayer.Bridge), path.EndIn(PathLayer.Ip) }).SelectMany(DropsOf)
            .FirstOrDefault(drop => finding.Because.Contains(FilterVerdicts.Line(drop)));
    }

    private static IEnumerable<DropPoint> DropsOf(GuestPathEnd end) => end switch
    {
        GuestPathEnd.Cut(_, var drop) => [drop],
        GuestPathEnd.Unclear(_, var drops, _) => drops,
        _ => [],
    };
}
