using System.Data.Common;
using ChatOpsBot.Adapters.Sql;
using ChatOpsBot.Application;
using ChatOpsBot.Application.Ports;
using Microsoft.Data.Sqlite;

namespace ChatOpsBot.Adapters.Sqlite;

/// <summary>The open database: one connection that writes, one that reads, and the lock that keeps other services away.</summary>
public sealed class SqliteDatabase : SqlDatabase, IDisposable
{
    private static readonly SqlMigrations s_migrations = new(typeof(SqliteDatabase).Assembly);

    private readonly string _file;
    private readonly TimeProvider _time;
    private readonly DatabaseLock? _lock;
    private readonly SqliteConnection? _writer;
    private readonly SqliteConnection _reader;
    private readonly WriteQueue? _writes;
    private readonly SemaphoreSlim _reading = new(1, 1);
    private int _ended;

    /// <summary>No transaction of ours takes so long; one that does is left behind.</summary>
    private static readonly TimeSpan s_longestEnd = TimeSpan.FromSeconds(5);

    private SqliteDatabase(string file, DatabaseLock? taken, SqliteConnection? writer, SqliteConnection reader, TimeProvider time)
    {
        _file = file;
        _time = time;
        _lock = taken;
        _writer = writer;
        _writes = writer is null ? null : new(writer, failure => Explain(file, failure));
        _reader = reader;
    }

