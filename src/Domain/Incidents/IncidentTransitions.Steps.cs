using System.Collections.Immutable;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Runbooks;
using static ChatOpsBot.Domain.Incidents.IncidentEvent;
using static ChatOpsBot.Domain.Incidents.IncidentState;

namespace ChatOpsBot.Domain.Incidents;

/// <content>What the lines of the table mean, and the sentences people read.</content>
public static partial class IncidentTransitions
{
    private static Transition.Refused Refuse(string reason) => new(reason);

    private static Transition.Accepted Stay(Incident incident) => Move(incident, incident.State);

    /// <summary>Every accepted event may have changed what the cards show.</summary>
    private static Transition.Accepted Move(Incident incident, IncidentState next, params ReadOnlySpan<Effect> effects)
        => new(incident with { State = next }, [.. effects, .. incident.Conversations.Select(conversation => new Effect.UpdateCard(conversation))]);

    private static Transition.Accepted End(Incident incident, IncidentEnd end, string why, DateTimeOffset at) => Move(
        incident with { EndedAt = at }, new Ended(end, why), [.. incident.Conversations.Select(conversation => new Effect.PublishTranscript(conversation))]);

    private static Transition.Accepted Open(Incident incident, Opened e)
    {
        var opened = incident with
        {
            Request = e.Request,
            Runbook = e.Request.Runbook,
            OpenedBy = e.By,
            Requester = e.By,
            OpenedAt = e.At,
            Limits = e.Limits,
        };
        return ObserveAgain(JoinBy(opened, e.Conversation), fromEscalated: false);
    }

    private static Incident JoinBy(Incident incident, ConversationId? conversation)
        => conversation is { } place && !incident.Conversations.Contains(place) ? incident with { Conversations = incident.Conversations.Add(place) } : incident;

    private static Transition.Accepted ObserveAgain(Incident incident, bool fromEscalated)
    {
        var generation = incident.Generation + 1;
        return Move(incident with { Generation = generation }, new Observing(fromEscalated), new Effect.Observe(generation));
    }

    private static Transition.Accepted Escalate(Incident incident, string question)
    {
        var count = incident.Escalations + 1;
        return Move(
            incident with { Escalations = count, Runbook = null }, new Escalated(question),
            [.. incident.Conversations.Select(conversation => new Effect.AskHuman(conversation, count))]);
    }

    private static Transition.Accepted Judge(Incident before, Observed e)
    {
        var incident = before with { Diagnosis = e.Diagnosis, DriftedBefore = before.Committed.IsEmpty ? [.. OwnDrift.In(e.Diagnosis)] : before.DriftedBefore, AsksForProbes = false };

        // Once asked, never in a circle: the observation that approved probes belong to does not ask again.
        return e.AsksForProbes && e.Diagnosis.Verdict != OverallVerdict.Unreachable && incident is { Runbook: null, ProbesNow: null }
            ? Plan(incident with { AsksForProbes = true }, null)
            : JudgeFindings(incident, e.At);
    }

    /// <summary>What follows from the last diagnosis, with or without the probes that could have said more.</summary>
    private static Transition.Accepted JudgeFindings(Incident before, DateTimeOffset at)
    {
        var incident = before with { AsksForProbes = false };
        if (incident.Diagnosis is not { } diagnosis)
        {
            return Escalate(incident, "the host was not diagnosed");
        }

        var mayHaveChanged = !incident.Committed.IsEmpty || incident.Escalations > 0;
        return diagnosis.Verdict switch
        {
            OverallVerdict.Unreachable when mayHaveChanged => Escalate(incident, $"host {incident.Request.Host} cannot be read any more{Reason(Unread(diagnosis))}"),
            OverallVerdict.Unreachable => End(incident, IncidentEnd.Unreachable, $"host {incident.Request.Host} cannot be read{Reason(Unread(diagnosis))}", at),
            _ when incident.Runbook is not null => Plan(incident, null),
            OverallVerdict.Healthy => FoundHealthy(incident, at),
            OverallVerdict.Fault when NextRoot(incident) is { } root => Plan(incident, root),
            OverallVerdict.Fault when CameBack(incident) is { } finding => Escalate(
                incident, $"{finding.Id} {finding.Subject} was repaired in this incident and is back: something puts it back. {finding.Summary}"),
            OverallVerdict.Fault when OnlyOwnDrift(incident, diagnosis) && diagnosis.Undecided.IsEmpty => FoundHealthy(incident, at),
            _ when (diagnosis.Verdict == OverallVerdict.Inconclusive || OnlyOwnDrift(incident, diagnosis)) && incident.Committed.Any(repair => !repair.Proven) => Watch(incident, at),
            _ => Escalate(incident, Question(diagnosis)),
        };
    }

