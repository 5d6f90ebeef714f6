using System.Diagnostics;
using System.Globalization;
using ChatOpsBot.Acceptance.Tests.Repairs;

namespace ChatOpsBot.Acceptance.Tests.Crash;

/// <summary>The service in a process of its own that ends as by SIGKILL at an ordered point, and is started again at once, as its supervisor would.</summary>
internal sealed class KillableService : IAsyncDisposable
{
    internal const string PointVariable = "COB_CRASH_AT";
    internal const string LogVariable = "COB_CRASH_LOG";

    private readonly ServiceFolder _folder;
    private readonly int _guardSeconds;
    private readonly string _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private int _deaths;
    private string _said = "";

    /// <summary>Starts it.</summary>
    /// <param name="folder">Its settings and its store.</param>
    /// <param name="guardSeconds">Until a host takes an uncommitted repair back by itself.</param>
    /// <param name="point">Where it ends; <see langword="null"/> for nowhere.</param>
    /// <param name="log">The file that gets the points it passes.</param>
    public KillableService(ServiceFolder folder, int guardSeconds, string? point, string log)
    {
        _folder = folder;
        _guardSeconds = guardSeconds;
        _log = log;
        _running = SuperviseAsync(point);
    }

    /// <summary>How often it died.</summary>
    public int Deaths => Volatile.Read(ref _deaths);

    /// <summary>Why it can go on no longer; <see langword="null"/> while it can.</summary>
    public Exception? Failure => _running.Exception;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        _stop.Dispose();
    }

    private async Task SuperviseAsync(string? point)
    {
        while (!_stop.IsCancellationRequested)
        {
            using var service = Start(point);
            try
            {
                await service.WaitForExitAsync(_stop.Token);
            }
            catch (OperationCanceledException)
            {
                service.Kill(entireProcessTree: true);
                await service.WaitForExitAsync(CancellationToken.None);
                return;
            }

            Interlocked.Increment(ref _deaths);
            if (point is null || service.ExitCode != 128 + 9)
            {
                throw new InvalidOperationException($"the service ended by itself with exit code {service.ExitCode}{_said}");
            }

            point = null;
        }
    }

    private Process Start(string? point)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath ?? "", ["-method", $"{typeof(ServiceToKill).FullName}.{nameof(ServiceToKill.Serve)}", "-explicit", "only", "-noLogo"])
        {
            // Shown when it ends by itself.
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in _folder.Environment(outside: true))
        {
            start.Environment[name] = value;
        }

        start.Environment["Guard__DeadlineSeconds"] = _guardSeconds.ToString(CultureInfo.InvariantCulture);
        start.Environment[PointVariable] = point ?? "";
        start.Environment[LogVariable] = _log;
#pragma warning disable RS0030 // The service has to be another process, to be killed.
        var process = Process.Start(start) ?? throw new InvalidOperationException("the service did not start");
#pragma warning restore RS0030
        process.OutputDataReceived += (_, line) => _said = $"{_said}\n{line.Data}";
        process.ErrorDataReceived += (_, line) => _said = $"{_said}\n{line.Data}";
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }
}
