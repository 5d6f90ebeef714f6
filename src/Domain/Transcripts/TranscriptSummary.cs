using System.Collections.Immutable;
using System.Globalization;
using ChatOpsBot.Domain.Cards;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Incidents;

namespace ChatOpsBot.Domain.Transcripts;

/// <summary>One line of the opening that a manager reads.</summary>
/// <param name="Label">What it tells.</param>
/// <param name="Text">The answer. May hold text from the host: the renderer makes it harmless.</param>
public sealed record SummaryLine(string Label, string Text);

/// <summary>The ten lines at the top of a transcript.</summary>
public static class TranscriptSummary
{
    /// <summary>What was wrong, since when, who asked and approved, what was changed, how it was proved, how long it took. Always the same ten lines.</summary>
    public static ImmutableArray<SummaryLine> Of(Transcript transcript)
    {
        var incident = transcript.Fold();
        var events = transcript.Events.Select(stored => stored.Read()).ToImmutableArray();
        var span = Durations(events);
        return
        [
            new("Incident", $"{incident.Id} on host {incident.Request.Host}: {incident.State.Name}"),
            new("What was wrong", WhatWasWrong(events)),
            new("Since", SinceWhen(incident, events)),
            new("Asked by", $"{incident.OpenedBy} at {Show(incident.OpenedAt)}{Words(events)}{Also(incident, events)}"),
            new("Decided by", DecidedBy(events)),
            new("What was changed", WhatWasChanged(incident, events)),
            new("How it was proved", HowProved(incident, events)),
            new("How it ended", HowItEnded(incident)),
            new("Durations", $"diagnose {Show(span.Diagnose)}, decide {Show(span.Decide)}, repair {Show(span.Repair)}; {InAll(incident)}"),
            new("Record", $"{transcript.Events.Length} events, head {transcript.ShortHead}, {(transcript.Signature is { } signature ? $"signed by key {signature.Key[..Math.Min(16, signature.Key.Length)]}" : "not signed")}"),
        ];
    }

    private static string WhatWasWrong(ImmutableArray<IncidentEvent> events)
    {
        var diagnoses = events.OfType<IncidentEvent.Observed>().Select(e => e.Diagnosis).ToArray();
        var found = diagnoses
            .SelectMany(diagnosis => diagnosis.Findings)
            .Where(finding => finding is { ConsequenceOf: null, Certainty: >= Certainty.Likely })
            .Select(finding => $"{finding.Summary} ({finding.Id})")
            .Distinct()
            .ToArray();
        return (found, diagnoses) switch
        {
            ([], []) => "not known: the host was not read",
            ([], [.., { Verdict: OverallVerdict.Healthy }]) => "nothing",
            ([], [.., { Verdict: OverallVerdict.Unreachable }]) => "the host could not be read",
            ([], _) => "could not be told",
            _ => string.Join("; ", found),
        };
    }

    /// <summary>A snapshot shows that something is wrong, not since when; so this is the latest moment at which it can have begun.</summary>
    private static string SinceWhen(Incident incident, ImmutableArray<IncidentEvent> events)
        => (events.OfType<IncidentEvent.Observed>().FirstOrDefault(e => e.Diagnosis.Verdict == OverallVerdict.Fault), incident.EndedAt) switch
        {
            ({ } seen, { } end) => $"at least {Show(seen.Diagnosis.ObservedAt)}, when it was first seen; ended {Show(end)}",
            ({ } seen, null) => $"at least {Show(seen.Diagnosis.ObservedAt)}, when it was first seen; still open",
            (null, { } end) => $"not seen; ended {Show(end)}",
            _ => "not seen; still open",
        };

    private static string Words(ImmutableArray<IncidentEvent> events)
        => events.OfType<IncidentEvent.Opened>().FirstOrDefault()?.Request.Because is { Length: > 0 } because ? $", because \"{because}\"" : "";

    private static string InAll(Incident incident) => incident.EndedAt is { } end ? $"{Show(end - incident.OpenedAt)} in all" : "not ended";

    private static string Also(Incident incident, ImmutableArray<IncidentEvent> events)
    {
        var others = events
            .Where(e => e is IncidentEvent.Joined or IncidentEvent.RecheckRequested or IncidentEvent.RunRequested)
            .Select(e => e.Person?.Value)
            .Where(person => person is not null && person != incident.OpenedBy.Value)
            .Distinct()
            .ToArray();
        return others.Length == 0 ? "" : $"; also {string.Join(", ", others)}";
    }

    private static string DecidedBy(ImmutableArray<IncidentEvent> events)
    {
        var decisions = events.Select(e => e switch
        {
            IncidentEvent.Approved approved => $"{approved.By} approved at {Show(approved.At)}",
            IncidentEvent.GlassBroken broken => $"{broken.By} broke the glass at {Show(broken.At)}{Reason(broken.Reason)}",
            IncidentEvent.GlassReviewed reviewed => $"{reviewed.By} reviewed it at {Show(reviewed.At)}{Reason(reviewed.Text)}",
            IncidentEvent.Denied denied => $"{denied.By} declined at {Show(denied.At)}{Reason(denied.Reason)}",
            IncidentEvent.CancelRequested cancelled => $"{cancelled.By} cancelled at {Show(cancelled.At)}{Reason(cancelled.Reason)}",
            _ => null,
        }).Where(line => line is not null).ToArray();
        return decisions.Length == 0 ? "nobody" : string.Join(", ", decisions);
    }

