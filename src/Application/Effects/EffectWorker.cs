using System.Collections.Concurrent;
using System.Collections.Frozen;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Incidents;
using Microsoft.Extensions.Logging;

namespace ChatOpsBot.Application.Effects;

/// <summary>
/// Performs stored effects: at least once, in order per incident and lane, no lane waiting for another. Run by a hosted service, which awaits <see cref="RunAsync"/> at shutdown.
/// </summary>
public sealed class EffectWorker
{
    private readonly IEffectOutbox _outbox;
    private readonly IncidentService _incidents;
    private readonly EffectSignal _signal;
    private readonly EffectOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<EffectWorker> _logger;
    private readonly EffectAttempt _attempt;
    private readonly FrozenDictionary<string, IEffectHandler> _handlers;
    private readonly ConcurrentDictionary<EffectClaim, (Lane Lane, Task Task)> _running = new();
    private long _lastLook;

    /// <summary>Takes one handler for each stored name.</summary>
    /// <exception cref="ArgumentException">Two handlers want the same effect.</exception>
    public EffectWorker(
        IEffectOutbox outbox, IncidentService incidents, IEnumerable<IEffectHandler> handlers, EffectSignal signal, EffectOptions options, TimeProvider time,
        ILogger<EffectWorker> logger)
    {
        _outbox = outbox;
        _incidents = incidents;
        _signal = signal;
        _options = options;
        _time = time;
        _logger = logger;
        _attempt = new(outbox, options, time, logger);
        var byName = handlers.SelectMany(handler => handler.Names.Select(name => (Name: name, Handler: handler))).ToLookup(pair => pair.Name, pair => pair.Handler);
        if (byName.FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new ArgumentException($"two handlers want the effect {twice.Key}", nameof(handlers));
        }

        _handlers = byName.ToFrozenDictionary(group => group.Key, group => group.Single());
    }

    /// <summary>Number of effects that are being performed.</summary>
    public int Running => _running.Count;

    /// <summary>When the store was last asked for due work with success; <see langword="null"/> before the first time.</summary>
    public DateTimeOffset? LastLook => Volatile.Read(ref _lastLook) is var ticks and > 0 ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>Works until it is cancelled, then waits for what runs. Effects that were cut off are performed again at the next start.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                var woken = _signal.NextAsync();
                try
                {
                    await StartDueAsync(cancellationToken);
                }
                catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
                {
                    break;
                }
                catch (Exception failure)
                {
                    // Whatever it is, effects under way must not be waited for and what is due must be looked at again.
                    Log.StoreFailed(_logger, failure);
                }

