using ChatOpsBot.Adapters.Contracts;
using ChatOpsBot.Adapters.Postgres;
using ChatOpsBot.Application.Effects;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Adapters.Sql;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Transcripts;
using ChatOpsBot.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using static ChatOpsBot.Support.IncidentSamples;

namespace ChatOpsBot.Adapters.Tests.Postgres;

/// <summary>What PostgreSQL has and SQLite has not: a server that may be elsewhere, and several services at once.</summary>
[Trait("Needs", "database")]
public sealed class PostgresDatabaseTests(PrivatePostgres server) : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly PostgresStores _stores = new(server);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Password=bot-pw", "Password=wrong", "refuses the password")]
    [InlineData("Database=", "Database=no", "createdb --owner=bot no")]
    [InlineData("Username=bot", "Username=nobody", "refuses the password")]
    [InlineData("Host=", "Host=/nowhere-", "cannot be reached")]
    public void Open_ServerRefuses_SaysWhatMendsIt(string part, string instead, string message)
    {
        var failure = Assert.Throws<StoreException>(() => Open(server.Bot(_stores.Name).Replace(part, instead, StringComparison.Ordinal)));

        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("bot-pw", failure.ToString(), StringComparison.Ordinal);
        Assert.Equal(instead.StartsWith("Host", StringComparison.Ordinal), failure.MayPass);
    }

    [Fact]
    public void Open_NobodyListens_IsWaitedForAndSaidOnce()
    {
        var said = new List<string>();
        var options = new PostgresOptions { ConnectionString = "Host=127.0.0.1;Port=1;Username=bot;Database=x" };

        var failure = Assert.Throws<StoreException>(() => PostgresDatabase.Open(options, TimeProvider.System, TimeSpan.FromSeconds(1.5), said.Add));
        Assert.True(failure.MayPass);
        Assert.Contains("bot@127.0.0.1:1/x cannot be reached", Assert.Single(said), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NoRightToMakeTables_NamesTheCommand()
    {
        _stores.Ask("ALTER SCHEMA public OWNER TO postgres; REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO bot");

        Assert.Contains("GRANT ALL ON SCHEMA public TO bot", Assert.Throws<StoreException>(_stores.Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_SchemaOfANewerOrAnotherVersion_IsRefused()
    {
        _stores.Open().Dispose();
        _stores.Ask("INSERT INTO schema_migrations VALUES (9999, '9999_future.sql', 'aa', 0)");
        Assert.Contains("9999_future.sql", Assert.Throws<StoreException>(_stores.Open).Message, StringComparison.Ordinal);

        _stores.Ask("DELETE FROM schema_migrations WHERE number = 9999; UPDATE schema_migrations SET sha256 = 'aa'");
        Assert.Contains("another 0001_store.sql", Assert.Throws<StoreException>(_stores.Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OpenToRead_Empty_MakesNothing()
    {
        Assert.Contains("start the service once", Assert.Throws<StoreException>(() => PostgresDatabase.OpenToRead(_stores.Options, TimeProvider.System)).Message, StringComparison.Ordinal);
        Assert.Equal(0L, _stores.Ask("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"));
    }

    [Fact]
    public async Task Open_SeveralAtOnce_OneMakesTheTables()
    {
        var opened = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(_stores.Open, Token)));

        Assert.Equal(1L, _stores.Ask("SELECT count(*) FROM schema_migrations"));
        Array.ForEach(opened, store => store.Dispose());
    }

    [Fact]
    public async Task Services_Several_NoEffectIsHandedOutTwice_AndNoEventIsLost()
    {
        using var a = _stores.Open();
        using var b = _stores.Open();
        var services = new[] { new IncidentService(a.Incidents, new EffectSignal()), new IncidentService(b.Incidents, new EffectSignal()) };
        for (var host = 0; host < 10; host++)
        {
            Assert.IsType<ApplyOutcome.Applied>(await services[host % 2].OpenOrJoinAsync(Opened.Request with { Host = $"host{host}" }, Ann, Channel, new(), Noon, null, Token));
        }

        // Notes from both services to one incident, while both take what is due.
        var notes = Enumerable.Range(0, 40).Select(number => Task.Run(
            async () => Assert.IsType<ApplyOutcome.Applied>(await services[number % 2].ApplyAsync(new(1), [new IncidentEvent.NoteAdded(At(1), Ann, $"note {number}")], null, null, Token)), Token));
        var takes = Enumerable.Range(0, 20).Select(number => Task.Run(() => (number % 2 == 0 ? a : b).Outbox.TakeAsync(Lane.Host, Noon, At(5), 3, Token), Token)).ToArray();
        await Task.WhenAll(notes);
        var taken = (await Task.WhenAll(takes)).SelectMany(effects => effects).ToArray();

        Assert.Equal(taken.Length, taken.Select(effect => effect.Claim.Row).Distinct().Count());
        Assert.Equal(10, taken.Length + (await a.Outbox.TakeAsync(Lane.Host, Noon, At(5), 100, Token)).Length);
        var events = await b.Incidents.LoadAsync(new(1), 0, Token);
        Assert.Equal(41, events.Length);
        Assert.Empty(EventChain.Problems(new(1), events));
    }

    [Fact]
    public async Task Get_AnotherServiceWentOn_SeesItAtOnce()
    {
        using var a = _stores.Open();
        using var b = _stores.Open();
        var (mine, theirs) = (new IncidentService(a.Incidents, new EffectSignal()), new IncidentService(b.Incidents, new EffectSignal()));
        var id = Assert.IsType<ApplyOutcome.Applied>(await mine.OpenOrJoinAsync(Opened.Request, Ann, Channel, new(), Noon, null, Token)).View.Incident.Id;
        Assert.Equal(1, (await theirs.GetAsync(id, Token))?.Seq);

        await mine.ApplyAsync(id, [new IncidentEvent.CancelRequested(At(1), Ann, null)], null, null, Token);
        Assert.False((await theirs.GetAsync(id, Token))?.Incident.IsOpen);
    }

    /// <summary>A card that is taken while an event is being stored must not stay as it was before the event.</summary>
    [Fact]
    public async Task Outbox_CardTakenWhileAnEventIsStored_IsRenderedAfterIt()
    {
        using var a = _stores.Open();
        using var b = _stores.Open();
        var (service, other) = (new IncidentService(a.Incidents, new EffectSignal()), new IncidentService(b.Incidents, new EffectSignal()));
        var id = Assert.IsType<ApplyOutcome.Applied>(await service.OpenOrJoinAsync(Opened.Request, Ann, Channel, new(), Noon, null, Token)).View.Incident.Id;
        long shown = 0;
        var lane = Lane.Chat(Channel);
        var writing = Task.Run(
            async () =>
            {
                for (var number = 0; number < 60; number++)
                {
                    Assert.IsType<ApplyOutcome.Applied>(await service.ApplyAsync(id, [new IncidentEvent.NoteAdded(At(1), Ann, $"note {number}")], null, null, Token));
                }
            },
            Token);
        bool finished;
        do
        {
            finished = writing.IsCompleted;
            foreach (var card in await b.Outbox.TakeAsync(lane, At(1), At(5), 10, Token))
            {
                shown = (await other.GetStoredAsync(id, Token))?.Seq ?? 0;
                await b.Outbox.SettleAsync(new(card.Claim, EffectEnd.Done, At(1)), Token);
            }
        }
        while (!finished);
        await writing;

        Assert.Equal(61, shown);
    }

    [Fact]
    public async Task Inbox_OneServiceHasTheItem_TheOtherGetsItWhenItsTimeIsUp()
    {
        using var a = _stores.Open();
        using var b = _stores.Open();
        await a.Inbox.PutAsync("slack:1", Noon, "x"u8.ToArray(), Token);

        Assert.False(await b.Inbox.TakeAsync("slack:1", Noon, At(1), Token)); // who wrote it down has it
        Assert.True(await a.Inbox.TakeAsync("slack:1", Noon, At(1), Token));
        Assert.False(await b.Inbox.TakeAsync("slack:1", Noon, At(1), Token));
        Assert.True(await a.Inbox.TakeAsync("slack:1", At(0.5), At(2), Token)); // kept
        Assert.False(await b.Inbox.TakeAsync("slack:1", At(1.5), At(3), Token));
        Assert.True(await b.Inbox.TakeAsync("slack:1", At(2), At(3), Token)); // the first one died
        Assert.False(await a.Inbox.TakeAsync("slack:1", At(2), At(3), Token));
        await b.Inbox.DoneAsync(new("slack:1", null), Token);
        Assert.False(await a.Inbox.TakeAsync("slack:1", At(9), At(10), Token));
    }

    [Fact]
    public async Task Listener_AnotherServiceStoresAnEvent_IsWoken_AlsoAfterTheConnectionBroke()
    {
        using var database = PostgresDatabase.Open(_stores.Options, TimeProvider.System);
        using var other = _stores.Open();
        var signal = new EffectSignal();
        using var listener = new PostgresListener(database, signal, TimeProvider.System, NullLogger<PostgresListener>.Instance);
        await listener.StartAsync(Token);
        var service = new IncidentService(other.Incidents, new EffectSignal());
        var id = Assert.IsType<ApplyOutcome.Applied>(await service.OpenOrJoinAsync(Opened.Request, Ann, Channel, new(), Noon, null, Token)).View.Incident.Id;
        await WokenByNotesAsync();

        _stores.Ask($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = '{_stores.Name}'");
        await WokenByNotesAsync();
        await listener.StopAsync(Token);

        // The listener may not listen yet; the next note finds it.
        async Task WokenByNotesAsync()
        {
            var woken = signal.NextAsync();
            var begin = TimeProvider.System.GetTimestamp();
            while (!woken.IsCompleted)
            {
                Assert.True(TimeProvider.System.GetElapsedTime(begin) < s_patience, "nobody was woken");
                await service.ApplyAsync(id, [new IncidentEvent.NoteAdded(At(1), Ann, "x")], null, null, Token);
                await Task.WhenAny(woken, Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, Token));
            }
        }
    }

    [Fact]
    public async Task Write_ServerThrewOurConnectionsOut_GoesOnWithoutAWord()
    {
        using var store = _stores.Open();
        await store.Inbox.PutAsync("a", Noon, "x"u8.ToArray(), Token);
        _stores.Ask($"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '{_stores.Name}' AND usename = 'bot'");

        await store.Inbox.PutAsync("b", Noon, "x"u8.ToArray(), Token);
        Assert.Equal(2, (await store.Inbox.PendingAsync(10, Token)).Length);
    }

    /// <summary>A service that is frozen inside a transaction has its rows locked; nobody could take over what it holds.</summary>
    [Fact]
    public async Task Take_AnotherServiceStandsStillInATransaction_GetsTheEffectAllTheSame()
    {
        using var frozen = PostgresDatabase.Open(_stores.Options, TimeProvider.System);
        using var other = _stores.Open();
        await new IncidentService(other.Incidents, new EffectSignal()).OpenOrJoinAsync(Opened.Request, Ann, Channel, new(), Noon, null, Token);
        using var thaw = new ManualResetEventSlim();
        using var locked = new ManualResetEventSlim();
        var runs = 0;
        var standing = frozen.WriteAsync(
            connection =>
            {
                runs++;
                connection.Rows(row => row.GetInt64(0), "SELECT id FROM outbox FOR UPDATE");
                locked.Set();
                thaw.Wait(Token);
                connection.Scalar("SELECT 1");
                return runs;
            },
            Token);
        Assert.True(locked.Wait(s_patience, Token), "the row was not locked");
        Assert.Empty(await other.Outbox.TakeAsync(Lane.Host, Noon, At(1), 10, Token));

        var begin = TimeProvider.System.GetTimestamp();
        while ((await other.Outbox.TakeAsync(Lane.Host, Noon, At(1), 10, Token)).IsEmpty)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(begin) < s_patience, "the row stays locked");
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, Token);
        }

        thaw.Set();
        Assert.Equal(2, await standing); // its transaction was gone, so it had to look at everything anew
    }

    [Fact]
    public async Task Require_AnotherKeyThanTheOthersHave_IsRefusedWithTheWayOut()
    {
        using var database = PostgresDatabase.Open(_stores.Options, TimeProvider.System);
        var marks = new CommonMarks(database);
        await marks.RequireAsync("Console:KeyFile", "aa", "x", Token);
        await marks.RequireAsync("Console:KeyFile", "aa", "x", Token);

        var failure = await Assert.ThrowsAsync<StoreException>(() => marks.RequireAsync("Console:KeyFile", "bb", "sessions would be lost", Token));
        Assert.Contains("copy theirs to this machine", failure.Message, StringComparison.Ordinal);
        Assert.False(failure.MayPass);
    }

    [Fact]
    public void KeyRing_WhatOneServiceAdds_TheOthersHave()
    {
        using var a = PostgresDatabase.Open(_stores.Options, TimeProvider.System);
        using var b = PostgresDatabase.Open(_stores.Options, TimeProvider.System);
        new PostgresKeyRing(a).Add("key-1", "<key>ä</key>");

        Assert.Equal(["<key>ä</key>"], new PostgresKeyRing(b).All());
    }

    [Fact]
    public async Task Event_AlteredInTheTable_FreezesTheIncident()
    {
        using (var store = _stores.Open())
        {
            await new IncidentService(store.Incidents, new EffectSignal()).OpenOrJoinAsync(Opened.Request, Ann, Channel, new(), Noon, null, Token);
        }

        _stores.Ask("UPDATE incident_events SET body = convert_to(replace(convert_from(body, 'UTF8'), 'ann', 'eve'), 'UTF8')");
        using var reopened = _stores.Open();
        var refused = Assert.IsType<ApplyOutcome.Refused>(
            await new IncidentService(reopened.Incidents, new EffectSignal()).ApplyAsync(new(1), [new IncidentEvent.CancelRequested(At(1), Ann, null)], null, null, Token));
        Assert.Contains("event 1 was altered", refused.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "names no Host")]
    [InlineData("Host=db;Username=bot", "names no Database")]
    [InlineData("Host=db;Database=bot", "names no Username")]
    [InlineData("Data Source=data/chatopsbot.db", "is not a PostgreSQL connection string")]
    [InlineData("Host=db;Port=many;Password=hunter2", "is not a PostgreSQL connection string")]
    public void Options_Wrong_SaysWhich(string connectionString, string message)
    {
        var problem = Assert.Single(new PostgresOptions { ConnectionString = connectionString }.Problems());
        Assert.Contains(message, problem, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", problem, StringComparison.Ordinal);
    }

    public void Dispose() => _stores.Dispose();

    private static StoreUnderTest Open(string connectionString) => PostgresStores.Of(PostgresDatabase.Open(new() { ConnectionString = connectionString }, new ManualTime()));
}
