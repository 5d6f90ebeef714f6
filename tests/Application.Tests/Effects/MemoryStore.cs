using System.Collections.Immutable;
using System.Security.Cryptography;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Transcripts;

namespace ChatOpsBot.Application.Tests.Effects;

/// <summary>A store in memory with the rules of the port, for tests of the worker. The real stores are held to the same by their contract.</summary>
internal sealed class MemoryStore : IIncidentStore, IEffectOutbox, IInbox, ICardIndex
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IncidentId, (IncidentLine Line, List<StoredEvent> Events)> _incidents = [];
    private readonly List<Row> _rows = [];
    private readonly Dictionary<string, (InboxItem Item, InboxDone? Done)> _inbox = [];
    private readonly Dictionary<(IncidentId, ConversationId), CardPlace> _cards = [];
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _blobs = [];
    private long _places;

    /// <summary>Fails every call while set.</summary>
    public bool Broken { get; set; }

    /// <summary>Ends of settled effects, in order: key and end.</summary>
    public List<(string Key, EffectEnd End)> Settled { get; } = [];

    public Task<OpenOutcome> OpenAsync(IncidentOpening opening, CancellationToken cancellationToken) => Locked<OpenOutcome>(() =>
    {
        if (_incidents.Values.FirstOrDefault(known => known.Line.IsOpen && known.Line.Host == opening.Host).Line is { } busy)
        {
            return new OpenOutcome.HostBusy(busy.Id);
        }

        var id = new IncidentId(_incidents.Count + 1);
        _incidents[id] = (new() { Id = id, Host = opening.Host, State = "new", IsOpen = true, OpenedBy = new("ann"), OpenedAt = default }, []);
        Store(id, opening.Decide(id));
        Finish(opening.Inbox);
        return new OpenOutcome.Opened(id);
    });

    /// <summary>What goes on between the moment an append is stored and the moment its caller knows.</summary>
    public Func<Task>? AfterAppend { get; set; }

    public async Task<AppendOutcome> AppendAsync(IncidentAppend append, CancellationToken cancellationToken)
    {
        var outcome = await AppendNowAsync(append);
        await (AfterAppend?.Invoke() ?? Task.CompletedTask);
        return outcome;
    }

    private Task<AppendOutcome> AppendNowAsync(IncidentAppend append) => Locked<AppendOutcome>(() =>
    {
        var (line, _) = _incidents[append.Incident];
        if (line.Events != append.ExpectedSeq || line.Head != append.ExpectedHead)
        {
            return new AppendOutcome.Conflict();
        }

        if (append.Settles is { } settlement && !Settle(settlement))
        {
            return new AppendOutcome.ClaimLost();
        }

        Store(append.Incident, append.Change);
        Finish(append.Inbox);
        return new AppendOutcome.Appended();
    });

    public Task<ImmutableArray<StoredEvent>> LoadAsync(IncidentId incident, long afterSeq, CancellationToken cancellationToken)
        => Locked(() => _incidents.TryGetValue(incident, out var known) ? known.Events.Where(stored => stored.Seq > afterSeq).ToImmutableArray() : []);

    public Task<IncidentLine?> FindAsync(IncidentId incident, CancellationToken cancellationToken)
        => Locked(() => _incidents.TryGetValue(incident, out var known) ? known.Line : null);

    public Task<ImmutableArray<IncidentLine>> ListAsync(IncidentFilter filter, CancellationToken cancellationToken)
        => Locked(() => _incidents.Values.Select(known => known.Line)
            .Where(line => (filter.Open is null || line.IsOpen == filter.Open) && (filter.Host is null || line.Host == filter.Host))
            .OrderByDescending(line => line.Id.Number).Take(filter.Limit).ToImmutableArray());

    public Task<BlobRef> PutBlobAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => Locked(() =>
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes.Span));
        _blobs[hash] = bytes.ToArray();
        return new BlobRef(hash, bytes.Length);
    });

    public Task<ReadOnlyMemory<byte>?> GetBlobAsync(string sha256, CancellationToken cancellationToken)
        => Locked<ReadOnlyMemory<byte>?>(() => _blobs.TryGetValue(sha256, out var bytes) ? bytes : (ReadOnlyMemory<byte>?)null);

    public Task<ImmutableArray<DueLane>> DueLanesAsync(DateTimeOffset now, CancellationToken cancellationToken)
        => Locked(() => Due(now).GroupBy(row => row.Effect.Lane).Select(lane => new DueLane(lane.Key, lane.Count())).ToImmutableArray());

    public Task<ImmutableArray<TakenEffect>> TakeAsync(Lane lane, DateTimeOffset now, DateTimeOffset claimUntil, int limit, CancellationToken cancellationToken) => Locked(() =>
    {
        var taken = Due(now).Where(row => row.Effect.Lane == lane).OrderBy(row => row.Place).Take(limit).ToArray();
        foreach (var row in taken)
        {
            row.Claim++;
            row.ClaimedUntil = claimUntil;
        }

        return taken.Select(row => new TakenEffect(
            new(row.Id, row.Claim), row.Incident, lane, row.Effect.Key, EffectCodec.NameOf(row.Effect), EffectCodec.Encode(row.Effect), row.Failures)).ToImmutableArray();
    });

    public Task<bool> ExtendAsync(EffectClaim claim, DateTimeOffset claimUntil, CancellationToken cancellationToken) => Locked(() =>
    {
        if (Held(claim) is not { } row)
        {
            return false;
        }

        row.ClaimedUntil = claimUntil;
        return true;
    });

    public Task<bool> SettleAsync(EffectSettlement settlement, CancellationToken cancellationToken) => Locked(() => Settle(settlement));

    public Task<InboxPut> PutAsync(string key, DateTimeOffset received, ReadOnlyMemory<byte> body, CancellationToken cancellationToken) => Locked(() =>
    {
        if (_inbox.TryGetValue(key, out var known))
        {
            return new InboxPut(IsNew: false, known.Done is not null, known.Done?.Answer);
        }

        _inbox[key] = (new(key, received, body), null);
        return new InboxPut(IsNew: true, IsDone: false, null);
    });

    public Task DoneAsync(InboxDone done, CancellationToken cancellationToken) => Locked(() =>
    {
        Finish(done);
        return true;
    });

    public Task<ImmutableArray<InboxItem>> PendingAsync(int limit, CancellationToken cancellationToken)
        => Locked(() => _inbox.Values.Where(known => known.Done is null).Select(known => known.Item).Take(limit).ToImmutableArray());

    public Task<CardPlace?> FindAsync(IncidentId incident, ConversationId conversation, CancellationToken cancellationToken)
        => Locked(() => _cards.GetValueOrDefault((incident, conversation)));

    public Task KeepAsync(CardPlace place, CancellationToken cancellationToken) => Locked(() =>
    {
        var key = (place.Incident, place.Conversation);
        return _cards[key] = _cards.TryGetValue(key, out var known) && known.RenderedSeq > place.RenderedSeq ? known : place;
    });

    Task<ImmutableArray<CardPlace>> ICardIndex.ListAsync(IncidentId incident, CancellationToken cancellationToken)
        => Locked(() => _cards.Values.Where(place => place.Incident == incident).ToImmutableArray());

    /// <summary>Takes every claim away, as another node does when they run out.</summary>
    public void StealClaims()
    {
        lock (_gate)
        {
            _rows.ForEach(row => row.Claim++);
        }
    }

    private void Finish(InboxDone? done)
    {
        if (done is not null && _inbox.TryGetValue(done.Key, out var known))
        {
            _inbox[done.Key] = (known.Item, known.Done ?? done);
        }
    }

    private bool Settle(EffectSettlement settlement)
    {
        if (Held(settlement.Claim) is not { } row)
        {
            return false;
        }

        row.ClaimedUntil = default;
        row.NotBefore = settlement.NotBefore;
        row.IsOpen = settlement.End is EffectEnd.Retry or EffectEnd.Again;
        row.Failures += settlement.End == EffectEnd.Retry ? 1 : 0;
        row.Place = settlement.End == EffectEnd.Again ? ++_places : row.Place;
        Settled.Add((row.Effect.Key, settlement.End));
        return true;
    }

    private void Store(IncidentId id, IncidentChange change)
    {
        var (_, events) = _incidents[id];
        events.AddRange(change.Events);
        _incidents[id] = (change.Line, events);
        foreach (var effect in change.Effects.Where(effect => !_rows.Exists(row => row.Incident == id && row.Effect.Key == effect.Key && (!effect.Coalesces || (row.IsOpen && row.ClaimedUntil == default)))))
        {
            _rows.Add(new() { Id = _rows.Count + 1, Incident = id, Effect = effect, Place = ++_places, NotBefore = effect.Due ?? default });
        }
    }

    private Row? Held(EffectClaim claim) => _rows.Find(row => row.Id == claim.Row && row.Claim == claim.Number && row.IsOpen && row.ClaimedUntil != default);

    private IEnumerable<Row> Due(DateTimeOffset now) => _rows.Where(row => row.IsOpen && row.NotBefore <= now && row.ClaimedUntil <= now
        && (row.Effect.Lane == Lane.Timer || !_rows.Exists(other => other.IsOpen && other.Incident == row.Incident && other.Effect.Lane == row.Effect.Lane && other.Place < row.Place)));

    private Task<T> Locked<T>(Func<T> work)
    {
        lock (_gate)
        {
            return Broken ? Task.FromException<T>(new StoreException("the disk is full")) : Task.FromResult(work());
        }
    }

    private sealed class Row
    {
        public required long Id { get; init; }

        public required IncidentId Incident { get; init; }

        public required Effect Effect { get; init; }

        public long Place { get; set; }

        public DateTimeOffset NotBefore { get; set; }

        public DateTimeOffset ClaimedUntil { get; set; }

        public long Claim { get; set; }

        public int Failures { get; set; }

        public bool IsOpen { get; set; } = true;
    }
}
