using System.Collections.Immutable;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Transcripts;

namespace ChatOpsBot.Application.Incidents;

/// <summary>Puts transcripts together. Their signatures were made when the events were stored: signing now would vouch for whatever happened to the store since.</summary>
/// <param name="store">Where the events are.</param>
public sealed class TranscriptService(IIncidentStore store)
{
    /// <summary>The transcript; <see langword="null"/> when there is no such incident. A damaged history is exported as it is; checking it finds the damage.</summary>
    public async Task<Transcript?> ExportAsync(IncidentId id, CancellationToken cancellationToken) => (await ReadAsync(id, cancellationToken))?.Transcript;

    /// <summary>The transcript with the number of events and the head that the store states besides; <see langword="null"/> when there is no such incident.</summary>
    public async Task<TranscriptReading.Readable?> ReadAsync(IncidentId id, CancellationToken cancellationToken)
    {
        // The line is written with each event, so it knows how many there should be; what is appended after it was read belongs to the next export.
        if (await store.FindAsync(id, cancellationToken) is not { } line)
        {
            return null;
        }

        var events = (await store.LoadAsync(id, 0, cancellationToken)).Where(stored => stored.Seq <= line.Events).ToImmutableArray();

        var blobs = ImmutableSortedDictionary.CreateBuilder<string, ReadOnlyMemory<byte>>();
        foreach (var hash in events.SelectMany(stored => BlobReferences.In(stored.Body)).Distinct())
        {
            if (await store.GetBlobAsync(hash, cancellationToken) is { } bytes)
            {
                blobs[hash] = bytes;
            }
        }

        return new(new(id, events, blobs.ToImmutable(), line.Signature), line.Events, line.Head);
    }
}
