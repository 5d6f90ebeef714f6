using ChatOpsBot.Domain.Hosts;

namespace ChatOpsBot.Application.Ports;

/// <summary>Runs programs on hosts. Expected failures are values; only bugs and cancellation are exceptions.</summary>
public interface IHostShell
{
    /// <summary>Runs one program on a host and waits for its end.</summary>
    /// <remarks>
    /// When the token is cancelled, the time limit passes or this process dies, the program and all it started are killed on the host too: its process
    /// group, and whatever still has the variable <c>CHATOPS_RUN</c> of this run in its environment. When the program ends by itself, what is left of
    /// its process group is killed; what it put into a session of its own stays. A program that means to leave something behind for good
    /// starts it in a session of its own and without that variable. Not reached: a process of another user that dropped the variable.
    /// <para>
    /// The program runs with <c>LC_ALL=C</c>, the system directories in its <c>PATH</c>, no terminal, and default signal handling. Nothing is started before the host has
    /// answered, so a run that failed to connect did nothing.
    /// </para>
    /// <para>
    /// Descriptor 3 of the program is the <b>lifeline</b>: nothing is ever written to it, and its end means that nobody wants the run any more. The variable
    /// <c>CHATOPS_SUPERVISE</c> holds a shell program that puts another program under a limit of its own and the same lifeline:
    /// <c>[sudo -n] /bin/sh -c "$CHATOPS_SUPERVISE" chatops SECONDS ARGV... &lt;&amp;3</c>. It is needed for root's programs, which the login cannot kill. That program has
    /// no input, the lifeline again as descriptor 3, and ends with its own exit code, or 124 or 137 at the limit; through sudo it does not have the
    /// variable itself.
    /// </para>
    /// </remarks>
    /// <param name="host">Where; its SSH overrides apply.</param>
    /// <param name="command">What.</param>
    /// <param name="onOutput">Called with each chunk of standard output as it arrives, in order; the next is read when it returns, so a slow consumer slows the program down.
    /// It must honour its token; what it throws ends the run and is thrown here. <see langword="null"/> when only the end matters.</param>
    /// <param name="cancellationToken">Ends the program on the host as well.</param>
    Task<ShellOutcome> RunAsync(
        HostEntry host, RemoteCommand command, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask>? onOutput, CancellationToken cancellationToken);
}

/// <summary>A program to run on a host: an argument vector, never a shell string.</summary>
/// <param name="Argv">Program and arguments; each may hold any character but NUL.</param>
public sealed record RemoteCommand(IReadOnlyList<string> Argv)
{
    /// <summary>Bytes the program reads from its standard input, then end of file.</summary>
    public ReadOnlyMemory<byte> Stdin { get; init; }

    /// <summary>Limit for the program on the host; <see langword="null"/> takes the host's or the service's <c>CommandTimeout</c>.</summary>
    public TimeSpan? TimeLimit { get; init; }

    /// <summary>Bytes of standard output after which the run is ended as <see cref="ShellFailureKind.OutputTooLarge"/>.</summary>
    public int OutputCap { get; init; } = 64 * 1024 * 1024;

    /// <summary>Run as root through <c>sudo -n</c> (nothing to do when the login is root); a refusal is <see cref="ShellFailureKind.SudoRefused"/>.</summary>
    public bool AsRoot { get; init; }

    /// <summary>
    /// Run as root through <c>sudo -n</c> where that is granted, else as the login; the program sees by its user id which. Through sudo it has
    /// <c>SUDO_UID</c> and still the login's <c>SSH_CONNECTION</c>. The setting that switches sudo off holds here too.
    /// </summary>
    public bool RootIfPossible { get; init; }

    /// <summary>Connect and log in anew instead of using the warm connection; proves that the way to the host works now.</summary>
    public bool FreshConnection { get; init; }
}

/// <summary>How a run on a host ended.</summary>
public abstract record ShellOutcome
{
    private ShellOutcome()
    {
    }

    /// <summary>The program ran to its own end.</summary>
    /// <param name="ExitCode">Its exit code; 128 + n when signal n ended it.</param>
    /// <param name="Stdout">Its standard output, also when it was streamed.</param>
    /// <param name="Stderr">The first 64 KiB of its standard error.</param>
    public sealed record Completed(int ExitCode, ReadOnlyMemory<byte> Stdout, ReadOnlyMemory<byte> Stderr) : ShellOutcome;

    /// <summary>It did not.</summary>
    /// <param name="Kind">Why; alone decides whether a retry may help.</param>
    /// <param name="Message">A sentence for a person, with the remedy where there is one; holds no secret.</param>
    /// <param name="Stdout">What had arrived by then.</param>
    public sealed record Failed(ShellFailureKind Kind, string Message, ReadOnlyMemory<byte> Stdout) : ShellOutcome;
}

/// <summary>Why a run on a host failed.</summary>
public enum ShellFailureKind
{
    /// <summary>No connection: name unknown, network unreachable, refused, or lost in mid-run.</summary>
    Unreachable,

    /// <summary>The connection or the program took longer than its limit.</summary>
    TimedOut,

    /// <summary>The host answered but did not accept the login.</summary>
    LoginRefused,

    /// <summary>The host's key is in no known hosts file; the message has the line to add.</summary>
    HostKeyUnknown,

    /// <summary>The host's key differs from the one on file.</summary>
    HostKeyChanged,

    /// <summary><c>sudo -n</c> was refused.</summary>
    SudoRefused,

    /// <summary>The output was larger than its cap.</summary>
    OutputTooLarge,

    /// <summary>The run was killed from outside together with what watched it, so the program's own end is unknown. (A program alone that dies of a signal completes.)</summary>
    Killed,

    /// <summary>The host refused one more session or cannot run the bootstrap (no POSIX shell, no <c>timeout</c>, out of processes).</summary>
    HostRefused,

    /// <summary>The bot's own side cannot run SSH at all: no OpenSSH client, unreadable key, key file with loose permissions.</summary>
    ClientBroken,
}
