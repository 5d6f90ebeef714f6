using System.Collections.Immutable;
using ChatOpsBot.Domain.Approvals;

namespace ChatOpsBot.Domain.Incidents;

/// <summary>One incident as its events made it: the fold of <see cref="IncidentTransitions.Decide"/>.</summary>
public sealed record Incident
{
    /// <summary>Its id.</summary>
    public required IncidentId Id { get; init; }

    /// <summary>Where it stands.</summary>
    public IncidentState State { get; init; } = new IncidentState.Unopened();

    /// <summary>What the current observation is asked to look at; always about the same host.</summary>
    public IncidentRequest Request { get; init; } = new() { Host = "" };

    /// <summary>Who opened it.</summary>
    public PersonId OpenedBy { get; init; }

    /// <summary>Who asked for the observation that the current plan comes from; the person that "not the requester" means.</summary>
    public PersonId Requester { get; init; }

    /// <summary>When it was opened.</summary>
    public DateTimeOffset OpenedAt { get; init; }

    /// <summary>When it ended; <see langword="null"/> while it is open.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Its time limits.</summary>
    public IncidentLimits Limits { get; init; } = new();

    /// <summary>Where it is shown, each place once.</summary>
    public ImmutableArray<ConversationId> Conversations { get; init; } = [];

    /// <summary>How often the host was to be observed; results of an older observation are refused.</summary>
    public int Generation { get; init; }

    /// <summary>How often a human was asked to act.</summary>
    public int Escalations { get; init; }

    /// <summary>What the last observation said.</summary>
    public Diagnosis.Diagnosis? Diagnosis { get; init; }

    /// <summary>A runbook that was asked for by name and not yet carried out.</summary>
    public RunbookRequest? Runbook { get; init; }

    /// <summary>The last probes that were approved. They are sent in the observation after the one that asked for them, and in no other.</summary>
    public Proposal? Probing { get; init; }

    /// <summary>Whether the plan that is being made is one of probes.</summary>
    public bool AsksForProbes { get; init; }

    /// <summary>Repairs that stay on the host, in order.</summary>
    public ImmutableArray<CommittedRepair> Committed { get; init; } = [];

    /// <summary>Links that ran otherwise than configured already before the first repair.</summary>
    public ImmutableArray<string> DriftedBefore { get; init; } = [];

    /// <summary>End of the watch for the guest's address, once one has begun; a recheck does not prolong it.</summary>
    public DateTimeOffset? WatchUntil { get; init; }

    /// <summary>What one person did alone here; <see langword="null"/> when nobody did.</summary>
    public BrokenGlass? Glass { get; init; }

    /// <summary>Why this incident cannot be worked on by this program: its history holds what it does not understand. <see langword="null"/> when all is well.</summary>
    public string? Problem { get; init; }

    /// <summary>Whether it still takes part in "one open incident per host".</summary>
    public bool IsOpen => State is not (IncidentState.Unopened or IncidentState.Ended);

    /// <summary>The approved probes of the observation that runs now; <see langword="null"/> when there are none.</summary>
    public Proposal? ProbesNow => Probing is { } approved && approved.Generation + 1 == Generation ? approved : null;

    /// <summary>An incident that nothing has happened to yet.</summary>
    public static Incident Blank(IncidentId id) => new() { Id = id };

    /// <summary>
    /// The incident after one stored event. What was stored is history: an event that this program does not understand, or would not accept today, does not stop
    /// the reading, but the incident then carries a <see cref="Problem"/> and takes no further event.
    /// </summary>
    public Incident After(IncidentEvent stored)
    {
        if (Problem is not null)
        {
            return this;
        }

        return stored switch
        {
            IncidentEvent.Unknown unknown => this with { Problem = unknown.Why },
            _ => IncidentTransitions.Decide(this, stored) switch
            {
                Transition.Accepted accepted => accepted.Next,
                Transition.Refused refused => this with { Problem = $"a stored event does not fit the state {State.Name}: {refused.Reason}" },
                _ => this,
            },
        };
    }
}
