using System.Buffers;
using System.Runtime.ExceptionServices;
using System.Text;

namespace ChatOpsBot.Adapters.Ssh;

/// <summary>Reads one stream of a client to its end, always, so that a client is never blocked by us except by a slow consumer.</summary>
internal abstract class OutputReading(Stream stream, TimeProvider time)
{
    private const int ChunkSize = 64 * 1024;

    private long _waitingSince = long.MaxValue;

    /// <summary>Whether nothing has come for that long since a moment while we were waiting for it.</summary>
    public bool IsQuiet(TimeSpan period, long from)
    {
        var since = Volatile.Read(ref _waitingSince);
        return since != long.MaxValue && time.GetElapsedTime(Math.Max(since, from)) >= period;
    }

    public async Task ReadAsync(CancellationToken giveUp)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkSize);
        try
        {
            while (true)
            {
                Volatile.Write(ref _waitingSince, time.GetTimestamp());
                var read = await stream.ReadAsync(buffer, giveUp);
                Volatile.Write(ref _waitingSince, long.MaxValue);
                if (read == 0)
                {
                    break;
                }

                await TakeAsync(buffer.AsMemory(0, read));
            }
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException)
        {
            // Given up, or the pipe broke: an end like any other; the records decide what it means.
        }
        finally
        {
            Volatile.Write(ref _waitingSince, 0);
            ArrayPool<byte>.Shared.Return(buffer);
        }

        Finish();
    }

    protected abstract ValueTask TakeAsync(ReadOnlyMemory<byte> chunk);

    protected virtual void Finish()
    {
    }
}

/// <summary>Standard output: noise of login scripts, our marks, then the program's bytes as they are.</summary>
internal sealed class StandardOutput(
    Stream stream,
    TimeProvider time,
    string nonce,
    int cap,
    Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask>? onOutput,
    Action<StopReason> stop,
    CancellationToken stopped) : OutputReading(stream, time)
{
    // A login script that prints more than this before our first line never lets us begin.
    private const int MostNoise = 256 * 1024;

    private readonly byte[] _bootMark = Encoding.ASCII.GetBytes(Bootstrap.BootMark + "\n");
    private readonly byte[] _startMark = Encoding.ASCII.GetBytes(nonce + "\n");
    private readonly TaskCompletionSource _booted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private byte[] _noise = [];

    public Task Booted => _booted.Task;

    public Task Started => _started.Task;

    public OutputBuffer Collected { get; } = new(cap);

    public ExceptionDispatchInfo? ConsumerFailure { get; private set; }

    public string Noise => Encoding.UTF8.GetString(_noise);

    protected override ValueTask TakeAsync(ReadOnlyMemory<byte> chunk)
    {
        if (_started.Task.IsCompleted)
        {
            return DeliverAsync(chunk);
        }

        _noise = [.. _noise, .. chunk.Span];
        if (_noise.AsSpan().IndexOf(_bootMark) >= 0)
        {
            _booted.TrySetResult();
        }

        var at = _noise.AsSpan().IndexOf(_startMark);
        if (at < 0)
        {
            if (_noise.Length > MostNoise)
            {
                stop(StopReason.StartLimit);
                _noise = _noise[..1024];
            }

            return ValueTask.CompletedTask;
        }

        var rest = _noise.AsMemory(at + _startMark.Length);
        _noise = _noise[..at];
        _started.TrySetResult();
        return rest.Length > 0 ? DeliverAsync(rest) : ValueTask.CompletedTask;
    }

    private async ValueTask DeliverAsync(ReadOnlyMemory<byte> chunk)
    {
        if (stopped.IsCancellationRequested)
        {
            return;
        }

        var taken = Collected.Append(chunk.Span);
        if (onOutput is not null && taken > 0)
        {
            try
            {
                await onOutput(chunk[..taken], stopped);
            }
            catch (OperationCanceledException) when (stopped.IsCancellationRequested)
            {
                // The run is being ended; the rest is read and dropped.
            }
            catch (Exception failure)
            {
                // A bug of the consumer: the run is ended first, then the caller gets it.
                ConsumerFailure = ExceptionDispatchInfo.Capture(failure);
                stop(StopReason.ConsumerFailed);
            }
        }

        if (taken < chunk.Length)
        {
            stop(StopReason.TooLarge);
        }
    }
}

/// <summary>Standard error: messages of the client, then the program's, with the supervisor's lines taken out.</summary>
internal sealed class StandardError(Stream stream, TimeProvider time, string nonce) : OutputReading(stream, time)
{
    private const int MostKept = 64 * 1024;
    private const int MostBefore = 16 * 1024;
    private const int MostLast = 2 * 1024;

    private readonly MarkScanner _scanner = new(nonce + " ");
    private readonly OutputBuffer _before = new(MostBefore);
    private readonly OutputBuffer _kept = new(MostKept);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private byte[] _last = [];
    private bool _started;

    /// <summary>The supervisor has reported the end.</summary>
    public Task Ended => _ended.Task;

    public EndRecord? End { get; private set; }

    public string? Lacks { get; private set; }

    public ReadOnlyMemory<byte> TakeKept() => _kept.Take();

    public string TakeBefore() => Encoding.UTF8.GetString(_before.Take().Span);

    public string Last => Encoding.UTF8.GetString(_last);

    protected override ValueTask TakeAsync(ReadOnlyMemory<byte> chunk)
    {
        _scanner.Feed(chunk.Span, Keep, Note);
        return ValueTask.CompletedTask;
    }

    protected override void Finish() => _scanner.Finish(Keep);

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        (_started ? _kept : _before).Append(bytes);
        _last = [.. _last.AsSpan(Math.Min(_last.Length, Math.Max(0, _last.Length + bytes.Length - MostLast))), .. bytes[Math.Max(0, bytes.Length - MostLast)..]];
    }

    private void Note(string line)
    {
        switch (line.Split(' '))
        {
            case ["start"]:
                _started = true;
                _last = [];
                break;
            case ["end", var code, var from, var to] when int.TryParse(code, out var exitCode):
                End = new EndRecord(exitCode, Uptime(to) - Uptime(from));
                _last = [];
                _ended.TrySetResult();
                break;
            case ["lacks", var what]:
                Lacks = what;
                break;
        }
    }

    private static TimeSpan Uptime(string seconds)
        => decimal.TryParse(seconds, System.Globalization.NumberStyles.AllowDecimalPoint, System.Globalization.CultureInfo.InvariantCulture, out var value)
            && value < 1_000_000_000
            ? TimeSpan.FromTicks((long)(value * TimeSpan.TicksPerSecond))
            : TimeSpan.Zero;
}
