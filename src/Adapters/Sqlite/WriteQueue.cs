using System.Data.Common;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ChatOpsBot.Adapters.Sqlite;

/// <summary>
/// Group commit. Waiting for the disk is what a write costs, so writes that wait at the same time share one transaction, in the order in which they came; each stands for itself
/// in a savepoint, and is told that it is done only when the transaction that holds it is on disk. Work may be run a second time after a rollback and must not leave anything
/// behind but rows and its result.
/// </summary>
internal sealed class WriteQueue
{
    /// <summary>More would make the first wait long for the last.</summary>
    private const int MostTogether = 256;

    private readonly SqliteConnection _writer;
    private readonly Func<SqliteException, Exception> _explain;
    private readonly Queue<Write> _waiting = new(); // its lock tells the thread that there is more
    private readonly Thread _thread;
    private bool _closed;

    /// <param name="writer">The connection; nobody else uses it any more.</param>
    /// <param name="explain">Makes of what SQLite says what the caller is told.</param>
    public WriteQueue(SqliteConnection writer, Func<SqliteException, Exception> explain)
    {
        _writer = writer;
        _explain = explain;

        // A thread of its own: it waits for the disk most of the time, and the threads of the pool are few.
        _thread = new(Drain) { IsBackground = true, Name = "store" };
        _thread.Start();
    }

    /// <summary>Runs work in a transaction; when this returns it is on disk.</summary>
    /// <param name="work">The work.</param>
    /// <param name="cancellationToken">Ends the waiting; work that was begun is finished.</param>
    /// <exception cref="ObjectDisposedException">The database is closed.</exception>
    public Task<T> RunAsync<T>(Func<DbConnection, T> work, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellationToken);
        }

        var write = new Write<T>(work, cancellationToken);
        lock (_waiting)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(SqliteDatabase));
            _waiting.Enqueue(write);
            Monitor.Pulse(_waiting);
        }

        return write.ResultAsync;
    }

    /// <summary>Takes nothing more, and waits for what was taken.</summary>
    public void Close(TimeSpan longest)
    {
        lock (_waiting)
        {
            _closed = true;
            Monitor.Pulse(_waiting);
        }

        _thread.Join(longest);
    }

    private void Drain()
    {
        var group = new List<Write>();
        while (TakeGroup(group))
        {
            RunGroup(group);
            group.Clear();
        }
    }

    /// <summary>Waits for writes; <see langword="false"/> when there are none and there will be none.</summary>
    private bool TakeGroup(List<Write> group)
    {
        lock (_waiting)
        {
            while (_waiting.Count == 0)
            {
                if (_closed)
                {
                    return false;
                }

                Monitor.Wait(_waiting);
            }

            while (group.Count < MostTogether && _waiting.TryDequeue(out var write))
            {
                if (write.TryBegin())
                {
                    group.Add(write);
                }
            }

            return true;
        }
    }

    private void RunGroup(List<Write> group)
    {
        if (group.Count > 1 && TryTogether(group))
        {
            return;
        }

        // One alone, or those whose common transaction was lost through no fault of theirs: each gets its own.
        foreach (var write in group.Where(write => !write.IsEnded))
        {
            RunAlone(write);
        }
    }

    private void RunAlone(Write write)
    {
        try
        {
            using var transaction = _writer.BeginTransaction(); // BEGIN IMMEDIATE
            write.Run(_writer);
            transaction.Commit();
            write.Succeed();
        }
        catch (Exception failure)
        {
            write.Fail(Explained(failure));
        }
    }

    /// <summary>One transaction for all; <see langword="false"/> when it was lost and nothing of it is in the file.</summary>
    private bool TryTogether(List<Write> group)
    {
        SqliteTransaction begun;
        try
        {
            begun = _writer.BeginTransaction();
        }
        catch (SqliteException failure)
        {
            // Another program holds the file. It was waited for as long as the options say; not once more for each of them.
            group.ForEach(write => write.Fail(_explain(failure)));
            return true;
        }

        try
        {
            using var transaction = begun;
            foreach (var write in group)
            {
                if (!TryInSavepoint(transaction, write))
                {
                    return false;
                }
            }

            transaction.Commit();
        }
        catch (Exception failure) when (failure is SqliteException or InvalidOperationException)
        {
            // The whole was refused, not one of them; alone each learns why.
            return false;
        }

        group.ForEach(write => write.Succeed());
        return true;
    }

    /// <summary>What one does is taken back when it fails, and the others go on; <see langword="false"/> when SQLite gave up the whole transaction.</summary>
    private bool TryInSavepoint(SqliteTransaction transaction, Write write)
    {
        transaction.Save("w");
        try
        {
            write.Run(_writer);
        }
        catch (Exception failure)
        {
            write.Fail(Explained(failure));

            // A full disk, for example, makes SQLite roll back everything.
            if (raw.sqlite3_get_autocommit(_writer.Handle) != 0)
            {
                return false;
            }

            transaction.Rollback("w");
        }

        transaction.Release("w");
        return true;
    }

    private Exception Explained(Exception failure) => failure is SqliteException sqlite ? _explain(sqlite) : failure;

    /// <summary>A write that waits, runs, or has ended.</summary>
    private abstract class Write
    {
        public bool IsEnded { get; protected set; }

        /// <summary>Whether it may be run: not when its caller went away before.</summary>
        public abstract bool TryBegin();

        public abstract void Run(SqliteConnection connection);

        /// <summary>It is on disk. Nothing happens to one that failed before.</summary>
        public abstract void Succeed();

        public abstract void Fail(Exception failure);
    }

    private sealed class Write<T> : Write
    {
        private readonly Func<DbConnection, T> _work;

        // Continuations never run on the writing thread.
        private readonly TaskCompletionSource<T> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly CancellationTokenRegistration _cancellation;
        private int _begun;
        private T? _result;

        public Write(Func<DbConnection, T> work, CancellationToken cancellationToken)
        {
            _work = work;
            _cancellation = cancellationToken.UnsafeRegister(
                (state, token) =>
                {
                    if (state is Write<T> write && write.TryTake())
                    {
                        write._end.SetCanceled(token);
                    }
                },
                this);
        }

        public Task<T> ResultAsync => _end.Task;

        public override bool TryBegin()
        {
            var begins = TryTake();
            _cancellation.Dispose();
            return begins;
        }

        public override void Run(SqliteConnection connection) => _result = _work(connection);

        public override void Succeed()
        {
            if (!IsEnded)
            {
                IsEnded = true;
                _end.SetResult(_result!); // Run came before and gave what T allows
            }
        }

        public override void Fail(Exception failure)
        {
            IsEnded = true;
            _end.SetException(failure);
        }

        private bool TryTake() => Interlocked.Exchange(ref _begun, 1) == 0;
    }
}
