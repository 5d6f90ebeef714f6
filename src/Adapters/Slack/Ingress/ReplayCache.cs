using System.Collections.Concurrent;

namespace ChatOpsBot.Adapters.Slack.Ingress;

/// <summary>Signatures that were accepted within the window: each counts once, so a captured request is worth nothing.</summary>
/// <param name="time">The clock.</param>
internal sealed class ReplayCache(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _seen = new(StringComparer.Ordinal);
    private long _nextSweep;

    /// <summary>Takes a signature. <see langword="false"/> when it was taken before.</summary>
    public bool TryTake(string signature)
    {
        var now = time.GetUtcNow();
        Sweep(now);

        // A timestamp may lie a window ahead, and its signature is good until a window after that.
        return _seen.TryAdd(signature, now + (2 * RequestSignature.Window) + TimeSpan.FromSeconds(1));
    }

    /// <summary>Gives it back, because the request could not be worked on and Slack will send it again.</summary>
    public void Return(string signature) => _seen.TryRemove(signature, out _);

    private void Sweep(DateTimeOffset now)
    {
        var next = Interlocked.Read(ref _nextSweep);
        if (now.UtcTicks < next || Interlocked.CompareExchange(ref _nextSweep, (now + TimeSpan.FromSeconds(30)).UtcTicks, next) != next)
        {
            return;
        }

        foreach (var entry in _seen)
        {
            if (entry.Value < now)
            {
                _seen.TryRemove(entry);
            }
        }
    }
}
