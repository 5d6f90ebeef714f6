using System.Net;
using System.Net.Sockets;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Hosts;
using ChatOpsBot.Adapters.Ssh;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.Ssh;

/// <summary>What is the OpenSSH transport's own: warm connections, and recovery when one is gone. Each test has a shell to itself.</summary>
[Collection(SshdTests.Name)]
[Trait("Needs", "root")]
public sealed class WarmConnectionTests : ShellTests, IAsyncDisposable
{
    private readonly ITestOutputHelper output;
    private readonly SshClient client;
    private readonly OpenSshShell shell;

    public WarmConnectionTests(SshdHost host, ITestOutputHelper output)
        : base(host)
    {
        this.output = output;
        client = NewClient();
        shell = NewShell(client);
    }

    protected override IHostShell Shell => shell;

    private string ControlRoot => $"{Host.Folder}/ctl";

    public async ValueTask DisposeAsync()
    {
        await shell.DisposeAsync();
        client.Dispose();
        Assert.Empty(Masters());
    }

    [Fact]
    public async Task RunAsync_SecondRun_UsesTheWarmConnection()
    {
        Completed(await RunAsync(new RemoteCommand(["true"])));
        var master = Assert.Single(Masters());

        Completed(await RunAsync(new RemoteCommand(["true"])));

        Assert.Equal(master, Assert.Single(Masters()));
    }

    [Fact]
    public async Task RunAsync_FreshConnection_IsANewLogin()
    {
        var script = Sh("echo $SSH_CONNECTION");
        var warm = Completed(await RunAsync(script));

        var again = Completed(await RunAsync(script));
        var fresh = Completed(await RunAsync(script with { FreshConnection = true }));

        Assert.Equal(Text(warm.Stdout), Text(again.Stdout));
        Assert.NotEqual(Text(warm.Stdout), Text(fresh.Stdout));
    }

