using System.Collections.Immutable;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Approvals;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Transcripts;

namespace ChatOpsBot.Adapters.Web.Incidents;

/// <summary>A decision about a plan.</summary>
/// <param name="Person">Who.</param>
/// <param name="Approved">Yes or no.</param>
/// <param name="At">When.</param>
/// <param name="Reason">Why not, if said.</param>
public sealed record Decision(PersonId Person, bool Approved, DateTimeOffset At, string? Reason)
{
    /// <summary>Whether it was made alone, without the approvals that the plan needs.</summary>
    public bool Alone { get; init; }
}

/// <summary>An incident with its history, as the API and the pages show it.</summary>
/// <param name="Incident">The incident.</param>
/// <param name="Events">Its events.</param>
public sealed record IncidentReading(Incident Incident, ImmutableArray<StoredEvent> Events)
{
    /// <summary>Outputs of steps that are kept beside the events, by hash, as far as they are shown.</summary>
    public ImmutableSortedDictionary<string, ReadOnlyMemory<byte>> Outputs { get; init; } = ImmutableSortedDictionary<string, ReadOnlyMemory<byte>>.Empty;

    /// <summary>The last plan; also after it was decided.</summary>
    public IncidentEvent.PlanProposed? Proposed { get; } = Events.Select(stored => stored.Type == "plan-proposed.v1" ? stored.Read() : null).OfType<IncidentEvent.PlanProposed>().LastOrDefault();

    /// <summary>Number of the last event.</summary>
    public long Seq => Events.IsEmpty ? 0 : Events[^1].Seq;

    /// <summary>Hash of the last event.</summary>
    public string Head => Events.IsEmpty ? EventChain.Start : Events[^1].Hash;

    /// <summary>What was decided about the last plan.</summary>
    public ImmutableArray<Decision> Decisions =>
    [
        .. from stored in Events
           where stored.Type is "approved.v1" or "denied.v1" or "glass-broken.v1"
           let decision = stored.Read() switch
           {
               IncidentEvent.Approved e when e.PlanHash == Proposed?.PlanHash => new Decision(e.By, true, e.At, null),
               IncidentEvent.GlassBroken e when e.PlanHash == Proposed?.PlanHash => new Decision(e.By, true, e.At, e.Reason) { Alone = true },
               IncidentEvent.Denied e when e.PlanHash == Proposed?.PlanHash => new Decision(e.By, false, e.At, e.Reason),
               _ => null,
           }
           where decision is not null
           select decision,
    ];

    /// <summary>The events as people read them.</summary>
    public IEnumerable<TimelineEntry> Timeline => TimelineEntry.Of(new Transcript(Incident.Id, Events, Outputs, null));
}

/// <summary>Reads incidents.</summary>
/// <param name="store">From here.</param>
internal sealed class IncidentReader(IIncidentStore store)
{
    /// <summary>Larger outputs are read in the transcript.</summary>
    private const long LargestShown = 256 * 1024;

    /// <summary>The incident with its whole history; <see langword="null"/> when there is none.</summary>
    /// <param name="id">Which.</param>
    /// <param name="withOutputs">Whether outputs kept beside the events are wanted.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IncidentReading?> FindAsync(IncidentId id, bool withOutputs, CancellationToken cancellationToken)
    {
        var events = await store.LoadAsync(id, 0, cancellationToken);
        if (events.IsEmpty)
        {
            return null;
        }

        var reading = new IncidentReading(events.Aggregate(Incident.Blank(id), (incident, stored) => incident.After(stored.Read())), events);
        return withOutputs ? reading with { Outputs = await OutputsAsync(events, cancellationToken) } : reading;
    }

    private async Task<ImmutableSortedDictionary<string, ReadOnlyMemory<byte>>> OutputsAsync(ImmutableArray<StoredEvent> events, CancellationToken cancellationToken)
    {
        var outputs = ImmutableSortedDictionary.CreateBuilder<string, ReadOnlyMemory<byte>>();
        foreach (var blob in events.Where(stored => stored.Type == "step-reported.v1").Select(stored => (stored.Read() as IncidentEvent.StepReported)?.Output.Blob).OfType<BlobRef>())
        {
            if (blob.Bytes <= LargestShown && await store.GetBlobAsync(blob.Sha256, cancellationToken) is { } bytes)
            {
                outputs[blob.Sha256] = bytes;
            }
        }

        return outputs.ToImmutable();
    }
}
