using ChatOpsBot.Application.Chat;
using ChatOpsBot.Application.Configuration;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Approvals;
using ChatOpsBot.Domain.Cards;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Policies;

namespace ChatOpsBot.Application.Approvals;

/// <summary>
/// The one way in which a plan is approved or declined, typed or pressed: judged by the policy at this moment, bound to the plan that was looked at, decided once.
/// </summary>
/// <param name="incidents">Stores the decision.</param>
/// <param name="configuration">The policy in force.</param>
/// <param name="tokens">Reads tokens.</param>
/// <param name="links">Where decisions are made that a chat is not good enough for.</param>
/// <param name="time">The clock.</param>
public sealed class DecisionService(IncidentService incidents, IConfigurationSource configuration, ButtonTokens tokens, ConsoleLinks links, TimeProvider time)
{
    /// <summary>Each loss is somebody else's event; an incident that gets so many at once is being decided on.</summary>
    private const int Tries = 5;

    /// <summary>Longest reason that is kept.</summary>
    private const int LongestReason = 500;

    /// <summary>Decides. Every press and every line gets a truthful answer, also after a restart.</summary>
    public async Task<DecisionOutcome> DecideAsync(DecisionRequest request, CancellationToken cancellationToken)
    {
        // Who is in a platform's group is asked at the decision itself; an older answer is not good enough.
        await configuration.RefreshMembersAsync(TimeSpan.Zero, cancellationToken);
        var policy = configuration.Current.Policy;
        if (policy.Find(request.Person) is null)
        {
            // Strangers learn nothing about incidents, not even whether a token is good.
            return NotAllowed(PolicyJudge.Judge(policy, Question(request, null)), hint: "");
        }

        var (id, target) = request.Subject switch
        {
            DecisionSubject.OfIncident of => (of.Incident, null),
            DecisionSubject.OfToken of => (default, tokens.Read(of.Token)),
            _ => (default(IncidentId), (ButtonTarget?)null),
        };
        if (request.Subject is DecisionSubject.OfToken)
        {
            if (target is null || !Fits(target.Action, request.Decision))
            {
                return new DecisionOutcome.NotAllowed("this button is none of ours; open the incident's newest card", PolicyAnswer.NoRule);
            }

            id = target.Incident;
        }

        for (var attempt = 0; ; attempt++)
        {
            if (await incidents.GetAsync(id, cancellationToken) is not { } view)
            {
                return new DecisionOutcome.Expired($"there is no incident {id} any more") { Incident = id };
            }

            var outcome = Judge(request, view.Incident, target);
            if (outcome is not DecisionOutcome.Decided || CurrentProposal.Of(view.Incident) is not { } proposal || request.Person is not { } person)
            {
                return outcome with { Incident = id };
            }

            var decided = outcome with { Incident = id };
            switch (await incidents.ApplyAsync(id, [EventOf(request, person, proposal) with { Origin = request.Origin }], request.Inbox?.Invoke(decided), settles: null, cancellationToken))
            {
                case ApplyOutcome.Applied:
                    return decided;
                case ApplyOutcome.Refused refused when attempt + 1 == Tries || Same(await incidents.GetAsync(id, cancellationToken), view):
                    // The incident is as it was judged, so it is its own requirement that says no: stricter than the policy in force.
                    return new DecisionOutcome.NotAllowed(refused.Reason, proposal.Requirement.Rule) { Incident = id };
            }
        }
    }

    /// <summary>The token for the HTTP API's <c>decide</c>; <see langword="null"/> unless that person may decide on the plan that waits now.</summary>
    public string? TokenFor(Incident incident, PersonId? person)
    {
        var question = Question(new(new DecisionSubject.OfIncident(incident.Id), person, Decision.Approve), incident);
        return incident.State is IncidentState.AwaitingApproval && PolicyJudge.Judge(configuration.Current.Policy, question) is PolicyAnswer.Allowed
            ? tokens.Make(ButtonAction.Decide, incident)
            : null;
    }

