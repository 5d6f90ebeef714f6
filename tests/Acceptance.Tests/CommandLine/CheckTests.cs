using System.Collections.Immutable;
using System.Text.Json;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Acceptance.Tests.CommandLine;

public sealed class CheckTests : IDisposable
{
    private const string Inventory = "hosts: [{ name: host42, address: 10.42.0.2, user: ops }, { name: other, address: 10.42.0.3, ssh: { Sudo: Always } }]";

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Check_HostNotReached_SaysWhyAndExits2()
    {
        var run = await RunAsync(["check", "host42"], FakeShell.Failing(ShellFailureKind.HostKeyUnknown, "the key is unknown; add this line to ~/.ssh/known_hosts:\nhost42 ssh-ed25519 AAAA+/="));

        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith("host42: UNREACHABLE\n", run.Out);
        Assert.Contains("\n  host42 ssh-ed25519 AAAA+/=\n", run.Out);
        Assert.Equal("", run.Error);
    }

    [Fact]
    public async Task Check_HostNotReachedAsJson_IsAnAnswerToo()
    {
        var run = await RunAsync(["check", "host42", "--format", "json"], FakeShell.Failing(ShellFailureKind.TimedOut, "no answer in 10 s"));

        Assert.Equal(2, run.ExitCode);
        using var json = JsonDocument.Parse(run.Out);
        Assert.Equal("unreachable", json.RootElement.GetProperty("verdict").GetString());
        Assert.Equal("timedOut", json.RootElement.GetProperty("error").GetProperty("kind").GetString());
        Assert.Equal("no answer in 10 s", json.RootElement.GetProperty("error").GetProperty("message").GetString());
    }

    [Fact]
    public async Task Check_HostileFailureMessage_NeverReachesTheTerminal()
    {
        foreach (var hostile in Diagnoses.HostileTexts)
        {
            var run = await RunAsync(["check", "host42"], FakeShell.Failing(ShellFailureKind.Unreachable, hostile));

            Assert.DoesNotContain(run.Out + run.Error, c => char.IsControl(c) && c != '\n');
        }
    }

    [Fact]
    public async Task Check_UnknownHost_Exits64AndNamesTheNearest()
    {
        var shell = FakeShell.Failing(ShellFailureKind.Unreachable, "not to be asked");

        var run = await RunAsync(["check", "host24"], shell);

        Assert.Equal(64, run.ExitCode);
        Assert.Equal("", run.Out);
        Assert.Contains("has no host host24 (did you mean host42?); add it there", run.Error);
        Assert.Empty(shell.Asked);
    }

    [Fact]
    public async Task Check_Host_IsAskedAsTheInventoryAndTheSettingsSay()
    {
        var shell = FakeShell.Failing(ShellFailureKind.Unreachable, "no");

        await RunAsync(["check", "host42"], shell, new() { ["Ssh__Sudo"] = "Never" });
        await RunAsync(["check", "other"], shell, new() { ["Ssh__Sudo"] = "Never" });

        Assert.Equal(["10.42.0.2", "10.42.0.3"], shell.Asked.Select(asked => asked.Host.Address));
        Assert.Equal(["Never", "Always"], shell.Asked.Select(asked => asked.Host.Ssh.Sudo.ToString()));
    }

    [Fact]
    public async Task Check_FromFileWithoutLinks_IsInconclusiveWithoutAnInventory()
    {
        var file = Saved(new HostSnapshot("host42", DateTimeOffset.UnixEpoch, TimeSpan.FromSeconds(1), ImmutableSortedDictionary<string, SectionOutput>.Empty));

        var run = await ProgramRun.InProcessAsync(["check", "--from", file, "--format", "json"], directory: _folder.Path, cancellationToken: Cancel);

        Assert.Equal(2, run.ExitCode);
        using var json = JsonDocument.Parse(run.Out);
        Assert.Equal("inconclusive", json.RootElement.GetProperty("verdict").GetString());
        Assert.NotEmpty(json.RootElement.GetProperty("notRead").EnumerateArray());
        Assert.Equal("", run.Error);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("{}")]
    public async Task Check_FromDamagedFile_Exits2(string text)
    {
        var run = await ProgramRun.InProcessAsync(["check", "--from", _folder.Write("damaged", text)], directory: _folder.Path, cancellationToken: Cancel);

        Assert.Equal((2, ""), (run.ExitCode, run.Out));
        Assert.Contains("damaged: ", run.Error);
        Assert.Contains("chatopsbot snapshot", run.Error);
    }