    private static string Reason(string? reason) => string.IsNullOrWhiteSpace(reason) ? "" : $" (\"{reason}\")";

    private static string WhatWasChanged(Incident incident, ImmutableArray<IncidentEvent> events)
    {
        var kept = incident.Committed.Select(repair => $"{string.Join(", ", repair.Plan.Steps.Select(step => step.Name))} ({repair.Plan.Runbook})").ToArray();
        var last = events.OfType<IncidentEvent.PlanProposed>().LastOrDefault(e => e.Plan.Probes is null)?.Plan.Runbook;
        return incident.State switch
        {
            IncidentState.Ended { End: IncidentEnd.RevertFailed } => $"{Join(kept)}{last} was not fully taken back: the host needs a human",
            IncidentState.Ended { End: IncidentEnd.Reverted } => $"{Join(kept)}{last} was tried and taken back, so nothing is left of it",
            _ when kept.Length == 0 => incident.State is IncidentState.Ended or IncidentState.Escalated or IncidentState.AwaitingApproval or IncidentState.Observing ? "nothing" : $"nothing is kept yet of {last}",
            _ => string.Join("; ", kept) + Stays(incident),
        };
    }

    private static string Stays(Incident incident)
        => MakeStay.Of(incident) is [_, ..] offers ? $". It holds until the next reboot; to make it stay: {string.Join("; ", offers.Select(offer => offer.Command(incident.Request.Host)))}" : "";

    private static string Join(string[] kept) => kept.Length == 0 ? "" : $"{string.Join("; ", kept)}; ";

    private static string HowProved(Incident incident, ImmutableArray<IncidentEvent> events)
    {
        var proofs = events.SelectMany(e => e switch
        {
            IncidentEvent.Verified verified => verified.Proofs.Select(proof => $"{proof.What}: {(proof.Passed ? "passed" : "did not pass")}"),
            IncidentEvent.AckSeen seen => [$"then seen: {seen.Evidence}"],
            _ => Enumerable.Empty<string>(),
        }).Distinct().ToArray();
        return proofs switch
        {
            [] when incident.Committed.IsEmpty => "nothing had to be proved",
            [] => "not proved",
            _ => string.Join("; ", proofs),
        };
    }

    private static string HowItEnded(Incident incident) => incident.State switch
    {
        IncidentState.Ended ended => $"{ended.Name}: {ended.Why}",
        IncidentState.Escalated escalated => $"not ended; asked of a human: {escalated.Question}",
        var state => incident.Problem ?? $"not ended; {state.Name}",
    };

    private static (TimeSpan? Diagnose, TimeSpan? Decide, TimeSpan? Repair) Durations(ImmutableArray<IncidentEvent> events)
    {
        TimeSpan? diagnose = null, decide = null, repair = null;
        DateTimeOffset? asked = null, proposed = null, approved = null;
        foreach (var happened in events)
        {
            switch (happened)
            {
                case IncidentEvent.Opened or IncidentEvent.RecheckRequested:
                    asked = happened.At;
                    break;
                case IncidentEvent.Observed:
                    diagnose = Sum(diagnose, asked, happened.At);
                    asked = null;
                    break;
                case IncidentEvent.PlanProposed:
                    proposed = happened.At;
                    break;
                case IncidentEvent.Approved or IncidentEvent.GlassBroken or IncidentEvent.Denied or IncidentEvent.ApprovalExpired:
                    decide = Sum(decide, proposed, happened.At);
                    proposed = happened is IncidentEvent.Approved ? happened.At : null;
                    approved = happened is IncidentEvent.Approved or IncidentEvent.GlassBroken ? happened.At : null;
                    break;
                case IncidentEvent.GuardReported { Report.Status: GuardStatus.Committed or GuardStatus.Reverted or GuardStatus.RevertConflict or GuardStatus.RevertFailed or GuardStatus.GuardLost }:
                    repair = Sum(repair, approved, happened.At);
                    approved = null;
                    break;
            }
        }

        return (diagnose, decide, repair);
    }

    private static TimeSpan? Sum(TimeSpan? sum, DateTimeOffset? from, DateTimeOffset to) => from is { } start ? (sum ?? TimeSpan.Zero) + (to - start) : sum;

    private static string Show(TimeSpan? duration) => duration switch
    {
        null => "-",
        { TotalSeconds: < 90 } span => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.#} s"),
        { TotalMinutes: < 90 } span => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:0.#} min"),
        { } span => string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:0.#} h"),
    };

    /// <summary>A moment as transcripts write it: UTC, to the second.</summary>
    internal static string Show(DateTimeOffset at) => at.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
