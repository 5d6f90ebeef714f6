using ChatOpsBot.Domain.Diagnosis;
using static ChatOpsBot.Domain.Incidents.IncidentEvent;
using static ChatOpsBot.Domain.Incidents.IncidentState;

namespace ChatOpsBot.Domain.Incidents;

/// <summary>The whole life of an incident in one table. Pure: the caller stores event and effects, then performs the effects.</summary>
/// <remarks>
/// Two rules keep an incident from standing still: whatever answers an effect is accepted in every state in which the effect can be under way, and every wait has a
/// timer or an <see cref="EffectGivenUp"/> that ends it.
/// </remarks>
public static partial class IncidentTransitions
{
    /// <summary>What becomes of the incident.</summary>
    public static Transition Decide(Incident incident, IncidentEvent happened) => (incident.State, happened) switch
    {
        _ when incident.Problem is not null => Refuse($"{incident.Id} cannot be continued by this version: {incident.Problem}"),
        (_, Unknown e) => Refuse(e.Why),

        (Unopened, Opened { Request.Host: "" }) => Refuse("an incident needs a host"),
        (Unopened, Opened e) => Open(incident, e),
        (Unopened, _) => Refuse($"{incident.Id} has not been opened"),

        // A review comes after the end as a rule.
        (_, GlassReviewed e) => Review(incident, e),
        (_, ReviewDue e) when incident.Glass is { ReviewedBy: null } glass && e.Round == glass.Asked + 1 => AskForReview(incident, glass, e),
        (_, ReviewDue) => Refuse("no review is missing"),
        (Ended s, _) => Refuse($"{incident.Id} has ended: {s.Name}"),
        (_, Opened) => Refuse($"{incident.Id} is open already"),

        (_, Joined e) when e.Request.Host != incident.Request.Host => Refuse($"{incident.Id} is about host {incident.Request.Host}"),
        (Escalated, Joined e) => ObserveAgain(
            JoinBy(incident, e.Conversation) with { Requester = e.By, Request = e.Request, Runbook = e.Request.Runbook }, fromEscalated: true),
        (_, Joined { Request.Runbook: not null }) => Refuse(HostBusy(incident)),
        (_, Joined e) => Stay(JoinBy(incident, e.Conversation)),
        (_, NoteAdded { Text: "" }) => Refuse("the note is empty"),
        (_, NoteAdded) => Stay(incident),

        (Observing { Planning: false }, Observed e) when e.Generation == incident.Generation => Judge(incident, e),
        (_, Observed) => Refuse("that observation is not waited for any more"),

        (Observing { Planning: true } s, PlanProposed e) when e.Generation == incident.Generation => Propose(incident, s, e),
        (_, PlanProposed) => Refuse("that plan is not waited for any more"),
        (Observing { Planning: true }, PlanImpossible e) when e.Generation == incident.Generation => Escalate(incident, e.Why),
        (_, PlanImpossible) => Refuse("that plan is not waited for any more"),

        (AwaitingApproval s, Approved e) when WhyNot(s.Proposal, e.Generation, e.PlanHash, e.At) is { } why => Refuse(why),
        (AwaitingApproval s, Approved e) when e.By == incident.Requester && !s.Proposal.Requirement.RequesterMay
            => Refuse("a second person has to approve: you asked for this repair yourself"),
        (AwaitingApproval s, Approved e) when s.Proposal.Approvals.Any(approval => approval.By == e.By)
            => Refuse($"you have approved already; {Missing(s.Proposal)}"),
        (AwaitingApproval s, Approved e) => Approve(incident, s.Proposal, e),
        (AwaitingApproval s, Denied e) when WhyNot(s.Proposal, e.Generation, e.PlanHash, e.At) is { } why => Refuse(why),
        (AwaitingApproval { Proposal.Plan.Probes: not null }, Denied e) => JudgeFindings(incident, e.At),
        (AwaitingApproval, Denied e) => End(incident, IncidentEnd.Declined, $"{e.By} declined{Reason(e.Reason)}", e.At),
        (AwaitingApproval { Proposal.Plan.Probes: not null }, GlassBroken) => Refuse("a probe waits for approval, not a repair; nobody acts alone for that"),
        (AwaitingApproval, GlassBroken { Reason: "" }) => Refuse("say why it cannot wait for the approvers"),
        (AwaitingApproval s, GlassBroken e) when WhyNot(s.Proposal, e.Generation, e.PlanHash, e.At) is { } why => Refuse(why),
        (AwaitingApproval s, GlassBroken e) => BreakGlass(incident, s.Proposal, e),
        (Applying or Verifying or Reverting, Approved or Denied or GlassBroken) => Refuse("it has been decided already: the plan was approved"),
        (_, Approved or Denied or GlassBroken) => Refuse($"there is no plan to decide on: {incident.Id} is {incident.State.Name}"),
        (AwaitingApproval { Proposal.Reminded: false } s, ReminderDue e) when e.Generation == incident.Generation && e.At < s.Proposal.Plan.Expires => Remind(incident, s.Proposal),
        (_, ReminderDue) => Refuse("there is nothing to remind of any more"),
        (AwaitingApproval s, ApprovalExpired e) when e.Generation == incident.Generation && e.At >= s.Proposal.Plan.Expires
            => End(incident, IncidentEnd.Expired, $"nobody decided in time: {Missing(s.Proposal)}", e.At),
        (_, ApprovalExpired) => Refuse("there is nothing to expire"),

        (Applying { Begun: false } s, ApprovalsVoided e) when IsFor(s.Proposal, e.Generation, e.Attempt) => AskAnew(incident, s.Proposal, e),
        (_, ApprovalsVoided) => Refuse("that round of approvals is over"),
        (Applying { Begun: false }, BeginTooLate e) when e.Generation == incident.Generation
            => End(incident, IncidentEnd.Expired, "the plan was approved but could not begin before its time was over", e.At),
        (Reverting { CancelledBy: { } by }, BeginTooLate e) when e.Generation == incident.Generation
            => End(incident, IncidentEnd.Cancelled, $"cancelled by {by} before anything was changed", e.At),
        (_, BeginTooLate) => Refuse("that begin is not waited for any more"),

        (Applying or Verifying or Reverting, GuardReported e) when e.PlanId != PlanOf(incident)?.Plan.Id => Refuse("that report is about another plan"),
        (Applying s, GuardReported e) => WhileApplying(incident, s, e),
        (Verifying s, GuardReported e) => WhileVerifying(incident, s, e),
        (Reverting s, GuardReported e) => WhileReverting(incident, s, e),
        (_, GuardReported) => Refuse("no repair is under way"),
        (Applying or Verifying or Reverting, StepReported e) when e.PlanId == PlanOf(incident)?.Plan.Id => Stay(incident),
        (_, StepReported) => Refuse("no such repair is under way"),

        (Verifying { Judged: null } s, Verified e) when e.PlanId == s.Proposal.Plan.Id => AfterVerify(incident, s.Proposal, e),
        (_, Verified) => Refuse("no verification of that plan is waited for"),
        (Applying or Verifying, RepairOverdue { OfRevert: false } e) when IsFor(PlanOf(incident), e.Generation, e.Attempt)
            => Revert(incident, "the repair brought no outcome in time", e.At),
        (Reverting s, RepairOverdue { OfRevert: true } e) when IsFor(s.Proposal, e.Generation, e.Attempt)
            => End(incident, IncidentEnd.RevertFailed, $"{s.Why}; the host did not say in time whether it was taken back. {Values(s.Proposal)}", e.At),
        (_, RepairOverdue) => Refuse("that repair has its outcome"),

        (Watching, AckSeen e) => End(incident, IncidentEnd.Resolved, e.Evidence, e.At),
        (_, AckSeen) => Refuse("nothing is watched for"),
        (Watching, WatchElapsed e) when e.Generation == incident.Generation => Escalate(incident, NotSeen(incident)),
        (_, WatchElapsed) => Refuse("that watch is over"),

        (Observing, RecheckRequested) => Refuse($"{incident.Id} is being observed right now"),
        (Applying or Verifying or Reverting, RecheckRequested) => Refuse($"a repair is under way: {incident.Id} is {incident.State.Name}"),
        (_, RecheckRequested e) => ObserveAgain(
            incident with { Requester = e.By, Request = incident.Request with { Probes = e.Probes ?? incident.Request.Probes } }, fromEscalated: incident.State is Escalated),
        (Escalated, RunRequested e) => ObserveAgain(incident with { Requester = e.By, Runbook = e.Runbook }, fromEscalated: true),
        (_, RunRequested) => Refuse(HostBusy(incident)),

        (Observing or AwaitingApproval or Escalated, CancelRequested e) => End(incident, IncidentEnd.Cancelled, Cancelled(incident, e), e.At),
        (Applying, CancelRequested e) => Revert(incident, $"cancelled by {e.By}{Reason(e.Reason)}", e.At, e.By),
        (Verifying { Judged: null }, CancelRequested e) => Revert(incident, $"cancelled by {e.By}{Reason(e.Reason)}", e.At, e.By),
        (Verifying s, CancelRequested) => Refuse($"the repair is being committed. {WayBack(s.Proposal.Plan)}"),
        (Reverting, CancelRequested) => Refuse("the repair is being taken back already"),
        (Watching, CancelRequested) => Refuse($"the repair has been committed. {WayBack(incident)}"),

        (_, EffectGivenUp e) => AfterGivingUp(incident, e),
        _ => Refuse($"{happened.GetType().Name} makes no sense while {incident.Id} is {incident.State.Name}"),
    };