    [Fact]
    public async Task Check_FromMissingFile_Exits64()
    {
        var run = await ProgramRun.InProcessAsync(["check", "--from", "none"], directory: _folder.Path, cancellationToken: Cancel);

        Assert.Equal((64, ""), (run.ExitCode, run.Out));
        Assert.Contains($"{_folder.Path}/none cannot be read", run.Error);
    }

    [Fact]
    public async Task Snapshot_HostNotReached_WritesNothing()
    {
        var run = await RunAsync(["snapshot", "host42", "-o", "out"], FakeShell.Failing(ShellFailureKind.LoginRefused, "the login was refused"));

        Assert.Equal((2, ""), (run.ExitCode, run.Out));
        Assert.Contains("the login was refused", run.Error);
        Assert.False(File.Exists(Path.Combine(_folder.Path, "out")));
    }

    [Theory]
    [InlineData("/nonexistent/out", "its folder does not exist")]
    [InlineData("/tmp", "this is a directory")]
    public async Task Snapshot_ImpossibleTarget_IsToldBeforeTheHostIsAsked(string target, string why)
    {
        var shell = FakeShell.Failing(ShellFailureKind.Unreachable, "not to be asked");

        var run = await RunAsync(["snapshot", "host42", "-o", target], shell);

        Assert.Equal(64, run.ExitCode);
        Assert.Contains(why, run.Error);
        Assert.Empty(shell.Asked);
    }

    [Fact]
    public async Task Check_Cancelled_Exits130AndEndsTheRead()
    {
        var ended = false;
        using var interrupt = new CancellationTokenSource();
        var shell = new FakeShell(async (_, _, token) =>
        {
            await interrupt.CancelAsync();
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            }
            finally
            {
                ended = true;
            }

            throw new InvalidOperationException("never");
        });

        var run = await ProgramRun.InProcessAsync(["check", "host42"], Environment([]), shell, _folder.Path, cancellationToken: interrupt.Token);

        Assert.Equal((130, "", ""), (run.ExitCode, run.Out, run.Error));
        Assert.True(ended);
    }

    [Fact]
    public async Task Check_BugInAnAdapter_Exits70AndSaysSo()
    {
        var run = await RunAsync(["check", "host42"], new FakeShell((_, _, _) => throw new InvalidOperationException("broken invariant")));

        Assert.Equal((70, ""), (run.ExitCode, run.Out));
        Assert.Contains("this is a bug", run.Error);
        Assert.Contains("broken invariant", run.Error);
    }

    [Fact]
    public async Task Check_LogFileSet_GetsJsonLinesAndStdoutStaysClean()
    {
        var environment = new Dictionary<string, string> { ["Serilog__WriteTo__File__Name"] = "File", ["Serilog__WriteTo__File__Args__path"] = "logs/run-.json", ["Serilog__WriteTo__File__Args__rollingInterval"] = "Day" };

        var run = await RunAsync(["check", "host42", "--format", "json"], FakeShell.Failing(ShellFailureKind.TimedOut, "no \e[31manswer"), environment);

        Assert.Equal(2, run.ExitCode);
        var file = Assert.Single(Directory.GetFiles(Path.Combine(_folder.Path, "logs")));
        var line = Assert.Single(File.ReadAllLines(file), text => text.Contains("Could not read", StringComparison.Ordinal));
        using var json = JsonDocument.Parse(line);
        Assert.Equal("host42", json.RootElement.GetProperty("Properties").GetProperty("Host").GetString());
    }

    public void Dispose() => _folder.Dispose();

    private Dictionary<string, string> Environment(Dictionary<string, string> more)
    {
        more["Inventory__File"] = _folder.Write("inventory.yaml", Inventory);
        return more;
    }

    private Task<ProgramRun> RunAsync(string[] args, IHostShell shell, Dictionary<string, string>? environment = null)
        => ProgramRun.InProcessAsync(args, Environment(environment ?? []), shell, _folder.Path, cancellationToken: Cancel);

    private string Saved(HostSnapshot snapshot)
    {
        var path = Path.Combine(_folder.Path, "saved");
        File.WriteAllBytes(path, SnapshotFile.Write(snapshot));
        return path;
    }
}
