using System.Security.Cryptography;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Hosts;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ChatOpsBot.Adapters.Ssh;

/// <summary>
/// Runs programs on hosts through the installed OpenSSH client. Runs on one host share a warm connection; one that no longer answers is replaced
/// within the same run, which is safe because a program is started only after the host has answered.
/// </summary>
public sealed class OpenSshShell : IHostShell, IAsyncDisposable
{
    // A warm connection answers in milliseconds; the rest of the limit is for a new one.
    private const int WarmShare = 3;

    private readonly SshClient _client;
    private readonly SshOptions _options;
    private readonly ILogger _logger;
    private readonly HostSlots _slots;
    private readonly MasterPool _masters;

    /// <summary>For the options in force.</summary>
    /// <param name="options">Section <c>Ssh</c>.</param>
    /// <param name="client">The installed client.</param>
    /// <param name="logger">What operators see of connections.</param>
    public OpenSshShell(IOptions<SshOptions> options, SshClient client, ILogger<OpenSshShell> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(client);
        _client = client;
        _options = options.Value;
        _logger = logger;
        _slots = new HostSlots(_options.MaxConcurrentHosts);
        _masters = new MasterPool(client.Environment, client.Time, logger);
    }

    /// <inheritdoc/>
    public async Task<ShellOutcome> RunAsync(
        HostEntry host, RemoteCommand command, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask>? onOutput, CancellationToken cancellationToken)
    {
        Check(host, command);
        cancellationToken.ThrowIfCancellationRequested();
        var target = HostTarget.From(host, _options);
        var (setting, problem) = await _client.PrepareAsync(target, cancellationToken);
        if (setting is null)
        {
            return Broken(problem);
        }

        using var place = await _slots.EnterAsync(target.Name, cancellationToken);
        var from = _client.Time.GetTimestamp();
        var run = new Run(target, setting, command, command.TimeLimit ?? target.CommandTimeout, onOutput, from);
        var outcome = command.FreshConnection ? await RunFreshAsync(run, cancellationToken) : await RunWarmAsync(run, cancellationToken);
        Log.RunEnded(_logger, target.Name, NameOf(outcome), (long)_client.Time.GetElapsedTime(from).TotalMilliseconds);
        return outcome;
    }

    /// <summary>Closes the warm connections; runs in progress fail.</summary>
    public ValueTask DisposeAsync() => _masters.DisposeAsync();

