using System.Diagnostics;
using ChatOpsBot.Adapters.Sql;
using ChatOpsBot.Adapters.Sqlite;
using ChatOpsBot.Application.Effects;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Support;
using Microsoft.Data.Sqlite;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.Sqlite;

public sealed class SqliteDatabaseTests : IDisposable
{
    private readonly SqliteStores _stores = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Open_New_IsWalWithFullSyncAndForItsOwnerOnly()
    {
        using (_stores.Open())
        {
            foreach (var file in new[] { _stores.Database, _stores.Database + "-wal", _stores.Database + ".lock" })
            {
#pragma warning disable CA1416 // runs on Linux only
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
#pragma warning restore CA1416
            }
        }

        Assert.Equal("wal", Ask("PRAGMA journal_mode"));
        Assert.Equal(3L, Ask("SELECT count(*) FROM schema_migrations"));
    }

    [Fact]
    public void Open_SchemaOfANewerVersion_IsRefused()
    {
        _stores.Open().Dispose();
        Ask("INSERT INTO schema_migrations VALUES (9999, '9999_future.sql', 'aa', 0)");

        Assert.Contains("9999_future.sql", Assert.Throws<StoreException>(_stores.Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_MigrationWasAnother_IsRefused()
    {
        _stores.Open().Dispose();
        Ask("UPDATE schema_migrations SET sha256 = 'aa'");

        Assert.Contains("another 0001_incidents.sql", Assert.Throws<StoreException>(_stores.Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NoDatabaseAtAll_SaysWhatToDo()
    {
        File.WriteAllText(_stores.Database, string.Concat(Enumerable.Repeat("this is a shopping list, not a database\n", 200)));

        AssertDamaged(Assert.Throws<StoreException>(_stores.Open));
    }

    [Fact]
    public async Task Open_LastPageTorn_SaysSoOrLosesNothing()
    {
        await FillAsync(30);
        var length = new FileInfo(_stores.Database).Length;
        using (var file = File.OpenWrite(_stores.Database))
        {
            file.SetLength(length - 2048);
        }

        AssertDamaged(Assert.Throws<StoreException>(_stores.Open));
    }

    [Fact]
    public async Task Open_PagesOverwritten_SaysSo()
    {
        await FillAsync(30);
        using (var file = File.OpenWrite(_stores.Database))
        {
            file.Position = 8192;
            file.Write(new byte[16384]);
        }

        AssertDamaged(Assert.Throws<StoreException>(_stores.Open));
    }

    [Fact]
    public async Task Get_EventAlteredInTheFile_FreezesTheIncident()
    {
        await FillAsync(1);
        Ask("UPDATE incident_events SET body = CAST(replace(CAST(body AS TEXT), 'ann', 'eve') AS BLOB) WHERE seq = 1");

        using var store = _stores.Open();
        var service = new IncidentService(store.Incidents, new EffectSignal());
        var refused = Assert.IsType<ApplyOutcome.Refused>(await service.ApplyAsync(new(1), [new IncidentEvent.CancelRequested(IncidentSamples.At(1), IncidentSamples.Ann, null)], null, null, Token));
        Assert.Contains("event 1 was altered", refused.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_DiskFull_IsSaidAndTheStoreGoesOnAfterwards()
    {
        using var database = SqliteDatabase.Open(_stores.Options, new ManualTime());
        var store = new SqlIncidentStore(database);
        await database.WriteAsync(connection => connection.Run("PRAGMA max_page_count = 60"), Token);

        var full = await Assert.ThrowsAsync<StoreException>(() => store.PutBlobAsync(Incompressible(1_000_000), Token));
        Assert.Contains("no room left", full.Message, StringComparison.Ordinal);

        await database.WriteAsync(connection => connection.Run("PRAGMA max_page_count = 100000"), Token);
        Assert.NotNull(await store.GetBlobAsync((await store.PutBlobAsync(Incompressible(1_000_000), Token)).Sha256, Token));
    }

    [Theory]
    [InlineData("", "Storage:ConnectionString has no 'Data Source'")]
    [InlineData("Data Source=:memory:", "in memory")]
    [InlineData("Colour=blue", "not a SQLite connection string")]
    public void Options_Wrong_SaysWhich(string connectionString, string message)
        => Assert.Contains(message, Assert.Single(new SqliteOptions { ConnectionString = connectionString }.Problems()), StringComparison.Ordinal);

    [Fact]
    public void Options_AllProblemsAtOnce()
        => Assert.Equal(2, new SqliteOptions { ConnectionString = "", BusyTimeout = TimeSpan.Zero }.Problems().Count());

    [Fact]
    [Trait("Slow", "yes")]
    public async Task Append_TenThousandEvents_TheLastCostsWhatTheFirstDid()
    {
        var seconds = new List<double>();
        using (var store = _stores.Open())
        {
            var service = new IncidentService(store.Incidents, new EffectSignal());
            var id = await OpenAsync(service);
            for (var thousand = 0; thousand < 10; thousand++)
            {
                var watch = Stopwatch.StartNew();
                await NoteAsync(service, id, 1_000);
                seconds.Add(watch.Elapsed.TotalSeconds);
            }
        }

        using var reopened = _stores.Open();
        var reading = Stopwatch.StartNew();
        var view = await new IncidentService(reopened.Incidents, new EffectSignal()).GetAsync(new(1), Token);
        var readMs = reading.Elapsed.TotalMilliseconds;
        var kilobytes = new FileInfo(_stores.Database).Length / 1024;

        // Each event waits for the disk, so the absolute figure says more about the disk than about us; it is printed, and what is ours is asserted.
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"events=10001 eventsPerSecond={10_000 / seconds.Sum():0} firstThousandSeconds={seconds[0]:0.0} lastThousandSeconds={seconds[^1]:0.0} readAndCheckMs={readMs:0} dbKB={kilobytes}");
        Assert.Equal(10_001, view?.Seq);
        Assert.Null(view?.Incident.Problem);
        Assert.True(seconds[^1] < 10 * seconds[0], "the cost of an event grows with the history before it");
        Assert.InRange(kilobytes, 1_000, 20_000);
    }

    public void Dispose() => _stores.Dispose();

    private async Task FillAsync(int events)
    {
        using var store = _stores.Open();
        var service = new IncidentService(store.Incidents, new EffectSignal());
        await NoteAsync(service, await OpenAsync(service), events);
    }

    private static async Task<IncidentId> OpenAsync(IncidentService service)
        => Assert.IsType<ApplyOutcome.Applied>(
            await service.OpenOrJoinAsync(new() { Host = "host42" }, IncidentSamples.Ann, IncidentSamples.Channel, new(), IncidentSamples.Noon, null, Token)).View.Incident.Id;

    private static async Task NoteAsync(IncidentService service, IncidentId id, int events)
    {
        for (var number = 0; number < events; number++)
        {
            Assert.IsType<ApplyOutcome.Applied>(
                await service.ApplyAsync(id, [new IncidentEvent.NoteAdded(IncidentSamples.At(1), IncidentSamples.Ann, new string('x', 200))], null, null, Token));
        }
    }

    private object? Ask(string text)
    {
        using var connection = new SqliteConnection($"Data Source={_stores.Database};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = text;
        return command.ExecuteScalar();
    }

    private static byte[] Incompressible(int length)
    {
        var bytes = new byte[length];
        new Random(7).NextBytes(bytes);
        return bytes;
    }

    private static void AssertDamaged(StoreException failure)
    {
        Assert.Contains("is damaged", failure.Message, StringComparison.Ordinal);
        Assert.Contains(".recover", failure.Message, StringComparison.Ordinal);
    }
}
