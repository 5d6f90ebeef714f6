using System.Text;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Hosts;

namespace ChatOpsBot.Support;

/// <summary>A network namespace of a test, removed with all that is in it. Needs root.</summary>
public sealed class NetworkNamespace : IAsyncDisposable
{
    private static readonly HostEntry s_host = new() { Name = "local", Address = "local" };

    private NetworkNamespace(string name) => Name = name;

    /// <summary>Name, beginning with <c>cob-</c>.</summary>
    public string Name { get; }

    /// <summary>Words in front of a command that shall run in it.</summary>
    public IReadOnlyList<string> Prefix => ["ip", "netns", "exec", Name];

    /// <summary>Whether this process may make one.</summary>
    public static bool IsPossible => Environment.IsPrivilegedProcess && File.Exists("/usr/sbin/ip");

    /// <summary>Makes one and runs a script in it.</summary>
    public static async Task<NetworkNamespace> CreateAsync(string purpose, string script)
    {
        var space = new NetworkNamespace($"cob-{purpose}-{Environment.ProcessId}");
        await RunAsync([], $"ip netns del {space.Name} 2>/dev/null || true\nip netns add {space.Name}");
        try
        {
            await space.RunAsync(script);
            return space;
        }
        catch
        {
            await space.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a shell script in it and returns what it printed; a failure is an exception with what it said.</summary>
    public Task<string> RunAsync(string script) => RunAsync(Prefix, script);

    /// <summary>Runs a shell script outside of any namespace.</summary>
    public static async Task<string> RunAsync(IReadOnlyList<string> prefix, string script)
    {
        var outcome = await new LocalShell { Prefix = prefix }.RunAsync(s_host, new RemoteCommand(["/bin/sh", "-c", "set -e\n" + script]), null, CancellationToken.None);
        return outcome is ShellOutcome.Completed { ExitCode: 0 } done
            ? Encoding.UTF8.GetString(done.Stdout.Span)
            : throw new InvalidOperationException(outcome is ShellOutcome.Completed failed ? $"exit code {failed.ExitCode}: {Encoding.UTF8.GetString(failed.Stderr.Span)}" : outcome.ToString());
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await RunAsync([], $"ip netns del {Name} || true");
}
