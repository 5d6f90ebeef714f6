using System.Collections.Concurrent;
using System.Collections.Immutable;
using ChatOpsBot.Application.Effects;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Approvals;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Transcripts;

namespace ChatOpsBot.Application.Incidents;

/// <summary>Opens incidents and lets events happen to them: loads, decides, stores, and does so again when somebody else was faster.</summary>
/// <param name="store">Where incidents are kept.</param>
/// <param name="signal">Woken when effects were stored.</param>
public sealed class IncidentService(IIncidentStore store, EffectSignal signal)
{
    /// <summary>Losing the race so often means a bug and not a busy incident: each loss is another's progress.</summary>
    private const int Tries = 50;

    private const int CachedIncidents = 1000;

    /// <summary>Open incidents as last seen, so that an event costs no reading of the whole history. A stale entry only costs one lost race.</summary>
    // What has ended stays so: whoever comes late with an older view must not bring it back.
    private const int EndedKnown = 10_000;

    private readonly ConcurrentDictionary<IncidentId, IncidentView> _cache = new();
    private readonly HashSet<IncidentId> _ended = [];
    private readonly Lock _remembering = new();

    /// <summary>Whether other services may let events happen too.</summary>
    public bool IsShared => store.IsShared;

    /// <summary>Opens an incident for the host of a request, or joins the one that is open.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="conversation">Where.</param>
    /// <param name="limits">Time limits for a new incident.</param>
    /// <param name="at">When.</param>
    /// <param name="inbox">The inbound item, marked done with it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="origin">How it came in.</param>
    public async Task<ApplyOutcome> OpenOrJoinAsync(
        IncidentRequest request, PersonId by, ConversationId? conversation, IncidentLimits limits, DateTimeOffset at, InboxDone? inbox, CancellationToken cancellationToken,
        InboundOrigin? origin = null)
    {
        var opened = new IncidentEvent.Opened(at, by, request, conversation, limits) { Origin = origin };
        if (IncidentTransitions.Decide(Incident.Blank(new(1)), opened) is Transition.Refused refused)
        {
            return new ApplyOutcome.Refused(refused.Reason);
        }

        for (var attempt = 0; attempt < Tries; attempt++)
        {
            IncidentView? view = null;
            var opening = new IncidentOpening(request.Host, id => (view = Start(id, opened, out var change), change).change) { Inbox = inbox };
            var outcome = await store.OpenAsync(opening, cancellationToken);
            if (outcome is OpenOutcome.Opened && view is not null)
            {
                Metrics.Happened(opened);
                Remember(view);
                signal.Raise(); // no effect of an opening is for later
                return new ApplyOutcome.Applied(view, Joined: false);
            }

            if (outcome is OpenOutcome.HostBusy busy)
            {
                var joined = await ApplyAsync(busy.Id, [new IncidentEvent.Joined(at, by, request, conversation) { Origin = origin }], inbox, settles: null, cancellationToken);
                if (joined is ApplyOutcome.Applied applied)
                {
                    return applied with { Joined = true };
                }

                if (joined is ApplyOutcome.Refused && (await store.FindAsync(busy.Id, cancellationToken))?.IsOpen == true)
                {
                    return joined;
                }

                // It ended in between: the next round opens a new one.
            }
        }

        throw new StoreException($"no incident could be opened for {request.Host} after {Tries} tries");
    }

    /// <summary>Lets events happen to an incident, all or none.</summary>
    /// <param name="id">Which.</param>
    /// <param name="events">The events, in order; each is decided in the state that the one before leads to.</param>
    /// <param name="inbox">The inbound item that caused them, marked done with them.</param>
    /// <param name="settles">The effect that caused them, settled with them.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<ApplyOutcome> ApplyAsync(
        IncidentId id, ImmutableArray<IncidentEvent> events, InboxDone? inbox, EffectSettlement? settles, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            if (await GetAsync(id, cancellationToken) is not { } view)
            {
                return new ApplyOutcome.NotFound();
            }

            if (Decide(view, events, out var next, out var effects) is { } refusal)
            {
                // A cached view may be behind another node's; refuse only what is refused now.
                if (attempt == 0 && _cache.TryRemove(id, out _) && (await GetAsync(id, cancellationToken))?.Seq != view.Seq)
                {
                    continue;
                }

                return new ApplyOutcome.Refused(refusal);
            }