    private static void Check(HostEntry host, RemoteCommand command)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(command);
        ArgumentOutOfRangeException.ThrowIfZero(command.Argv.Count);
        ArgumentException.ThrowIfNullOrEmpty(command.Argv[0]);
        ArgumentOutOfRangeException.ThrowIfNegative(command.OutputCap);
        if (command.TimeLimit is { } limit)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(limit, TimeSpan.Zero);
        }

        if (command.Argv.Any(argument => argument.Contains('\0')))
        {
            throw new ArgumentException("an argument holds a NUL", nameof(command));
        }
    }

    private static string NameOf(ShellOutcome outcome) => outcome is ShellOutcome.Failed failed ? failed.Kind.ToString() : nameof(ShellOutcome.Completed);

    private async Task<ShellOutcome> RunFreshAsync(Run run, CancellationToken cancellationToken)
    {
        var command = SshCommandLine.Fresh(run.Setting.Ssh, run.Setting.Config, run.Target.Route);

        // A second more than the client's own limit, whose message says more.
        var (attempt, problem) = await TryAsync(run, command, run.Target.Route.ConnectTimeout + TimeSpan.FromSeconds(1), cancellationToken);
        return attempt is null ? Broken(problem) : await ExplainAsync(run, Judge(run, attempt, null), attempt.Before, cancellationToken);
    }

    private async Task<ShellOutcome> RunWarmAsync(Run run, CancellationToken cancellationToken)
    {
        for (var last = false; ; last = true)
        {
            var limit = last ? Remaining(run) : run.Target.Route.ConnectTimeout;
            var lease = await _masters.TakeAsync(run.Target, run.Setting, limit + TimeSpan.FromSeconds(1), cancellationToken);
            try
            {
                if (lease.Master is not { } master)
                {
                    return await UnconnectedAsync(run, lease, cancellationToken);
                }

                var retry = !last && !lease.IsNew;
                var command = SshCommandLine.Warm(run.Setting.Ssh, run.Setting.Config, master.Socket, run.Target.Route);
                var (attempt, problem) = await TryAsync(run, command, retry ? limit / WarmShare : Remaining(run), cancellationToken);
                if (attempt is null)
                {
                    return Broken(problem);
                }

                if (retry && IsStale(attempt))
                {
                    _masters.Retire(lease.Entry);
                    continue;
                }

                var lost = attempt.Stage == Stage.Started && attempt.End is null && await IsLostAsync(master);
                return await ExplainAsync(run, Judge(run, attempt, lost), attempt.Before, cancellationToken);
            }
            finally
            {
                _masters.Release(lease.Entry);
            }
        }
    }

    /// <summary>Nothing was started, and a new connection may fare better.</summary>
    private static bool IsStale(Attempt attempt)
        => attempt.Stage == Stage.NotConnected && (attempt.Stopped == StopReason.ConnectLimit || attempt is { Stopped: StopReason.None, ClientExitCode: 255 });

    /// <summary>What is left of the limit for connecting; at least half of it, since the loss of the warm connection is not the host's.</summary>
    private TimeSpan Remaining(Run run)
    {
        var whole = run.Target.Route.ConnectTimeout;
        var left = whole - _client.Time.GetElapsedTime(run.From);
        return left > whole / 2 ? left : whole / 2;
    }

    private async Task<bool> IsLostAsync(Master master)
    {
        // The client hears of the loss from the master, which is then just ending.
        using var timer = new CancellationTokenSource();
        await Task.WhenAny(master.Lost, Task.Delay(TimeSpan.FromMilliseconds(500), _client.Time, timer.Token));
        await timer.CancelAsync();
        return master.Lost.IsCompleted;
    }

    private async Task<(Attempt? Attempt, string Problem)> TryAsync(Run run, IReadOnlyList<string> command, TimeSpan connectLimit, CancellationToken cancellationToken)
    {
        var nonce = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var (process, problem) = ClientProcess.Start(_client.Environment, command, _client.Time);
        if (process is null)
        {
            return (null, problem);
        }

        await using (process)
        {
            var request = new SessionRequest
            {
                Command = run.Command,
                Head = RequestFrames.Head(run.Command, run.Target.Sudo, nonce, run.Limit),
                Nonce = nonce,
                ConnectLimit = connectLimit,
                StartLimit = run.Target.Route.ConnectTimeout,
                RunLimit = run.Limit,
                OnOutput = run.OnOutput,
            };
            using var session = new SessionRun(process, request, _client.Time);
            var attempt = await session.RunAsync(cancellationToken);
            if (attempt.Stopped == StopReason.Cancelled)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            return (attempt, "");
        }
    }

    private async Task<ShellOutcome> UnconnectedAsync(Run run, MasterPool.Lease lease, CancellationToken cancellationToken)
    {
        if (lease.InTime)
        {
            Log.MasterFailed(_logger, run.Target.Name, HostText.LastLine(lease.Problem));
            return await ExplainAsync(run, Judgement.Unconnected(run.Target, lease.Problem), lease.Problem, cancellationToken);
        }

        var limit = run.Target.Route.ConnectTimeout.TotalSeconds;
        return new ShellOutcome.Failed(ShellFailureKind.TimedOut, $"{run.Target.Name} was not connected and logged in within {limit:0.#} s", default);
    }

    /// <summary>Adds to a host key failure what a person needs to mend it.</summary>
    private async Task<ShellOutcome> ExplainAsync(Run run, ShellOutcome outcome, string said, CancellationToken cancellationToken) => outcome switch
    {
        ShellOutcome.Failed { Kind: ShellFailureKind.HostKeyUnknown } failed
            => failed with { Message = await HostKeyAdvice.UnknownAsync(_client, run.Setting, run.Target, said, cancellationToken) },
        ShellOutcome.Failed { Kind: ShellFailureKind.HostKeyChanged } failed => failed with { Message = HostKeyAdvice.Changed(run.Target, said) },
        _ => outcome,
    };

    private static ShellOutcome Judge(Run run, Attempt attempt, bool? lost) => Judgement.Of(attempt, run.Target, run.Command, run.Limit, lost);

    private static ShellOutcome.Failed Broken(string problem) => new(ShellFailureKind.ClientBroken, problem, default);

    private sealed record Run(
        HostTarget Target,
        ClientSetting Setting,
        RemoteCommand Command,
        TimeSpan Limit,
        Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask>? OnOutput,
        long From);
}
