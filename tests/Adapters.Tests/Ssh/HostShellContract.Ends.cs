using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Hosts;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.Ssh;

/// <summary>Limits, cancellation, root and failures.</summary>
public abstract partial class HostShellContract
{
    // A child that stays, one in a session of its own, and the program itself.
    private const string Family = "sh -c 'sleep 300; :' \"$1\" & setsid sh -c 'sleep 300; :' \"$1\" & sleep 300; : \"$1\"";

    private static RemoteCommand Stubborn(string marker) => Sh("trap '' TERM HUP INT; " + Family, marker);

    [Theory]
    [InlineData("root", false)]
    [InlineData("ops", true)]
    [InlineData("viewer", false)]
    public async Task RunAsync_TimeLimitPasses_EndsItAndAllItStartedOnTheHost(string user, bool asRoot)
    {
        var marker = NewMarker();

        var outcome = await RunAsync(Stubborn(marker) with { TimeLimit = TimeSpan.FromSeconds(0.5), AsRoot = asRoot }, user);

        Assert.Contains("0.5 s", Failed(ShellFailureKind.TimedOut, outcome).Message, StringComparison.Ordinal);
        await GoneAsync(marker);
    }

    [Fact]
    public async Task RunAsync_OutputBeforeTheLimit_IsKept()
    {
        var outcome = await RunAsync(Sh("echo begun; sleep 60") with { TimeLimit = TimeSpan.FromSeconds(0.3) });

        Assert.Equal("begun\n", Text(Failed(ShellFailureKind.TimedOut, outcome).Stdout));
    }

    [Theory]
    [InlineData("root", false, false)]
    [InlineData("viewer", false, false)]
    [InlineData("ops", true, false)]
    [InlineData("ops", true, true)]
    [InlineData("cshuser", false, true)]
    public async Task RunAsync_Cancelled_LeavesNothingOnTheHost(string user, bool asRoot, bool fresh)
    {
        var marker = NewMarker();
        using var cancel = new CancellationTokenSource();

        var run = Shell.RunAsync(Host.Entry(user), Stubborn(marker) with { AsRoot = asRoot, FreshConnection = fresh }, null, cancel.Token);
        await RunsAsync(marker, 3);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        await GoneAsync(marker, 0.5);
    }

    [Fact]
    public async Task RunAsync_CancelledWithUnreadPayload_LeavesNothingOnTheHost()
    {
        var marker = NewMarker();
        using var cancel = new CancellationTokenSource();

        var run = Shell.RunAsync(Host.Entry("viewer"), Stubborn(marker) with { Stdin = new byte[3_000_000] }, null, cancel.Token);
        await RunsAsync(marker, 3);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        await GoneAsync(marker, 0.5);
    }

