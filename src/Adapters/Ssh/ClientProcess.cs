using System.ComponentModel;
using System.Diagnostics;

namespace ChatOpsBot.Adapters.Ssh;

/// <summary>A started client with its three streams. Disposing ends it and waits for its end.</summary>
internal sealed class ClientProcess : IAsyncDisposable
{
    // After SIGKILL only a client in uninterruptible sleep is still there; nobody can wait for that.
    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly TimeProvider _time;

    private ClientProcess(Process process, TimeProvider time)
    {
        _process = process;
        _time = time;
        Exited = process.WaitForExitAsync(CancellationToken.None);
    }

    public Stream Input => _process.StandardInput.BaseStream;

    public Stream Output => _process.StandardOutput.BaseStream;

    public Stream Errors => _process.StandardError.BaseStream;

    public int Id => _process.Id;

    /// <summary>Ends with the process; never faults.</summary>
    public Task Exited { get; }

    /// <summary>Only after <see cref="Exited"/>.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>Starts <paramref name="command"/> in a session of its own.</summary>
    /// <returns>The process, or why there is none.</returns>
    public static (ClientProcess? Process, string Problem) Start(ClientEnvironment environment, IReadOnlyList<string> command, TimeProvider time)
    {
        IReadOnlyList<string> whole = environment.Setsid is { } setsid ? [setsid, "-w", .. command] : command;
        var start = new ProcessStartInfo(whole[0], whole.Skip(1))
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        start.Environment.Clear();
        foreach (var (name, value) in environment.Variables)
        {
            start.Environment[name] = value;
        }

        try
        {
#pragma warning disable RS0030 // The one place that starts programs: the OpenSSH client.
            var process = Process.Start(start);
#pragma warning restore RS0030
            return process is null ? (null, $"{command[0]} did not start") : (new(process, time), "");
        }
        catch (Exception failure) when (failure is Win32Exception or IOException)
        {
            return (null, $"{command[0]} could not be started: {failure.Message}");
        }
    }

    /// <summary>Closes standard input: the end of the lifeline.</summary>
    public async ValueTask CloseInputAsync()
    {
        try
        {
            await _process.StandardInput.BaseStream.DisposeAsync();
        }
        catch (IOException)
        {
            // The client was faster; that is the end wanted.
        }
    }

    /// <summary>Ends the client and what it started, such as a ProxyCommand.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception failure) when (failure is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It ended in the meantime.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await CloseInputAsync();
        if (!Exited.IsCompleted)
        {
            Kill();
            await Task.WhenAny(Exited, Task.Delay(KillLimit, _time));
        }

        _process.Dispose();
    }
}