    /// <summary>
    /// Whether an effect that was stored some time ago is still to be performed. An approval that was cancelled before the guard was armed must not arm it afterwards.
    /// </summary>
    public static bool IsWanted(Incident incident, Effect effect) => (incident.State, effect) switch
    {
        (_, Effect.PublishTranscript) => !incident.IsOpen,
        (_, Effect.UpdateCard or Effect.TellReview) => true,
        (_, Effect.AskForReview e) => incident.Glass is { ReviewedBy: null } glass && e.Round == glass.Asked,
        (_, Effect.RemindReview e) => incident.Glass is { ReviewedBy: null } glass && e.Round == glass.Asked + 1,
        (Observing { Planning: false }, Effect.Observe e) => e.Generation == incident.Generation,
        (Observing { Planning: true }, Effect.ProposePlan e) => e.Generation == incident.Generation,
        (AwaitingApproval s, Effect.AskForApproval e) => IsFor(s.Proposal, e.Generation, e.Attempt),
        (AwaitingApproval { Proposal.Reminded: false }, Effect.RemindApprovers e) => e.Generation == incident.Generation,
        (AwaitingApproval, Effect.ExpireApproval e) => e.Generation == incident.Generation,
        (Applying s, Effect.BeginRepair e) => IsFor(s.Proposal, e.Generation, e.Attempt),
        (Applying s, Effect.ApplyRepair e) => IsFor(s.Proposal, e.Generation, e.Attempt),
        (Applying or Verifying, Effect.EndRepair { OfRevert: false } e) => IsFor(PlanOf(incident), e.Generation, e.Attempt),
        (Verifying { Judged: null } s, Effect.VerifyRepair e) => IsFor(s.Proposal, e.Generation, e.Attempt),
        (Verifying { Judged: not null } s, Effect.CommitRepair e) => IsFor(s.Proposal, e.Generation, e.Attempt),
        (Reverting s, Effect.RevertRepair e) => IsFor(s.Proposal, e.Generation, e.Attempt),
        (Reverting s, Effect.EndRepair { OfRevert: true } e) => IsFor(s.Proposal, e.Generation, e.Attempt),
        (Watching, Effect.WatchGuests e) => e.Generation == incident.Generation,
        (Watching, Effect.EndWatch e) => e.Generation == incident.Generation,
        (Escalated, Effect.AskHuman e) => e.Escalation == incident.Escalations,
        _ => false,
    };

