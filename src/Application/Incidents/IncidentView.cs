using System.Collections.Immutable;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Transcripts;

namespace ChatOpsBot.Application.Incidents;

/// <summary>An incident and how far its history has been read.</summary>
/// <param name="Incident">The incident.</param>
/// <param name="Seq">Number of its last event.</param>
/// <param name="Head">Hash of that event.</param>
public sealed record IncidentView(Incident Incident, long Seq, string Head)
{
    /// <summary>The events that the last change added.</summary>
    public ImmutableArray<StoredEvent> Tail { get; init; } = [];

    /// <summary>The incident after further stored events.</summary>
    public IncidentView After(ImmutableArray<StoredEvent> events)
        => events.Aggregate(this, (view, stored) => new IncidentView(view.Incident.After(stored.Read()), stored.Seq, stored.Hash));
}

/// <summary>What letting events happen brought.</summary>
public abstract record ApplyOutcome
{
    private ApplyOutcome()
    {
    }

    /// <summary>They happened and are stored.</summary>
    /// <param name="View">The incident afterwards.</param>
    /// <param name="Joined">An open incident was joined instead of opening one.</param>
    public sealed record Applied(IncidentView View, bool Joined) : ApplyOutcome;

    /// <summary>The transition table refused; nothing is stored.</summary>
    /// <param name="Reason">A sentence for the person.</param>
    public sealed record Refused(string Reason) : ApplyOutcome;

    /// <summary>There is no such incident.</summary>
    public sealed record NotFound : ApplyOutcome;

    /// <summary>The effect whose answer this was belongs to another worker now; nothing is stored.</summary>
    public sealed record ClaimLost : ApplyOutcome;
}
