using System.Collections.Concurrent;

namespace ChatOpsBot.Adapters.Postgres;

/// <summary>
/// Threads that wait for the database. The stores' work is written without awaiting, for every database alike; on threads of the pool a slow server would hold up everything else.
/// </summary>
internal sealed class WorkThreads : IDisposable
{
    private readonly BlockingCollection<Action> _waiting = [];
    private readonly Thread[] _threads;

    /// <summary>No command of ours takes so long; one that does is left behind.</summary>
    private static readonly TimeSpan s_longestEnd = TimeSpan.FromSeconds(5);

    public WorkThreads(int count)
    {
        _threads = [.. Enumerable.Range(0, count).Select(_ => new Thread(Drain) { IsBackground = true, Name = "store" })];
        foreach (var thread in _threads)
        {
            thread.Start();
        }
    }

    /// <summary>Runs work on one of the threads.</summary>
    /// <exception cref="ObjectDisposedException">The database is closed.</exception>
    public Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        var end = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            _waiting.Add(
                () =>
                {
                    if (cancellationToken.IsCancellationRequested)
                    {
                        end.TrySetCanceled(cancellationToken);
                        return;
                    }

                    try
                    {
                        end.TrySetResult(work());
                    }
                    catch (Exception failure)
                    {
                        end.TrySetException(failure);
                    }
                },
                CancellationToken.None);
        }
        catch (InvalidOperationException)
        {
            throw new ObjectDisposedException(nameof(PostgresDatabase));
        }

        return end.Task;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _waiting.CompleteAdding();
        foreach (var thread in _threads)
        {
            thread.Join(s_longestEnd);
        }
    }

    private void Drain()
    {
        foreach (var work in _waiting.GetConsumingEnumerable())
        {
            work();
        }
    }
}
