using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Hosts;

namespace ChatOpsBot.Support;

/// <summary>A shell that answers as the test says and remembers what it was asked.</summary>
public sealed class FakeShell(Func<HostEntry, RemoteCommand, CancellationToken, Task<ShellOutcome>> answer) : IHostShell
{
    /// <summary>What was asked, in order.</summary>
    public List<(HostEntry Host, RemoteCommand Command)> Asked { get; } = [];

    /// <summary>A shell for which every run fails in the same way.</summary>
    public static FakeShell Failing(ShellFailureKind kind, string message)
        => new((_, _, _) => Task.FromResult<ShellOutcome>(new ShellOutcome.Failed(kind, message, default)));

    /// <inheritdoc/>
    public Task<ShellOutcome> RunAsync(
        HostEntry host, RemoteCommand command, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask>? onOutput, CancellationToken cancellationToken)
    {
        Asked.Add((host, command));
        return answer(host, command, cancellationToken);
    }
}
