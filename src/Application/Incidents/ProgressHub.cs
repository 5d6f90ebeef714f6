using System.Collections.Concurrent;
using System.Threading.Channels;
using ChatOpsBot.Domain.Incidents;

namespace ChatOpsBot.Application.Incidents;

/// <summary>What is going on in an incident at this moment, finer than its events.</summary>
/// <param name="Incident">Which incident.</param>
/// <param name="Activity">One of <c>read</c>, <c>plan</c>, <c>begin</c>, <c>apply</c>, <c>verify</c>, <c>commit</c>, <c>revert</c>, <c>watch</c>.</param>
/// <param name="Detail">The section, step or thing waited for. May hold text from the host: the renderer makes it harmless.</param>
/// <param name="Done">How much of it has been done.</param>
/// <param name="Total">Of how much; 0 when that is not known.</param>
public sealed record LiveProgress(IncidentId Incident, string Activity, string Detail, int Done, int Total);

/// <summary>
/// Tells live views of this process how far the work is. Nothing relies on it: it is gone after a restart, and a view that is too slow misses the older news.
/// </summary>
public sealed class ProgressHub
{
    private const int KeptPerView = 64;

    private readonly ConcurrentDictionary<IncidentId, LiveProgress> _latest = new();
    private readonly ConcurrentDictionary<Channel<LiveProgress>, IncidentId> _views = new();

    /// <summary>The latest news of an incident; <see langword="null"/> while nothing is under way.</summary>
    public LiveProgress? Latest(IncidentId incident) => _latest.GetValueOrDefault(incident);

    /// <summary>The latest news of every incident in which something is under way.</summary>
    public IReadOnlyCollection<LiveProgress> Active => _latest.IsEmpty ? [] : [.. _latest.Values];

    /// <summary>Tells every view of the incident.</summary>
    public void Report(LiveProgress progress)
    {
        _latest[progress.Incident] = progress;
        foreach (var (view, incident) in _views)
        {
            if (incident == progress.Incident)
            {
                view.Writer.TryWrite(progress);
            }
        }
    }

    /// <summary>Nothing is under way any more.</summary>
    public void Clear(IncidentId incident) => _latest.TryRemove(incident, out _);

    /// <summary>The latest news and whatever follows, until it is cancelled; then it ends without an exception.</summary>
    public async IAsyncEnumerable<LiveProgress> WatchAsync(
        IncidentId incident, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var view = Channel.CreateBounded<LiveProgress>(new BoundedChannelOptions(KeptPerView) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        _views[view] = incident;
        try
        {
            if (Latest(incident) is { } latest)
            {
                yield return latest;
            }

            while (await CanReadAsync(view.Reader, cancellationToken))
            {
                while (view.Reader.TryRead(out var progress))
                {
                    yield return progress;
                }
            }
        }
        finally
        {
            _views.TryRemove(view, out _);
        }
    }

    private static async Task<bool> CanReadAsync(ChannelReader<LiveProgress> reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.WaitToReadAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
