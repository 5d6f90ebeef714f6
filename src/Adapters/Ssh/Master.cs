using System.Text;

namespace ChatOpsBot.Adapters.Ssh;

/// <summary>One connection to a host that several runs share: an ssh client that runs nothing and listens on a socket.</summary>
internal sealed class Master(ClientProcess process, string socket, TimeProvider time) : IAsyncDisposable
{
    private const int MostText = 16 * 1024;

    // ssh needs a moment to say goodbye; the host closes what is left by itself.
    private static readonly TimeSpan EndGrace = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly OutputBuffer _text = new(MostText);
    private readonly CancellationTokenSource _givingUp = new();
    private Task _marks = Task.CompletedTask;

    public string Socket { get; } = socket;

    /// <summary>Ends when the connection is lost, or never came about; never faults.</summary>
    public Task Lost { get; private set; } = Task.CompletedTask;

    /// <summary>Waits until runs are accepted.</summary>
    /// <returns>Whether they are, and else what the client said; nothing when it said nothing in time, or was given up.</returns>
    public async Task<(bool Ready, bool InTime, string Text)> OpenAsync(TimeSpan limit, CancellationToken giveUp)
    {
        // Standard output says no more than that it is ready, for ssh -N closes it then; standard error stays open as long as ssh lives.
        _marks = ReadAsync(process.Output, Note);
        Lost = ReadAsync(process.Errors, chunk => _text.Append(chunk));
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(giveUp);
        var late = Task.Delay(limit, time, timer.Token);
        var first = await Task.WhenAny(_ready.Task, Lost, late);
        await timer.CancelAsync();
        if (_ready.Task.IsCompleted)
        {
            return (true, true, "");
        }

        if (first == late)
        {
            return (false, false, "");
        }

        return (false, true, Encoding.UTF8.GetString(_text.Take().Span));
    }

    public async ValueTask DisposeAsync()
    {
        await process.CloseInputAsync();
        using var timer = new CancellationTokenSource();
        await Task.WhenAny(process.Exited, Task.Delay(EndGrace, time, timer.Token));
        await timer.CancelAsync();
        await process.DisposeAsync();
        await _givingUp.CancelAsync();
        await Lost;
        await _marks;
        _givingUp.Dispose();
    }

    private void Note(ReadOnlySpan<byte> chunk)
    {
        // The mark is one write of a shell; nothing else of ours prints here.
        if (chunk.IndexOf("chatops-ready"u8) >= 0)
        {
            _ready.TrySetResult();
        }
    }

    private async Task ReadAsync(Stream stream, ByteSink take)
    {
        var buffer = new byte[1024];
        try
        {
            int read;
            while ((read = await stream.ReadAsync(buffer, _givingUp.Token)) > 0)
            {
                take(buffer.AsSpan(0, read));
            }
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The same as its end.
        }
    }
}
