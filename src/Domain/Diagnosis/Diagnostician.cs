using System.Collections.Immutable;
using ChatOpsBot.Domain.Diagnosis.Hops;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.FramePath;
using ChatOpsBot.Domain.Hosts;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis;

/// <summary>Asks every rule of the catalogue and ranks what they find. Pure.</summary>
public static class Diagnostician
{
    /// <summary>Guests whose way is followed in search of the cut.</summary>
    private const int MostTraced = 8;
    // The logs are read for two hours back.
    private static readonly TimeSpan s_recent = TimeSpan.FromHours(2);

    /// <summary>Diagnoses one snapshot.</summary>
    /// <param name="snapshot">What was read.</param>
    /// <param name="host">What the inventory says about the host.</param>
    /// <param name="focus">The guest or bridge in question.</param>
    /// <param name="because">The engineer's words for the symptom; they order equals, nothing more.</param>
    /// <param name="history">What is known to have changed besides what the host's own logs say.</param>
    public static Diagnosis Diagnose(HostSnapshot snapshot, HostEntry host, DiagnosisFocus focus, string? because = null, ImmutableArray<RecentChange> history = default)
        => Diagnose(new HostView(snapshot, host) { Focus = focus }, because, history);

    /// <summary>Diagnoses what a view shows, for the guest or bridge that it is about.</summary>
    /// <param name="view">The facts.</param>
    /// <param name="because">The engineer's words for the symptom; they order equals, nothing more.</param>
    /// <param name="history">What is known to have changed besides what the host's own logs say.</param>
    public static Diagnosis Diagnose(HostView view, string? because = null, ImmutableArray<RecentChange> history = default)
    {
        var focus = view.Focus;
        var topology = (view.Topology as FactReading<HostTopology>.Known)?.Value;
        var all = DeadSegment.Apply(view, Verdict.Join(Catalogue.All.Select(rule => rule.Judge(view))));
        var findings = all.Findings
            .Where(finding => InFocus(finding, focus, topology))
            .Select(finding => RaiseRisk(finding, topology));
        var ranked = Ranking.Rank(findings, topology, because, [.. history.IsDefault ? [] : history, .. RecentChange.Read(view, s_recent)]);
        var foundIds = ranked.Select(finding => finding.Id).ToHashSet();

        return new(
            view.Origin.Host,
            view.ObservedAt,
            view.Origin.Duration,
            Answer(ranked, all.Undecided),
            ranked,
            [.. all.Rejected.Where(rejection => !foundIds.Contains(rejection.Id))],
            all.Undecided,
            [
                .. from source in Evidence.Catalogue.All let why = view.WhyMissing(source) where why is not null select new NotRead(source.Id, why),
                .. view.Probes.Unread.Select(probe => new NotRead(probe.Section, probe.Why)),
            ],
            GuestLines(view, topology))
        {
            Path = PathOf(view, topology, ranked, focus),
        };
    }

    /// <summary>The path shows where the primary finding cuts; of several guests that it concerns the first one that is cut off.</summary>
    private static GuestTrace? PathOf(HostView view, HostTopology? topology, ImmutableArray<Finding> findings, DiagnosisFocus focus)
    {
        if (topology is null || findings.IsEmpty || findings[0] is not { } primary)
        {
            return null;
        }

        var concerned = topology.GuestPorts
            .Where(port => focus.Guest is null || port.Guest == focus.Guest || port.Link.Name == focus.Guest)
            .Where(port => primary.Scope switch
            {
                Scope.Guest => primary.Subject == port.Link.Name || primary.Subject == port.Mac || primary.Subject == port.Guest,
                Scope.Host => true,
                _ => primary.Bridge is null || port.Link.Master == primary.Bridge || port.IntendedBridge == primary.Bridge,
            })
            .Take(MostTraced)
            .ToArray();
        return concerned.Select(port => GuestTracer.Of(view, topology, port)).OrderByDescending(trace => trace.Verdict == HopVerdict.Stops).FirstOrDefault();
    }

    private static OverallVerdict Answer(ImmutableArray<Finding> findings, ImmutableArray<Undecided> undecided)
    {
        if (findings.Any(finding => finding.Certainty >= Certainty.Likely))
        {
            return OverallVerdict.Fault;
        }

        return findings.IsEmpty && undecided.IsEmpty ? OverallVerdict.Healthy : OverallVerdict.Inconclusive;
    }

    /// <summary>A question about one guest keeps what concerns it, its bridge and the host; other guests' own faults are left out.</summary>
    private static bool InFocus(Finding finding, DiagnosisFocus focus, HostTopology? topology)
    {
        if (focus.Guest is { } name)
        {
            var port = topology?.GuestPorts.FirstOrDefault(candidate => candidate.Guest == name || candidate.Link.Name == name);
            return finding.Scope == Scope.Host || port is null || finding.Subject == port.Link.Name || finding.Subject == port.Mac
                || (finding.Scope != Scope.Guest && (finding.Bridge == port.Link.Master || finding.Bridge == port.IntendedBridge));
        }

        return focus.Bridge is null || finding.Bridge is null || finding.Bridge == focus.Bridge;
    }

    /// <summary>A repair that touches a link of our own session can cut us off (design, section 8): D3, also when the session's links are unknown.</summary>
    private static Finding RaiseRisk(Finding finding, HostTopology? topology)
        => finding.Touches.Any(link => topology?.SessionLinks is not { } session || session.Contains(link)) ? finding with { Risk = Risk.D3 } : finding;

    private static ImmutableArray<GuestLine> GuestLines(HostView view, HostTopology? topology)
    {
        var neighbours = view.Optional(NeighbourEvidence.Source)?.Entries ?? [];
        var switches = view.Optional(OvsEvidence.Source);
        return
        [
            .. from port in topology?.GuestPorts ?? []
               select new GuestLine(port.Guest, port.Link.Name, switches?.BridgeOf(port.Link.Name)?.Name ?? port.Link.Master, port.Mac, AddressOf(neighbours, port.Mac)),
        ];
    }

    /// <summary>What the host's own neighbour table knows; IPv4 first, as that is what people look for.</summary>
    private static string? AddressOf(ImmutableArray<Neighbour> neighbours, string? mac)
        => mac is null ? null : neighbours
            .Where(neighbour => neighbour.Mac == mac && !neighbour.States.Contains("FAILED"))
            .OrderBy(neighbour => neighbour.Address.Contains(':'))
            .Select(neighbour => neighbour.Address)
            .FirstOrDefault();
}
