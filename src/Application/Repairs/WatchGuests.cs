using System.Collections.Immutable;
using ChatOpsBot.Application.Effects;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Application.Probing;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Probes;

namespace ChatOpsBot.Application.Repairs;

/// <summary>
/// Waits for the guest's DHCPACK after a repair was committed that nobody saw cure anything yet. In slices, so that a recheck or a cancel gets in between; the end of the watch is a timer's.
/// </summary>
/// <param name="configuration">The hosts in force.</param>
/// <param name="snapshots">What was read of the host.</param>
/// <param name="probes">Listens on the host.</param>
/// <param name="progress">Told what goes on.</param>
/// <param name="options">Times.</param>
/// <param name="time">The clock.</param>
public sealed class WatchGuests(IConfigurationSource configuration, SnapshotKeeper snapshots, HostProbes probes, ProgressHub progress, RepairOptions options, TimeProvider time) : IEffectHandler
{
    private static readonly TimeSpan AtOnce = TimeSpan.FromMilliseconds(100);

    // Nothing can be listened to: the host is away, or has no interpreter.
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(15);

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Names { get; } = ["watch-guests.v1"];

    /// <inheritdoc/>
    public async Task<EffectOutcome> PerformAsync(EffectTask task, CancellationToken cancellationToken)
    {
        var incident = task.Incident.Incident;
        if (configuration.Current.Inventory.Find(incident.Request.Host) is not { } host || incident.Committed.LastOrDefault(repair => !repair.Proven) is not { } repair
            || await snapshots.FindAsync(incident.Id, incident.Generation, cancellationToken) is not { } snapshot)
        {
            return new EffectOutcome.Again(Later);
        }

        var finding = (await snapshots.ObservationsAsync(incident.Id, cancellationToken))
            .Select(observed => ProofSubjects.FindingOf(observed.Diagnosis, repair.Target))
            .LastOrDefault(found => found is not null);
        var view = new HostView(snapshot, host);
        ImmutableArray<TracedGuest> guests = ProofSubjects.GuestsOf(view, finding, repair.Plan);
        if (finding?.Probe == SymptomProbe.GuestArp)
        {
            progress.Report(new(incident.Id, "watch", "waiting for an answer to the guest's ARP", 0, 0));
            return await GuestArp.ListenAsync(probes, host, view, guests, cancellationToken) switch
            {
                FactReading<HopArp?>.Known({ } answer) => new EffectOutcome.Done(new IncidentEvent.AckSeen(time.GetUtcNow(), $"ARP answered: {GuestArp.Told(answer)}")),
                FactReading<HopArp?>.Known => new EffectOutcome.Again(AtOnce),
                _ => new EffectOutcome.Again(Later),
            };
        }

        if (DhcpTraceRequest.For(guests, options.WatchSlice) is not { } request)
        {
            return new EffectOutcome.Again(Later);
        }

        progress.Report(new(incident.Id, "watch", "waiting for the guest's DHCPACK", 0, 0));
        return await probes.TraceAsync(host, request, null, cancellationToken) switch
        {
            FactReading<DhcpTrace>.Known(var trace) when trace.AckFor(request.Guests) is { } ack => new EffectOutcome.Done(
                new IncidentEvent.AckSeen(time.GetUtcNow(), $"DHCPACK for {ack.Mac} on {ack.Link}: {SymptomCheck.Told(ack)}")),
            FactReading<DhcpTrace>.Known({ Links.IsEmpty: false }) => new EffectOutcome.Again(AtOnce),
            _ => new EffectOutcome.Again(Later),
        };
    }
}
