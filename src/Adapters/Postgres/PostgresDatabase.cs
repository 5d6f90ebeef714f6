using System.Data.Common;
using System.Globalization;
using ChatOpsBot.Adapters.Sql;
using ChatOpsBot.Application;
using ChatOpsBot.Application.Ports;
using Npgsql;

namespace ChatOpsBot.Adapters.Postgres;

/// <summary>The store in a PostgreSQL database, which several services share.</summary>
public sealed class PostgresDatabase : SqlDatabase, IDisposable
{
    /// <summary>The channel on which services tell each other that something changed.</summary>
    internal const string Channel = "chatopsbot";

    /// <summary>Two services that start at once must not both make the tables.</summary>
    private const long MigrationLock = 0x636861746f707362;

    private const int Tries = 4;

    /// <summary>Well below the time that a claim lasts.</summary>
    public static readonly TimeSpan MostClockDifference = TimeSpan.FromSeconds(3);

    private static readonly SqlMigrations s_migrations = new(typeof(PostgresDatabase).Assembly);
    private static readonly TimeSpan s_askAgain = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly WorkThreads _threads;

    private PostgresDatabase(PostgresOptions options, NpgsqlDataSource source, TimeProvider time)
    {
        Shown = options.Shown();
        Source = source;
        _time = time;
        _threads = new(options.Connections);
    }

    /// <inheritdoc/>
    public override bool IsShared => true;

    /// <summary>Server, database and user, for people.</summary>
    public string Shown { get; }

    /// <summary>Further connections, for listening.</summary>
    internal NpgsqlDataSource Source { get; }

    /// <inheritdoc/>
    protected override string Locked => " FOR UPDATE";

    /// <inheritdoc/>
    protected override string LockedOrLeftOut => " FOR UPDATE OF o SKIP LOCKED";

    /// <inheritdoc/>
    protected override string NextPlace => "SELECT nextval('outbox_ord')";

    /// <inheritdoc/>
    protected override string TakenBy => ", holder = current_setting('application_name')";

    /// <inheritdoc/>
    protected override string BodyHolds => "position(convert_to(@text, 'UTF8') IN body) > 0";

    /// <summary>Name of this process among those that use the database, as the server shows it.</summary>
    public static string NodeName => string.Create(CultureInfo.InvariantCulture, $"chatopsbot {Environment.MachineName}:{Environment.ProcessId}");

    /// <summary>Connects and brings the database to the newest schema.</summary>
    /// <param name="options">Where.</param>
    /// <param name="time">Stamps migrations and measures.</param>
    /// <param name="patience">How long to wait for a server that cannot be reached or is starting; a wrong password is not waited for.</param>
    /// <param name="waiting">Told once, with the reason, when it has to be waited for.</param>
    /// <exception cref="StoreException">It cannot be used; says what mends it.</exception>
    public static PostgresDatabase Open(PostgresOptions options, TimeProvider time, TimeSpan patience = default, Action<string>? waiting = null)
    {
        var source = NpgsqlDataSource.Create(options.Completed(NodeName));
        var begin = time.GetTimestamp();
        for (var told = false; ; told = true)
        {
            try
            {
                Prepare(options, source, time);
                return new(options, source, time);
            }
            catch (NpgsqlException failure) when (PostgresFailures.MayPass(failure) && time.GetElapsedTime(begin) < patience)
            {
                if (!told)
                {
                    waiting?.Invoke(PostgresFailures.Explain(options.Shown(), failure).Message);
                }

                Task.Delay(s_askAgain, time).GetAwaiter().GetResult();
            }
            catch (Exception failure)
            {
                source.Dispose();
                throw failure is NpgsqlException refused ? PostgresFailures.Explain(options.Shown(), refused) : failure;
            }
        }
    }

    /// <summary>Connects without making or migrating anything.</summary>
    /// <exception cref="StoreException">It cannot be used, or is of another version.</exception>
    public static PostgresDatabase OpenToRead(PostgresOptions options, TimeProvider time)
    {
        var source = NpgsqlDataSource.Create(options.Completed(NodeName));
        try
        {
            using var connection = source.OpenConnection();
            if (connection.Scalar("SELECT to_regclass('schema_migrations')::text") is null)
            {
                throw new StoreException($"{options.Shown()} holds nothing of this program yet; start the service once");
            }

            if (s_migrations.MissingIn(connection) is [var missing, ..])
            {
                throw new StoreException($"{options.Shown()} is of an older version (it lacks {missing}); start the service of this version once, it brings the database up to date");
            }

            return new(options, source, time);
        }
        catch (Exception failure)
        {
            source.Dispose();
            throw failure is NpgsqlException refused ? PostgresFailures.Explain(options.Shown(), refused) : failure;
        }
    }

