using System.Collections.Concurrent;
using System.Collections.Frozen;
using ChatOpsBot.Application.Ports;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ChatOpsBot.Application.Chat.Intake;

/// <summary>
/// Where chat platforms hand in what people said: written down first, then the platform may be told that it arrived, then worked on. A repeat is told the same and not
/// worked on again; what a crash or a failure of the store interrupted is taken up again.
/// </summary>
/// <param name="inbox">Where items are written down.</param>
/// <param name="handlers">Who works on them.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">For operators.</param>
public sealed class ChatIntake(IInbox inbox, IEnumerable<IIntakeHandler> handlers, TimeProvider time, ILogger<ChatIntake> logger) : BackgroundService
{
    private const string Prefix = "intake ";

    /// <summary>So many items are worked on at once; the others wait.</summary>
    private const int Slots = 32;

    /// <summary>More than this waiting is a flood: it is refused, and the platform comes back.</summary>
    private const int MostWaiting = 10_000;

    /// <summary>Nobody waits longer for an answer in a chat.</summary>
    private static readonly TimeSpan s_tooOld = TimeSpan.FromMinutes(15);

    private static readonly TimeSpan s_longestWait = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan s_lookForLost = TimeSpan.FromSeconds(5);

    private readonly FrozenDictionary<string, IIntakeHandler> _handlers = handlers.ToFrozenDictionary(handler => handler.Surface, StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Task> _running = new(StringComparer.Ordinal);

    // Written down or about to be, and not running yet: the look for lost items would take them without the way to answer at once, which only who hands them in has.
    private readonly ConcurrentDictionary<string, byte> _arriving = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _slots = new(Slots);
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Items that are being worked on or wait for it.</summary>
    public int Waiting => _running.Count;

    /// <summary>Writes an item down. When this returns, the platform may be told that it arrived: it will be worked on, also after a crash.</summary>
    /// <returns><see langword="false"/> for a repeat.</returns>
    /// <exception cref="StoreException">It is not written down, or too many wait; the platform must not be told that it arrived.</exception>
    public async Task<bool> AcceptAsync(string surface, string key, ReadOnlyMemory<byte> body, object? handle, CancellationToken cancellationToken)
    {
        if (_running.Count >= MostWaiting)
        {
            throw new StoreException($"{MostWaiting} items of chats wait already");
        }

        var item = new IntakeItem(surface, key, time.GetUtcNow(), body, handle);
        var name = InboxKey(surface, key);
        var isFirst = _arriving.TryAdd(name, 0);
        try
        {
            var put = await inbox.PutAsync(name, item.Received, body, cancellationToken);
            if (put.IsNew || (!put.IsDone && !_running.ContainsKey(name)))
            {
                // Also what was left unfinished: the store failed while it was worked on, and now it comes again.
                Start(item, TimeSpan.Zero);
            }

            return put.IsNew;
        }
        finally
        {
            if (isFirst)
            {
                _arriving.TryRemove(name, out _);
            }
        }
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await _stopping.CancelAsync();

        // What does not end in time stays in the inbox.
        await Task.WhenAll(_running.Values).WaitAsync(cancellationToken).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _stopping.Dispose();
        _slots.Dispose();
        base.Dispose();
    }

    /// <summary>Takes up what was written down and not finished: before the start, when the store failed meanwhile, and what another service of several had taken when it died.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await ResumeAsync(stoppingToken);
        using var timer = new PeriodicTimer(s_lookForLost, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await ResumeAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops.
        }
    }

    private async Task ResumeAsync(CancellationToken stoppingToken)
    {
        try
        {
            var resumed = 0;
            foreach (var item in await inbox.PendingAsync(MostWaiting, stoppingToken))
            {
                if (item.Key.StartsWith(Prefix, StringComparison.Ordinal) && item.Key[Prefix.Length..].Split(' ', 2) is [var surface, var key] && !_arriving.ContainsKey(item.Key) && !_running.ContainsKey(item.Key))
                {
                    Start(new(surface, key, item.Received, item.Body, null), time.GetUtcNow() - item.Received);
                    resumed++;
                }
            }

            // Of several services, most of what is pending is being worked on by another.
            if (resumed > 0 && !inbox.IsShared)
            {
                Log.Resumed(logger, resumed);
            }
        }
        catch (StoreException failure)
        {
            Log.NotResumed(logger, failure);
        }
    }

    private static string InboxKey(string surface, string key) => $"{Prefix}{surface} {key}";

    /// <summary>Begins to work on an item.</summary>
    /// <param name="item">The item.</param>
    /// <param name="age">How long ago it came; from here on it is measured, for the wall clock may be set.</param>
    private void Start(IntakeItem item, TimeSpan age)
    {
        var name = InboxKey(item.Surface, item.Key);
        var begin = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_running.TryAdd(name, RunAsync()))
        {
            begin.SetResult();
        }
        else
        {
            begin.SetCanceled(CancellationToken.None);
        }

        async Task RunAsync()
        {
            try
            {
                await begin.Task;
            }
            catch (OperationCanceledException)
            {
                return;
            }

            try
            {
                await using var hold = await InboxHold.TakeAsync(inbox, name, time, _stopping.Token);
                if (hold is null)
                {
                    return;
                }

                await WorkAsync(item, age, _stopping.Token);
                await inbox.DoneAsync(new(name, null), CancellationToken.None);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                // The next start takes it up.
            }
            catch (Exception failure)
            {
                // The store: it stays in the inbox and is taken up in a moment.
                Log.NotFinished(logger, item.Surface, item.Key, failure);
            }
            finally
            {
                _running.TryRemove(name, out _);
            }
        }
    }

    private async Task WorkAsync(IntakeItem item, TimeSpan age, CancellationToken cancellationToken)
    {
        var begin = time.GetTimestamp();
        if (!_handlers.TryGetValue(item.Surface, out var handler))
        {
            Log.NoHandler(logger, item.Surface, item.Key);
            return;
        }

        for (var attempt = 0; ; attempt++)
        {
            if (age + time.GetElapsedTime(begin) > s_tooOld)
            {
                Log.TooOld(logger, item.Surface, item.Key);
                return;
            }

            var outcome = await TryAsync(handler, item with { EarlierTries = attempt }, cancellationToken);
            if (outcome is not IntakeOutcome.Later later)
            {
                return;
            }

            Log.Later(logger, item.Surface, item.Key, later.Why);
            var wait = later.After ?? TimeSpan.FromSeconds(Math.Min(1 << Math.Min(attempt, 6), 60));
            await Task.Delay(wait < TimeSpan.Zero ? TimeSpan.Zero : wait > s_longestWait ? s_longestWait : wait, time, cancellationToken);
        }
    }

    private async Task<IntakeOutcome> TryAsync(IIntakeHandler handler, IntakeItem item, CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken);
        try
        {
            return await handler.HandleAsync(item, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception failure)
        {
            Log.HandlerFailed(logger, item.Surface, item.Key, failure);
            return new IntakeOutcome.Later(failure.GetType().Name);
        }
        finally
        {
            _slots.Release();
        }
    }
}
