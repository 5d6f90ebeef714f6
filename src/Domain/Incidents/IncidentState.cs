using ChatOpsBot.Domain.Approvals;

namespace ChatOpsBot.Domain.Incidents;

/// <summary>Where an incident stands.</summary>
public abstract record IncidentState
{
    private IncidentState()
    {
    }

    /// <summary>The name that scripts see.</summary>
    public abstract string Name { get; }

    /// <summary>Before the first event.</summary>
    public sealed record Unopened : IncidentState
    {
        /// <inheritdoc/>
        public override string Name => "new";
    }

    /// <summary>The host is being read, or a plan is being made from what was read.</summary>
    /// <param name="FromEscalated">An escalated incident is looked at again; finding the host healthy resolves it.</param>
    /// <param name="Planning">What was read calls for a plan, which is being made.</param>
    /// <param name="Target">The finding to plan for; <see langword="null"/> when a runbook was asked for by name.</param>
    public sealed record Observing(bool FromEscalated = false, bool Planning = false, RepairTarget? Target = null) : IncidentState
    {
        /// <inheritdoc/>
        public override string Name => "observing";
    }

    /// <summary>A plan waits for people.</summary>
    /// <param name="Proposal">The plan.</param>
    public sealed record AwaitingApproval(Proposal Proposal) : IncidentState
    {
        /// <inheritdoc/>
        public override string Name => "awaiting-approval";
    }

    /// <summary>The plan was approved and is being carried out.</summary>
    /// <param name="Proposal">The plan.</param>
    /// <param name="Begun">The guard is known to be armed.</param>
    public sealed record Applying(Proposal Proposal, bool Begun) : IncidentState
    {
        /// <inheritdoc/>
        public override string Name => "applying";
    }

    /// <summary>Every step ran; the host is being read over a new connection.</summary>
    /// <param name="Proposal">The plan.</param>
    /// <param name="Judged">The judgement, once there is one: the guard was told to commit.</param>
    public sealed record Verifying(Proposal Proposal, Judgement? Judged = null) : IncidentState
    {
        /// <inheritdoc/>
        public override string Name => "verifying";
    }

    /// <summary>The repair is being taken back.</summary>
    /// <param name="Proposal">The plan.</param>
    /// <param name="Why">Why, as the end of a sentence.</param>
    /// <param name="CancelledBy">Who cancelled it; <see langword="null"/> when nobody did.</param>
    public sealed record Reverting(Proposal Proposal, string Why, PersonId? CancelledBy = null) : IncidentState
    {
        /// <inheritdoc/>
        public override string Name => "reverting";
    }

    /// <summary>The repair was committed, nothing is wrong any more, but the guest was not yet seen to get its address.</summary>
    /// <param name="Until">How long it is waited for.</param>
    public sealed record Watching(DateTimeOffset Until) : IncidentState
    {
        /// <inheritdoc/>
        public override string Name => "watching";
    }

    /// <summary>A human has to act.</summary>
    /// <param name="Question">What is asked of whom.</param>
    public sealed record Escalated(string Question) : IncidentState
    {
        /// <inheritdoc/>
        public override string Name => "escalated";
    }

    /// <summary>Nothing happens any more.</summary>
    /// <param name="End">How it ended.</param>
    /// <param name="Why">A sentence for people.</param>
    public sealed record Ended(IncidentEnd End, string Why) : IncidentState
    {
        /// <inheritdoc/>
        public override string Name => End switch
        {
            IncidentEnd.Healthy => "healthy",
            IncidentEnd.Resolved => "resolved",
            IncidentEnd.Declined => "declined",
            IncidentEnd.Expired => "expired",
            IncidentEnd.Cancelled => "cancelled",
            IncidentEnd.Reverted => "reverted",
            IncidentEnd.RevertFailed => "revert-failed",
            _ => "unreachable",
        };
    }
}

/// <summary>How an incident ended.</summary>
public enum IncidentEnd
{
    /// <summary>Nothing was wrong.</summary>
    Healthy,

    /// <summary>It was wrong and is right now.</summary>
    Resolved,

    /// <summary>An approver said no.</summary>
    Declined,

    /// <summary>Nobody decided in time.</summary>
    Expired,

    /// <summary>A person ended it before anything was changed, or after it had been escalated.</summary>
    Cancelled,

    /// <summary>The repair was taken back and the host is as before.</summary>
    Reverted,

    /// <summary>The repair was not, or not fully, taken back; the host needs a human.</summary>
    RevertFailed,

    /// <summary>The host could not be read and nothing had been changed.</summary>
    Unreachable,
}

/// <summary>What verification said, kept while the guard commits.</summary>
/// <param name="Proven">The symptom was seen to turn.</param>
/// <param name="OthersLeft">Another root was found, which needs its own plan.</param>
public sealed record Judgement(bool Proven, bool OthersLeft);