    /// <summary>How far the server's clock is ahead of this machine's; claims are judged by the clocks of those who make them.</summary>
    /// <exception cref="StoreException">The server cannot be asked.</exception>
    public TimeSpan ClockAhead() => Read(
        connection =>
        {
            var before = _time.GetUtcNow();
            var server = (DateTime)(connection.Scalar("SELECT clock_timestamp()") ?? DateTime.UnixEpoch);
            var after = _time.GetUtcNow();
            return new DateTimeOffset(server, TimeSpan.Zero) - (before + ((after - before) / 2));
        },
        CancellationToken.None);

    /// <summary>Size in bytes and the server's version, for <c>doctor</c>.</summary>
    /// <exception cref="StoreException">The server cannot be asked.</exception>
    public (long Bytes, string Version) Facts() => Read(
        connection => connection.Rows(row => (row.GetInt64(0), row.GetString(1)), "SELECT pg_database_size(current_database()), current_setting('server_version')").Single(), CancellationToken.None);

    /// <inheritdoc/>
    public override Task<T> WriteAsync<T>(Func<DbConnection, T> work, CancellationToken cancellationToken)
        => MeasuredAsync("write", () => Write(work, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public override Task<T> ReadAsync<T>(Func<DbConnection, T> work, CancellationToken cancellationToken)
        => MeasuredAsync("read", () => Read(work, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        _threads.Dispose();
        Source.Dispose();
    }

    /// <inheritdoc/>
    protected override void Announce(DbConnection connection) => connection.Run($"NOTIFY {Channel}");

    private static void Prepare(PostgresOptions options, NpgsqlDataSource source, TimeProvider time)
    {
        using var connection = source.OpenConnection();
        if (connection.Scalar("SHOW server_encoding") is not "UTF8" and var encoding)
        {
            throw new StoreException($"{options.Shown()} keeps text as {encoding}; make the database with: createdb --encoding=UTF8 --template=template0");
        }

        connection.Run("SELECT pg_advisory_lock(@lock)", ("@lock", MigrationLock)); // until the connection ends, or:
        try
        {
            s_migrations.Apply(connection, time);
        }
        finally
        {
            if (connection.FullState.HasFlag(System.Data.ConnectionState.Open))
            {
                connection.Run("SELECT pg_advisory_unlock(@lock)", ("@lock", MigrationLock));
            }
        }
    }

    private T Write<T>(Func<DbConnection, T> work, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var committing = false;
            try
            {
                using var connection = Source.OpenConnection();
                using var transaction = connection.BeginTransaction();
                var result = work(connection);
                committing = true;
                transaction.Commit();
                return result;
            }
            catch (NpgsqlException failure) when (attempt < Tries && !cancellationToken.IsCancellationRequested && MayTryAgain(failure, committing))
            {
                // A deadlock, or a connection of the pool that had died with its server: nothing of it is stored.
            }
            catch (NpgsqlException failure)
            {
                throw PostgresFailures.Explain(Shown, failure);
            }
        }
    }

    private T Read<T>(Func<DbConnection, T> work, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var connection = Source.OpenConnection();
                return work(connection);
            }
            catch (NpgsqlException failure) when (attempt < Tries && !cancellationToken.IsCancellationRequested && MayTryAgain(failure, committing: false))
            {
                // A connection of the pool that had died with its server.
            }
            catch (NpgsqlException failure)
            {
                throw PostgresFailures.Explain(Shown, failure);
            }
        }
    }

    /// <summary>A commit whose answer did not come may have happened; everything else was taken back by the server.</summary>
    private static bool MayTryAgain(NpgsqlException failure, bool committing)
        => failure is PostgresException { SqlState: "25P03" or "40001" or "40P01" or "57P01" } || (!committing && failure is not PostgresException && failure.InnerException is not TimeoutException);

    private async Task<T> MeasuredAsync<T>(string operation, Func<T> work, CancellationToken cancellationToken)
    {
        var start = _time.GetTimestamp();
        var failed = true;
        try
        {
            var result = await _threads.RunAsync(work, cancellationToken);
            failed = false;
            return result;
        }
        finally
        {
            Metrics.Stored(operation, _time.GetElapsedTime(start), failed);
        }
    }
}
