using System.Collections.Immutable;
using ChatOpsBot.Application.Effects;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Transcripts;
using Xunit;
using static ChatOpsBot.Support.IncidentSamples;

namespace ChatOpsBot.Adapters.Contracts;

/// <summary>What any store of incidents must do. Each provider inherits it and none of it can be left out.</summary>
public abstract class IncidentStoreContract : IDisposable
{
    /// <summary>The store, open.</summary>
    protected abstract StoreUnderTest Store { get; }

    /// <summary>Closes it and opens it again, as after a restart.</summary>
    protected abstract StoreUnderTest Reopen();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Open_ThenLoad_BringsTheExactBytesAndAWholeChain()
    {
        var view = await OpenAsync();
        await ApplyAsync(view.Incident.Id, Fault(), Proposed());

        var events = await Store.Incidents.LoadAsync(view.Incident.Id, 0, Token);
        Assert.Equal([1L, 2, 3], events.Select(stored => stored.Seq));
        Assert.Empty(EventChain.Problems(view.Incident.Id, events));
        Assert.Equal(EventCodec.Encode(Proposed()).ToArray(), events[2].Body.ToArray());
        Assert.Equal([3L], (await Store.Incidents.LoadAsync(view.Incident.Id, 2, Token)).Select(stored => stored.Seq));
    }

    [Fact]
    public async Task Reopen_EverythingIsThere()
    {
        var view = await OpenAsync();
        await ApplyAsync(view.Incident.Id, Fault(), Proposed());
        var before = await Store.Incidents.FindAsync(view.Incident.Id, Token);

        var reopened = Reopen();
        Assert.Equal(before, await reopened.Incidents.FindAsync(view.Incident.Id, Token));
        Assert.Equal("awaiting-approval", before?.State);
        Assert.NotEmpty(await reopened.Outbox.DueLanesAsync(Noon, Token));
    }

    [Fact]
    public async Task Open_HostHasAnOpenIncident_IsBusyUntilItEnds()
    {
        var view = await OpenAsync();
        Assert.Equal(new OpenOutcome.HostBusy(view.Incident.Id), await Store.Incidents.OpenAsync(new("host42", id => Change(id, Opened)), Token));

        await ApplyAsync(view.Incident.Id, new IncidentEvent.CancelRequested(At(1), Ann, null));
        var next = Assert.IsType<OpenOutcome.Opened>(await Store.Incidents.OpenAsync(new("host42", id => Change(id, Opened)), Token));
        Assert.True(next.Id.Number > view.Incident.Id.Number);
    }

    [Fact]
    public async Task Append_SomebodyWasFaster_IsAConflictAndStoresNothing()
    {
        var view = await OpenAsync();
        var mine = Append(view, new IncidentEvent.NoteAdded(At(1), Ann, "mine"));
        var theirs = Append(view, new IncidentEvent.NoteAdded(At(1), Bo, "theirs"));

        Assert.IsType<AppendOutcome.Appended>(await Store.Incidents.AppendAsync(theirs, Token));
        Assert.IsType<AppendOutcome.Conflict>(await Store.Incidents.AppendAsync(mine, Token));
        Assert.Equal(2, (await Store.Incidents.LoadAsync(view.Incident.Id, 0, Token)).Length);
    }

    [Fact]
    public async Task Append_SameNumberOtherHead_IsAConflict()
    {
        var view = await OpenAsync();
        var forked = Append(view, new IncidentEvent.NoteAdded(At(1), Ann, "x")) with { ExpectedHead = EventChain.Start };

        Assert.IsType<AppendOutcome.Conflict>(await Store.Incidents.AppendAsync(forked, Token));
    }

    [Fact]
    public async Task Append_ManyAtOnce_NoneIsLostAndTheChainHolds()
    {
        var view = await OpenAsync();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(number => Task.Run(() => ApplyAsync(view.Incident.Id, new IncidentEvent.NoteAdded(At(1), Ann, $"note {number}")), Token)));