                await Task.WhenAny(woken, Task.Delay(_options.PollEvery, _time, cancellationToken));
            }
        }
        finally
        {
            await Task.WhenAll(_running.Values.Select(running => running.Task));
        }
    }

    /// <summary>Starts what is due and has a free slot; returns how many were started.</summary>
    public async Task<int> StartDueAsync(CancellationToken cancellationToken)
    {
        var started = 0;
        var lanes = await _outbox.DueLanesAsync(_time.GetUtcNow(), cancellationToken);
        Volatile.Write(ref _lastLook, _time.GetUtcNow().UtcTicks);
        Metrics.SetDue(lanes);
        foreach (var due in lanes)
        {
            var free = SlotsOf(due.Lane) - _running.Values.Count(running => running.Lane == due.Lane);
            if (free < 1)
            {
                continue;
            }

            var now = _time.GetUtcNow();
            foreach (var taken in await _outbox.TakeAsync(due.Lane, now, now + _options.ClaimFor, free, cancellationToken))
            {
                Start(taken, cancellationToken);
                started++;
            }
        }

        return started;
    }

    private void Start(TakenEffect taken, CancellationToken cancellationToken)
    {
        var begin = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _running[taken.Claim] = (taken.Lane, RunAsync(begin.Task));
        begin.SetResult();

        async Task RunAsync(Task registered)
        {
            await registered;
            try
            {
                await PerformAsync(taken, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // Shutdown: the claim stays and the effect is performed again.
            }
            catch (Exception failure)
            {
                // Only the store can fail here. The claim runs out and the effect is performed again.
                Log.NotSettled(_logger, taken.Incident, taken.Name, failure);
            }
            finally
            {
                _running.TryRemove(taken.Claim, out _);
                _signal.Raise();
            }
        }
    }

    private async Task PerformAsync(TakenEffect taken, CancellationToken cancellationToken)
    {
        var effect = EffectCodec.Decode(taken.Name, taken.Body);
        var incident = await _incidents.GetStoredAsync(taken.Incident, cancellationToken);
        if (effect is null || incident is null)
        {
            await SettleAsync(taken, new(taken.Claim, EffectEnd.GivenUp, _time.GetUtcNow()) { Error = "this version cannot read the effect" }, cancellationToken);
            return;
        }

        if (!IncidentTransitions.IsWanted(incident.Incident, effect))
        {
            await SettleAsync(taken, new(taken.Claim, EffectEnd.Done, _time.GetUtcNow()), cancellationToken);
            return;
        }

        var outcome = _handlers.TryGetValue(taken.Name, out var handler)
            ? await _attempt.RunAsync(
                handler, new(effect, incident, taken.Failures) { EarlierTries = (int)Math.Min(int.MaxValue, taken.Claim.Number - 1), Claim = taken.Claim }, taken, LimitOf(taken.Lane), cancellationToken)
            : new EffectOutcome.GiveUp($"nothing performs {taken.Name} here");
        if (outcome is not null)
        {
            await FinishAsync(taken, effect, outcome, cancellationToken);
        }
    }

    private async Task FinishAsync(TakenEffect taken, Effect effect, EffectOutcome outcome, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        switch (outcome)
        {
            case EffectOutcome.Done { Events: { IsDefaultOrEmpty: false } events }:
                await ApplyAsync(taken, events, new(taken.Claim, EffectEnd.Done, now), cancellationToken);
                break;
            case EffectOutcome.Again again:
                await SettleAsync(taken, new(taken.Claim, EffectEnd.Again, now) { NotBefore = now + again.After }, cancellationToken);
                break;
            case EffectOutcome.Retry retry when taken.Failures + 1 < TriesOf(taken.Lane):
                var next = now + (retry.After ?? WaitAfter(taken.Failures));
                Log.WillRetry(_logger, taken.Incident, taken.Name, retry.Why);
                await SettleAsync(taken, new(taken.Claim, EffectEnd.Retry, now) { NotBefore = next, Error = retry.Why }, cancellationToken);
                break;
            case EffectOutcome.Retry retry:
                await GiveUpAsync(taken, effect, retry.Why, now, cancellationToken);
                break;
            case EffectOutcome.GiveUp giveUp:
                await GiveUpAsync(taken, effect, giveUp.Why, now, cancellationToken);
                break;
            default:
                await SettleAsync(taken, new(taken.Claim, EffectEnd.Done, now), cancellationToken);
                break;
        }
    }

    /// <summary>The incident learns of it in the same transaction, so that it never waits for an answer that cannot come.</summary>
    private Task GiveUpAsync(TakenEffect taken, Effect effect, string why, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var generation = effect switch { Effect.OnHost e => e.Generation, Effect.AtTime e => e.Generation, _ => 0 };
        Log.GivenUp(_logger, taken.Incident, taken.Name, why);
        return ApplyAsync(
            taken, [new IncidentEvent.EffectGivenUp(now, generation, taken.Name, taken.Lane.Value, why)], new(taken.Claim, EffectEnd.GivenUp, now) { Error = why }, cancellationToken);
    }

    private async Task ApplyAsync(
        TakenEffect taken, System.Collections.Immutable.ImmutableArray<IncidentEvent> events, EffectSettlement settlement, CancellationToken cancellationToken)
    {
        switch (await _incidents.ApplyAsync(taken.Incident, events, inbox: null, settlement, cancellationToken))
        {
            case ApplyOutcome.Applied:
                Metrics.Settled(taken.Lane, settlement.End);
                break;
            case ApplyOutcome.Refused refused:
                // The incident has moved on, for example because a person cancelled it meanwhile.
                Log.AnswerRefused(_logger, taken.Incident, taken.Name, refused.Reason);
                await SettleAsync(taken, settlement, cancellationToken);
                break;
            case ApplyOutcome.ClaimLost:
                Log.ClaimLost(_logger, taken.Incident, taken.Name);
                break;
        }
    }

    private async Task SettleAsync(TakenEffect taken, EffectSettlement settlement, CancellationToken cancellationToken)
    {
        if (!await _outbox.SettleAsync(settlement, cancellationToken))
        {
            Log.ClaimLost(_logger, taken.Incident, taken.Name);
            return;
        }

        Metrics.Settled(taken.Lane, settlement.End);
        if (settlement.End is EffectEnd.Again or EffectEnd.Retry)
        {
            _signal.RaiseAt(settlement.NotBefore);
        }
    }

    private TimeSpan WaitAfter(int failures)
    {
        // 2^20 first waits are longer than any longest wait that makes sense; more would overflow.
        var wait = _options.FirstWait * Math.Pow(2, Math.Min(failures, 20));
        return wait < _options.LongestWait ? wait : _options.LongestWait;
    }

    private int SlotsOf(Lane lane) => lane == Lane.Host ? _options.HostSlots : lane.IsChat ? _options.SlotsPerConversation : _options.TimerSlots;

    private TimeSpan LimitOf(Lane lane) => lane == Lane.Host ? _options.HostLimit : lane.IsChat ? _options.ChatLimit : _options.TimerLimit;

    private int TriesOf(Lane lane) => lane == Lane.Host ? _options.HostTries : lane.IsChat ? _options.ChatTries : _options.TimerTries;
}