            var change = new IncidentChange([.. next.Tail], effects, IncidentLine.Of(next.Incident) with { Events = next.Seq, Head = next.Head });
            var append = new IncidentAppend(id, view.Seq, view.Head, change) { Inbox = inbox, Settles = settles };
            switch (await store.AppendAsync(append, cancellationToken))
            {
                case AppendOutcome.Appended:
                    Count(events, view.Incident, next.Incident);
                    Remember(next);
                    signal.Raise();
                    foreach (var due in effects.Select(effect => effect.Due).OfType<DateTimeOffset>())
                    {
                        signal.RaiseAt(due);
                    }

                    return new ApplyOutcome.Applied(next, Joined: false);
                case AppendOutcome.ClaimLost:
                    return new ApplyOutcome.ClaimLost();
                default:
                    _cache.TryRemove(id, out _);
                    break;
            }
        }

        throw new StoreException($"no event could be added to {id} after {Tries} tries");
    }

    /// <summary>The incident now; <see langword="null"/> when there is none of that id.</summary>
    public async Task<IncidentView?> GetAsync(IncidentId id, CancellationToken cancellationToken)
    {
        if (_cache.TryGetValue(id, out var cached))
        {
            return store.IsShared ? await AfterOthersAsync(cached, cancellationToken) : cached;
        }

        var events = await store.LoadAsync(id, 0, cancellationToken);
        if (events.IsEmpty)
        {
            return null;
        }

        var view = new IncidentView(Incident.Blank(id), 0, EventChain.Start).After(events);
        if (EventChain.Problems(id, events).FirstOrDefault() is { } problem)
        {
            // Going on would put a good chain on top of a broken one.
            view = view with { Incident = view.Incident with { Problem = $"its history is damaged: {problem}; restore the database from a backup" } };
        }

        Remember(view);
        return view;
    }

    /// <summary>
    /// The incident as it is stored at this moment. <see cref="GetAsync"/> may be a moment behind what this process itself has just stored, which is too old for whoever acts on an effect:
    /// the event that asked for it might not be there yet.
    /// </summary>
    public async Task<IncidentView?> GetStoredAsync(IncidentId id, CancellationToken cancellationToken)
    {
        return await GetAsync(id, cancellationToken) is not { } known ? null
            : store.IsShared ? known // it was asked for just now
            : await AfterOthersAsync(known, cancellationToken);
    }

    /// <summary>A view with what was stored since, by other services or a moment ago by this one.</summary>
    private async Task<IncidentView> AfterOthersAsync(IncidentView known, CancellationToken cancellationToken)
    {
        var more = await store.LoadAsync(known.Incident.Id, known.Seq, cancellationToken);
        if (more.IsEmpty)
        {
            return known;
        }

        if (more[0].PreviousHash != known.Head)
        {
            // Not a continuation of what is remembered: read and check the whole.
            _cache.TryRemove(known.Incident.Id, out _);
            return await GetAsync(known.Incident.Id, cancellationToken) ?? known;
        }

        var view = known.After(more);
        Remember(view);
        return view;
    }

    private static IncidentView Start(IncidentId id, IncidentEvent.Opened opened, out IncidentChange change)
    {
        var blank = new IncidentView(Incident.Blank(id), 0, EventChain.Start);
        var refusal = Decide(blank, [opened], out var view, out var effects);
        change = refusal is null
            ? new([.. view.Tail], effects, IncidentLine.Of(view.Incident) with { Events = view.Seq, Head = view.Head })
            : throw new InvalidOperationException($"an opening that was accepted before is refused now: {refusal}");
        return view;
    }

    private static string? Decide(IncidentView view, ImmutableArray<IncidentEvent> events, out IncidentView next, out ImmutableArray<Effect> effects)
    {
        var all = ImmutableArray.CreateBuilder<Effect>();
        var tail = ImmutableArray.CreateBuilder<StoredEvent>();
        next = view;
        effects = [];
        foreach (var happened in events)
        {
            switch (IncidentTransitions.Decide(next.Incident, happened))
            {
                case Transition.Accepted accepted:
                    var stored = EventChain.Link(next.Incident.Id, next.Seq + 1, happened, next.Head);
                    tail.Add(stored);
                    all.AddRange(accepted.Effects);
                    next = new(accepted.Next, stored.Seq, stored.Hash);
                    break;
                case Transition.Refused refused:
                    return refused.Reason;
            }
        }

        next = next with { Tail = tail.ToImmutable() };
        effects = all.ToImmutable();
        return null;
    }

    private static void Count(ImmutableArray<IncidentEvent> events, Incident before, Incident after)
    {
        foreach (var happened in events)
        {
            Metrics.Happened(happened);
        }

        if (before.IsOpen && !after.IsOpen)
        {
            Metrics.Ended(after);
        }
    }

    private void Remember(IncidentView view)
    {
        var id = view.Incident.Id;
        lock (_remembering)
        {
            if (!view.Incident.IsOpen)
            {
                if (_ended.Count >= EndedKnown)
                {
                    _ended.Clear();
                }

                _ended.Add(id);
                _cache.TryRemove(id, out _);
                return;
            }

            if (_ended.Contains(id))
            {
                return;
            }

            if (_cache.Count >= CachedIncidents)
            {
                _cache.Clear();
            }

            // Two callers may finish in the other order than they stored.
            _cache.AddOrUpdate(id, view with { Tail = [] }, (_, known) => known.Seq > view.Seq ? known : view with { Tail = [] });
        }
    }
}