    [Fact]
    public async Task RunAsync_AlreadyCancelled_StartsNothing()
        => await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Shell.RunAsync(Host.Entry("root"), new RemoteCommand(["true"]), null, new CancellationToken(canceled: true)));

    [Fact]
    public async Task RunAsync_ProgramEndsButChildrenStay_EndsThem()
    {
        var marker = NewMarker();

        var done = Completed(await RunAsync(Sh("sh -c 'sleep 300; :' \"$1\" & exit 4", marker)));

        Assert.Equal(4, done.ExitCode);
        await GoneAsync(marker);
    }

    [Fact]
    public async Task RunAsync_DaemonHoldsTheOutput_DoesNotHoldTheRun()
    {
        var marker = NewMarker();
        var late = new CancellationTokenSource(Patience, TimeProvider.System);

        var done = Completed(await Shell.RunAsync(
            Host.Entry("root"), Sh("setsid sh -c 'sleep 8; :' \"$1\" & sleep 0.1; echo done", marker), null, late.Token));

        Assert.Equal("done\n", Text(done.Stdout));
        Assert.NotEmpty(Processes.WithArgument(marker));
    }

    [Theory]
    [InlineData("viewer", "")]
    [InlineData("ops", "sudo -n ")]
    public async Task Supervise_CalledByTheProgram_LimitsAndEndsWhatItRuns(string user, string through)
    {
        var (limited, watched) = (NewMarker(), NewMarker());
        using var cancel = new CancellationTokenSource();
        var script = $$"""
            {{through}}/bin/sh -c "$CHATOPS_SUPERVISE" chatops 0.3 sh -c "$1" inner "$2" <&3; echo limited $?
            {{through}}/bin/sh -c "$CHATOPS_SUPERVISE" chatops 5 sh -c 'id -u; exit 7' <&3; echo exited $?
            {{through}}/bin/sh -c "$CHATOPS_SUPERVISE" chatops 60 sh -c "$1" inner "$3" <&3
            """;
        var output = "";

        var run = Shell.RunAsync(
            Host.Entry(user), Sh(script, "trap '' TERM; setsid sh -c 'sleep 300; :' \"$1\" & sleep 300; : ", limited, watched), (chunk, _) =>
            {
                output += Text(chunk);
                return ValueTask.CompletedTask;
            }, cancel.Token);
        await Eventually.TrueAsync("the first two are over", () => output.Contains("exited", StringComparison.Ordinal), Patience);
        await RunsAsync(watched, 5);

        Assert.Matches("^limited 1(24|37)\n(0|4002)\nexited 7\n$", output);
        Assert.Equal(through.Length > 0, output.Contains("\n0\n", StringComparison.Ordinal));

        // The outer program itself has both markers among its arguments.
        Assert.Empty(Processes.WithArgument(limited).Except(Processes.WithArgument(watched)));
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        await GoneAsync(watched);
    }

    [Theory]
    [InlineData("root", "0\n")]
    [InlineData("ops", "0\n")]
    public async Task RunAsync_AsRoot_IsRoot(string user, string uid)
        => Assert.Equal(uid, Text(Completed(await RunAsync(new RemoteCommand(["id", "-u"]) { AsRoot = true, Stdin = "x"u8.ToArray() }, user)).Stdout));

    [Fact]
    public async Task RunAsync_AsRootProgramFails_IsNotARefusal()
        => Assert.Equal(1, Completed(await RunAsync(Sh("echo sudo: a password is required >&2; exit 1") with { AsRoot = true }, "ops")).ExitCode);

    [Theory]
    [InlineData("root", SudoUse.Auto, "root::4\n")]
    [InlineData("ops", SudoUse.Auto, "root:ops:4\n")]
    [InlineData("ops", SudoUse.Always, "root:ops:4\n")]
    [InlineData("ops", SudoUse.Never, "ops::4\n")]
    [InlineData("viewer", SudoUse.Auto, "viewer::4\n")]
    [InlineData("cshuser", SudoUse.Auto, "cshuser::4\n")]
    public async Task RunAsync_RootIfPossible_IsRootWhereSudoIsGranted(string user, SudoUse sudo, string expected)
    {
        var entry = Host.Entry(user);
        entry = entry with { Ssh = entry.Ssh with { Sudo = sudo } };
        var command = Sh("set -- $SSH_CONNECTION; echo \"$(id -un):$SUDO_USER:$#\"; cat") with { RootIfPossible = true, Stdin = "input"u8.ToArray() };

        Assert.Equal(expected + "input", Text(Completed(await Shell.RunAsync(entry, command, null, Never)).Stdout));
    }

    [Theory]
    [InlineData("ops", 1)]
    [InlineData("ops", 127)]
    [InlineData("viewer", 1)]
    public async Task RunAsync_RootIfPossibleAndTheProgramFails_RunsOnce(string user, int code)
    {
        var done = Completed(await RunAsync(Sh("echo once; exit $1", $"{code}") with { RootIfPossible = true }, user));

        Assert.Equal((code, "once\n"), (done.ExitCode, Text(done.Stdout)));
    }

    [Theory]
    [InlineData("ops", false)]
    [InlineData("ops", true)]
    [InlineData("viewer", false)]
    public async Task RunAsync_RootIfPossibleAndCancelled_LeavesNothingOnTheHost(string user, bool fresh)
    {
        var marker = NewMarker();
        using var cancel = new CancellationTokenSource();

        var run = Shell.RunAsync(Host.Entry(user), Stubborn(marker) with { RootIfPossible = true, FreshConnection = fresh }, null, cancel.Token);
        await RunsAsync(marker, 3);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        await GoneAsync(marker);
    }

    [Theory]
    [InlineData("root")]
    [InlineData("ops")]
    public async Task RunAsync_Cancelled_TheProgramMayTidyUp(string user)
    {
        var folder = Directory.CreateTempSubdirectory("cob-tidy-");
        var inside = Path.Combine(folder.FullName, "inside");
        try
        {
            using var cancel = new CancellationTokenSource();
            var run = Shell.RunAsync(
                Host.Entry(user), Sh("trap 'rm -rf \"$1\"; exit' TERM; mkdir \"$1\"; sleep 60 & wait", inside) with { RootIfPossible = true }, null, cancel.Token);
            await Eventually.TrueAsync("the program runs", () => Directory.Exists(inside), Patience);
            await cancel.CancelAsync();

            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
            await Eventually.TrueAsync("the program has tidied up", () => !Directory.Exists(inside), Patience);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task RunAsync_SudoRefused_SaysSo()
        => Assert.Contains("password", Failed(ShellFailureKind.SudoRefused, await RunAsync(new RemoteCommand(["id"]) { AsRoot = true }, "viewer")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("ops", false)]
    [InlineData("root", true)]
    public async Task RunAsync_SudoNever_RefusesUnlessTheLoginIsRoot(string user, bool works)
    {
        var entry = Host.Entry(user);
        entry = entry with { Ssh = entry.Ssh with { Sudo = SudoUse.Never } };

        var outcome = await Shell.RunAsync(entry, new RemoteCommand(["id", "-u"]) { AsRoot = true }, null, Never);

        if (works)
        {
            Assert.Equal("0\n", Text(Completed(outcome).Stdout));
        }
        else
        {
            Assert.Contains("Ssh:Sudo = Never", Failed(ShellFailureKind.SudoRefused, outcome).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task RunAsync_NoShellForTheAccount_IsRefusedByTheHost()
        => Assert.Contains("not available", Failed(ShellFailureKind.HostRefused, await RunAsync(new RemoteCommand(["id"]), "closed")).Message, StringComparison.Ordinal);

    [Fact]
    public async Task RunAsync_LoginRefused_SaysSo()
        => Failed(ShellFailureKind.LoginRefused, await RunAsync(new RemoteCommand(["id"]), "nobody-of-that-name"));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RunAsync_PortClosed_IsUnreachable(bool fresh)
    {
        var outcome = await Shell.RunAsync(Host.Entry("root", SshdHost.FreePort()), new RemoteCommand(["id"]) { FreshConnection = fresh }, null, Never);

        Assert.Contains("refused", Failed(ShellFailureKind.Unreachable, outcome).Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task RunAsync_NameUnknown_IsUnreachable()
    {
        var outcome = await Shell.RunAsync(Host.Entry("root") with { Address = "no-such-host.invalid" }, new RemoteCommand(["id"]), null, Never);

        Assert.Contains("resolve", Failed(ShellFailureKind.Unreachable, outcome).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-oProxyCommand=touch /tmp/cob-injected")]
    [InlineData("a b")]
    [InlineData("a@b")]
    [InlineData("")]
    public async Task RunAsync_AddressIsNone_IsRefusedHere(string address)
        => Failed(ShellFailureKind.ClientBroken, await Shell.RunAsync(Host.Entry("root") with { Address = address }, new RemoteCommand(["id"]), null, Never));
}