    private static Transition WhileApplying(Incident incident, Applying s, GuardReported e) => e.Report.Status switch
    {
        GuardStatus.Armed or GuardStatus.Applying when !s.Begun => Move(incident, s with { Begun = true }, new Effect.ApplyRepair(s.Proposal.Generation, s.Proposal.Attempt)),
        GuardStatus.Armed or GuardStatus.Applying => Stay(incident),
        GuardStatus.Applied => Move(incident, new Verifying(s.Proposal), new Effect.VerifyRepair(s.Proposal.Generation, s.Proposal.Attempt)),
        GuardStatus.Unknown => Revert(incident, $"the host could not be asked{Reason(e.Report.Detail)}", e.At),
        GuardStatus.NotBegun => Escalate(incident, $"the repair did not begin and nothing was changed{Reason(e.Report.Detail)}"),
        GuardStatus.Reverting => Revert(incident, $"the guard on the host takes it back{Reason(e.Report.Detail)}", e.At),
        _ => AfterOutcome(incident, s.Proposal, e, $"the guard on the host took it back{Reason(e.Report.Detail)}", judged: null),
    };

    private static Transition WhileVerifying(Incident incident, Verifying s, GuardReported e) => e.Report.Status switch
    {
        GuardStatus.Armed or GuardStatus.Applying or GuardStatus.Applied => Stay(incident),
        GuardStatus.Unknown => Revert(incident, $"the host could not be asked{Reason(e.Report.Detail)}", e.At),
        GuardStatus.Reverting => Revert(incident, $"the guard on the host takes it back{Reason(e.Report.Detail)}", e.At),
        GuardStatus.NotBegun => End(incident, IncidentEnd.RevertFailed, $"the guard on the host has lost the plan. {Values(s.Proposal, e.Report)}", e.At),
        _ => AfterOutcome(incident, s.Proposal, e, $"the guard on the host took it back before it was committed{Reason(e.Report.Detail)}", s.Judged),
    };

