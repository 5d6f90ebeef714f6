namespace ChatOpsBot.Adapters.Ssh;

/// <summary>Lets a bounded number of hosts be worked on at a time, first come first served; any number of runs on one host share its place.</summary>
internal sealed class HostSlots(int places)
{
    private readonly Lock _mutex = new();
    private readonly Dictionary<string, Place> _present = [];
    private readonly LinkedList<Place> _waiting = [];
    private int _free = places;

    /// <summary>Waits for a place; dispose the result to give it back.</summary>
    public async Task<IDisposable> EnterAsync(string host, CancellationToken cancellationToken)
    {
        Place? place;
        lock (_mutex)
        {
            if (!_present.TryGetValue(host, out place))
            {
                place = new Place(host);
                _present[host] = place;
                _waiting.AddLast(place);
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
        lock (_mutex)
        {
            if (--place.Users > 0)
            {
                return;
            }

            _present.Remove(place.Host);
            if (!_waiting.Remove(place))
            {
                _free++;
            }

            Grant();
        }
    }

    /// <summary>Gives free places to the longest waiting; the lock is held.</summary>
    private void Grant()
    {
        while (_free > 0 && _waiting.First is { } next)
        {
            _waiting.RemoveFirst();
            _free--;
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
