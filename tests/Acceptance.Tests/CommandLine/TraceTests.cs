using System.Text.Json;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Acceptance.Tests.CommandLine;

public sealed class TraceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Trace_HostNotReached_SaysWhyAndExits2()
    {
        var run = await RunAsync("trace", "host42", "vm1");

        Assert.Equal((2, ""), (run.ExitCode, run.Error));
        Assert.StartsWith("host42: UNREACHABLE\n", run.Out);
    }

    [Fact]
    public async Task Trace_HostNotReachedAsJson_IsAnAnswerToo()
    {
        var run = await RunAsync("trace", "host42", "vm1", "--format", "json");

        Assert.Equal(2, run.ExitCode);
        using var json = JsonDocument.Parse(run.Out);
        Assert.Equal((1, "unreachable"), (json.RootElement.GetProperty("schema").GetInt32(), json.RootElement.GetProperty("verdict").GetString()));
        Assert.Equal("nobody answers", json.RootElement.GetProperty("error").GetProperty("message").GetString());
    }

    [Theory]
    [InlineData("has no host host24 (did you mean host42?)", "trace", "host24", "vm1")]
    [InlineData("Required argument missing", "trace", "host42")]
    [InlineData("is not the name of a guest", "trace", "host42", "-x")]
    public async Task Trace_WrongArguments_Exit64(string said, params string[] args)
    {
        var run = await RunAsync(args);

        Assert.Equal((64, ""), (run.ExitCode, run.Out));
        Assert.Contains(said, run.Error);
    }

    public void Dispose() => _folder.Dispose();

    private Task<ProgramRun> RunAsync(params string[] args) => ProgramRun.InProcessAsync(
        args,
        new Dictionary<string, string> { ["Inventory__File"] = _folder.Write("inventory.yaml", "hosts: [{ name: host42, address: 10.42.0.2, user: ops }]") },
        FakeShell.Failing(ShellFailureKind.Unreachable, "nobody answers"), _folder.Path, cancellationToken: TestContext.Current.CancellationToken);
}
