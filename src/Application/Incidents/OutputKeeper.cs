using System.Text;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Incidents;

namespace ChatOpsBot.Application.Incidents;

/// <summary>Decides where an output is kept: in the event, or beside it as a blob.</summary>
/// <param name="store">Where blobs go.</param>
public sealed class OutputKeeper(IIncidentStore store)
{
    /// <summary>Keeps an output that has been masked. A blob is on disk before the event that names it can be stored.</summary>
    public async Task<StoredOutput> KeepAsync(ReadOnlyMemory<byte> masked, CancellationToken cancellationToken)
        => masked.Length <= BlobRef.InlineLimit
            ? new(Encoding.UTF8.GetString(masked.Span), null)
            : new(null, await store.PutBlobAsync(masked, cancellationToken));
}