    /// <summary>Opens the file, makes it when there is none, and brings it to the newest schema.</summary>
    /// <param name="options">Where.</param>
    /// <param name="time">Stamps migrations and measures.</param>
    /// <exception cref="StoreException">Another service has it, it is damaged, it is of a newer version, or the disk does not let us.</exception>
    public static SqliteDatabase Open(SqliteOptions options, TimeProvider time)
    {
        var file = Path.GetFullPath(options.File());
        DatabaseLock? taken = null;
        SqliteConnection? writer = null, reader = null;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file) ?? "/");
            taken = DatabaseLock.Take(file);
            KeepPrivate(file);
            writer = Connect(file, options.BusyTimeout);
            Check(file, writer);
            s_migrations.Apply(writer, time);

            // The lock says that nobody else lives: claims of a process that died are free again.
            writer.Run("UPDATE outbox SET claimed_until = 0 WHERE open = 1");
            reader = Connect(file, options.BusyTimeout);
            reader.Run("PRAGMA query_only = ON");
            return new(file, taken, writer, reader, time);
        }
        catch (Exception failure)
        {
            reader?.Dispose();
            writer?.Dispose();
            taken?.Dispose();
            throw failure switch
            {
                SqliteException sqlite => Explain(file, sqlite),
                IOException or UnauthorizedAccessException => new StoreException($"{file} cannot be made: {failure.Message}", failure),
                _ => failure,
            };
        }
    }

    /// <summary>Opens the file to read only, also while a service has it. Nothing is locked, made or migrated.</summary>
    /// <param name="options">Where.</param>
    /// <exception cref="StoreException">There is no such file, it is damaged, or it is of another version.</exception>
    public static SqliteDatabase OpenToRead(SqliteOptions options)
    {
        var file = Path.GetFullPath(options.File());
        if (!File.Exists(file))
        {
            throw new StoreException($"there is no database {file}; name it in Storage:ConnectionString, or start the service once");
        }

        SqliteConnection? reader = null;
        try
        {
            reader = Connect(file, options.BusyTimeout, SqliteOpenMode.ReadOnly);
            Check(file, reader);
            RequireCurrent(file, reader);
            return new(file, null, null, reader, TimeProvider.System);
        }
        catch (Exception failure)
        {
            reader?.Dispose();
            throw failure is SqliteException sqlite ? Explain(file, sqlite) : failure;
        }
    }

    /// <summary>
    /// Runs work on the writing connection, all of it or nothing, after every write that was asked for before; when this returns it is on disk. The work may run a second time.
    /// </summary>
    public override async Task<T> WriteAsync<T>(Func<DbConnection, T> work, CancellationToken cancellationToken)
    {
        if (_writes is null)
        {
            throw new InvalidOperationException("the database was opened to read only");
        }

        var start = _time.GetTimestamp();
        var failed = true;
        try
        {
            var result = await _writes.RunAsync(work, cancellationToken);
            failed = false;
            return result;
        }
        finally
        {
            Metrics.Stored("write", _time.GetElapsedTime(start), failed);
        }
    }

    /// <summary>Runs work on the reading connection; it sees whole transactions only.</summary>
    public override async Task<T> ReadAsync<T>(Func<DbConnection, T> work, CancellationToken cancellationToken)
    {
        var start = _time.GetTimestamp();
        var failed = true;
        await _reading.WaitAsync(cancellationToken);
        try
        {
            using var transaction = _reader.BeginTransaction(deferred: true);
            var result = work(_reader);
            failed = false;
            return result;
        }
        catch (SqliteException failure)
        {
            throw Explain(_file, failure);
        }
        finally
        {
            _reading.Release();
            Metrics.Stored("read", _time.GetElapsedTime(start), failed);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // It is registered under two types, and the container ends it once for each.
        if (Interlocked.Exchange(ref _ended, 1) != 0)
        {
            return;
        }

        // A transaction under way ends first; the connection cannot be closed under it.
        _writes?.Close(s_longestEnd);
        _reading.Wait(s_longestEnd);
        _reader.Dispose();
        _writer?.Dispose();
        _lock?.Dispose();
        _reading.Dispose();
    }

    /// <summary>Host outputs are nobody else's business; SQLite gives its side files the mode of the main file.</summary>
    private static void KeepPrivate(string file)
    {
        if (!File.Exists(file))
        {
            new FileStream(file, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
#pragma warning disable CA1416 // the service runs on Linux only
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
#pragma warning restore CA1416
            }).Dispose();
        }
    }

    private static SqliteConnection Connect(string file, TimeSpan busyTimeout, SqliteOpenMode mode = SqliteOpenMode.ReadWrite)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = file,
            Mode = mode,
            Pooling = false,
            ForeignKeys = true,
            DefaultTimeout = (int)Math.Max(1, Math.Ceiling(busyTimeout.TotalSeconds)),
        }.ToString());
        try
        {
            connection.Open();
            if (mode == SqliteOpenMode.ReadWrite)
            {
                connection.Run("PRAGMA journal_mode = WAL");
                connection.Run("PRAGMA synchronous = FULL");
            }

            return connection;
        }
        catch (SqliteException)
        {
            connection.Dispose();
            throw;
        }
    }

    private static void Check(string file, SqliteConnection connection)
    {
        if (connection.Scalar("PRAGMA quick_check(1)") is not "ok" and var problem)
        {
            throw Damaged(file, $"{problem}", null);
        }
    }

    /// <summary>Refuses a database that this version cannot read as it is.</summary>
    private static void RequireCurrent(string file, SqliteConnection connection)
    {
        if (connection.Scalar("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'schema_migrations'") is null)
        {
            throw new StoreException($"{file} is no database of this program");
        }

        if (s_migrations.MissingIn(connection) is [var missing, ..])
        {
            throw new StoreException($"{file} is of an older version (it lacks {missing}); start the service of this version once, it brings the file up to date");
        }
    }

    private static StoreException Explain(string file, SqliteException failure) => failure.SqliteErrorCode switch
    {
        11 or 26 => Damaged(file, failure.Message, failure),
        13 => new($"there is no room left for {file}; free some on its disk", failure),
        8 => new($"{file} is read-only for this user; check its owner, its mode and how its disk is mounted", failure),
        14 => new($"{file} cannot be opened; check owner and mode of the file and its folder", failure),
        10 => new($"the disk of {file} failed: {failure.Message}", failure),
        5 or 6 => new($"{file} was busy for too long: another program holds a lock on it", failure),
        _ => new($"{file}: {failure.Message}", failure),
    };

    private static StoreException Damaged(string file, string what, Exception? cause)
        => new($"{file} is damaged ({what}). Nothing was changed. Stop the service, keep a copy of {file} with its -wal file, and restore a backup, or try 'sqlite3 {file} .recover'.", cause);
}
