using System.Collections.Immutable;
using ChatOpsBot.Domain.Approvals;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Transcripts;

namespace ChatOpsBot.Application.Ports;

/// <summary>
/// Keeps incidents. A write that returned is on disk. Expected refusals are values; a store that cannot read or write its medium throws <see cref="StoreException"/>.
/// </summary>
public interface IIncidentStore
{
    /// <summary>Whether other services write to the same store: then an incident that this process remembers may be older than what is stored.</summary>
    bool IsShared => false;

    /// <summary>Opens an incident with its first events and effects, unless the host has an open one.</summary>
    Task<OpenOutcome> OpenAsync(IncidentOpening opening, CancellationToken cancellationToken);

    /// <summary>Appends events and stores their effects, if nobody has appended since. All of it happens, or nothing.</summary>
    Task<AppendOutcome> AppendAsync(IncidentAppend append, CancellationToken cancellationToken);

    /// <summary>Events of an incident after a number, in order; empty when there are none.</summary>
    Task<ImmutableArray<StoredEvent>> LoadAsync(IncidentId incident, long afterSeq, CancellationToken cancellationToken);

    /// <summary>The line of one incident; <see langword="null"/> when there is no such incident.</summary>
    Task<IncidentLine?> FindAsync(IncidentId incident, CancellationToken cancellationToken);

    /// <summary>Incidents, newest first.</summary>
    Task<ImmutableArray<IncidentLine>> ListAsync(IncidentFilter filter, CancellationToken cancellationToken);

    /// <summary>Keeps bytes under their hash; the same bytes are kept once.</summary>
    Task<BlobRef> PutBlobAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>The bytes of a hash, checked against it; <see langword="null"/> when there are none.</summary>
    Task<ReadOnlyMemory<byte>?> GetBlobAsync(string sha256, CancellationToken cancellationToken);
}

/// <summary>What the store shows in lists; always in step with the events.</summary>
public sealed record IncidentLine
{
    /// <summary>Which incident.</summary>
    public required IncidentId Id { get; init; }

    /// <summary>Its host.</summary>
    public required string Host { get; init; }

    /// <summary>Name of its state.</summary>
    public required string State { get; init; }

    /// <summary>Whether it is open.</summary>
    public required bool IsOpen { get; init; }

    /// <summary>Who opened it.</summary>
    public required PersonId OpenedBy { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Number of events.</summary>
    public long Events { get; init; }

    /// <summary>Hash of the last event.</summary>
    public string Head { get; init; } = EventChain.Start;

    /// <summary>The service's signature under id, number of events and head, made by the store with each write; <see langword="null"/> from a store that signs nothing.</summary>
    public TranscriptSignature? Signature { get; init; }

    /// <summary>The line of an incident; the store adds number of events and head.</summary>
    public static IncidentLine Of(Incident incident) => new()
    {
        Id = incident.Id,
        Host = incident.Request.Host,
        State = incident.State.Name,
        IsOpen = incident.IsOpen,
        OpenedBy = incident.OpenedBy,
        OpenedAt = incident.OpenedAt,
        EndedAt = incident.EndedAt,
    };
}

/// <summary>Which incidents to list.</summary>
public sealed record IncidentFilter
{
    /// <summary>Only open or only ended ones; <see langword="null"/> for both.</summary>
    public bool? Open { get; init; }

    /// <summary>Only this host's.</summary>
    public string? Host { get; init; }

    /// <summary>Only those with a smaller number; for the next page.</summary>
    public IncidentId? Before { get; init; }

    /// <summary>At most so many, 1 to 1000.</summary>
    public int Limit { get; init; } = 100;
}

/// <summary>A new incident.</summary>
/// <param name="Host">Its host.</param>
/// <param name="Decide">Called with the id it gets; gives its first events, the line and the effects. Pure: it may be called again.</param>
public sealed record IncidentOpening(string Host, Func<IncidentId, IncidentChange> Decide)
{
    /// <summary>The inbound item that asked for it; marked done in the same transaction.</summary>
    public InboxDone? Inbox { get; init; }
}

/// <summary>Events to append.</summary>
/// <param name="Incident">To which incident.</param>
/// <param name="ExpectedSeq">Number of the last event known to the caller: the compare part of the compare-and-set.</param>
/// <param name="ExpectedHead">Its hash.</param>
/// <param name="Change">What to store.</param>
public sealed record IncidentAppend(IncidentId Incident, long ExpectedSeq, string ExpectedHead, IncidentChange Change)
{
    /// <summary>The inbound item that caused it; marked done in the same transaction.</summary>
    public InboxDone? Inbox { get; init; }

    /// <summary>The effect that caused it; settled in the same transaction, so that its answer and its end are one thing.</summary>
    public EffectSettlement? Settles { get; init; }
}

/// <summary>What one decision stores.</summary>
/// <param name="Events">The events, already linked to the chain.</param>
/// <param name="Effects">Their effects, in order.</param>
/// <param name="Line">The incident afterwards.</param>
public sealed record IncidentChange(ImmutableArray<StoredEvent> Events, ImmutableArray<Effect> Effects, IncidentLine Line);

/// <summary>What opening brought.</summary>
public abstract record OpenOutcome
{
    private OpenOutcome()
    {
    }

    /// <summary>It is open.</summary>
    /// <param name="Id">Its id.</param>
    public sealed record Opened(IncidentId Id) : OpenOutcome;

    /// <summary>The host has an open incident already.</summary>
    /// <param name="Id">That one.</param>
    public sealed record HostBusy(IncidentId Id) : OpenOutcome;
}

/// <summary>What appending brought.</summary>
public abstract record AppendOutcome
{
    private AppendOutcome()
    {
    }

    /// <summary>It is stored.</summary>
    public sealed record Appended : AppendOutcome;

    /// <summary>Somebody else appended first; nothing was stored.</summary>
    public sealed record Conflict : AppendOutcome;

    /// <summary>The effect to be settled is not the caller's any more: its claim ran out and another worker has it. Nothing was stored.</summary>
    public sealed record ClaimLost : AppendOutcome;
}

/// <summary>The store's medium failed: disk full, read-only, damaged.</summary>
public sealed class StoreException : Exception
{
    /// <summary>Whether it may be otherwise in a moment without anybody changing a setting: the server is being restarted, the network is cut.</summary>
    public bool MayPass { get; init; }

    /// <summary>With a sentence for an operator.</summary>
    public StoreException(string message)
        : base(message)
    {
    }

    /// <summary>With a sentence for an operator and the cause.</summary>
    public StoreException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
