using System.Diagnostics;
using System.Globalization;
using ChatOpsBot.Acceptance.Tests.Repairs;

namespace ChatOpsBot.Acceptance.Tests.Crash;

/// <summary>The service in a process of its own that a mishap befalls at an ordered point. When it was killed by that it is started again at once, as its supervisor would.</summary>
internal sealed class KillableService : IAsyncDisposable
{
    private readonly ServiceFolder _folder;
    private readonly int _guardSeconds;
    private readonly Mishap _mishap;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private string _said = "";

    /// <summary>Starts it.</summary>
    /// <param name="folder">Its settings and its store.</param>
    /// <param name="guardSeconds">Until a host takes an uncommitted repair back by itself.</param>
    /// <param name="mishap">What befalls it.</param>
    /// <param name="orders">Where, and with what.</param>
    public KillableService(ServiceFolder folder, int guardSeconds, Mishap mishap, MishapOrders orders)
    {
        _folder = folder;
        _guardSeconds = guardSeconds;
        _mishap = mishap;
        _running = SuperviseAsync(orders);
    }

    /// <summary>Why it can go on no longer; <see langword="null"/> while it can.</summary>
    public Exception? Failure => _running.Exception;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        _stop.Dispose();
    }

    private async Task SuperviseAsync(MishapOrders orders)
    {
        var code = await RunAsync(orders, _stop.Token);
        if (code == 128 + 9 && _mishap.Ends && orders.Befell)
        {
            await _mishap.BetweenAsync(_folder, TryAsync);
            code = await RunAsync(orders with { Point = "" }, _stop.Token);
        }

        if (!_stop.IsCancellationRequested)
        {
            throw new InvalidOperationException($"the service ended by itself with exit code {code}{_said}");
        }

        async Task<string> TryAsync()
        {
            _said = "";
            await RunAsync(orders with { Point = "" }, _stop.Token);
            return _said;
        }
    }

    /// <summary>The exit code once it has ended, or was ended.</summary>
    private async Task<int> RunAsync(MishapOrders orders, CancellationToken stop)
    {
        using var service = Start(orders);
        try
        {
            await service.WaitForExitAsync(stop);
        }
        catch (OperationCanceledException)
        {
            service.Kill(entireProcessTree: true);
            await service.WaitForExitAsync(CancellationToken.None);
        }

        return service.ExitCode;
    }

    private Process Start(MishapOrders orders)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath ?? "", ["-method", $"{typeof(ServiceToKill).FullName}.{nameof(ServiceToKill.Serve)}", "-explicit", "only", "-noLogo"])
        {
            // Shown when it ends by itself.
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in _folder.Environment(outside: true).Concat(orders.Environment))
        {
            start.Environment[name] = value;
        }

        start.Environment["Guard__DeadlineSeconds"] = _guardSeconds.ToString(CultureInfo.InvariantCulture);
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
