using System.Collections.Concurrent;

namespace ChatOpsBot.Application.Chat.Wire;

/// <summary>Remembers what a platform asked to leave alone until when, by name.</summary>
/// <param name="time">The clock.</param>
public sealed class RateGates(TimeProvider time)
{
    private const int Most = 10_000;

    private readonly ConcurrentDictionary<string, DateTimeOffset> _closed = new(StringComparer.Ordinal);

    /// <summary>How long that is still closed; <see langword="null"/> when it is open.</summary>
    public TimeSpan? ClosedFor(string gate)
    {
        if (!_closed.TryGetValue(gate, out var until))
        {
            return null;
        }

        var left = until - time.GetUtcNow();
        if (left > TimeSpan.Zero)
        {
            return left;
        }

        _closed.TryRemove(new(gate, until));
        return null;
    }

    /// <summary>Closes for that long and a little more, so that not everybody comes back at the same moment.</summary>
    public TimeSpan Close(string gate, TimeSpan wait)
    {
        if (_closed.Count > Most)
        {
            foreach (var (key, until) in _closed.Where(entry => entry.Value < time.GetUtcNow()))
            {
                _closed.TryRemove(new(key, until));
            }
        }

        var all = wait + TimeSpan.FromMilliseconds(Random.Shared.Next(20, 250));
        _closed[gate] = time.GetUtcNow() + all;
        return all;
    }
}
