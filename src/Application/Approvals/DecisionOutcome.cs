using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Approvals;
using ChatOpsBot.Domain.Incidents;

namespace ChatOpsBot.Application.Approvals;

/// <summary>What a person decides.</summary>
public enum Decision
{
    /// <summary>Yes.</summary>
    Approve,

    /// <summary>No.</summary>
    Deny,

    /// <summary>Yes, alone, without the approvals that the plan needs; to be reviewed afterwards.</summary>
    BreakGlass,
}

/// <summary>What a decision is about: an incident's plan as it is now, or the exact plan that a token names.</summary>
public abstract record DecisionSubject
{
    private DecisionSubject()
    {
    }

    /// <summary>The plan that the incident offers at this moment.</summary>
    /// <param name="Incident">Which.</param>
    public sealed record OfIncident(IncidentId Incident) : DecisionSubject;

    /// <summary>The plan that was shown when the token was made.</summary>
    /// <param name="Token">From a button or from <c>decide</c> of the HTTP API.</param>
    public sealed record OfToken(string Token) : DecisionSubject;
}

/// <summary>A decision to be made.</summary>
/// <param name="Subject">About what.</param>
/// <param name="Person">By whom; <see langword="null"/> when the policy knows nobody of that account.</param>
/// <param name="Decision">What.</param>
public sealed record DecisionRequest(DecisionSubject Subject, PersonId? Person, Decision Decision)
{
    /// <summary>Why, if given.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether it comes from a browser in which that person is signed in to the web console.</summary>
    public bool SignedIn { get; init; }

    /// <summary>How it came in; kept with the decision.</summary>
    public InboundOrigin? Origin { get; init; }

    /// <summary>The inbound item, marked done with the decision; made from the answer that a repeat gets.</summary>
    public Func<DecisionOutcome, InboxDone>? Inbox { get; init; }
}

/// <summary>What became of a decision. Each has a text for the person.</summary>
public abstract record DecisionOutcome
{
    private DecisionOutcome()
    {
    }

    /// <summary>A sentence for the person who decided.</summary>
    public abstract string Text { get; init; }

    /// <summary>The incident, when it is known.</summary>
    public IncidentId? Incident { get; init; }

    /// <summary>It counts. HTTP answers 200.</summary>
    /// <param name="Text">What follows from it.</param>
    public sealed record Decided(string Text) : DecisionOutcome;

    /// <summary>Somebody decided before, or there is nothing to decide. HTTP answers 409.</summary>
    /// <param name="Text">What was decided.</param>
    public sealed record AlreadyDecided(string Text) : DecisionOutcome;

    /// <summary>The plan that was shown is not the one on offer. HTTP answers 409.</summary>
    /// <param name="Text">What to look at instead.</param>
    public sealed record PlanChanged(string Text) : DecisionOutcome;

    /// <summary>The person may not, or the token is none of ours. HTTP answers 403.</summary>
    /// <param name="Text">Why.</param>
    /// <param name="Rule">The rule, or <c>no rule</c>.</param>
    public sealed record NotAllowed(string Text, string Rule) : DecisionOutcome;

    /// <summary>The time for it is over. HTTP answers 410.</summary>
    /// <param name="Text">Since when.</param>
    public sealed record Expired(string Text) : DecisionOutcome;
}
