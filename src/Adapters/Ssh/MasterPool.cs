using Microsoft.Extensions.Logging;

namespace ChatOpsBot.Adapters.Ssh;

/// <summary>The warm connections: at most one for each route, however many runs want it at once.</summary>
internal sealed class MasterPool : IAsyncDisposable
{
    // Covers the pauses of a person at work on an incident; then the host need not carry our connection any more.
    private static readonly TimeSpan WarmFor = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(30);

    private readonly ClientEnvironment _environment;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _mutex = new();
    private readonly Dictionary<Route, Entry> _entries = [];
    private readonly HashSet<Entry> _live = [];
    private readonly HashSet<Task> _closing = [];
    private readonly ITimer _timer;
    private bool _disposed;

    public MasterPool(ClientEnvironment environment, TimeProvider time, ILogger logger)
    {
        _environment = environment;
        _time = time;
        _logger = logger;
        _timer = time.CreateTimer(_ => CloseIdle(), null, LookEvery, LookEvery);
    }

    /// <summary>A connection, made now when there is none; to be given back by <see cref="Release"/>.</summary>
    public async Task<Lease> TakeAsync(HostTarget target, ClientSetting setting, TimeSpan limit, CancellationToken cancellationToken)
    {
        Entry entry;
        var isNew = false;
        lock (_mutex)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_entries.TryGetValue(target.Route, out var present) && !present.IsOver)
            {
                entry = present;
            }
            else
            {
                if (present is not null)
                {
                    Drop(present);
                }

                isNew = true;
                var givingUp = new CancellationTokenSource();
                entry = new Entry(target.Name, target.Route, givingUp, Task.Run(() => OpenAsync(target, setting, limit, givingUp.Token), CancellationToken.None));
                _entries[target.Route] = entry;
                _live.Add(entry);
            }

            entry.Users++;
        }

        try
        {
            // Others may wait for the same connection, so only the last that no longer wants it ends its making.
            var opened = await entry.Opening.WaitAsync(cancellationToken);
            return new Lease(entry, opened.Master, opened.Problem, opened.InTime, isNew);
        }
        catch (OperationCanceledException)
        {
            Release(entry);
            throw;
        }
    }

    public void Release(Entry entry)
    {
        lock (_mutex)
        {
            entry.Users--;
            entry.LastUsed = _time.GetTimestamp();
            if (entry.Users == 0 && (entry.Retired || _disposed || entry.Opening is not { IsCompletedSuccessfully: true, Result.Master: not null }))
            {
                Drop(entry);
            }
        }
    }

    /// <summary>New runs get another connection; those on this one go on.</summary>
    public void Retire(Entry entry)
    {
        lock (_mutex)
        {
            entry.Retired = true;
            if (_entries.TryGetValue(entry.Route, out var present) && present == entry)
            {
                _entries.Remove(entry.Route);
                Log.MasterRetired(_logger, entry.Host);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task[] ends;
        lock (_mutex)
        {
            _disposed = true;
            foreach (var entry in _live.ToArray())
            {
                Drop(entry);
            }

            ends = [.. _closing];
        }

        await _timer.DisposeAsync();
        await Task.WhenAll(ends);
    }

    private void CloseIdle()
    {
        lock (_mutex)
        {
            foreach (var entry in _entries.Values.ToArray())
            {
                if (entry.Users == 0 && (entry.IsOver || _time.GetElapsedTime(entry.LastUsed) >= WarmFor))
                {
                    Drop(entry);
                }
            }
        }
    }

    /// <summary>Takes it out and closes it; the lock is held.</summary>
    private void Drop(Entry entry)
    {
        if (_entries.TryGetValue(entry.Route, out var present) && present == entry)
        {
            _entries.Remove(entry.Route);
        }

        if (entry.Closed)
        {
            return;
        }

        entry.Closed = true;
        _live.Remove(entry);

        // Not here and now: what it awakens may want the lock that is held.
        _ = entry.GivingUp.CancelAsync();
        var end = CloseAsync(entry);
        _closing.Add(end);
        _closing.RemoveWhere(task => task.IsCompleted);
    }

    private async Task CloseAsync(Entry entry)
    {
        if ((await entry.Opening).Master is { } master)
        {
            await master.DisposeAsync();
            Log.MasterClosed(_logger, entry.Host);
        }
    }

    private async Task<Opened> OpenAsync(HostTarget target, ClientSetting setting, TimeSpan limit, CancellationToken giveUp)
    {
        var socket = setting.Directory.NextSocket();
        var from = _time.GetTimestamp();
        var (process, problem) = ClientProcess.Start(_environment, SshCommandLine.Master(setting.Ssh, setting.Config, socket, target.Route), _time);
        if (process is null)
        {
            return new Opened(null, problem, true);
        }

        var master = new Master(process, socket, _time);
        var (ready, inTime, text) = await master.OpenAsync(limit, giveUp);
        if (ready)
        {
            Log.MasterOpened(_logger, target.Name, (long)_time.GetElapsedTime(from).TotalMilliseconds);
            return new Opened(master, "", true);
        }

        await master.DisposeAsync();
        return new Opened(null, text, inTime);
    }

    /// <summary>How the making of a connection ended.</summary>
    internal sealed record Opened(Master? Master, string Problem, bool InTime);

    /// <summary>A use of a connection.</summary>
    /// <param name="Entry">To be given back.</param>
    /// <param name="Master"><see langword="null"/> when there is none.</param>
    /// <param name="Problem">What the client said then.</param>
    /// <param name="InTime">Whether it ended within the limit.</param>
    /// <param name="IsNew">Made for this use.</param>
    internal sealed record Lease(Entry Entry, Master? Master, string Problem, bool InTime, bool IsNew);

    /// <summary>A connection of the pool; its mutable parts are guarded by the pool's lock.</summary>
    internal sealed class Entry(string host, Route route, CancellationTokenSource givingUp, Task<Opened> opening)
    {
        /// <summary>Ends the making of the connection.</summary>
        public CancellationTokenSource GivingUp { get; } = givingUp;

        public string Host { get; } = host;

        public Route Route { get; } = route;

        public Task<Opened> Opening { get; } = opening;

        public int Users { get; set; }

        public long LastUsed { get; set; }

        public bool Retired { get; set; }

        public bool Closed { get; set; }

        /// <summary>It failed to come about, or was lost.</summary>
        public bool IsOver => Closed || Retired
            || (Opening.IsCompletedSuccessfully && (Opening.Result.Master is not { } master || master.Lost.IsCompleted));
    }
}
