namespace ChatOpsBot.Domain.Incidents;

/// <summary>Something to do because of an event. Stored with the event and performed at least once, so performing it twice must be harmless.</summary>
public abstract record Effect
{
    private Effect()
    {
    }

    /// <summary>Where it is performed.</summary>
    public abstract Lane Lane { get; }

    /// <summary>Names this effect within its incident for ever; a second one with the same key is not stored.</summary>
    public abstract string Key { get; }

    /// <summary>Not to be performed before; <see langword="null"/> means at once.</summary>
    public virtual DateTimeOffset? Due => null;

    /// <summary>Whether one waiting effect stands for all: it is rendered from the state at delivery, so a second one would say the same.</summary>
    public virtual bool Coalesces => false;

    /// <summary>An effect for the host.</summary>
    /// <param name="Generation">The observation it belongs to.</param>
    public abstract record OnHost(int Generation) : Effect
    {
        /// <inheritdoc/>
        public override Lane Lane => Lane.Host;
    }

    /// <summary>Read the host and diagnose. Answered by <see cref="IncidentEvent.Observed"/>.</summary>
    /// <param name="Generation">The observation.</param>
    public sealed record Observe(int Generation) : OnHost(Generation)
    {
        /// <inheritdoc/>
        public override string Key => $"observe:{Generation}";
    }

    /// <summary>Make a plan from the snapshot. Answered by <see cref="IncidentEvent.PlanProposed"/> or <see cref="IncidentEvent.PlanImpossible"/>.</summary>
    /// <param name="Generation">The observation.</param>
    public sealed record ProposePlan(int Generation) : OnHost(Generation)
    {
        /// <inheritdoc/>
        public override string Key => $"plan:{Generation}";
    }

    /// <summary>Judge the approvals again and arm the guard. Answered by <see cref="IncidentEvent.GuardReported"/>, <see cref="IncidentEvent.ApprovalsVoided"/> or <see cref="IncidentEvent.BeginTooLate"/>.</summary>
    /// <param name="Generation">The observation.</param>
    /// <param name="Attempt">The round of approvals.</param>
    public sealed record BeginRepair(int Generation, int Attempt) : OnHost(Generation)
    {
        /// <inheritdoc/>
        public override string Key => $"begin:{Generation}.{Attempt}";
    }

    /// <summary>Run the steps. Answered by <see cref="IncidentEvent.GuardReported"/>.</summary>
    /// <param name="Generation">The observation.</param>
    /// <param name="Attempt">The round of approvals.</param>
    public sealed record ApplyRepair(int Generation, int Attempt) : OnHost(Generation)
    {
        /// <inheritdoc/>
        public override string Key => $"apply:{Generation}.{Attempt}";
    }

    /// <summary>Look at the host over a new connection. Answered by <see cref="IncidentEvent.Verified"/> or <see cref="IncidentEvent.GuardReported"/>.</summary>
    /// <param name="Generation">The observation.</param>
    /// <param name="Attempt">The round of approvals.</param>
    public sealed record VerifyRepair(int Generation, int Attempt) : OnHost(Generation)
    {
        /// <inheritdoc/>
        public override string Key => $"verify:{Generation}.{Attempt}";
    }

    /// <summary>Make the changes stay. Answered by <see cref="IncidentEvent.GuardReported"/>.</summary>
    /// <param name="Generation">The observation.</param>
    /// <param name="Attempt">The round of approvals.</param>
    public sealed record CommitRepair(int Generation, int Attempt) : OnHost(Generation)
    {
        /// <inheritdoc/>
        public override string Key => $"commit:{Generation}.{Attempt}";
    }

    /// <summary>Take the changes back, or learn that the watchdog did. Answered by <see cref="IncidentEvent.GuardReported"/>.</summary>
    /// <param name="Generation">The observation.</param>
    /// <param name="Attempt">The round of approvals.</param>
    public sealed record RevertRepair(int Generation, int Attempt) : OnHost(Generation)
    {
        /// <inheritdoc/>
        public override string Key => $"revert:{Generation}.{Attempt}";
    }

    /// <summary>Wait for the guest's DHCPACK, in slices. Answered by <see cref="IncidentEvent.AckSeen"/>.</summary>
    /// <param name="Generation">The observation.</param>
    public sealed record WatchGuests(int Generation) : OnHost(Generation)
    {
        /// <inheritdoc/>
        public override string Key => $"watch:{Generation}";
    }

    /// <summary>An effect for one conversation.</summary>
    /// <param name="Conversation">Which.</param>
    public abstract record InChat(ConversationId Conversation) : Effect
    {
        /// <inheritdoc/>
        public override Lane Lane => Lane.Chat(Conversation);
    }

    /// <summary>The card there is out of date.</summary>
    /// <param name="Conversation">Which.</param>
    public sealed record UpdateCard(ConversationId Conversation) : InChat(Conversation)
    {
        /// <inheritdoc/>
        public override string Key => $"card:{Conversation}";