    [Fact]
    public async Task RunAsync_ColdAndAtOnce_MakesOneConnection()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => RunAsync(Sh("echo $SSH_CONNECTION"))));

        Assert.Single(outcomes.Select(outcome => Text(Completed(outcome).Stdout)).Distinct());
        Assert.Single(Masters());
    }

    [Fact]
    public async Task RunAsync_MaxSessionsReached_TakesAnotherConnection()
    {
        var marker = NewMarker();
        var entry = Host.Entry("root", Host.OneSessionPort);
        using var cancel = new CancellationTokenSource();
        var first = Shell.RunAsync(entry, Sh("sleep 60; : $1", marker), null, cancel.Token);
        await RunsAsync(marker);

        var second = Completed(await Shell.RunAsync(entry, new RemoteCommand(["echo", "second"]), null, Never));

        Assert.Equal("second\n", Text(second.Stdout));
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
    }

    [Fact]
    public async Task RunAsync_NoSessionsAtAll_IsRefusedByTheHost()
        => Failed(
            ShellFailureKind.HostRefused, await Shell.RunAsync(Host.Entry("root", Host.NoSessionPort), new RemoteCommand(["id"]), null, Never));

    [Fact]
    public async Task RunAsync_MasterKilled_ConnectsAnew()
    {
        Completed(await RunAsync(new RemoteCommand(["true"])));
        var master = Assert.Single(Masters());
        await Processes.SignalAsync("KILL", master);

        // A run that comes before the loss is noticed takes a connection of its own.
        await Eventually.TrueAsync("another warm connection", async () =>
        {
            Completed(await RunAsync(new RemoteCommand(["true"])));
            return Masters() is [var now] && now != master;
        }, Never);
    }

    [Fact]
    public async Task RunAsync_MasterHangs_ConnectsAnewWithinTheLimit()
    {
        var entry = WithConnectTimeout(Host.Entry("root"), 3);
        Completed(await Shell.RunAsync(entry, new RemoteCommand(["true"]), null, Never));
        var master = Assert.Single(Masters());
        await Processes.SignalAsync("STOP", master);
        var from = TimeProvider.System.GetTimestamp();

        Completed(await Shell.RunAsync(entry, new RemoteCommand(["true"]), null, Never));

        Assert.InRange(TimeProvider.System.GetElapsedTime(from).TotalSeconds, 0, 3.5);
        await Eventually.TrueAsync("the hanging one is closed", () => !Masters().Contains(master), Patience);
    }

    [Fact]
    public async Task RunAsync_HostHangsOnTheWarmConnection_ConnectsAnew()
    {
        var entry = WithConnectTimeout(Host.Entry("root"), 3);
        var daemon = await SessionDaemonAsync(entry);
        await Processes.SignalAsync("STOP", daemon);
        try
        {
            Completed(await Shell.RunAsync(entry, new RemoteCommand(["true"]), null, Never));
        }
        finally
        {
            await Processes.SignalAsync("CONT", daemon);
        }
    }

    [Fact]
    public async Task RunAsync_HostHangsInMidRun_TimesOut()
    {
        var marker = NewMarker();
        var run = RunAsync(Sh("sleep 60; : $1", marker) with { TimeLimit = TimeSpan.FromSeconds(1) });
        await RunsAsync(marker);
        var daemon = Processes.Ancestor(Processes.WithArgument(marker)[0], "sshd");
        await Processes.SignalAsync("STOP", daemon);
        try
        {
            Failed(ShellFailureKind.TimedOut, await run);
            await GoneAsync(marker);
        }
        finally
        {
            await Processes.SignalAsync("CONT", daemon);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RunAsync_ConnectionCutInMidOutput_IsUnreachableAndTheProgramEnds(bool fresh)
    {
        var marker = NewMarker();
        var run = RunAsync(Sh("while :; do echo more; sleep 0.01; : $1; done", marker) with { FreshConnection = fresh });
        await RunsAsync(marker);
        await Processes.SignalAsync("KILL", Processes.Ancestor(Processes.WithArgument(marker)[0], "sshd"));

        Failed(ShellFailureKind.Unreachable, await run);
        await GoneAsync(marker);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RunAsync_SupervisorKilled_IsKilled(bool fresh)
    {
        var marker = NewMarker();
        var run = RunAsync(Sh("sleep 60; : $1", marker) with { FreshConnection = fresh });
        await RunsAsync(marker);
        var timeout = Processes.Ancestor(Processes.WithArgument(marker)[0], "timeout");
        await Processes.SignalAsync("KILL", Processes.Parent(timeout));

        Failed(ShellFailureKind.Killed, await run);
        await GoneAsync(marker);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RunAsync_ServerNeverSpeaks_TimesOut(bool fresh)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var entry = WithConnectTimeout(Host.Entry("root", ((IPEndPoint)listener.LocalEndpoint).Port), 1);
        var from = TimeProvider.System.GetTimestamp();

        Failed(ShellFailureKind.TimedOut, await Shell.RunAsync(entry, new RemoteCommand(["id"]) { FreshConnection = fresh }, null, Never));

        Assert.InRange(TimeProvider.System.GetElapsedTime(from).TotalSeconds, 0, 10);
    }

    [Fact]
    public async Task RunAsync_CancelledWhileConnecting_EndsTheClient()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using var cancel = new CancellationTokenSource();

        var run = Shell.RunAsync(WithConnectTimeout(Host.Entry("root", port), 60), new RemoteCommand(["id"]), null, cancel.Token);
        await RunsAsync($"{port}");
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        await GoneAsync($"{port}", Patience.TotalSeconds);
    }

    [Fact]
    public async Task RunAsync_ThroughAJumpHost_Works()
    {
        var config = Host.WriteFile("jump_config", $"""
            Host inner
              HostName 127.0.0.1
              Port {Host.OneSessionPort}
              ProxyJump ops@127.0.0.1:{Host.Port}
            Host *
              IdentityFile {Host.IdentityFile}
              StrictHostKeyChecking no
            """);
        var entry = Host.Entry("root") with { Address = "inner", Port = null };
        entry = entry with { Ssh = entry.Ssh with { ConfigFile = config } };

        var done = Completed(await Shell.RunAsync(entry, Sh("echo $SSH_CONNECTION"), null, Never));

        Assert.EndsWith($" {Host.OneSessionPort}\n", Text(done.Stdout), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_FirstUse_ClosesWhatADeadProcessLeft()
    {
        var folder = $"{ControlRoot}/dead0000";
        await LocalProgram.RunAsync("mkdir", "-p", "-m", "0700", ControlRoot, folder);
        await LocalProgram.RunAsync(
            "ssh", "-F", "/dev/null", "-i", Host.IdentityFile, "-o", $"UserKnownHostsFile={Host.KnownHostsFile}", "-p", $"{Host.Port}", "-M", "-S", $"{folder}/m1",
            "-o", "ControlPersist=600", "root@127.0.0.1", "true");
        var orphan = Assert.Single(Processes.WithText($"{folder}/m1"));

        Completed(await RunAsync(new RemoteCommand(["true"])));

        await Eventually.TrueAsync("the orphan ends", () => Processes.Arguments(orphan).Count == 0, TimeSpan.FromSeconds(15));
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public async Task RunAsync_AnotherLivingProcess_KeepsItsConnections()
    {
        Completed(await RunAsync(new RemoteCommand(["true"])));
        var master = Assert.Single(Masters());
        using var otherClient = NewClient();
        await using var other = NewShell(otherClient);

        Completed(await other.RunAsync(Host.Entry("root"), new RemoteCommand(["true"]), null, Never));

        Assert.Contains(master, Masters());
        Completed(await RunAsync(new RemoteCommand(["true"])));
    }

    [Fact]
    public async Task RunAsync_MoreHostsThanPlaces_Wait()
    {
        using var otherClient = NewClient();
        await using var narrow = NewShell(otherClient, places: 1);
        var marker = NewMarker();
        using var cancel = new CancellationTokenSource();
        var first = narrow.RunAsync(Host.Entry("root"), Sh("sleep 60; : $1", marker), null, cancel.Token);
        await RunsAsync(marker);

        var sameHost = await narrow.RunAsync(Host.Entry("root"), new RemoteCommand(["true"]), null, Never);
        var otherHost = narrow.RunAsync(Host.Entry("root") with { Name = "host43" }, new RemoteCommand(["true"]), null, Never);

        Completed(sameHost);
        Assert.False(otherHost.IsCompleted);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Completed(await otherHost);
    }

    [Fact]
    public async Task RunAsync_ManyAtOnce_HoldsNoThreadForEach()
    {
        const int Runs = 30;
        var marker = NewMarker();
        using var cancel = new CancellationTokenSource();

        var runs = Enumerable.Range(0, Runs).Select(_ => Shell.RunAsync(Host.Entry("root"), Sh("sleep 60; : $1", marker), null, cancel.Token)).ToArray();
        await RunsAsync(marker, 2 * Runs);

        Assert.InRange(ThreadPool.ThreadCount, 1, Runs);
        await cancel.CancelAsync();
        foreach (var run in runs)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        }

        await GoneAsync(marker);
    }

    [Fact]
    [Trait("Slow", "yes")]
    public async Task RunAsync_ColdAndWarm_TakesMilliseconds()
    {
        var cold = new List<double>();
        var warm = new List<double>();
        for (var i = 0; i < 20; i++)
        {
            cold.Add(await TimeAsync(new RemoteCommand(["true"]) { FreshConnection = true }));
        }

        await TimeAsync(new RemoteCommand(["true"]));
        for (var i = 0; i < 20; i++)
        {
            warm.Add(await TimeAsync(new RemoteCommand(["true"])));
        }

        // The floor: the stock client over the same connection, started from here as well.
        var master = Processes.Arguments(Assert.Single(Masters()));
        var socket = master[master.ToList().IndexOf("-S") + 1];
        var stock = new List<double>();
        for (var i = 0; i < 20; i++)
        {
            var from = TimeProvider.System.GetTimestamp();
            await LocalProgram.RunAsync("ssh", "-F", "/dev/null", "-S", socket, "127.0.0.1", "true");
            stock.Add(TimeProvider.System.GetElapsedTime(from).TotalMilliseconds);
        }

        var (coldMedian, warmMedian) = (cold.Order().ElementAt(10), warm.Order().ElementAt(10));
        output.WriteLine($"true: cold {coldMedian:0.0} ms, warm {warmMedian:0.0} ms, stock ssh over the same connection {stock.Order().ElementAt(10):0.0} ms (medians of 20); "
            + $"best: {cold.Min():0.0}, {warm.Min():0.0}, {stock.Min():0.0} ms");
        Assert.True(warmMedian < coldMedian, $"warm {warmMedian} ms is no faster than cold {coldMedian} ms");
    }

    private async Task<double> TimeAsync(RemoteCommand command)
    {
        var from = TimeProvider.System.GetTimestamp();
        Completed(await RunAsync(command));
        return TimeProvider.System.GetElapsedTime(from).TotalMilliseconds;
    }

    /// <summary>The sshd process of the warm connection, which is made for it.</summary>
    private async Task<int> SessionDaemonAsync(HostEntry entry)
    {
        var marker = NewMarker();
        using var cancel = new CancellationTokenSource();
        var run = Shell.RunAsync(entry, Sh("sleep 60; : $1", marker), null, cancel.Token);
        await RunsAsync(marker);
        var daemon = Processes.Ancestor(Processes.WithArgument(marker)[0], "sshd");
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        return daemon;
    }

    /// <summary>The ssh processes that hold our warm connections; their watching shells are left out.</summary>
    private IReadOnlyList<int> Masters()
        => [.. Processes.WithArgument("-M").Where(pid => Processes.Arguments(pid) is [var program, ..] arguments
            && program.EndsWith("/ssh", StringComparison.Ordinal) && arguments.Any(argument => argument.StartsWith(ControlRoot, StringComparison.Ordinal)))];

    private SshClient NewClient() => new(ControlRoot, ClientEnvironment.Own(), TimeProvider.System, NullLogger.Instance);

    private static OpenSshShell NewShell(SshClient client, int places = 16)
        => new(Options.Create(new SshOptions { MaxConcurrentHosts = places }), client, NullLogger<OpenSshShell>.Instance);

    private static HostEntry WithConnectTimeout(HostEntry entry, double seconds)
        => entry with { Ssh = entry.Ssh with { ConnectTimeout = TimeSpan.FromSeconds(seconds) } };
}
