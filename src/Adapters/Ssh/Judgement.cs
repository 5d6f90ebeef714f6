using System.Globalization;
using ChatOpsBot.Application.Ports;

namespace ChatOpsBot.Adapters.Ssh;

/// <summary>What an attempt means for the caller.</summary>
internal static class Judgement
{
    private const int ClientFailed = 255;
    private const int Limit = 124;
    private const int KilledAtLimit = 137;

    // The clock of the host counts in hundredths, and timeout's own may be a little ahead.
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(50);

    /// <summary>The outcome of an attempt that was not cancelled.</summary>
    /// <param name="attempt">All that is known.</param>
    /// <param name="target">Where.</param>
    /// <param name="command">What.</param>
    /// <param name="limit">Its limit on the host.</param>
    /// <param name="connectionLost">Whether the warm connection it used is gone; <see langword="null"/> when it had its own.</param>
    public static ShellOutcome Of(Attempt attempt, HostTarget target, RemoteCommand command, TimeSpan limit, bool? connectionLost)
    {
        ShellOutcome.Failed Failed(ShellFailureKind kind, string message) => new(kind, message, attempt.Stdout);

        return attempt switch
        {
            { Stopped: StopReason.TooLarge } => Failed(
                ShellFailureKind.OutputTooLarge, $"the output on {target.Name} passed its cap of {command.OutputCap} bytes, so the run was ended"),
            { End: { } end } when IsLate(end, limit) => Failed(ShellFailureKind.TimedOut, TookTooLong(target, limit)),
            { End: { } end } => new ShellOutcome.Completed(end.ExitCode, attempt.Stdout, attempt.Stderr),
            { Stopped: StopReason.ConnectLimit } => Failed(
                ShellFailureKind.TimedOut, $"{target.Name} was not connected and logged in within {Seconds(target.Route.ConnectTimeout)}"),
            { Stopped: StopReason.StartLimit } => Failed(
                ShellFailureKind.TimedOut,
                $"{target.Name} accepted the login but did not start the program within {Seconds(target.Route.ConnectTimeout)}; look for its load, login scripts that print without end{(command.AsRoot ? ", and sudo" : "")}"),
            { Stopped: StopReason.RunLimit } => Failed(ShellFailureKind.TimedOut, TookTooLong(target, limit) + ", and the host does not answer any more"),
            { SudoOff: true } => Failed(
                ShellFailureKind.SudoRefused, $"root is needed on {target.Name}, its login is not root, and sudo is switched off there by the setting Ssh:Sudo = Never"),
            { Lacks: { } lacks } => Failed(ShellFailureKind.HostRefused, Lacking(target, lacks)),
            { Stage: Stage.Started } => Broken(attempt, target, connectionLost),
            { Stage: Stage.Connected, ClientExitCode: not ClientFailed } when Gate(attempt) is { } refusal => Failed(
                ShellFailureKind.HostRefused,
                $"{target.Name} is set up hardened and refused: {refusal}; it runs only what its kit lists, so make one with this bot's chatopsbot host-kit and install it there with deploy/host/install.sh"),
            { Stage: Stage.Connected, ClientExitCode: not ClientFailed } when command.AsRoot => Failed(
                ShellFailureKind.SudoRefused, SudoRefused(attempt, target)),
            { Stage: Stage.Connected, ClientExitCode: not ClientFailed } => Failed(
                ShellFailureKind.HostRefused, $"{target.Name} did not start the program: {HostText.FirstLine(attempt.Before)}"),
            { Stage: Stage.Connected } => Failed(
                ShellFailureKind.Unreachable, $"the connection to {target.Name} was lost while the program was being started"),
            { ClientExitCode: not ClientFailed } => Failed(
                ShellFailureKind.HostRefused,
                $"{target.Name} accepted the login, but the account's shell did not run /bin/sh (exit code {attempt.ClientExitCode}): {HostText.FirstLine(attempt.Before)}"),
            _ => Unconnected(target, attempt.Before),
        };
    }

    /// <summary>The outcome of a connection that did not come about, from what the client said.</summary>
    public static ShellOutcome.Failed Unconnected(HostTarget target, string said)
        => FailureTable.Find(said) is var (row, line)
            ? new(row.Kind, $"{target.Name}: {row.Sentence} ({line})", default)
            : new(ShellFailureKind.Unreachable, $"{target.Name}: no connection ({HostText.LastLine(said)})", default);

    /// <summary>Whether the program was ended by its limit, and not by itself with the same code.</summary>
    private static bool IsLate(EndRecord end, TimeSpan limit)
        => end.ExitCode is Limit or KilledAtLimit && end.Took + Tolerance >= limit;

    private static ShellOutcome.Failed Broken(Attempt attempt, HostTarget target, bool? connectionLost)
    {
        // A supervisor that is killed leaves the connection in place; a lost connection takes the master with it or makes the client say so.
        var lost = connectionLost ?? FailureTable.Find(attempt.Last) is { Row.Kind: ShellFailureKind.Unreachable or ShellFailureKind.TimedOut };
        return lost && attempt.ClientExitCode == ClientFailed
            ? new(ShellFailureKind.Unreachable, $"the connection to {target.Name} was lost while the program ran; it is ended there as soon as the host notices", attempt.Stdout)
            : new(ShellFailureKind.Killed, $"the program on {target.Name} was killed from outside, together with what watched it", attempt.Stdout);
    }

    private static string? Gate(Attempt attempt)
        => attempt.Before.Split('\n').FirstOrDefault(line => line.StartsWith(HardenedHost.GateMark, StringComparison.Ordinal)) is { } line ? HostText.FirstLine(line[HardenedHost.GateMark.Length..]) : null;

    private static string SudoRefused(Attempt attempt, HostTarget target)
    {
        var said = HostText.FirstLine(attempt.Before);
        return $"sudo -n was refused on {target.Name} ({said}); install sudo there and allow it without password, in /etc/sudoers.d: "
            + $"{target.Route.User ?? "USER"} ALL=(root) NOPASSWD: ALL";
    }

    private static string Lacking(HostTarget target, string what) => what == "timeout"
        ? $"{target.Name} has no timeout program; install coreutils there"
        : $"{target.Name} has no room for the program's input in /dev/shm or /tmp";

    private static string TookTooLong(HostTarget target, TimeSpan limit) => $"the program on {target.Name} took longer than its limit of {Seconds(limit)}";

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture) + " s";
}