    private static bool OnlyOwnDrift(Incident incident, Diagnosis.Diagnosis diagnosis)
        => diagnosis.Findings.All(finding => finding.ConsequenceOf is not null || OwnDrift.IsOwn(incident, finding));

    private static Transition.Accepted FoundHealthy(Incident incident, DateTimeOffset at) => incident switch
    {
        { State: Observing { FromEscalated: true } } => End(incident, IncidentEnd.Resolved, FurtherLook(incident), at),
        _ when incident.Committed.Any(repair => !repair.Proven) => Watch(incident, at),
        { Committed.IsEmpty: false } or { Escalations: > 0 } => End(incident, IncidentEnd.Resolved, FurtherLook(incident), at),
        _ => End(incident, IncidentEnd.Healthy, "nothing is wrong", at),
    };

    private const string Written = "the configuration was written; nothing was activated, and it holds from the next boot on";

    private static string FurtherLook(Incident incident)
        => (incident.Committed is [.., { Plan.ActivatesNothing: true }] ? $"{Written}; " : "") + "a further look found the host healthy" + string.Concat(incident.Diagnosis?.Findings.Where(finding => OwnDrift.IsOwn(incident, finding)).Select(drift => $"; by the repair, {drift.Summary}") ?? []);

    private static Transition.Accepted Watch(Incident incident, DateTimeOffset at)
    {
        var until = incident.WatchUntil ?? at + incident.Limits.WatchFor;
        return until <= at
            ? Escalate(incident, NotSeen(incident))
            : Move(
                incident with { WatchUntil = until }, new Watching(until), new Effect.WatchGuests(incident.Generation), new Effect.EndWatch(incident.Generation, until));
    }

    private static Transition.Accepted Plan(Incident incident, RepairTarget? target) => Move(
        incident, new Observing(incident.State is Observing { FromEscalated: true }, Planning: true, target), new Effect.ProposePlan(incident.Generation));

    /// <summary>The first root that can be repaired and was not yet. A root that comes back after its repair is not repaired in a circle.</summary>
    private static RepairTarget? NextRoot(Incident incident)
        => Repairable(incident).FirstOrDefault(finding => !WasRepaired(incident, finding)) is { } root ? new(root.Id, root.Subject, root.Certainty) : null;

    private static Finding? CameBack(Incident incident) => Repairable(incident).FirstOrDefault(finding => WasRepaired(incident, finding));

    private static IEnumerable<Finding> Repairable(Incident incident)
        => from finding in incident.Diagnosis?.Findings ?? []
           where finding is { ConsequenceOf: null, Repair: not null, Certainty: >= Certainty.Likely }
           select finding;

    private static bool WasRepaired(Incident incident, Finding finding)
        => incident.Committed.Any(repair => repair.Target is { } target && target.Fault == finding.Id && target.Subject == finding.Subject);

    private static Transition.Accepted Propose(Incident incident, Observing s, PlanProposed e)
    {
        // A plan that does not fit is a bug of the planner; refusing it would leave the incident waiting for ever.
        if (e.Plan.Host != incident.Request.Host || e.Requirement.Quorum < 1 || e.Plan.Expires <= e.At)
        {
            return Escalate(incident, "the plan that was made is for another host, needs nobody's approval or is too old; it was not offered");
        }

        var shown = e.Requirement.Notify.Aggregate(incident, (joined, conversation) => JoinBy(joined, conversation));
        var proposal = new Proposal { Generation = e.Generation, Plan = e.Plan, PlanHash = e.PlanHash, Target = s.Target, Requirement = e.Requirement };
        return Move(
            shown, new AwaitingApproval(proposal),
            [
                .. Ask(shown, proposal, reminder: false),
                new Effect.RemindApprovers(e.Generation, e.At + ((e.Plan.Expires - e.At) / 2)),
                new Effect.ExpireApproval(e.Generation, e.Plan.Expires),
            ]);
    }

    private static IEnumerable<Effect> Ask(Incident incident, Proposal proposal, bool reminder)
        => incident.Conversations.Select(conversation => new Effect.AskForApproval(conversation, proposal.Generation, proposal.Attempt, reminder));

    private static Transition.Accepted Remind(Incident incident, Proposal proposal)
        => Move(incident, new AwaitingApproval(proposal with { Reminded = true }), [.. Ask(incident, proposal, reminder: true)]);

    private static Transition.Accepted AskAnew(Incident incident, Proposal proposal, ApprovalsVoided e)
    {
        if (e.At >= proposal.Plan.Expires || e.Requirement.Quorum < 1)
        {
            return End(incident, IncidentEnd.Expired, $"the approvals no longer counted and there was no time left to ask again: {e.Why}", e.At);
        }

        var shown = e.Requirement.Notify.Aggregate(incident, (joined, conversation) => JoinBy(joined, conversation));
        var again = proposal with { Attempt = proposal.Attempt + 1, Requirement = e.Requirement, Approvals = [], AloneBy = null };
        return Move(shown, new AwaitingApproval(again), [.. Ask(shown, again, reminder: false)]);
    }

