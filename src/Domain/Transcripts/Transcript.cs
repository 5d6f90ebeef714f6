using System.Collections.Immutable;
using ChatOpsBot.Domain.Incidents;

namespace ChatOpsBot.Domain.Transcripts;

/// <summary>The whole history of one incident, ready to be exported.</summary>
/// <param name="Incident">Which.</param>
/// <param name="Events">All events in order.</param>
/// <param name="Blobs">Large outputs that the events refer to, by hash.</param>
/// <param name="Signature">The service's signature; <see langword="null"/> when there was no key.</param>
public sealed record Transcript(
    IncidentId Incident, ImmutableArray<StoredEvent> Events, ImmutableSortedDictionary<string, ReadOnlyMemory<byte>> Blobs, TranscriptSignature? Signature)
{
    /// <summary>Hash of the last event.</summary>
    public string Head => Events.IsEmpty ? EventChain.Start : Events[^1].Hash;

    /// <summary>What chat messages quote.</summary>
    public string ShortHead => Head[..16];

    /// <summary>The incident that the events make.</summary>
    public Incident Fold() => Events.Aggregate(Domain.Incidents.Incident.Blank(Incident), (incident, stored) => incident.After(stored.Read()));
}
