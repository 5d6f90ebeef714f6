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
public sealed class GuardMachine : IHostShell, IAsyncDisposable
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

    // Stands in for the programs that the guard calls, and at the chosen call of the chosen process (the runner or the watchdog, which setsid
    // starts) kills it or lets the watchdog fire. Calls whose number depends on timing are not counted.
    private const string Wrap = """
        #!/bin/sh
        tool=${0##*/}
        if [ "$tool" = setsid ]; then
            COB_ROLE=$3
            export COB_ROLE
        elif [ -n "$COB_ROLE" ] && [ -f /mnt/inject ] && [ "$4" != tail ]; then
            read -r role at mode </mnt/inject
            if [ "$role" = "$COB_ROLE" ]; then
                n=0
                [ ! -f /mnt/calls ] || read -r n </mnt/calls
                n=$((n + 1))
                echo "$n" >/mnt/calls
                IFS=' ' read -r _ _ _ _ _ session _ </proc/self/stat
                if [ "$n" = "$at" ]; then
                    case $mode in
                    kill) "/mnt/real/$tool" "$@"; kill -KILL "$session"; exit 1 ;;
                    fire)
                        for file in /run/chatops/plan-*/deadline; do echo '0 0' >"$file"; done
                        for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
                            for state in /run/chatops/plan-*/state/*; do :; done
                            [ "${state##*/}" != reverting ] || break
                            sleep 0.1
                        done
                        ;;
                    esac
                fi
            fi
        fi
        exec "/mnt/real/$tool" "$@"
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

        var init = Launch(["unshare", "-m", "-n", "-p", "-f", "--mount-proc", "--kill-child", "sh", "-c", Setup, "cob-guard", runSize, Wrap, injecting ? "mv mkdir sync timeout rm setsid" : ""]);
        if (await init.StandardOutput.ReadLineAsync() != "ready")
        {
            Assert.Skip($"namespaces, taps or nftables are missing here: {await init.StandardError.ReadToEndAsync()}");
        }

        var children = await File.ReadAllTextAsync($"/proc/{init.Id}/task/{init.Id}/children");
        return new(init, int.Parse(children.Split(' ')[0], CultureInfo.InvariantCulture));
    }

    /// <summary>Runs a program in the machine; the answer is text in Latin 1, so that every byte survives.</summary>
    public async Task<ProgramEnd> ExecAsync(IEnumerable<string> argv, ReadOnlyMemory<byte> stdin = default)
    {
        using var process = Launch(["nsenter", "-t", _inside.ToString(CultureInfo.InvariantCulture), "-m", "-n", "-p", "--", .. argv]);
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

    /// <summary>Runs a shell line in the machine and expects success.</summary>
    public async Task<string> ShAsync(string script, params string[] arguments) => (await ExecAsync(["sh", "-c", script, "sh", .. arguments])).Expect();

    /// <summary>Waits until a shell line succeeds, 30 s at most.</summary>
    public async Task UntilAsync(string condition)
    {
        var end = await ExecAsync(["sh", "-c", "read -r init </mnt/init; for i in $(seq 300); do { " + condition + "; } && exit 0; sleep 0.1; done; exit 1"]);
        Assert.True(end.ExitCode == 0, $"never true: {condition}");
    }

    /// <summary>Lets the watchdog's deadline pass.</summary>
    public Task ExpireAsync(string plan) => ShAsync("echo '0 0' >/run/chatops/$1/deadline", plan);

    /// <summary>Command lines of the guard's processes and of what they started.</summary>
    public async Task<string> ProcessesAsync()
        => await ShAsync("for p in /proc/[0-9]*; do case ${p##*/} in 1|$$|$(cat /mnt/init)) ;; *) tr '\\0' ' ' <$p/cmdline && echo; esac; done 2>/dev/null; true");

    /// <summary>Waits until nothing of the guard runs any more.</summary>
    public Task QuietAsync() => UntilAsync(Quiet);

    /// <summary>A shell condition: nothing runs but the machine's own processes and the asking shell.</summary>
    public const string Quiet = "n=0; for p in /proc/[0-9]*; do case ${p##*/} in 1|$$|$init) ;; *) n=$((n+1)); esac; done; [ $n = 0 ]";

    /// <summary>At the given call of the runner (<c>run</c>) or watchdog (<c>watch</c>): <c>kill</c> (after the call), <c>fire</c> (before it) or <c>count</c>.</summary>
    public Task InjectAsync(string role, int at, string mode)
        => ShAsync("rm -f /mnt/calls; echo \"$1 $2 $3\" >/mnt/inject", role, at.ToString(CultureInfo.InvariantCulture), mode);

    /// <summary>How many calls were counted.</summary>
    public async Task<int> CallsAsync() => int.Parse(await ShAsync("cat /mnt/calls"), CultureInfo.InvariantCulture);

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
