using System.ComponentModel;
using System.Diagnostics;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Hosts;

namespace ChatOpsBot.Support;

/// <summary>Runs commands on this machine, without SSH: for tests of what runs on a host.</summary>
public sealed class LocalShell : IHostShell
{
    /// <summary>Words in front of each command, for example <c>ip netns exec NAME</c>.</summary>
    public IReadOnlyList<string> Prefix { get; init; } = [];

    /// <summary>Variables added to the command's environment, which else holds PATH only.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <inheritdoc/>
    public async Task<ShellOutcome> RunAsync(
        HostEntry host, RemoteCommand command, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask>? onOutput, CancellationToken cancellationToken)
    {
        string[] argv = [.. Prefix, .. command.Argv];
        var start = new ProcessStartInfo(argv[0])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var word in argv[1..])
        {
            start.ArgumentList.Add(word);
        }

        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value;
        }

        try
        {
#pragma warning disable RS0030 // A test double for the one adapter that starts processes.
            using var process = Process.Start(start) ?? throw new InvalidOperationException("no process was started");
#pragma warning restore RS0030
            return await CollectAsync(process, command, onOutput, cancellationToken);
        }
        catch (Win32Exception e)
        {
            return new ShellOutcome.Failed(ShellFailureKind.ClientBroken, e.Message, default);
        }
    }

    private static async Task<ShellOutcome> CollectAsync(
        Process process, RemoteCommand command, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask>? onOutput, CancellationToken cancellationToken)
    {
        await using var kill = cancellationToken.Register(() => process.Kill(entireProcessTree: true));
        await process.StandardInput.BaseStream.WriteAsync(command.Stdin, cancellationToken);
        process.StandardInput.Close();
        using var errors = new MemoryStream();
        var errorsDone = process.StandardError.BaseStream.CopyToAsync(errors, cancellationToken);
        using var output = new MemoryStream();
        var buffer = new byte[32 * 1024];
        int count;
        while ((count = await process.StandardOutput.BaseStream.ReadAsync(buffer, cancellationToken)) > 0)
        {
            output.Write(buffer, 0, count);
            if (output.Length > command.OutputCap)
            {
                process.Kill(entireProcessTree: true);
                return new ShellOutcome.Failed(ShellFailureKind.OutputTooLarge, "the output was larger than its cap", output.ToArray());
            }

            if (onOutput is not null)
            {
                await onOutput(buffer.AsMemory(0, count), cancellationToken);
            }
        }

        await errorsDone;
        await process.WaitForExitAsync(cancellationToken);
        return new ShellOutcome.Completed(process.ExitCode, output.ToArray(), errors.ToArray());
    }
}
