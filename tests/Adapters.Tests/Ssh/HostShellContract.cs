using System.Security.Cryptography;
using System.Text;
using ChatOpsBot.Application.Ports;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.Ssh;

/// <summary>What any transport must do, shown against a real host: programs, their input, output and ends. A further transport inherits these tests.</summary>
public abstract partial class HostShellContract : ShellTests
{
    protected HostShellContract(SshdHost host)
        : base(host)
    {
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(124)]
    [InlineData(126)]
    [InlineData(127)]
    [InlineData(137)]
    [InlineData(255)]
    public async Task RunAsync_ProgramExits_GivesItsExitCode(int code)
    {
        var done = Completed(await RunAsync(Sh("echo out; echo err >&2; exit $1", $"{code}")));

        Assert.Equal((code, "out\n", "err\n"), (done.ExitCode, Text(done.Stdout), Text(done.Stderr)));
    }

    [Theory]
    [InlineData("TERM", 143)]
    [InlineData("KILL", 137)]
    [InlineData("SEGV", 139)]
    [InlineData("INT", 130)]
    public async Task RunAsync_ProgramDiesOfSignal_GivesItsNumber(string signal, int code)
    {
        var done = Completed(await RunAsync(Sh("kill -$1 $$; sleep 5", signal)));

        Assert.Equal(code, done.ExitCode);
    }

    [Fact]
    public async Task RunAsync_NoSuchProgram_CompletesAsAShellWould()
    {
        var done = Completed(await RunAsync(new RemoteCommand(["cob-no-such-program"])));

        Assert.Equal(127, done.ExitCode);
        Assert.Contains("cob-no-such-program", Text(done.Stderr), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("root")]
    [InlineData("ops")]
    [InlineData("cshuser")]
    public async Task RunAsync_NastyArguments_ArriveUnchanged(string user)
    {
        string[] arguments =
        [
            "", " ", "a b", "\t", "'", "\"", "\\", "\\n", "!", "!!", "$HOME", "${x}", "`id`", "$(id)", "*", "?", "[a]", "~", "-n", "--", "=", "=x", "12", "go",
            ";", "&", "|", ">", "#", "%s", "{a,b}", "a\nb", "\n", "a\n\n", "\r\n", "\u0001\u007f", "äöü€😀", "e\u0301", " lead", "trail ", "x\\",
            new('l', 513), new('y', 100_000), "z\n" + new string('z', 100_000) + "\n",
        ];

        var done = Completed(await RunAsync(new RemoteCommand(["printf", "%s\\0", .. arguments]), user));

        Assert.Equal(arguments, Text(done.Stdout).Split('\0')[..^1]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(61440)]
    [InlineData(61441)]
    [InlineData(5_000_000)]
    public async Task RunAsync_Payload_ArrivesAndEnds(int size)
    {
        var payload = RandomNumberGenerator.GetBytes(size);

        var done = Completed(await RunAsync(new RemoteCommand(["sha256sum"]) { Stdin = payload }));

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(payload)), Text(done.Stdout).Split(' ')[0]);
    }

    [Fact]
    public async Task RunAsync_PayloadNobodyReads_DoesNotBlock()
    {
        var done = Completed(await RunAsync(new RemoteCommand(["true"]) { Stdin = new byte[1_000_000] }));

        Assert.Equal(0, done.ExitCode);
    }

    [Fact]
    public async Task RunAsync_AllBytes_ComeBackUnchanged()
    {
        var bytes = Enumerable.Range(0, 100_000).Select(i => (byte)(i * 31 + i / 256)).ToArray();

        var done = Completed(await RunAsync(new RemoteCommand(["cat"]) { Stdin = bytes }));

        Assert.True(done.Stdout.Span.SequenceEqual(bytes));
    }

    [Fact]
    public async Task RunAsync_HundredMegabytes_AllArrive()
    {
        const int Size = 100_000_000;
        var seen = 0L;
        var before = GC.GetTotalAllocatedBytes(precise: true);

        var outcome = await Shell.RunAsync(
            Host.Entry("root"), new RemoteCommand(["head", "-c", $"{Size}", "/dev/zero"]) { OutputCap = Size }, (chunk, _) =>
            {
                seen += chunk.Length;
                return ValueTask.CompletedTask;
            }, Never);

        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        Assert.Equal((Size, (long)Size), (Completed(outcome).Stdout.Length, seen));
        Assert.True(allocated < 2.5 * Size, $"{allocated} bytes were allocated for {Size} of output");
    }