        var events = await Store.Incidents.LoadAsync(view.Incident.Id, 0, Token);
        Assert.Equal(21, events.Length);
        Assert.Empty(EventChain.Problems(view.Incident.Id, events));
    }

    [Fact]
    public async Task OpenOrJoin_ManyAtOnce_OneIncident()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(
            () => Service().OpenOrJoinAsync(Opened.Request, Ann, Channel, new(), Noon, null, Token), Token)));

        Assert.Single(outcomes.Select(outcome => Assert.IsType<ApplyOutcome.Applied>(outcome).View.Incident.Id).Distinct());
        Assert.Single(outcomes, outcome => outcome is ApplyOutcome.Applied { Joined: false });
        Assert.Single(await Store.Incidents.ListAsync(new() { Open = true }, Token));
    }

    [Fact]
    public async Task Append_ClaimLost_StoresNothing()
    {
        var view = await OpenAsync();
        var taken = Assert.Single(await TakeAsync(Lane.Host, Noon));
        Assert.Single(await TakeAsync(Lane.Host, At(2))); // the first claim has run out

        var late = Append(view, Fault()) with { Settles = new(taken.Claim, EffectEnd.Done, At(2)) };
        Assert.IsType<AppendOutcome.ClaimLost>(await Store.Incidents.AppendAsync(late, Token));
        Assert.Single(await Store.Incidents.LoadAsync(view.Incident.Id, 0, Token));
    }

    [Fact]
    public async Task Append_SettlesItsEffectInTheSameStep()
    {
        var view = await OpenAsync();
        var taken = Assert.Single(await TakeAsync(Lane.Host, Noon));
        Assert.Equal(EffectCodec.Observe, taken.Name);
        Assert.Equal(new Effect.Observe(1), EffectCodec.Decode(taken.Name, taken.Body));

        Assert.IsType<AppendOutcome.Appended>(await Store.Incidents.AppendAsync(Append(view, Fault()) with { Settles = new(taken.Claim, EffectEnd.Done, At(1)) }, Token));
        Assert.Equal("plan:1", Assert.Single(await TakeAsync(Lane.Host, At(1))).Key);
    }

    [Fact]
    public async Task Outbox_OneLane_HandsOutTheNextOnlyAfterTheFirst()
    {
        var view = await OpenAsync();
        await ApplyAsync(view.Incident.Id, Fault()); // observe and plan wait in the host lane now

        var first = Assert.Single(await TakeAsync(Lane.Host, Noon));
        Assert.Empty(await TakeAsync(Lane.Host, Noon));
        Assert.Equal("observe:1", first.Key);
        Assert.True(await Store.Outbox.SettleAsync(new(first.Claim, EffectEnd.Done, Noon), Token));
        Assert.Equal("plan:1", Assert.Single(await TakeAsync(Lane.Host, Noon)).Key);
    }

    [Fact]
    public async Task Outbox_FailedEffect_StaysAheadOfItsLane_AndCounts()
    {
        var view = await OpenAsync();
        await ApplyAsync(view.Incident.Id, Fault());
        var first = Assert.Single(await TakeAsync(Lane.Host, Noon));
        await Store.Outbox.SettleAsync(new(first.Claim, EffectEnd.Retry, Noon) { NotBefore = At(3), Error = "refused" }, Token);

        Assert.Empty(await TakeAsync(Lane.Host, At(2)));
        var again = Assert.Single(await TakeAsync(Lane.Host, At(3)));
        Assert.Equal(("observe:1", 1), (again.Key, again.Failures));
    }

    [Fact]
    public async Task Outbox_AgainLater_LetsOthersInBetween()
    {
        var view = await OpenAsync();
        await ApplyAsync(view.Incident.Id, Fault());
        var first = Assert.Single(await TakeAsync(Lane.Host, Noon));
        await Store.Outbox.SettleAsync(new(first.Claim, EffectEnd.Again, Noon) { NotBefore = Noon }, Token);

        var next = Assert.Single(await TakeAsync(Lane.Host, Noon));
        Assert.Equal("plan:1", next.Key);
        await Store.Outbox.SettleAsync(new(next.Claim, EffectEnd.Done, Noon), Token);
        Assert.Equal("observe:1", Assert.Single(await TakeAsync(Lane.Host, Noon)).Key);
    }

    [Fact]
    public async Task Outbox_LanesAndIncidents_DoNotWaitForEachOther()
    {
        await OpenAsync("host1");
        await OpenAsync("host2");

        Assert.Equal(2, (await TakeAsync(Lane.Host, Noon)).Length);
        Assert.Equal(2, (await TakeAsync(Lane.Chat(Channel), Noon)).Length);
    }

    [Fact]
    public async Task Outbox_Timers_EachAtItsOwnMoment()
    {
        var view = await OpenAsync();
        await ApplyAsync(view.Incident.Id, Fault(), Proposed());

        Assert.Empty(await TakeAsync(Lane.Timer, At(15.9)));
        Assert.Equal(["reminder:1"], (await TakeAsync(Lane.Timer, At(16))).Select(taken => taken.Key));
        Assert.Equal(["expiry:1"], (await TakeAsync(Lane.Timer, At(31), forMinutes: -1)).Select(taken => taken.Key).Where(key => key != "reminder:1"));
    }

    [Fact]
    public async Task Outbox_CardsCoalesce_RequestsDoNot()
    {
        var view = await OpenAsync();
        await ApplyAsync(view.Incident.Id, Fault(), Proposed());
        var keys = await DrainAsync(Lane.Chat(Channel));

        Assert.Equal(["card:slack:T1/C1", "ask:1.1:slack:T1/C1"], keys);
    }

    [Fact]
    public async Task Outbox_CardBeingDelivered_ANewOneIsStored()
    {
        var view = await OpenAsync();
        var taken = Assert.Single(await TakeAsync(Lane.Chat(Channel), Noon));
        await ApplyAsync(view.Incident.Id, new IncidentEvent.NoteAdded(At(1), Ann, "after it was rendered"));
        await Store.Outbox.SettleAsync(new(taken.Claim, EffectEnd.Done, At(1)), Token);

        Assert.Equal(["card:slack:T1/C1"], await DrainAsync(Lane.Chat(Channel)));
    }

    [Fact]
    public async Task Outbox_SettledTwice_TheSecondChangesNothing()
    {
        await OpenAsync();
        var taken = Assert.Single(await TakeAsync(Lane.Host, Noon));

        Assert.True(await Store.Outbox.SettleAsync(new(taken.Claim, EffectEnd.Done, Noon), Token));
        Assert.False(await Store.Outbox.SettleAsync(new(taken.Claim, EffectEnd.Retry, Noon), Token));
        Assert.False(await Store.Outbox.ExtendAsync(taken.Claim, At(9), Token));
        Assert.Empty(await TakeAsync(Lane.Host, At(9)));
    }

    [Fact]
    public async Task Outbox_ExtendedClaim_IsNotHandedOut()
    {
        await OpenAsync();
        var taken = Assert.Single(await TakeAsync(Lane.Host, Noon));
        Assert.True(await Store.Outbox.ExtendAsync(taken.Claim, At(10), Token));

        Assert.Empty(await TakeAsync(Lane.Host, At(5)));
        Assert.Single(await TakeAsync(Lane.Host, At(10)));
        Assert.False(await Store.Outbox.ExtendAsync(taken.Claim, At(20), Token));
    }

    [Fact]
    public async Task Inbox_SameKeyTwice_IsKnown_AndAnsweredTheSame()
    {
        Assert.Equal(new(true, false, null), await Store.Inbox.PutAsync("slack:1", Noon, "a"u8.ToArray(), Token));
        Assert.Equal(new(false, false, null), await Store.Inbox.PutAsync("slack:1", At(1), "b"u8.ToArray(), Token));
        Assert.Equal("a"u8.ToArray(), Assert.Single(await Store.Inbox.PendingAsync(10, Token)).Body.ToArray());

        Assert.True(await Store.Inbox.TakeAsync("slack:1", At(0), At(1), Token));
        await Store.Inbox.DoneAsync(new("slack:1", "yes"u8.ToArray()), Token);
        Assert.False(await Store.Inbox.TakeAsync("slack:1", At(2), At(3), Token));
        await Store.Inbox.DoneAsync(new("slack:1", "no"u8.ToArray()), Token);
        var again = await Store.Inbox.PutAsync("slack:1", At(2), "c"u8.ToArray(), Token);
        Assert.True(again is { IsNew: false, IsDone: true });
        Assert.Equal("yes"u8.ToArray(), again.Answer?.ToArray());
        Assert.Empty(await Store.Inbox.PendingAsync(10, Token));
    }

    [Fact]
    public async Task Inbox_DoneWithItsEvents_OrNotAtAll()
    {
        var view = await OpenAsync();
        await Store.Inbox.PutAsync("slack:2", Noon, "cancel"u8.ToArray(), Token);
        var append = Append(view, new IncidentEvent.NoteAdded(At(1), Ann, "x")) with { Inbox = new("slack:2", null) };

        Assert.IsType<AppendOutcome.Conflict>(await Store.Incidents.AppendAsync(append with { ExpectedSeq = 7 }, Token));
        Assert.Single(await Store.Inbox.PendingAsync(10, Token));
        Assert.IsType<AppendOutcome.Appended>(await Store.Incidents.AppendAsync(append, Token));
        Assert.Empty(await Store.Inbox.PendingAsync(10, Token));
    }

    [Fact]
    public async Task List_FiltersAndPages()
    {
        foreach (var host in new[] { "host1", "host2", "host3" })
        {
            await OpenAsync(host);
        }

        var all = await Store.Incidents.ListAsync(new(), Token);
        await ApplyAsync(all[0].Id, new IncidentEvent.CancelRequested(At(1), Ann, null));

        Assert.Equal(["host3", "host2", "host1"], all.Select(line => line.Host));
        Assert.Equal(["host2", "host1"], (await Store.Incidents.ListAsync(new() { Open = true }, Token)).Select(line => line.Host));
        Assert.Equal(["host3"], (await Store.Incidents.ListAsync(new() { Open = false }, Token)).Select(line => line.Host));
        Assert.Equal(["host1"], (await Store.Incidents.ListAsync(new() { Host = "host1" }, Token)).Select(line => line.Host));
        Assert.Equal(["host2"], (await Store.Incidents.ListAsync(new() { Before = all[0].Id, Limit = 1 }, Token)).Select(line => line.Host));
        Assert.Equal(At(1), (await Store.Incidents.FindAsync(all[0].Id, Token))?.EndedAt);
        Assert.Null(await Store.Incidents.FindAsync(new(999), Token));
        Assert.Empty(await Store.Incidents.LoadAsync(new(999), 0, Token));
    }

    [Fact]
    public async Task Blobs_AreKeptOnceUnderTheirHash()
    {
        var bytes = Enumerable.Range(0, 300_000).Select(number => (byte)(number % 251)).ToArray();
        var blob = await Store.Incidents.PutBlobAsync(bytes, Token);

        Assert.Equal(blob, await Store.Incidents.PutBlobAsync(bytes, Token));
        Assert.Equal(300_000, blob.Bytes);
        Assert.Equal(bytes, (await Store.Incidents.GetBlobAsync(blob.Sha256, Token))?.ToArray());
        Assert.Null(await Store.Incidents.GetBlobAsync("00", Token));
    }

    [Fact]
    public async Task Output_Over64KiB_GoesBesideTheEvent()
    {
        var keeper = new OutputKeeper(Store.Incidents);

        Assert.Null((await keeper.KeepAsync(new byte[BlobRef.InlineLimit], Token)).Blob);
        Assert.Equal(BlobRef.InlineLimit + 1, (await keeper.KeepAsync(new byte[BlobRef.InlineLimit + 1], Token)).Blob?.Bytes);
    }

    [Fact]
    public async Task Cards_NewerRenderingWins()
    {
        var view = await OpenAsync();
        var id = view.Incident.Id;
        await Store.Cards.KeepAsync(new(id, Channel, "1700.1", 5), Token);
        await Store.Cards.KeepAsync(new(id, Channel, "1700.1", 3), Token);

        Assert.Equal(new(id, Channel, "1700.1", 5), await Store.Cards.FindAsync(id, Channel, Token));
        Assert.Null(await Store.Cards.FindAsync(id, Leads, Token));
        Assert.Single(await Store.Cards.ListAsync(id, Token));
    }

    [Fact]
    public async Task Leases_OnePlanPerHost_AndTheTokenOnlyGrows()
    {
        var first = Assert.IsType<LeaseOutcome.Granted>(await Store.Leases.TakeAsync("host42", "p1", Noon, At(5), Token)).Token;
        Assert.Equal(new LeaseOutcome.Granted(first), await Store.Leases.TakeAsync("host42", "p1", Noon, At(5), Token));
        Assert.Equal(new LeaseOutcome.Held("p1", At(5)), await Store.Leases.TakeAsync("host42", "p2", At(1), At(6), Token));

        var expired = Assert.IsType<LeaseOutcome.Granted>(await Store.Leases.TakeAsync("host42", "p2", At(5), At(9), Token)).Token;
        Assert.True(expired > first);
        await Store.Leases.ReleaseAsync("host42", "p1", Token); // has it no more: harmless
        Assert.IsType<LeaseOutcome.Held>(await Store.Leases.TakeAsync("host42", "p3", At(6), At(9), Token));
        await Store.Leases.ReleaseAsync("host42", "p2", Token);
        Assert.True(Assert.IsType<LeaseOutcome.Granted>(await Store.Leases.TakeAsync("host42", "p1", At(6), At(9), Token)).Token > expired);
    }

    [Fact]
    public async Task Leases_TakenForAnEffect_TheTokenGrowsEachTime_AndWhoWasOvertakenGetsNone()
    {
        await OpenAsync();
        var first = Assert.Single(await TakeAsync(Lane.Host, Noon));
        var token = Granted(await Store.Leases.TakeAsync("host42", "p1", first.Claim, Noon, At(9), Token));
        Assert.True(Granted(await Store.Leases.TakeAsync("host42", "p1", first.Claim, Noon, At(9), Token)) > token);

        var second = Assert.Single(await TakeAsync(Lane.Host, At(2))); // the first stood still for too long
        var higher = Granted(await Store.Leases.TakeAsync("host42", "p1", second.Claim, At(2), At(9), Token));
        Assert.IsType<LeaseOutcome.ClaimLost>(await Store.Leases.TakeAsync("host42", "p1", first.Claim, At(3), At(9), Token));
        Assert.Equal(higher, Granted(await Store.Leases.TakeAsync("host42", "p1", At(3), At(9), Token))); // nobody took a token in between

        await Store.Outbox.SettleAsync(new(second.Claim, EffectEnd.Done, At(3)), Token);
        Assert.IsType<LeaseOutcome.ClaimLost>(await Store.Leases.TakeAsync("host42", "p1", second.Claim, At(3), At(9), Token));

        static long Granted(LeaseOutcome outcome) => Assert.IsType<LeaseOutcome.Granted>(outcome).Token;
    }

    [Fact]
    public async Task Retention_WhatEndedLongAgoGoes_WithItsOutputs_AndNothingElse()
    {
        var own = await Store.Incidents.PutBlobAsync(new byte[70_000], Token);
        var common = await Store.Incidents.PutBlobAsync(new byte[80_000], Token);
        var old = (await OpenAsync("host1")).Incident.Id;
        await ApplyAsync(old, Fault() with { Snapshot = own }, new IncidentEvent.CancelRequested(At(1), Ann, null));
        var same = (await OpenAsync("host4")).Incident.Id;
        await ApplyAsync(same, Fault() with { Snapshot = common }, new IncidentEvent.CancelRequested(At(1), Ann, null));
        var late = (await OpenAsync("host2")).Incident.Id;
        await ApplyAsync(late, Fault() with { Snapshot = common }, new IncidentEvent.CancelRequested(At(90), Ann, null));
        var open = (await OpenAsync("host3")).Incident.Id;
        await Store.Inbox.PutAsync("done", Noon, "x"u8.ToArray(), Token);
        await Store.Inbox.DoneAsync(new("done", null), Token);
        await Store.Inbox.PutAsync("waits", Noon, "x"u8.ToArray(), Token);

        Assert.Empty(await Store.Retention.EndedBeforeAsync(At(60), 10, Token)); // its card has not been brought up to date yet
        Assert.False(await Store.Retention.RemoveAsync(old, Token));
        await SettleAllAsync();
        Assert.Equal([old, same], await Store.Retention.EndedBeforeAsync(At(60), 10, Token));
        Assert.False(await Store.Retention.RemoveAsync(open, Token));
        Assert.True(await Store.Retention.RemoveAsync(old, Token));
        Assert.True(await Store.Retention.RemoveAsync(same, Token));
        Assert.False(await Store.Retention.RemoveAsync(old, Token));
        Assert.Equal(1, await Store.Retention.RemoveInboundAsync(At(60), Token));

        Assert.Null(await Store.Incidents.FindAsync(old, Token));
        Assert.Empty(await Store.Incidents.LoadAsync(old, 0, Token));
        Assert.Null(await Store.Incidents.GetBlobAsync(own.Sha256, Token));
        Assert.NotNull(await Store.Incidents.GetBlobAsync(common.Sha256, Token));
        Assert.Empty(EventChain.Problems(late, await Store.Incidents.LoadAsync(late, 0, Token)));
        Assert.Single(await Store.Inbox.PendingAsync(10, Token));
        Assert.True((await OpenAsync("host1")).Incident.Id.Number > open.Number); // a number is never given twice
    }

    [Fact]
    public async Task Texts_ThatNoDatabaseLikes_AreKeptWithoutHarm()
    {
        // A character 0 and half of a pair of surrogates, as broken clients send them.
        await Store.Inbox.PutAsync("slack:\0\uD800x", Noon, new byte[] { 0, 255, 0 }, Token);
        Assert.False((await Store.Inbox.PutAsync("slack:\0\uD800x", Noon, "b"u8.ToArray(), Token)).IsNew);
        Assert.Equal(new byte[] { 0, 255, 0 }, Assert.Single(await Store.Inbox.PendingAsync(10, Token)).Body.ToArray());

        await OpenAsync();
        var taken = Assert.Single(await TakeAsync(Lane.Host, Noon));
        Assert.True(await Store.Outbox.SettleAsync(new(taken.Claim, EffectEnd.Retry, Noon) { NotBefore = Noon, Error = "line\0' \uDC00; DROP TABLE outbox" }, Token));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes the store and removes what the test made.</summary>
    protected abstract void Dispose(bool disposing);

    private IncidentService Service() => new(Store.Incidents, new EffectSignal());

    private async Task<IncidentView> OpenAsync(string host = "host42")
        => Assert.IsType<ApplyOutcome.Applied>(
            await Service().OpenOrJoinAsync(Opened.Request with { Host = host }, Ann, Channel, new(), Noon, null, Token)).View;

    private async Task ApplyAsync(IncidentId id, params ImmutableArray<IncidentEvent> events)
        => Assert.IsType<ApplyOutcome.Applied>(await Service().ApplyAsync(id, events, null, null, Token));

    private Task<ImmutableArray<TakenEffect>> TakeAsync(Lane lane, DateTimeOffset now, double forMinutes = 1)
        => Store.Outbox.TakeAsync(lane, now, now.AddMinutes(forMinutes), 10, Token);

    private async Task SettleAllAsync()
    {
        foreach (var lane in (Lane[])[Lane.Host, Lane.Timer, Lane.Chat(Channel)])
        {
            while (await TakeAsync(lane, At(100)) is { IsEmpty: false } all)
            {
                foreach (var taken in all)
                {
                    await Store.Outbox.SettleAsync(new(taken.Claim, EffectEnd.Done, At(1)), Token);
                }
            }
        }
    }

    private async Task<List<string>> DrainAsync(Lane lane)
    {
        var keys = new List<string>();
        while (await TakeAsync(lane, At(1)) is [var taken, ..])
        {
            keys.Add(taken.Key);
            await Store.Outbox.SettleAsync(new(taken.Claim, EffectEnd.Done, At(1)), Token);
        }

        return keys;
    }

    private static IncidentChange Change(IncidentId id, IncidentEvent.Opened opened)
    {
        var accepted = Assert.IsType<Transition.Accepted>(IncidentTransitions.Decide(Incident.Blank(id), opened));
        var stored = EventChain.Link(id, 1, opened, EventChain.Start);
        return new([stored], accepted.Effects, IncidentLine.Of(accepted.Next) with { Events = 1, Head = stored.Hash });
    }

    private static IncidentAppend Append(IncidentView view, IncidentEvent happened)
    {
        var accepted = Assert.IsType<Transition.Accepted>(IncidentTransitions.Decide(view.Incident, happened));
        var stored = EventChain.Link(view.Incident.Id, view.Seq + 1, happened, view.Head);
        return new(view.Incident.Id, view.Seq, view.Head, new([stored], accepted.Effects, IncidentLine.Of(accepted.Next) with { Events = stored.Seq, Head = stored.Hash }));
    }
}
