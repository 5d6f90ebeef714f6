using System.Collections.Immutable;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Runbooks;

namespace ChatOpsBot.Domain.Transcripts;

/// <summary>One event as a person reads it. Every text may come from a host or a chat and is not yet harmless.</summary>
/// <param name="Seq">Number of the event.</param>
/// <param name="At">When; <see langword="null"/> for an event that could not be read.</param>
/// <param name="Text">What happened.</param>
/// <param name="Blocks">Commands, outputs and evidence, line by line.</param>
public sealed record TimelineEntry(long Seq, DateTimeOffset? At, string Text, ImmutableArray<string> Blocks)
{
    /// <summary>The whole timeline.</summary>
    public static IEnumerable<TimelineEntry> Of(Transcript transcript) => transcript.Events.Select(stored => Of(stored, transcript));

    private static TimelineEntry Of(StoredEvent stored, Transcript transcript)
    {
        var happened = stored.Read();
        var (text, blocks) = Tell(happened, transcript);
        return new(stored.Seq, happened is IncidentEvent.Unknown ? null : happened.At, text, happened.Origin is { } origin ? [.. blocks, $"came by {origin}"] : blocks);
    }

    private static (string Text, ImmutableArray<string> Blocks) Tell(IncidentEvent happened, Transcript transcript) => happened switch
    {
        IncidentEvent.Opened e => ($"{e.By} asked about host {e.Request.Host}{Asked(e.Request)}", []),
        IncidentEvent.Joined e => ($"{e.By} asked too{Asked(e.Request)}", []),
        IncidentEvent.RecheckRequested e => ($"{e.By} asked for a further look", []),
        IncidentEvent.RunRequested e => ($"{e.By} asked for {e.Runbook.Runbook}", []),
        IncidentEvent.NoteAdded e => ($"{e.By} noted", [e.Text]),
        IncidentEvent.CancelRequested e => ($"{e.By} cancelled{Because(e.Reason)}", []),
        IncidentEvent.Observed e => ($"The host was read: {e.Diagnosis.Verdict.ToString().ToLowerInvariant()}", Evidence(e.Diagnosis)),
        IncidentEvent.PlanProposed e => (
            $"Plan {e.Plan.Id}: {e.Plan.Runbook}, risk {e.Plan.Risk}, needs {e.Requirement.Quorum} from {string.Join(", ", e.Requirement.From)} ({e.Requirement.Rule})", Steps(e.Plan, e.PlanHash)),
        IncidentEvent.PlanImpossible e => ("No plan was made", [e.Why]),
        IncidentEvent.Approved e => ($"{e.By} approved the plan {Short(e.PlanHash)}", []),
        IncidentEvent.Denied e => ($"{e.By} declined the plan {Short(e.PlanHash)}{Because(e.Reason)}", []),
        IncidentEvent.GlassBroken e => ($"{e.By} broke the glass for the plan {Short(e.PlanHash)}{Because(e.Reason)}", [$"to be reviewed within {e.Review.Within} by {string.Join(", ", e.Review.From)}"]),
        IncidentEvent.ReviewDue e => ($"The review is asked for, time {e.Round}", []),
        IncidentEvent.GlassReviewed e => ($"{e.By} reviewed what was done alone", [e.Text]),
        IncidentEvent.ApprovalsVoided e => ($"The approvals no longer count{Because(e.Why)}", []),
        IncidentEvent.BeginTooLate => ("The plan could not begin before its time was over", []),
        IncidentEvent.ReminderDue => ("Half of the time for the approval is over", []),
        IncidentEvent.ApprovalExpired => ("The time for the approval is over", []),
        IncidentEvent.GuardReported e => ($"Guard: {Words(e.Report.Status)}{(e.Report.Step is { } step ? $", step {step}" : "")}{Because(e.Report.Detail)}", Values(e.Report)),
        IncidentEvent.StepReported e => ($"Step {e.Step}, {e.Part.ToString().ToLowerInvariant()}: exit code {e.ExitCode}", Output(e, transcript)),
        IncidentEvent.Verified e => (
            $"Verified: {e.Outcome.ToString().ToLowerInvariant()}{(e.OtherRoots.IsEmpty ? "" : $"; also found {string.Join(", ", e.OtherRoots)}")}",
            Block(e.Proofs.Select(proof => $"{(proof.Passed ? "passed" : "FAILED")}  {proof.What}  {proof.Text}"))),
        IncidentEvent.AckSeen e => ("The guest got its address", [e.Evidence]),
        IncidentEvent.WatchElapsed => ("The watch for the guest's address is over", []),
        IncidentEvent.RepairOverdue e => ($"The {(e.OfRevert ? "revert" : "repair")} brought no outcome in time", []),
        IncidentEvent.EffectGivenUp e => ($"Given up after the last try: {e.Effect} in {e.Lane}", [e.Why]),
        IncidentEvent.Unknown e => ($"An event this program cannot show: {e.Type}", [e.Why]),
        _ => (happened.GetType().Name, []),
    };

