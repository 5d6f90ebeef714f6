using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Incidents;

namespace ChatOpsBot.Application.Repairs;

/// <summary>Keeps what was read of a host beside its incident, and finds it again.</summary>
/// <param name="store">Where incidents are kept.</param>
public sealed class SnapshotKeeper(IIncidentStore store)
{
    /// <summary>Keeps a snapshot; it is on disk before the event that names it can be stored.</summary>
    public Task<BlobRef> KeepAsync(HostSnapshot snapshot, CancellationToken cancellationToken) => store.PutBlobAsync(SnapshotFile.Write(snapshot), cancellationToken);

    /// <summary>The snapshot of an observation; <see langword="null"/> when there was none or its bytes are gone.</summary>
    public async Task<HostSnapshot?> FindAsync(IncidentId incident, int generation, CancellationToken cancellationToken)
    {
        var observed = (await ObservationsAsync(incident, cancellationToken)).LastOrDefault(e => e.Generation == generation);
        return observed?.Snapshot is { } blob && await store.GetBlobAsync(blob.Sha256, cancellationToken) is { } bytes
            && SnapshotFile.Read(bytes) is SnapshotFile.Reading.Loaded(var snapshot)
            ? snapshot
            : null;
    }

    /// <summary>All observations of an incident, in order.</summary>
    public async Task<IReadOnlyList<IncidentEvent.Observed>> ObservationsAsync(IncidentId incident, CancellationToken cancellationToken)
        => [.. (await store.LoadAsync(incident, 0, cancellationToken)).Where(stored => stored.Type == "observed.v1").Select(stored => stored.Read()).OfType<IncidentEvent.Observed>()];
}
