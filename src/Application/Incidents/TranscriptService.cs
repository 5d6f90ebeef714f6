using System.Collections.Immutable;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Transcripts;

namespace ChatOpsBot.Application.Incidents;

/// <summary>Puts transcripts together and signs them.</summary>
/// <param name="store">Where the events are.</param>
/// <param name="signer">The service's key.</param>
public sealed class TranscriptService(IIncidentStore store, ITranscriptSigner signer)
{
    /// <summary>The signed transcript; <see langword="null"/> when there is no such incident. A damaged history is exported as it is, but not signed.</summary>
    public async Task<Transcript?> ExportAsync(IncidentId id, CancellationToken cancellationToken)
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

        var transcript = new Transcript(id, events, blobs.ToImmutable(), null);

        // A signature under a chain that does not hold would vouch for the damage.
        var whole = line.Events == events.Length && line.Head == transcript.Head && !EventChain.Problems(id, events).Any();
        return whole ? transcript with { Signature = signer.Sign(TranscriptSignature.Content(id, events.Length, transcript.Head)) } : transcript;
    }
}
