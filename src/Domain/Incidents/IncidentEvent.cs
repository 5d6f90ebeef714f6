using System.Text.Json.Serialization;
using ChatOpsBot.Domain.Approvals;
using ChatOpsBot.Domain.Runbooks;

namespace ChatOpsBot.Domain.Incidents;

/// <summary>Something that happened to an incident. Stored for ever: a record here is never changed, a new shape gets a new type name (see <see cref="EventCodec"/>).</summary>
public abstract partial record IncidentEvent
{
    private IncidentEvent()
    {
    }

    /// <summary>When it happened, by the bot's clock.</summary>
    public abstract DateTimeOffset At { get; init; }

    /// <summary>Who did it; <see langword="null"/> when no person did.</summary>
    public virtual PersonId? Person => null;

    /// <summary>How it came in, where a chat platform brought it. Left out where there is none, so that older events keep their bytes and their hash.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public InboundOrigin? Origin { get; init; }

    /// <summary>A person asked about a host that has no open incident.</summary>
    /// <param name="At">When.</param>
    /// <param name="By">Who.</param>
    /// <param name="Request">What.</param>
    /// <param name="Conversation">Where; <see langword="null"/> when it came from nowhere that can be answered.</param>
    /// <param name="Limits">The time limits in force.</param>
    public sealed record Opened(DateTimeOffset At, PersonId By, IncidentRequest Request, ConversationId? Conversation, IncidentLimits Limits) : IncidentEvent
    {
        /// <inheritdoc/>
        public override PersonId? Person => By;
    }

    /// <summary>A further person asked about the same host.</summary>
    /// <param name="At">When.</param>
    /// <param name="By">Who.</param>
    /// <param name="Request">What.</param>
    /// <param name="Conversation">Where.</param>
    public sealed record Joined(DateTimeOffset At, PersonId By, IncidentRequest Request, ConversationId? Conversation) : IncidentEvent
    {
        /// <inheritdoc/>
        public override PersonId? Person => By;
    }

    /// <summary>A person wants the host to be read again.</summary>
    /// <param name="At">When.</param>
    /// <param name="By">Who.</param>
    public sealed record RecheckRequested(DateTimeOffset At, PersonId By) : IncidentEvent
    {
        /// <summary>Which probes are asked for from now on, see <see cref="IncidentRequest.Probes"/>; as before where it is left out.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Probes { get; init; }

        /// <inheritdoc/>
        public override PersonId? Person => By;
    }

    /// <summary>A person asked for a runbook by name within an escalated incident, for example the nudge that its card offers.</summary>
    /// <param name="At">When.</param>
    /// <param name="By">Who.</param>
    /// <param name="Runbook">Which.</param>
    public sealed record RunRequested(DateTimeOffset At, PersonId By, RunbookRequest Runbook) : IncidentEvent
    {
        /// <inheritdoc/>
        public override PersonId? Person => By;
    }

    /// <summary>A person wrote something down.</summary>
    /// <param name="At">When.</param>
    /// <param name="By">Who.</param>
    /// <param name="Text">What.</param>
    public sealed record NoteAdded(DateTimeOffset At, PersonId By, string Text) : IncidentEvent
    {
        /// <inheritdoc/>
        public override PersonId? Person => By;
    }

    /// <summary>A person wants it to stop. Whether that person may was judged before.</summary>
    /// <param name="At">When.</param>
    /// <param name="By">Who.</param>
    /// <param name="Reason">Why, if given.</param>
    public sealed record CancelRequested(DateTimeOffset At, PersonId By, string? Reason) : IncidentEvent
    {
        /// <inheritdoc/>
        public override PersonId? Person => By;
    }

    /// <summary>The host was read and diagnosed.</summary>
    /// <param name="At">When.</param>
    /// <param name="Generation">Which observation this is.</param>
    /// <param name="Diagnosis">What it says.</param>
    /// <param name="Snapshot">The raw bytes it was made from.</param>
    public sealed record Observed(DateTimeOffset At, int Generation, Diagnosis.Diagnosis Diagnosis, BlobRef? Snapshot) : IncidentEvent
    {
        /// <summary>Whether probes could say more that the policy puts under approval, and that people can approve. Left out where there are none, so that older events keep their bytes.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
        public bool AsksForProbes { get; init; }
    }

    /// <summary>A plan was made and the policy said what it needs.</summary>
    /// <param name="At">When.</param>
    /// <param name="Generation">The observation it was made from.</param>
    /// <param name="Plan">The plan.</param>
    /// <param name="PlanHash">Its hash.</param>
    /// <param name="Requirement">What it needs.</param>
    public sealed record PlanProposed(DateTimeOffset At, int Generation, Plan Plan, string PlanHash, ApprovalRequirement Requirement) : IncidentEvent;

    /// <summary>No plan could be made, or the policy allows it to nobody.</summary>
    /// <param name="At">When.</param>
    /// <param name="Generation">The observation.</param>
    /// <param name="Why">A sentence, with what a human can do.</param>
    public sealed record PlanImpossible(DateTimeOffset At, int Generation, string Why) : IncidentEvent;

    /// <summary>A person said yes. Whether that person may approve was judged before.</summary>
    /// <param name="At">When.</param>
    /// <param name="By">Who.</param>
    /// <param name="Generation">The observation that the plan comes from.</param>
    /// <param name="PlanHash">The plan that was looked at.</param>
    public sealed record Approved(DateTimeOffset At, PersonId By, int Generation, string PlanHash) : IncidentEvent
    {
        /// <inheritdoc/>
        public override PersonId? Person => By;
    }

    /// <summary>A person said no.</summary>
    /// <param name="At">When.</param>
    /// <param name="By">Who.</param>
    /// <param name="Generation">The observation that the plan comes from.</param>
    /// <param name="PlanHash">The plan that was looked at.</param>
    /// <param name="Reason">Why, if given.</param>
    public sealed record Denied(DateTimeOffset At, PersonId By, int Generation, string PlanHash, string? Reason) : IncidentEvent
    {
        /// <inheritdoc/>
        public override PersonId? Person => By;
    }

    /// <summary>Right before begin, the policy then in force no longer accepted the approvals. Nothing has begun.</summary>
    /// <param name="At">When.</param>
    /// <param name="Generation">The observation that the plan comes from.</param>
    /// <param name="Attempt">The round of approvals that was judged.</param>
    /// <param name="Requirement">What the policy asks for now.</param>
    /// <param name="Why">A sentence for people.</param>
    public sealed record ApprovalsVoided(DateTimeOffset At, int Generation, int Attempt, ApprovalRequirement Requirement, string Why) : IncidentEvent;

    /// <summary>The plan was approved, but its time was over before it could begin. Nothing has begun.</summary>
    /// <param name="At">When.</param>
    /// <param name="Generation">The observation that the plan comes from.</param>
    public sealed record BeginTooLate(DateTimeOffset At, int Generation) : IncidentEvent;

    /// <summary>Half of the time for an approval is over.</summary>
    /// <param name="At">When.</param>
    /// <param name="Generation">The observation that the plan comes from.</param>
    public sealed record ReminderDue(DateTimeOffset At, int Generation) : IncidentEvent;

    /// <summary>The time for an approval is over.</summary>
    /// <param name="At">When.</param>
    /// <param name="Generation">The observation that the plan comes from.</param>
    public sealed record ApprovalExpired(DateTimeOffset At, int Generation) : IncidentEvent;
}