    private static Transition.Accepted WhileReverting(Incident incident, Reverting s, GuardReported e) => e.Report.Status switch
    {
        GuardStatus.Unknown or GuardStatus.Armed or GuardStatus.Applying or GuardStatus.Applied or GuardStatus.Reverting => Stay(incident),
        GuardStatus.NotBegun or GuardStatus.Drift when s.CancelledBy is { } by => End(incident, IncidentEnd.Cancelled, $"cancelled by {by} before anything was changed", e.At),
        GuardStatus.NotBegun => Escalate(incident, $"{s.Why}; nothing was changed{Reason(e.Report.Detail)}"),
        _ => AfterOutcome(incident, s.Proposal, e, s.Why, judged: null),
    };

    /// <summary>What the guard decided on the host is so, whatever we were waiting for.</summary>
    private static Transition.Accepted AfterOutcome(Incident incident, Proposal proposal, GuardReported e, string why, Judgement? judged) => e.Report.Status switch
    {
        GuardStatus.Committed => AfterCommit(incident, proposal, judged, e.At),
        GuardStatus.Reverted => End(incident, IncidentEnd.Reverted, $"{why}; the host is as before", e.At),
        GuardStatus.RevertConflict => End(incident, IncidentEnd.RevertFailed, $"{why}; somebody else changed a value, which was left alone. {Values(proposal, e.Report)}", e.At),
        GuardStatus.RevertFailed => End(incident, IncidentEnd.RevertFailed, $"{why}; the undo did not work. {Values(proposal, e.Report)}", e.At),
        GuardStatus.GuardLost => End(incident, IncidentEnd.RevertFailed, $"the watchdog on the host died. {Values(proposal, e.Report)}", e.At),
        _ => ObserveAgain(incident, fromEscalated: false),
    };

    private static Transition AfterVerify(Incident incident, Proposal proposal, Verified e) => e.Outcome switch
    {
        VerifyOutcome.Done => Move(
            incident, new Verifying(proposal, new(Proven: true, !e.OtherRoots.IsEmpty)), new Effect.CommitRepair(proposal.Generation, proposal.Attempt)),
        VerifyOutcome.Kept when proposal.Target is null or { Certainty: Certainty.Certain } => Move(
            incident, new Verifying(proposal, new(Proven: false, OthersLeft: true)), new Effect.CommitRepair(proposal.Generation, proposal.Attempt)),
        VerifyOutcome.Kept => Revert(incident, "the finding was only likely and its symptom did not turn", e.At),
        _ => Revert(incident, $"verification failed{Reason(string.Join(", ", e.Proofs.Where(proof => !proof.Passed).Select(proof => proof.What)))}", e.At),
    };

    private static Transition.Accepted AfterCommit(Incident incident, Proposal proposal, Judgement? judged, DateTimeOffset at)
    {
        var kept = incident with
        {
            Committed = incident.Committed.Add(new(proposal.Plan, proposal.Target, judged?.Proven ?? false)),
            Runbook = null,
        };
        return judged is { Proven: true, OthersLeft: false }
            ? End(kept, IncidentEnd.Resolved, proposal.Plan.ActivatesNothing ? Written : "the repair was committed and the symptom is gone", at)
            : ObserveAgain(kept, fromEscalated: false);
    }

    /// <summary>A lost effect must not leave an incident waiting for its answer; one that is not waited for any more changes nothing.</summary>
    private static Transition AfterGivingUp(Incident incident, EffectGivenUp e) => (incident.State, e.Effect) switch
    {
        _ when e.Generation != incident.Generation => Stay(incident),
        (Observing, EffectCodec.Observe or EffectCodec.ProposePlan) => Escalate(incident, $"the host could not be diagnosed: {e.Why}"),
        (Applying, EffectCodec.BeginRepair or EffectCodec.ApplyRepair) => Revert(incident, $"the repair could not be carried out: {e.Why}", e.At),
        (Verifying { Judged: null }, EffectCodec.VerifyRepair) => Revert(incident, $"the repair could not be verified: {e.Why}", e.At),
        (Verifying { Judged: not null }, EffectCodec.CommitRepair) => Revert(incident, $"the repair could not be committed: {e.Why}", e.At),
        (Reverting s, EffectCodec.RevertRepair) => End(
            incident, IncidentEnd.RevertFailed, $"{s.Why}; whether it was taken back could not be learned: {e.Why}. {Values(s.Proposal)}", e.At),
        _ => Stay(incident),
    };
}
