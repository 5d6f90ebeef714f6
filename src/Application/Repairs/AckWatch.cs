using ChatOpsBot.Application.Probing;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Hosts;
using ChatOpsBot.Domain.Probes;

namespace ChatOpsBot.Application.Repairs;

/// <summary>A trace in the background that ends with the first DHCPACK for one of its guests. Disposing it ends it on the host too.</summary>
public sealed class AckWatch : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TimeProvider _time;
    private readonly Task<FactReading<DhcpTrace>> _trace;
    private DhcpTrace _seen = DhcpTrace.Nothing;

    private AckWatch(HostProbes probes, HostEntry host, DhcpTraceRequest request, TimeProvider time)
    {
        Request = request;
        _time = time;
        _trace = RunAsync(probes, host);
    }

    /// <summary>What it listens for.</summary>
    public DhcpTraceRequest Request { get; }

    /// <summary>What it has seen so far.</summary>
    public DhcpTrace Seen => Volatile.Read(ref _seen);

    /// <summary>Whether it listens no more.</summary>
    public bool HasEnded => _trace.IsCompleted;

    /// <summary>Why it never listened; <see langword="null"/> while it does or did.</summary>
    public string? Missing => _trace is { IsCompletedSuccessfully: true, Result: FactReading<DhcpTrace>.Missing(var why) } ? why : null;

    /// <summary>Begins a watch; <see langword="null"/> when there is nobody to watch.</summary>
    public static AckWatch? Start(HostProbes probes, HostEntry host, IEnumerable<TracedGuest> guests, TimeSpan duration, TimeProvider time)
        => DhcpTraceRequest.For(guests, duration) is { } request ? new(probes, host, request, time) : null;

    /// <summary>Waits until it listens, cannot, or the time is over.</summary>
    public Task ListeningWithinAsync(TimeSpan limit, CancellationToken cancellationToken) => WithinAsync(_listening.Task, limit, cancellationToken);

    /// <summary>Waits until it has ended or the time is over; the DHCPACK when it came.</summary>
    public async Task<DhcpMessage?> AckWithinAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        await WithinAsync(_trace, limit, cancellationToken);
        return Seen.AckFor(Request.Guests);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAny(_trace);
        _stop.Dispose();
    }

    private async Task<FactReading<DhcpTrace>> RunAsync(HostProbes probes, HostEntry host)
    {
        try
        {
            return await probes.TraceAsync(
                host,
                Request,
                seen =>
                {
                    Volatile.Write(ref _seen, seen);
                    if (seen.Listening)
                    {
                        _listening.TrySetResult();
                    }
                },
                _stop.Token);
        }
        finally
        {
            _listening.TrySetResult();
        }
    }

    private async Task WithinAsync(Task awaited, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(awaited, Task.Delay(limit, _time, over.Token));
        await over.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }
}
