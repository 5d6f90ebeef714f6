using System.Collections.Immutable;
using ChatOpsBot.Domain.Approvals;

namespace ChatOpsBot.Domain.Incidents;

/// <content>A person acting alone in an emergency, and the review that has to follow.</content>
public abstract partial record IncidentEvent
{
    /// <summary>Somebody let the plan be carried out alone, without the approvals it needs.</summary>
    /// <param name="At">When.</param>
    /// <param name="By">Who.</param>
    /// <param name="Generation">The observation that the plan comes from.</param>
    /// <param name="PlanHash">The plan that was looked at.</param>
    /// <param name="Reason">Why it could not wait.</param>
    /// <param name="Review">What has to follow.</param>
    public sealed record GlassBroken(DateTimeOffset At, PersonId By, int Generation, string PlanHash, string Reason, ReviewDuty Review) : IncidentEvent
    {
        /// <inheritdoc/>
        public override PersonId? Person => By;
    }

    /// <summary>The moment has come to ask for the review (again).</summary>
    /// <param name="At">When.</param>
    /// <param name="Round">How often it has been asked for with this one, counted from 1.</param>
    public sealed record ReviewDue(DateTimeOffset At, int Round) : IncidentEvent;

    /// <summary>Somebody else has looked at what was done alone.</summary>
    /// <param name="At">When.</param>
    /// <param name="By">Who.</param>
    /// <param name="Text">What they found.</param>
    public sealed record GlassReviewed(DateTimeOffset At, PersonId By, string Text) : IncidentEvent
    {
        /// <inheritdoc/>
        public override PersonId? Person => By;
    }
}

/// <summary>The review that a policy asks for after somebody acted alone.</summary>
/// <param name="From">Who may review, as the policy writes it.</param>
/// <param name="Within">How soon.</param>
/// <param name="Notify">Where it is asked for besides the incident's own conversations.</param>
public sealed record ReviewDuty(ImmutableArray<string> From, TimeSpan Within, ImmutableArray<ConversationId> Notify);