    [Theory]
    [InlineData(1000, false)]
    [InlineData(999, true)]
    [InlineData(0, true)]
    public async Task RunAsync_OutputCap_IsExact(int cap, bool isTooLarge)
    {
        var outcome = await RunAsync(new RemoteCommand(["head", "-c", "1000", "/dev/zero"]) { OutputCap = cap });

        if (isTooLarge)
        {
            Assert.Equal(cap, Failed(ShellFailureKind.OutputTooLarge, outcome).Stdout.Length);
        }
        else
        {
            Assert.Equal(1000, Completed(outcome).Stdout.Length);
        }
    }

    [Fact]
    public async Task RunAsync_EndlessOutput_IsEndedOnTheHost()
    {
        var marker = NewMarker();

        var outcome = await RunAsync(Sh("yes \"$1\"", marker) with { OutputCap = 1_000_000 });

        Failed(ShellFailureKind.OutputTooLarge, outcome);
        await GoneAsync(marker);
    }

    [Fact]
    public async Task RunAsync_MuchOnStandardError_KeepsTheFirst64KiB()
    {
        var done = Completed(await RunAsync(Sh("echo first >&2; head -c 300000 /dev/zero >&2; exit 3")));

        Assert.Equal((3, 64 * 1024), (done.ExitCode, done.Stderr.Length));
        Assert.StartsWith("first\n", Text(done.Stderr), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_OnOutput_GetsEachChunkInOrderWhileTheProgramRuns()
    {
        var marker = NewMarker();
        var seen = new StringBuilder();
        var ranAtFirst = false;

        var outcome = await Shell.RunAsync(Host.Entry("root"), Sh("echo 1; sleep 0.3; echo 2; sleep 0.1; echo 3; : $1", marker), (chunk, _) =>
        {
            ranAtFirst |= seen.Length == 0 && Processes.WithArgument(marker).Count > 0;
            seen.Append(Text(chunk));
            return ValueTask.CompletedTask;
        }, Never);

        Assert.Equal("1\n2\n3\n", Text(Completed(outcome).Stdout));
        Assert.Equal("1\n2\n3\n", seen.ToString());
        Assert.True(ranAtFirst, "the first chunk came only after the program's end");
    }

    [Fact]
    public async Task RunAsync_SlowConsumer_HoldsTheProgramBack()
    {
        var free = new TaskCompletionSource();
        var total = 0L;

        var run = Shell.RunAsync(Host.Entry("root"), new RemoteCommand(["head", "-c", "50000000", "/dev/zero"]), async (chunk, token) =>
        {
            total += chunk.Length;
            await free.Task.WaitAsync(token);
        }, Never);
        await Eventually.TrueAsync("the first chunk", () => Volatile.Read(ref total) > 0, Patience);
        var whileHeld = Volatile.Read(ref total);
        free.SetResult();

        Assert.InRange(whileHeld, 1, 1_000_000);
        Assert.Equal(50_000_000, Completed(await run).Stdout.Length);
    }

    [Fact]
    public async Task RunAsync_ConsumerThrows_EndsTheRunAndTellsTheCaller()
    {
        var marker = NewMarker();

        await Assert.ThrowsAsync<InvalidOperationException>(() => Shell.RunAsync(
            Host.Entry("root"), Sh("echo x; sleep 60; : $1", marker), (_, _) => throw new InvalidOperationException("consumer"), Never));

        await GoneAsync(marker);
    }

    [Fact]
    public async Task RunAsync_LoginShellsOwnOutput_IsNotTheProgramsOutput()
    {
        var done = Completed(await RunAsync(Sh("echo out; echo err >&2"), "cshuser"));

        Assert.Equal(("out\n", "err\n"), (Text(done.Stdout), Text(done.Stderr)));
    }

    [Fact]
    public async Task RunAsync_Environment_IsPlain()
    {
        var done = Completed(await RunAsync(Sh("echo \"$LC_ALL|$PATH|$SSH_CONNECTION\"; grep SigIgn /proc/self/status; tty"), "ops"));

        var lines = Text(done.Stdout).Split('\n');
        Assert.Matches("^C\\|.*/usr/sbin.*\\|127\\.0\\.0\\.1 ", lines[0]);
        Assert.Matches("^SigIgn:\t0+$", lines[1]);
        Assert.Equal("not a tty", lines[2]);
    }
}
