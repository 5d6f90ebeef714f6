using System.Data.Common;
using ChatOpsBot.Adapters.Sql;
using ChatOpsBot.Adapters.Sqlite;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Support;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.Sqlite;

/// <summary>Writes that wait together share one transaction: what each of them may still rely on.</summary>
public sealed class WriteQueueTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly SqliteStores _stores = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Write_ManyAtOnce_ShareOneTransactionInTheirOrder()
    {
        using var database = Open();
        var commits = 0;
        var before = 0;
        await database.WriteAsync(
            connection =>
            {
                raw.sqlite3_commit_hook(((SqliteConnection)connection).Handle, _ => Interlocked.Increment(ref commits) * 0, null);
                return true;
            },
            Token);
        var places = await TogetherAsync(
            database,
            () =>
            {
                before = Volatile.Read(ref commits);
                return (Task<long>[])[.. Enumerable.Range(0, 200).Select(_ => database.WriteAsync(NextPlace, Token))];
            });

        Assert.Equal(Enumerable.Range(1, 200).Select(place => (long)place), await Task.WhenAll(places));

        // One for what held the thread, one for the two hundred.
        Assert.Equal(2, commits - before);
    }

    [Fact]
    public async Task Write_OneOfManyFails_NothingOfItStaysAndTheOthersDo()
    {
        using var database = Open();
        var writes = await TogetherAsync(
            database,
            () => (Task<int>[])[.. Enumerable.Range(0, 20).Select(number => database.WriteAsync(
                connection =>
                {
                    Put(connection, $"item {number}");
                    return number switch
                    {
                        7 => throw new InvalidOperationException("seven"),
                        11 => connection.Run("INSERT INTO inbox (key, received, body) VALUES (NULL, 0, x'')"),
                        _ => number,
                    };
                },
                Token))]);

        Assert.Equal("seven", (await Assert.ThrowsAsync<InvalidOperationException>(() => writes[7])).Message);
        Assert.Contains("NOT NULL", (await Assert.ThrowsAsync<StoreException>(() => writes[11])).Message, StringComparison.Ordinal);
        var good = Enumerable.Range(0, 20).Except([7, 11]).ToArray();
        Assert.Equal(good, await Task.WhenAll(good.Select(number => writes[number])));
        Assert.Equal(good.Select(number => $"item {number}").Order(StringComparer.Ordinal), Keys());
    }

    [Fact]
    public async Task Write_Together_NobodyIsToldBeforeItIsOnDisk()
    {
        using var database = Open();
        using var gate = new ManualResetEventSlim();
        using var runs = new ManualResetEventSlim();
        var writes = await TogetherAsync(
            database,
            () => (Task<bool>[])
            [
                database.WriteAsync(connection => Put(connection, "first"), Token),
                database.WriteAsync(
                    connection =>
                    {
                        runs.Set();
                        gate.Wait(s_patience, CancellationToken.None);
                        return Put(connection, "second");
                    },
                    Token),
            ]);

        // The first has run; it is not in the file, and its caller has not heard of it.
        Assert.True(runs.Wait(s_patience, Token), "the second did not begin");
        Assert.Empty(Keys());
        Assert.False(writes[0].IsCompleted);
        gate.Set();
        await Task.WhenAll(writes);
        Assert.Equal(["first", "second"], Keys());
    }

    [Fact]
    public async Task Write_OneOfManyLosesTheWholeTransaction_TheOthersGetTheirOwn()
    {
        using var database = Open();
        var writes = await TogetherAsync(
            database,
            () => (Task<int>[])[.. Enumerable.Range(0, 6).Select(number => database.WriteAsync(
                connection =>
                {
                    Put(connection, $"item {number}");
                    if (number == 3)
                    {
                        // What SQLite does by itself when the disk is full or fails.
                        raw.sqlite3_exec(((SqliteConnection)connection).Handle, "ROLLBACK");
                        throw new SqliteException("database or disk is full", 13);
                    }

                    return number;
                },
                Token))]);

        Assert.Contains("no room left", (await Assert.ThrowsAsync<StoreException>(() => writes[3])).Message, StringComparison.Ordinal);
        await Task.WhenAll(writes.Where((_, number) => number != 3));
        Assert.Equal(["item 0", "item 1", "item 2", "item 4", "item 5"], Keys());
    }

    [Fact]
    public async Task Write_DiskFullForOneOfMany_TheOthersAreWritten()
    {
        using var database = Open();
        await database.WriteAsync(connection => connection.Run("PRAGMA max_page_count = 100"), Token);
        var writes = await TogetherAsync(
            database,
            () => (Task<int>[])[.. Enumerable.Range(0, 6).Select(number => database.WriteAsync(
                connection => connection.Run("INSERT INTO inbox (key, received, body) VALUES ($key, 0, zeroblob($size))", ("$key", $"item {number}"), ("$size", number == 3 ? 1_000_000 : 10)), Token))]);

        Assert.Contains("no room left", (await Assert.ThrowsAsync<StoreException>(() => writes[3])).Message, StringComparison.Ordinal);
        await Task.WhenAll(writes.Where((_, number) => number != 3));
        Assert.Equal(["item 0", "item 1", "item 2", "item 4", "item 5"], Keys());
    }

    [Fact]
    public async Task Write_AnotherProgramHoldsTheFile_AllOfAGroupAreToldAndTheNextIsWritten()
    {
        using var database = SqliteDatabase.Open(new() { ConnectionString = _stores.Options.ConnectionString, BusyTimeout = TimeSpan.FromSeconds(1) }, new ManualTime());
        using (var other = new SqliteConnection($"Data Source={_stores.Database};Pooling=False"))
        {
            other.Open();
            other.Run("BEGIN IMMEDIATE");
            var start = TimeProvider.System.GetTimestamp();
            var writes = Enumerable.Range(0, 21).Select(number => database.WriteAsync(connection => Put(connection, $"item {number}"), Token)).ToArray();
            foreach (var write in writes)
            {
                Assert.Contains("was busy for too long", (await Assert.ThrowsAsync<StoreException>(() => write)).Message, StringComparison.Ordinal);
            }

            Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(15), "each of them waited for itself");
        }

        await database.WriteAsync(connection => Put(connection, "afterwards"), Token);
        Assert.Equal(["afterwards"], Keys());
    }

    [Fact]
    public async Task Write_CallerGoesAwayWhileItWaits_IsNotDone()
    {
        using var database = Open();
        using var gone = new CancellationTokenSource();
        var writes = await TogetherAsync(
            database,
            () =>
            {
                Task<bool>[] both = [database.WriteAsync(connection => Put(connection, "gone"), gone.Token), database.WriteAsync(connection => Put(connection, "stays"), Token)];
                gone.Cancel();
                return both;
            });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writes[0]);
        await writes[1];
        Assert.Equal(["stays"], Keys());
    }

    [Fact]
    public async Task Dispose_WritesWait_AreDoneAndLaterOnesRefused()
    {
        var database = Open();
        var writes = await TogetherAsync(
            database,
            () => (Task<bool>[])[.. Enumerable.Range(0, 300).Select(number => database.WriteAsync(connection => Put(connection, $"item {number:000}"), Token))]);
        database.Dispose();

        await Task.WhenAll(writes);
        Assert.Equal(300, Keys().Length);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => database.WriteAsync(connection => Put(connection, "late"), Token));
    }

    public void Dispose() => _stores.Dispose();

    private SqliteDatabase Open() => SqliteDatabase.Open(_stores.Options, new ManualTime());

    /// <summary>Holds the writing thread until all of them wait.</summary>
    private static async Task<Task<T>[]> TogetherAsync<T>(SqliteDatabase database, Func<Task<T>[]> writes)
    {
        using var holds = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        var held = database.WriteAsync(
            _ =>
            {
                holds.Set();
                return release.Wait(s_patience, CancellationToken.None);
            },
            Token);
        Assert.True(holds.Wait(s_patience, Token), "the write did not begin");
        var waiting = writes();
        release.Set();
        Assert.True(await held);
        return waiting;
    }

    private static bool Put(DbConnection connection, string key)
        => connection.Run("INSERT INTO inbox (key, received, body) VALUES ($key, 0, x'00')", ("$key", key)) == 1;

    private static long NextPlace(DbConnection connection) => (long)(connection.Scalar("UPDATE counters SET value = value + 1 WHERE name = 'outbox' RETURNING value") ?? 0L);

    /// <summary>What is in the file, seen by somebody else.</summary>
    private string[] Keys()
    {
        using var connection = new SqliteConnection($"Data Source={_stores.Database};Pooling=False");
        connection.Open();
        return [.. connection.Rows(row => row.GetString(0), "SELECT key FROM inbox ORDER BY key")];
    }
}
