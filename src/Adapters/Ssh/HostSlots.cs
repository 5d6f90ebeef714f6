namespace ChatOpsBot.Adapters.Ssh;

/// <summary>Lets a bounded number of hosts be worked on at a time, first come first served; any number of runs on one host share its place.</summary>
internal sealed class HostSlots(int places)
{
    private readonly Lock mutex = new();
    private readonly Dictionary<string, Place> present = [];
    private readonly LinkedList<Place> waiting = [];
    private int free = places;

    /// <summary>Waits for a place; dispose the result to give it back.</summary>
    public async Task<IDisposable> EnterAsync(string host, CancellationToken cancellationToken)
    {
        Place? place;
        lock (mutex)
        {
            if (!present.TryGetValue(host, out place))
            {
                place = new Place(host);
                present[host] = place;
                waiting.AddLast(place);
                Grant();
            }

            place.Users++;
        }

        try
        {
            await place.Granted.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Return(place);
            throw;
        }

        return new Leave(this, place);
    }

    private void Return(Place place)
    {
        lock (mutex)
        {
            if (--place.Users > 0)
            {
                return;
            }

            present.Remove(place.Host);
            if (!waiting.Remove(place))
            {
                free++;
            }

            Grant();
        }
    }

    /// <summary>Gives free places to the longest waiting; the lock is held.</summary>
    private void Grant()
    {
        while (free > 0 && waiting.First is { } next)
        {
            waiting.RemoveFirst();
            free--;
            next.Value.Granted.TrySetResult();
        }
    }

    private sealed class Place(string host)
    {
        public string Host { get; } = host;

        public TaskCompletionSource Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Users { get; set; }
    }

    private sealed class Leave(HostSlots slots, Place place) : IDisposable
    {
        private int left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref left, 1) == 0)
            {
                slots.Return(place);
            }
        }
    }
}
