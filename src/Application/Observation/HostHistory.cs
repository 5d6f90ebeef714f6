using System.Collections.Immutable;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Hosts;
using ChatOpsBot.Domain.Incidents;

namespace ChatOpsBot.Application.Observation;

/// <summary>What the store knows about a host's recent past: what is other than when the host was last good, and what we repaired there ourselves.</summary>
/// <param name="store">Where incidents are kept.</param>
public sealed class HostHistory(IIncidentStore store)
{
    private const int Incidents = 10;

    // An older repair of ours would have shown by now.
    private static readonly TimeSpan Recent = TimeSpan.FromHours(24);

    /// <summary>Changes for the ranking, our own repairs first. A store that has nothing gives nothing.</summary>
    /// <param name="host">Which host.</param>
    /// <param name="snapshot">The host now.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    public async Task<ImmutableArray<RecentChange>> ChangesAsync(HostEntry host, HostSnapshot snapshot, CancellationToken cancellationToken)
    {
        var repairs = ImmutableArray.CreateBuilder<RecentChange>();
        HostSnapshot? good = null;
        foreach (var line in await store.ListAsync(new() { Open = false, Host = host.Name, Limit = Incidents }, cancellationToken))
        {
            var incident = Incident.Blank(line.Id);
            IncidentEvent.Observed? healthy = null;
            foreach (var stored in await store.LoadAsync(line.Id, 0, cancellationToken))
            {
                var happened = stored.Read();
                incident = incident.After(happened);
                healthy = happened is IncidentEvent.Observed { Diagnosis.Verdict: OverallVerdict.Healthy, Snapshot: not null } observed ? observed : healthy;
            }

            if (line.EndedAt is { } ended && snapshot.ObservedAt - ended <= Recent)
            {
                repairs.AddRange(incident.Committed.Select(repair => new RecentChange(
                    new("history", $"our own repair {repair.Plan.Runbook} in {line.Id} ended {ended.UtcDateTime:yyyy-MM-dd HH:mm} UTC"),
                    [repair.Plan.Runbook.Split('/', 2)[0] + "."],
                    [.. repair.Plan.Steps.Select(step => step.Subject?.Name).OfType<string>().Distinct()])));
            }

            if (good is null && healthy?.Snapshot is { } blob && await store.GetBlobAsync(blob.Sha256, cancellationToken) is { } bytes
                && SnapshotFile.Read(bytes) is SnapshotFile.Reading.Loaded(var kept))
            {
                good = kept;
            }
        }

        return good is null ? repairs.ToImmutable() : [.. repairs, .. SnapshotDifference.Between(new HostView(good, host), new HostView(snapshot, host))];
    }
}