        /// <inheritdoc/>
        public override bool Coalesces => true;
    }

    /// <summary>Ask for a decision.</summary>
    /// <param name="Conversation">Where.</param>
    /// <param name="Generation">The observation that the plan comes from.</param>
    /// <param name="Attempt">The round of approvals.</param>
    /// <param name="Reminder">Whether it was asked before.</param>
    public sealed record AskForApproval(ConversationId Conversation, int Generation, int Attempt, bool Reminder) : InChat(Conversation)
    {
        /// <inheritdoc/>
        public override string Key => $"{(Reminder ? "remind" : "ask")}:{Generation}.{Attempt}:{Conversation}";
    }

    /// <summary>Tell people that one of them has to act.</summary>
    /// <param name="Conversation">Where.</param>
    /// <param name="Escalation">Counted from 1.</param>
    public sealed record AskHuman(ConversationId Conversation, int Escalation) : InChat(Conversation)
    {
        /// <inheritdoc/>
        public override string Key => $"question:{Escalation}:{Conversation}";
    }

    /// <summary>Tell how it ended, with the transcript and the first 16 digits of its head.</summary>
    /// <param name="Conversation">Where.</param>
    public sealed record PublishTranscript(ConversationId Conversation) : InChat(Conversation)
    {
        /// <inheritdoc/>
        public override string Key => $"outcome:{Conversation}";
    }

    /// <summary>Ask for the review of what one person did alone.</summary>
    /// <param name="Conversation">Where.</param>
    /// <param name="Round">Counted from 1.</param>
    public sealed record AskForReview(ConversationId Conversation, int Round) : InChat(Conversation)
    {
        /// <inheritdoc/>
        public override string Key => $"review:{Round}:{Conversation}";
    }

    /// <summary>Tell that it was reviewed, with the new head of the transcript.</summary>
    /// <param name="Conversation">Where.</param>
    /// <param name="Round">How often it had been asked for.</param>
    public sealed record TellReview(ConversationId Conversation, int Round) : InChat(Conversation)
    {
        /// <inheritdoc/>
        public override string Key => $"reviewed:{Round}:{Conversation}";
    }

    /// <summary>An effect for a later moment.</summary>
    /// <param name="Generation">The observation it belongs to.</param>
    /// <param name="When">The moment.</param>
    public abstract record AtTime(int Generation, DateTimeOffset When) : Effect
    {
        /// <inheritdoc/>
        public override Lane Lane => Lane.Timer;

        /// <inheritdoc/>
        public override DateTimeOffset? Due => When;
    }

    /// <summary>Half of the time for an approval. Answered by <see cref="IncidentEvent.ReminderDue"/>.</summary>
    /// <param name="Generation">The observation.</param>
    /// <param name="When">The moment.</param>
    public sealed record RemindApprovers(int Generation, DateTimeOffset When) : AtTime(Generation, When)
    {
        /// <inheritdoc/>
        public override string Key => $"reminder:{Generation}";
    }

    /// <summary>End of the time for an approval. Answered by <see cref="IncidentEvent.ApprovalExpired"/>.</summary>
    /// <param name="Generation">The observation.</param>
    /// <param name="When">The moment.</param>
    public sealed record ExpireApproval(int Generation, DateTimeOffset When) : AtTime(Generation, When)
    {
        /// <inheritdoc/>
        public override string Key => $"expiry:{Generation}";
    }

    /// <summary>A review is missing. Answered by <see cref="IncidentEvent.ReviewDue"/>.</summary>
    /// <param name="Round">How often it will have been asked for.</param>
    /// <param name="When">The moment.</param>
    public sealed record RemindReview(int Round, DateTimeOffset When) : AtTime(0, When)
    {
        /// <inheritdoc/>
        public override string Key => $"review-due:{Round}";
    }

    /// <summary>End of the watch. Answered by <see cref="IncidentEvent.WatchElapsed"/>.</summary>
    /// <param name="Generation">The observation.</param>
    /// <param name="When">The moment.</param>
    public sealed record EndWatch(int Generation, DateTimeOffset When) : AtTime(Generation, When)
    {
        /// <inheritdoc/>
        public override string Key => $"watch-end:{Generation}";
    }

    /// <summary>A repair or revert should have had its outcome by then. Answered by <see cref="IncidentEvent.RepairOverdue"/>.</summary>
    /// <param name="Generation">The observation.</param>
    /// <param name="Attempt">The round of approvals.</param>
    /// <param name="OfRevert">Whether it is about the revert.</param>
    /// <param name="When">The moment.</param>
    public sealed record EndRepair(int Generation, int Attempt, bool OfRevert, DateTimeOffset When) : AtTime(Generation, When)
    {
        /// <inheritdoc/>
        public override string Key => $"overdue:{Generation}.{Attempt}:{(OfRevert ? "revert" : "repair")}";
    }
}
