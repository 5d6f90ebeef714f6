using System.Collections.Concurrent;
using ChatOpsBot.Application.Probing;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Hosts;
using ChatOpsBot.Domain.Probes;

namespace ChatOpsBot.Application.Repairs;

/// <summary>
/// What is looked at from before the steps on, so that verification can compare: the watch for the guests' DHCPACK, and whether the gateway answered. Kept in this process only;
/// after a restart verification does without and proves less, never something wrong.
/// </summary>
/// <param name="snapshots">The read that the plan was made from.</param>
/// <param name="probes">Asks the host.</param>
/// <param name="options">Times.</param>
/// <param name="time">The clock.</param>
public sealed class RepairBaselines(SnapshotKeeper snapshots, HostProbes probes, RepairOptions options, TimeProvider time) : IAsyncDisposable
{
    // Beyond the wait itself: the steps run and the host is read in between.
    private static readonly TimeSpan BeforeTheWait = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan ListenWithin = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, RepairBaseline> _byPlan = new();

    /// <summary>Begins to listen and asks the gateway. Whatever cannot be looked at is left out; it never holds up the repair for long.</summary>
    public async Task TakeAsync(RepairWork work, CancellationToken cancellationToken)
    {
        if (await snapshots.FindAsync(work.Incident.Id, work.Proposal.Generation, cancellationToken) is not { } snapshot)
        {
            return;
        }

        var view = new HostView(snapshot, work.Host);
        var guests = ProofSubjects.GuestsOf(view, work);
        var gateway = ProofSubjects.GatewayOf(view, work);
        var watch = AckWatch.Start(probes, work.Host, guests, options.AckWait + BeforeTheWait, time);
        var answered = gateway is null ? null : await AskAsync(work.Host, gateway, cancellationToken);
        if (watch is not null)
        {
            await watch.ListeningWithinAsync(ListenWithin, cancellationToken);
        }

        await ForgetAsync(work.Plan.Id);
        _byPlan[work.Plan.Id] = new(watch, gateway, answered);
    }

    /// <summary>The baseline of a plan; empty when there is none.</summary>
    public RepairBaseline Of(string planId) => _byPlan.GetValueOrDefault(planId) ?? RepairBaseline.None;

    /// <summary>Ends the watch of a plan.</summary>
    public async Task ForgetAsync(string planId)
    {
        if (_byPlan.TryRemove(planId, out var baseline) && baseline.Watch is { } watch)
        {
            await watch.DisposeAsync();
        }
    }

    /// <summary>Whether an address answers; <see langword="null"/> when it could not be asked.</summary>
    public async Task<bool?> AskAsync(HostEntry host, ArpRequest request, CancellationToken cancellationToken)
        => await probes.ArpAsync(host, request, cancellationToken) is FactReading<ArpAnswer>.Known(var answer) ? !answer.Macs.IsEmpty : null;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var plan in _byPlan.Keys)
        {
            await ForgetAsync(plan);
        }
    }
}

/// <summary>What was seen before the steps.</summary>
/// <param name="Watch">Listens for the guests' DHCPACK; <see langword="null"/> when there is no guest.</param>
/// <param name="Gateway">The gateway's question; <see langword="null"/> when it is not known.</param>
/// <param name="GatewayAnswered">Whether it answered before; <see langword="null"/> when it was not asked.</param>
public sealed record RepairBaseline(AckWatch? Watch, ArpRequest? Gateway, bool? GatewayAnswered)
{
    /// <summary>Nothing.</summary>
    public static RepairBaseline None { get; } = new(null, null, null);
}