    private static Transition.Accepted Approve(Incident incident, Proposal before, Approved e)
    {
        var proposal = before with { Approvals = before.Approvals.Add(new(e.By, e.At)) };
        return proposal.Approvals.Length < proposal.Requirement.Quorum ? Move(incident, new AwaitingApproval(proposal))
            : proposal.Plan.Probes is not null ? ObserveAgain(incident with { Probing = proposal, AsksForProbes = false }, fromEscalated: false)
            : Move(
                incident, new Applying(proposal, Begun: false), new Effect.BeginRepair(proposal.Generation, proposal.Attempt),
                new Effect.EndRepair(proposal.Generation, proposal.Attempt, OfRevert: false, e.At + incident.Limits.RepairWithin));
    }

    private static Transition Revert(Incident incident, string why, DateTimeOffset at, Approvals.PersonId? by = null)
        => PlanOf(incident) is { } proposal
            ? Move(
                incident, new Reverting(proposal, why, by), new Effect.RevertRepair(proposal.Generation, proposal.Attempt),
                new Effect.EndRepair(proposal.Generation, proposal.Attempt, OfRevert: true, at + incident.Limits.RepairWithin))
            : Refuse("no repair is under way");

    private static Proposal? PlanOf(Incident incident) => incident.State switch
    {
        AwaitingApproval s => s.Proposal,
        Applying s => s.Proposal,
        Verifying s => s.Proposal,
        Reverting s => s.Proposal,
        _ => null,
    };

    private static bool IsFor(Proposal? proposal, int generation, int attempt) => proposal?.Generation == generation && proposal.Attempt == attempt;

    private static string? WhyNot(Proposal proposal, int generation, string planHash, DateTimeOffset at) => proposal switch
    {
        _ when generation != proposal.Generation || planHash != proposal.PlanHash => "the plan has changed since: look at the new one and decide again",
        _ when at >= proposal.Plan.Expires => "the decision came too late: the plan has expired",
        _ => null,
    };

    private static string Missing(Proposal proposal)
        => $"{proposal.Approvals.Length} of {proposal.Requirement.Quorum} approvals given, from {string.Join(", ", proposal.Requirement.From)}";

    private static string Reason(string? text) => string.IsNullOrWhiteSpace(text) ? "" : $": {text}";

    private static string HostBusy(Incident incident)
        => $"host {incident.Request.Host} has the open incident {incident.Id}, which is {incident.State.Name}; it has to end first";

    private static string Unread(Diagnosis.Diagnosis diagnosis) => diagnosis.NotRead.IsEmpty ? "" : diagnosis.NotRead[0].Why;

    private static string Question(Diagnosis.Diagnosis diagnosis) => diagnosis switch
    {
        { Primary.Question: { } question } => question,
        { Primary: { } finding } => $"{finding.Summary}. No repair is known for it",
        { Undecided: [var first, ..] } => $"it cannot be told whether {first.RuleId} is the cause: {first.Section}: {first.Why}",
        _ => "it cannot be told what is wrong",
    };

    private static string NotSeen(Incident incident)
        => $"nothing is wrong any more, but no DHCPACK for the guest was seen within {incident.Limits.WatchFor.TotalMinutes:0.#} minutes; "
            + "does the guest ask for an address at all? Its link can be taken down and up for a second (p.nudge, D1)";

    private static string Cancelled(Incident incident, CancelRequested e)
        => $"cancelled by {e.By}{Reason(e.Reason)}{(incident.Committed.IsEmpty ? "" : $". {WayBack(incident)}")}";

    private static string WayBack(Incident incident) => string.Join(" ", incident.Committed.Reverse().Select(repair => WayBack(repair.Plan)));

    private static string WayBack(Plan plan)
        => $"To take {plan.Runbook} back, run on {plan.Host}: {string.Join("; ", plan.Steps.Reverse().Select(step => string.Join(' ', step.Undo)))}.";

    private static string Values(Proposal proposal, GuardReport? report = null)
    {
        ImmutableArray<GuardValue> named = report is { Values.IsEmpty: false }
            ? report.Values
            : [.. proposal.Plan.Steps.Select(step => new GuardValue(step.Subject?.Name ?? step.Name, step.Before, step.After, "not read"))];
        return "Values: " + string.Join("; ", named.Select(value => $"{value.Subject}: before '{value.Before}', plan '{value.After}', found '{value.Found}'"));
    }
}
