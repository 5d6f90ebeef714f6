using ChatOpsBot.Application.Ports;

namespace ChatOpsBot.Adapters.Ssh;

/// <summary>What one try needs.</summary>
internal sealed record SessionRequest
{
    public required RemoteCommand Command { get; init; }

    public required ReadOnlyMemory<byte> Head { get; init; }

    public required string Nonce { get; init; }

    /// <summary>From the start of the client to the host's answer.</summary>
    public required TimeSpan ConnectLimit { get; init; }

    /// <summary>From there to the program's start; the payload and sudo are in between.</summary>
    public required TimeSpan StartLimit { get; init; }

    /// <summary>Of the program, enforced on the host; here a little later.</summary>
    public required TimeSpan RunLimit { get; init; }

    public Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask>? OnOutput { get; init; }
}

/// <summary>One client process that runs one program, from its start to its end.</summary>
internal sealed class SessionRun(ClientProcess process, SessionRequest request, TimeProvider time) : IDisposable
{
    // The host sends SIGTERM at the limit, SIGKILL a second later; its report needs a moment to arrive.
    private static readonly TimeSpan LimitMargin = TimeSpan.FromSeconds(3);

    // After its end of the lifeline the host kills the program in some ten milliseconds; a host that does not answer is not waited for.
    private static readonly TimeSpan EndGrace = TimeSpan.FromSeconds(2);

    // Something that outlived the program in a session of its own may hold its output open for good.
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _givingUp = new();
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _reason;

    /// <summary>Runs it. Whatever happens, afterwards the client has ended.</summary>
    public async Task<Attempt> RunAsync(CancellationToken cancellationToken)
    {
        var output = new StandardOutput(
            process.Output, time, request.Nonce, request.Command.OutputCap, request.OnOutput, Stop, _stopping.Token);
        var errors = new StandardError(process.Errors, time, request.Nonce);
        await using var registration = cancellationToken.Register(() => Stop(StopReason.Cancelled));
        var reading = Task.WhenAll(output.ReadAsync(_givingUp.Token), errors.ReadAsync(_givingUp.Token));
        var writing = WriteAsync(output.Booted);
        var gone = GoneAsync(output, errors, reading);

        if (await WithinAsync(output.Booted, gone, request.ConnectLimit, StopReason.ConnectLimit)
            && await WithinAsync(output.Started, gone, request.StartLimit, StopReason.StartLimit)
            && await WithinAsync(errors.Ended, gone, request.RunLimit + LimitMargin, StopReason.RunLimit))
        {
            await QuietAsync(Task.WhenAny(gone, _stopped.Task), output, errors);
        }

        await EndAsync(output.Booted.IsCompleted);
        await gone;
        await _stopping.CancelAsync();
        await writing;
        output.ConsumerFailure?.Throw();
        var started = output.Started.IsCompleted || errors.End is not null;
        return new Attempt
        {
            Stage = started ? Stage.Started : output.Booted.IsCompleted ? Stage.Connected : Stage.NotConnected,
            Stopped = (StopReason)Volatile.Read(ref _reason),
            ClientExitCode = process.Exited.IsCompleted ? process.ExitCode : -1,
            End = errors.End,
            Lacks = errors.Lacks,
            SudoOff = !started && output.Noise.Contains(Bootstrap.NeverMark + "\n", StringComparison.Ordinal),
            Stdout = output.Collected.Take(),
            Stderr = errors.TakeKept(),
            Before = errors.TakeBefore() + "\n" + output.Noise.Replace(Bootstrap.BootMark + "\n", "", StringComparison.Ordinal),
            Last = errors.Last,
        };
    }

    public void Dispose()
    {
        _stopping.Dispose();
        _givingUp.Dispose();
    }

    /// <summary>Ends the run; the first reason counts.</summary>
    private void Stop(StopReason why)
    {
        if (Interlocked.CompareExchange(ref _reason, (int)why, (int)StopReason.None) == (int)StopReason.None)
        {
            _stopped.TrySetResult();
            _stopping.Cancel();
        }
    }

    private async Task WriteAsync(Task booted)
    {
        try
        {
            await process.Input.WriteAsync(request.Head, _stopping.Token);
            if (!request.Command.Stdin.IsEmpty)
            {
                await process.Input.WriteAsync(request.Command.Stdin, _stopping.Token);
            }

            await booted.WaitAsync(_stopping.Token);
            await process.Input.WriteAsync(RequestFrames.Go, _stopping.Token);
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The client ended or is being ended: what it printed says why.
        }
    }

    /// <summary>Waits for a step; false when the client ended, the run was stopped or the step took too long.</summary>
    private async Task<bool> WithinAsync(Task step, Task gone, TimeSpan limit, StopReason late)
    {
        using var timer = new CancellationTokenSource();
        var delay = Task.Delay(limit, time, timer.Token);
        var first = await Task.WhenAny(step, gone, _stopped.Task, delay);
        await timer.CancelAsync();
        if (first == delay)
        {
            Stop(late);
        }

        return step.IsCompleted && !_stopped.Task.IsCompleted;
    }

    /// <summary>Ends once the client has ended and all it wrote was read.</summary>
    private async Task GoneAsync(OutputReading output, OutputReading errors, Task reading)
    {
        await process.Exited;
        await QuietAsync(reading, output, errors);
        await _givingUp.CancelAsync();
        await reading;
    }

    private async Task QuietAsync(Task until, OutputReading output, OutputReading errors)
    {
        var from = time.GetTimestamp();
        while (!until.IsCompleted && !(output.IsQuiet(Quiet, from) && errors.IsQuiet(Quiet, from)))
        {
            using var timer = new CancellationTokenSource();
            await Task.WhenAny(until, Task.Delay(Quiet / 4, time, timer.Token));
            await timer.CancelAsync();
        }
    }

    private async Task EndAsync(bool answered)
    {
        if (process.Exited.IsCompleted)
        {
            return;
        }

        await _stopping.CancelAsync();
        await process.CloseInputAsync();
        if (answered)
        {
            using var timer = new CancellationTokenSource();
            await Task.WhenAny(process.Exited, Task.Delay(EndGrace, time, timer.Token));
            await timer.CancelAsync();
        }

        if (!process.Exited.IsCompleted)
        {
            process.Kill();
        }
    }
}