    /// <summary><c>RevertFailed</c> as <c>revert-failed</c>.</summary>
    private static string Words(GuardStatus status)
        => string.Concat(status.ToString().Select((c, at) => char.IsUpper(c) ? (at == 0 ? "" : "-") + char.ToLowerInvariant(c) : c.ToString()));

    private static string Asked(IncidentRequest request)
        => (request.Focus.Guest is { } guest ? $", guest {guest}" : "")
            + (request.Focus.Bridge is { } bridge ? $", bridge {bridge}" : "")
            + (request.Runbook is { } run ? $", runbook {run.Runbook}" : "")
            + Because(request.Because);

    private static string Because(string? why) => string.IsNullOrWhiteSpace(why) ? "" : $": {why}";

    private static string Short(string hash) => hash.Length > 16 ? hash[..16] : hash;

    private static ImmutableArray<string> Block(IEnumerable<string> lines) => string.Join('\n', lines) is { Length: > 0 } text ? [text] : [];

    private static ImmutableArray<string> Evidence(Diagnosis.Diagnosis diagnosis) => Block(
        [
            .. diagnosis.Findings.SelectMany(finding => (IEnumerable<string>)
                [
                    $"{finding.Certainty.ToString().ToLowerInvariant()}  {finding.Id} {finding.Subject}: {finding.Summary}",
                    .. finding.Because.Select(line => $"    {line}"),
                ]),
            .. diagnosis.Rejected.Select(rejection => $"not {rejection.Id}: {rejection.Why}"),
            .. diagnosis.NotRead.Select(gap => $"not read {gap.Section}: {gap.Why}"),
        ]);

    private static ImmutableArray<string> Steps(Plan plan, string hash) =>
    [
        string.Join('\n', (IEnumerable<string>)
            [
                $"hash {hash}",
                $"notices: {(plan.BlastRadius.IsEmpty ? "nobody" : string.Join(", ", plan.BlastRadius))}",
                $"expires {TranscriptSummary.Show(plan.Expires)}",
            ]),
        .. plan.Probes is not null ? [.. plan.Steps.Select((step, index) => $"{index + 1}. {step.Name}\n   send    {Command(step.Run)}")] : plan.Steps.Select((step, index) => string.Join('\n', (IEnumerable<string>)
            [
                $"{index + 1}. {step.Name}",
                $"   read    {Command(step.Read)}",
                $" - before  {step.Before}",
                $" + after   {step.After}",
                $"   run     {Command(step.Run)}",
                $"   undo    {Command(step.Undo)}",
            ])),
    ];

    private static ImmutableArray<string> Values(GuardReport report)
        => Block(report.Values.Select(value => $"{value.Subject}: before '{value.Before}', plan '{value.After}', found '{value.Found}'"));

    private static ImmutableArray<string> Output(IncidentEvent.StepReported e, Transcript transcript) =>
    [
        "$ " + Command(e.Argv),
        .. (IEnumerable<string>)(e.Output switch
        {
            { Text: { Length: > 0 } text } => [text],
            { Blob: { } blob } when transcript.Blobs.TryGetValue(blob.Sha256, out var bytes) => [System.Text.Encoding.UTF8.GetString(bytes.Span)],
            { Blob: { } blob } => [$"({blob.Bytes} bytes, sha256 {blob.Sha256}, not in this export)"],
            _ => [],
        }),
    ];

    /// <summary>The command as it can be pasted into a shell.</summary>
    public static string Command(ImmutableArray<string> argv) => string.Join(' ', argv.Select(Quote));

    private static string Quote(string argument)
        => argument.Length > 0 && argument.All(c => char.IsAsciiLetterOrDigit(c) || "-_./:=,@%+".Contains(c, StringComparison.Ordinal))
            ? argument
            : $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
