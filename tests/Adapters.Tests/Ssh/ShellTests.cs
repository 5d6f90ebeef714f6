using System.Security.Cryptography;
using System.Text;
using ChatOpsBot.Application.Ports;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.Ssh;

/// <summary>Vocabulary of the tests that run programs on the test host.</summary>
public abstract class ShellTests
{
    /// <summary>Longer than any run takes here, shorter than a person waits for a hanging suite.</summary>
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    protected ShellTests(SshdHost host)
    {
        Assert.SkipWhen(host.Missing is not null, $"no test host: {host.Missing}");
        Host = host;
    }

    protected SshdHost Host { get; }

    protected abstract IHostShell Shell { get; }

    protected static CancellationToken Never => TestContext.Current.CancellationToken;

    protected static RemoteCommand Sh(string script, params string[] arguments) => new(["sh", "-c", script, "sh", .. arguments]);

    protected static string NewMarker() => "cob-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    protected static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    protected Task<ShellOutcome> RunAsync(RemoteCommand command, string user = "root") => Shell.RunAsync(Host.Entry(user), command, null, Never);

    protected static ShellOutcome.Completed Completed(ShellOutcome outcome)
        => outcome as ShellOutcome.Completed ?? throw new Xunit.Sdk.XunitException($"expected a completed run, got {outcome}");

    protected static ShellOutcome.Failed Failed(ShellFailureKind kind, ShellOutcome outcome)
    {
        var failed = outcome as ShellOutcome.Failed ?? throw new Xunit.Sdk.XunitException($"expected {kind}, got {outcome}");
        Assert.True(kind == failed.Kind, $"expected {kind}, got {failed.Kind}: {failed.Message}");
        return failed;
    }

    protected static Task GoneAsync(string marker, double seconds = 15)
        => Eventually.TrueAsync($"nothing with {marker} is left on the host", () => Processes.WithArgument(marker).Count == 0, TimeSpan.FromSeconds(seconds));

    protected static Task RunsAsync(string marker, int count = 1)
        => Eventually.TrueAsync($"{marker} runs", () => Processes.WithArgument(marker).Count >= count, Patience);
}
