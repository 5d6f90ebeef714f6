using System.Collections.Concurrent;

namespace ChatOpsBot.Adapters.Teams.Api;

/// <summary>Keeps below what Teams allows a bot to send: per conversation and per tenant. What would be too much is told how long to wait.</summary>
/// <param name="time">The clock.</param>
internal sealed class SendRates(TimeProvider time)
{
    private const int MostKnown = 5_000;

    private static readonly (int Most, TimeSpan In)[] s_conversation = [(7, TimeSpan.FromSeconds(1)), (8, TimeSpan.FromSeconds(2)), (60, TimeSpan.FromSeconds(30)), (1800, TimeSpan.FromHours(1))];
    private static readonly (int Most, TimeSpan In)[] s_roster = [(14, TimeSpan.FromSeconds(1)), (16, TimeSpan.FromSeconds(2)), (120, TimeSpan.FromSeconds(30)), (3600, TimeSpan.FromHours(1))];
    private static readonly (int Most, TimeSpan In)[] s_tenant = [(30, TimeSpan.FromSeconds(1))];

    private readonly ConcurrentDictionary<string, Queue<DateTimeOffset>> _sent = new(StringComparer.Ordinal);

    /// <summary>Takes one request; or says how long to wait and takes none.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="conversation">The conversation.</param>
    /// <param name="isRoster">Whether it asks for members, which is counted apart.</param>
    public TimeSpan? Take(string tenant, string conversation, bool isRoster)
    {
        Forget();
        var here = _sent.GetOrAdd($"{(isRoster ? "members" : "send")} {conversation}", _ => new());
        var all = _sent.GetOrAdd($"tenant {tenant}", _ => new());
        lock (here)
        {
            lock (all)
            {
                var now = time.GetUtcNow();
                var wait = Longer(WaitOf(here, isRoster ? s_roster : s_conversation, now), WaitOf(all, s_tenant, now));
                if (wait is null)
                {
                    here.Enqueue(now);
                    all.Enqueue(now);
                }

                return wait;
            }
        }
    }

    private static TimeSpan? WaitOf(Queue<DateTimeOffset> sent, (int Most, TimeSpan In)[] limits, DateTimeOffset now)
    {
        while (sent.TryPeek(out var oldest) && now - oldest >= limits[^1].In)
        {
            sent.Dequeue();
        }

        TimeSpan? wait = null;
        foreach (var (most, within) in limits)
        {
            if (sent.Count >= most && sent.ElementAt(sent.Count - most) is var first && now - first < within)
            {
                wait = Longer(wait, within - (now - first));
            }
        }

        return wait;
    }

    private static TimeSpan? Longer(TimeSpan? one, TimeSpan? other) => one is null ? other : other is null || one > other ? one : other;

    private void Forget()
    {
        if (_sent.Count > MostKnown)
        {
            var now = time.GetUtcNow();
            foreach (var (key, queue) in _sent)
            {
                lock (queue)
                {
                    if (!queue.TryPeek(out _) || queue.All(at => now - at > TimeSpan.FromSeconds(30)))
                    {
                        _sent.TryRemove(key, out _);
                    }
                }
            }
        }
    }
}