    private DecisionOutcome Judge(DecisionRequest request, Incident incident, ButtonTarget? target)
    {
        // First who, then what: who may not decide is not told what happened to the plan.
        var answer = PolicyJudge.Judge(configuration.Current.Policy, Question(request, incident));
        return answer is not PolicyAnswer.Allowed ? NotAllowed(answer, UnreadGroups.Hint(configuration.Current.Policy)) : (incident.State, target) switch
        {
            (IncidentState.AwaitingApproval s, { } shown) when !shown.IsFor(s.Proposal)
                => new DecisionOutcome.PlanChanged($"the plan of {incident.Id} has changed since that card was shown: look at the new one and decide again"),
            (IncidentState.AwaitingApproval s, _) when time.GetUtcNow() >= s.Proposal.Plan.Expires
                => new DecisionOutcome.Expired($"the time to decide on {incident.Id} was over at {s.Proposal.Plan.Expires:u}"),
            (IncidentState.AwaitingApproval s, _) when request is { SignedIn: false, Decision: not Decision.Deny } && configuration.Current.Policy.ApprovalFor(s.Proposal.Plan.Risk) is { StepUp: true } rule
                => new DecisionOutcome.NotAllowed(ElsewhereText(request, incident, s.Proposal), rule.Name),
            (IncidentState.AwaitingApproval s, _) when request.Decision == Decision.Approve && s.Proposal.Approvals.Any(approval => approval.By == request.Person)
                => new DecisionOutcome.AlreadyDecided($"you have approved {incident.Id} already; {Given(s.Proposal, 0)}"),
            (IncidentState.AwaitingApproval s, _) => new DecisionOutcome.Decided(DecidedText(request.Decision, incident, s.Proposal)),
            (IncidentState.Ended { End: IncidentEnd.Expired } s, _) => new DecisionOutcome.Expired($"{incident.Id} has expired: {s.Why}"),
            (IncidentState.Ended s, _) => new DecisionOutcome.AlreadyDecided($"{incident.Id} has ended {s.Name}: {s.Why}"),
            (IncidentState.Observing, { } shown) when incident.ProbesNow is { } sent && shown.IsFor(sent)
                => new DecisionOutcome.AlreadyDecided($"{sent.Plan.Probes} was approved for {incident.Id} by {string.Join(", ", sent.Approvals.Select(approval => approval.By))} and is being sent"),
            (_, null) when CurrentProposal.Of(incident) is null => new DecisionOutcome.AlreadyDecided($"there is no plan to decide on: {incident.Id} is {incident.State.Name}"),
            (_, null) => new DecisionOutcome.AlreadyDecided(ApprovedBefore(incident)),
            (_, { } shown) when CurrentProposal.Of(incident) is { } current && shown.IsFor(current) => new DecisionOutcome.AlreadyDecided(ApprovedBefore(incident)),
            (_, { } shown) when incident.Committed.Any(repair => shown.IsFor(Domain.Runbooks.PlanHash.Of(repair.Plan)))
                => new DecisionOutcome.AlreadyDecided($"that plan of {incident.Id} was approved and carried out; the incident is {incident.State.Name}"),
            _ => new DecisionOutcome.PlanChanged($"that plan of {incident.Id} is no longer on offer; the incident is {incident.State.Name}"),
        };
    }

    private PolicyQuestion Question(DecisionRequest request, Incident? incident) => new()
    {
        Person = request.Person,
        Command = request.Decision switch { Decision.Approve => PolicyCommand.Approve, Decision.BreakGlass => PolicyCommand.BreakGlass, _ => PolicyCommand.Deny },
        Host = incident is null ? null : configuration.Current.HostOf(incident.Request.Host),
        Risk = incident is null ? null : CurrentProposal.Of(incident)?.Plan.Risk,
        Requester = incident?.Requester,
    };

    private IncidentEvent EventOf(DecisionRequest request, PersonId person, Proposal proposal) => request.Decision switch
    {
        Decision.Approve => new IncidentEvent.Approved(time.GetUtcNow(), person, proposal.Generation, proposal.PlanHash),
        Decision.BreakGlass => new IncidentEvent.GlassBroken(
            time.GetUtcNow(), person, proposal.Generation, proposal.PlanHash, OneLine.Of(request.Reason, LongestReason) ?? "", PolicyJudge.ReviewAfter(configuration.Current.Policy)),
        _ => new IncidentEvent.Denied(time.GetUtcNow(), person, proposal.Generation, proposal.PlanHash, OneLine.Of(request.Reason, LongestReason)),
    };

    private static bool Fits(ButtonAction action, Decision decision)
        => decision != Decision.BreakGlass && (action == ButtonAction.Decide || action == (decision == Decision.Approve ? ButtonAction.Approve : ButtonAction.Deny));

    private static bool Same(IncidentView? now, IncidentView judged) => now?.Seq == judged.Seq;

    private string DecidedText(Decision decision, Incident incident, Proposal proposal)
    {
        var (id, host) = (incident.Id, incident.Request.Host);
        return (decision, proposal.Plan.Probes) switch
        {
            (Decision.Deny, { } probes) => $"{probes} is declined for {id}; nothing is sent, and the diagnosis stands as it is",
            (Decision.Deny, null) => $"{id} is declined; nothing is changed on {host}",
            (Decision.BreakGlass, _) => AloneText(incident, PolicyJudge.ReviewAfter(configuration.Current.Policy)),
            _ when proposal.Approvals.Length + 1 < proposal.Requirement.Quorum => $"your approval of {id} counts; {Given(proposal, 1)}",
            (_, { } probes) => $"{probes} is approved; it is sent from {host} now, and {id} goes on with what it says",
            _ => $"{id} is approved; the repair of {host} begins",
        };
    }

    private string ElsewhereText(DecisionRequest request, Incident incident, Proposal proposal)
        => $"a plan of risk {proposal.Plan.Risk} is decided in the web console: open "
            + $"{(request.Person is { } person ? links.Decision(incident.Id, proposal.PlanHash, person)?.ToString() : null) ?? $"the page of {incident.Id} there"} in a browser in which you are signed in";

    private static string AloneText(Incident incident, ReviewDuty review)
        => $"you have acted alone on {incident.Id}; the repair of {incident.Request.Host} begins. Another of {string.Join(", ", review.From)} has to review it within {review.Within.TotalHours:0.#} hours: review {incident.Id} WHAT THEY FOUND";

    private static string Given(Proposal proposal, int more)
        => $"{proposal.Approvals.Length + more} of {proposal.Requirement.Quorum} approvals given, from {string.Join(", ", proposal.Requirement.From)}";

    private static string ApprovedBefore(Incident incident)
        => $"{incident.Id} was approved by {string.Join(", ", (CurrentProposal.Of(incident)?.Approvals ?? []).Select(approval => approval.By))} and is {incident.State.Name}";

    private static DecisionOutcome.NotAllowed NotAllowed(PolicyAnswer answer, string hint) => answer is PolicyAnswer.Refused refused
        ? new($"{refused.Sentence}; {refused.Remedy}{hint}", refused.Rule)
        : new("the policy did not allow it", PolicyAnswer.NoRule);
}
