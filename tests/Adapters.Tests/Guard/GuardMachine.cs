using System.Diagnostics;
using System.Globalization;
using System.Text;
using ChatOpsBot.Application.Guarding;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Guard;
using ChatOpsBot.Domain.Hosts;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.Guard;

/// <summary>
/// A host for the guard: its own links, processes, /run, /var/lib and machine id, in namespaces that end with this process. Programs run in it
/// directly instead of over SSH. /mnt is the test's own corner.
/// </summary>
public sealed class GuardMachine : IGuardHost, IHostShell, IAsyncDisposable
{
    private const string Setup = """
        set -e
        mount -t tmpfs -o size=$1,mode=755 cob-run /run
        mount -t tmpfs cob-lib /var/lib
        mount -t tmpfs -o mode=755 cob-work /mnt
        mount -t sysfs cob-sys /sys
        mount -t tmpfs cob-shm /dev/shm # faketime keeps semaphores there, named by process ids that repeat from machine to machine
        echo 0123456789abcdef0123456789abcdef >/mnt/machine-id
        mount --bind /mnt/machine-id /etc/machine-id
        mkdir /mnt/real /mnt/data
        printf '%s' "$2" >/mnt/wrap
        chmod 755 /mnt/wrap
        for tool in $3; do
            cp "/usr/bin/$tool" "/mnt/real/$tool"
        done
        for tool in $3; do
            mount --bind /mnt/wrap "/usr/bin/$tool"
        done
        ip link set lo up
        ip link add cob-br0 type bridge
        ip tuntap add cob-t0 mode tap
        ip link set cob-t0 address 02:00:00:00:00:01
        nft -f - <<END
        add table bridge cob
        add chain bridge cob forward { type filter hook forward priority 0; }
        add rule bridge cob forward udp dport 67 drop
        END
        exec 3<&0
        cat <&3 >/dev/null & # ends with the test process; meanwhile the shell buries the orphans
        echo $! >/mnt/init
        echo ready
        wait $!
        """;

    private readonly Process _init;
    private readonly int _inside;

    private GuardMachine(Process init, int inside) => (_init, _inside) = (init, inside);

    public static HostEntry Host { get; } = new() { Name = "host42", Address = "192.0.2.42" };

    public static string BootId { get; } = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();

    public const string MachineId = "0123456789abcdef0123456789abcdef";

    public HostGuard Guard => new(this, TimeProvider.System);

    public static async Task<GuardMachine> StartAsync(string runSize = "4m", bool injecting = false)
    {
        if (Environment.UserName != "root")
        {
            Assert.Skip("needs root for namespaces, links and nftables");
        }

        var init = Launch(["unshare", "-m", "-n", "-p", "-f", "--mount-proc", "--kill-child", "sh", "-c", Setup, "cob-guard", runSize, GuardStops.Wrapper, injecting ? GuardStops.Tools : ""]);
        if (await init.StandardOutput.ReadLineAsync() != "ready")
        {
            Assert.Skip($"namespaces, taps or nftables are missing here: {await init.StandardError.ReadToEndAsync()}");
        }

        var children = await File.ReadAllTextAsync($"/proc/{init.Id}/task/{init.Id}/children");
        return new(init, int.Parse(children.Split(' ')[0], CultureInfo.InvariantCulture));
    }

    /// <inheritdoc/>
    public Task<ProgramEnd> ExecAsync(IEnumerable<string> argv, ReadOnlyMemory<byte> stdin = default) => ExecAsync(_inside, argv, stdin);

    /// <summary>Runs a program in the namespaces of another process; the answer is text in Latin 1, so that every byte survives.</summary>
    internal static async Task<ProgramEnd> ExecAsync(int inside, IEnumerable<string> argv, ReadOnlyMemory<byte> stdin)
    {
        using var process = Launch(["nsenter", "-t", inside.ToString(CultureInfo.InvariantCulture), "-m", "-n", "-p", "-u", "-i", "--", .. argv]);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(120), TimeProvider.System);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, TestContext.Current.CancellationToken);
        try
        {
            var stdout = process.StandardOutput.ReadToEndAsync(both.Token);
            var stderr = process.StandardError.ReadToEndAsync(both.Token);
            try
            {
                await process.StandardInput.BaseStream.WriteAsync(stdin, both.Token);
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // A program need not read all of its input.
            }

            await process.WaitForExitAsync(both.Token);
            return new(process.ExitCode, await stdout, await stderr);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>Command lines of the guard's processes and of what they started.</summary>
    public async Task<string> ProcessesAsync()
        => await this.ShAsync("for p in /proc/[0-9]*; do case ${p##*/} in 1|$$|$(cat /mnt/init)) ;; *) tr '\\0' ' ' <$p/cmdline && echo; esac; done 2>/dev/null; true");

    /// <inheritdoc/>
    public string Quiet => "read -r init </mnt/init; n=0; for p in /proc/[0-9]*; do case ${p##*/} in 1|$$|$init) ;; *) n=$((n+1)); esac; done; [ $n = 0 ]";

    async Task<ShellOutcome> IHostShell.RunAsync(
        HostEntry host, RemoteCommand command, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask>? onOutput, CancellationToken cancellationToken)
    {
        Assert.True(command.AsRoot);
        var end = await ExecAsync(command.Argv, command.Stdin);
        return new ShellOutcome.Completed(end.ExitCode, Encoding.Latin1.GetBytes(end.Stdout), Encoding.Latin1.GetBytes(end.Stderr));
    }

    /// <summary>Asks the program and reads the one report.</summary>
    public async Task<GuardReport> AskAsync(GuardRequest request)
    {
        var end = await ExecAsync(GuardProgram.Argv(request), GuardProgram.Stdin(request));
        Assert.Equal("", end.Stderr);
        return Report(end.Stdout);
    }

    public static GuardReport Report(string stdout)
    {
        var answer = GuardAnswer.Read(Encoding.Latin1.GetBytes(stdout));
        return Assert.Single(Assert.IsType<GuardAnswer.Understood>(answer).Reports);
    }

    public async ValueTask DisposeAsync()
    {
        _init.Kill(entireProcessTree: true); // the first process takes the namespaces and all in them with it
        await _init.WaitForExitAsync();
        _init.Dispose();
    }

    private static Process Launch(IReadOnlyList<string> argv)
    {
        var start = new ProcessStartInfo(argv[0])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            StandardOutputEncoding = Encoding.Latin1, StandardErrorEncoding = Encoding.Latin1,
        };
        foreach (var argument in argv.Skip(1))
        {
            start.ArgumentList.Add(argument);
        }

#pragma warning disable RS0030 // tests drive real programs
        return Process.Start(start) ?? throw new InvalidOperationException($"{argv[0]} did not start");
#pragma warning restore RS0030
    }
}
