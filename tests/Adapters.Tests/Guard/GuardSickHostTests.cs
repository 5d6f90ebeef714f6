using ChatOpsBot.Domain.Guard;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.Guard;

/// <summary>Hosts that are out of processes, have another shell, or have lost a part of what the guard wrote down.</summary>
[Trait("Needs", "root")]
public class GuardSickHostTests
{
    [Fact]
    public async Task Watchdog_HostOutOfProcesses_TakesBackAsSoonAsItCan()
    {
        await using var machine = await GuardMachine.StartAsync();
        if ((await machine.ExecAsync(["sh", "-c", "echo 400 >/proc/sys/kernel/pid_max"])).ExitCode != 0
            || (await File.ReadAllTextAsync("/proc/sys/kernel/pid_max", TestContext.Current.CancellationToken)).Trim() == "400")
        {
            Assert.Skip("needs a kernel whose pid_max belongs to the namespace (6.14 or later)");
        }

        var plan = await RealPlan.FilesAsync(machine, 2);
        await machine.AskAsync(RealPlan.Begin(plan));
        Assert.Equal(GuardStatus.Applied, (await machine.AskAsync(GuardRequest.Apply(plan, 1))).Status);
        var watchdog = (await machine.ShAsync("pgrep -o -f '[g]uard watch'")).Trim();

        // One process takes all numbers that are left, until the deadline has passed and its shell has given up at least once.
        await machine.ExecAsync(["perl", "-e", """
            open my $deadline, '+<', $ARGV[0] or die; print $deadline "0 0\n"; close $deadline;
            my @all;
            for (1 .. 40) {
                while (1) {
                    my $pid = fork;
                    last unless defined $pid;
                    if (!$pid) { sleep 60; exit }
                    push @all, $pid;
                }
                select undef, undef, undef, 0.05;
            }
            kill KILL => @all;
            wait for @all;
            """, $"/run/chatops/{plan.Id}/deadline"]);
        await machine.UntilStateAsync(plan.Id, "reverted");
        await MatrixTally.CaseAsync("out-of-processes", machine, plan, _ => false);
        Assert.Contains((await machine.AskAsync(GuardRequest.Journal(plan))).Records, record => record.Kind == GuardRecordKind.Fired);
        Assert.NotEqual("", watchdog);
    }

    [Fact]
    public async Task Revert_NoProcessForARead_IsTriedAgain()
    {
        await using var machine = await GuardMachine.StartAsync();
        var files = await RealPlan.FilesAsync(machine);
        // timeout(1) says 125 when it could start nothing
        var plan = RealPlan.Of(files.Steps[0] with { Read = ["sh", "-c", "rm /mnt/full 2>/dev/null && exit 125; cat /mnt/data/1"] });
        await machine.AskAsync(RealPlan.Begin(plan));
        Assert.Equal(GuardStatus.Applied, (await machine.AskAsync(GuardRequest.Apply(plan, 1))).Status);
        await machine.ShAsync("touch /mnt/full");
        Assert.Equal(GuardStatus.Reverted, (await machine.AskAsync(GuardRequest.Revert(plan, 1))).Status);
        Assert.Equal("gone\n", await machine.ShAsync("[ -e /mnt/full ] || echo gone"));
        await MatrixTally.CaseAsync("no-process-for-a-read", machine, plan, _ => false);
    }

    [Theory]
    [InlineData("/usr/bin/bash")]
    [InlineData("/usr/bin/busybox")]
    public async Task Repair_OtherShell_DoesTheSame(string shell)
    {
        if (!File.Exists(shell))
        {
            Assert.Skip($"needs {shell}");
        }

        await using var machine = await GuardMachine.StartAsync();
        await machine.ShAsync("mount --bind \"$1\" \"$(readlink -f /bin/sh)\"", shell);
        var plan = await RealPlan.OfAsync(machine);
        await machine.AskAsync(RealPlan.Begin(plan));
        Assert.Equal(GuardStatus.Applied, (await machine.AskAsync(GuardRequest.Apply(plan, 1))).Status);
        await machine.ShAsync("echo 1 >/proc/sys/net/ipv4/conf/cob-br0/rp_filter");
        await machine.ExpireAsync(plan.Id);
        await machine.UntilStateAsync(plan.Id, "revert-conflict");
        var conflict = Assert.Single((await machine.AskAsync(GuardRequest.Status(plan))).Records);
        Assert.Equal((GuardRecordKind.Conflict, 2, "2", "1"), (conflict.Kind, conflict.Step, conflict.Expected, conflict.Found));
        await MatrixTally.CaseAsync($"shell-{Path.GetFileName(shell)}", machine, plan, _ => false, conflictsNamed: 1, foreignStep: 2);
    }

    [Theory]
    [InlineData("count", "echo x >count")]
    [InlineData("facts", "head -c 20 steps/1/facts >f; mv f steps/1/facts")]
    [InlineData("undo", "head -n 3 steps/1/undo >f; mv f steps/1/undo")]
    public async Task Revert_PlanDamagedSinceApply_IsFailedAndNeverCalledReverted(string part, string damage)
    {
        await using var machine = await GuardMachine.StartAsync();
        var plan = await RealPlan.FilesAsync(machine, 2);
        await machine.AskAsync(RealPlan.Begin(plan));
        await machine.AskAsync(GuardRequest.Apply(plan, 1));
        await machine.ShAsync("cd /run/chatops/$1 && " + damage, plan.Id);
        var report = await machine.AskAsync(GuardRequest.Revert(plan, 1));
        Assert.Equal(GuardStatus.RevertFailed, report.Status);
        Assert.Contains(report.Records, record => record.Kind == GuardRecordKind.UndoFailed);
        var (values, _) = await RealPlan.LookAsync(machine, plan);
        Assert.Equal("new-1", values[0]);
        Assert.Equal(part == "count" ? "new-2" : "old-2", values[1]); // the other step is taken back all the same
    }

    [Fact]
    public async Task Apply_PlanDamagedSinceBegin_RunsNothingByHalves()
    {
        await using var machine = await GuardMachine.StartAsync();
        var plan = await RealPlan.FilesAsync(machine);
        await machine.AskAsync(RealPlan.Begin(plan));
        await machine.ShAsync("cd /run/chatops/$1/steps/1 && head -n 5 run >f && mv f run", plan.Id);
        var failed = Assert.Single((await machine.AskAsync(GuardRequest.Apply(plan, 1))).Records);
        Assert.Equal((GuardRecordKind.Failed, 126), (failed.Kind, failed.ExitCode));
        Assert.Equal(GuardStatus.Reverted, (await machine.AskAsync(GuardRequest.Revert(plan, 1))).Status);
        await MatrixTally.CaseAsync("damaged-run", machine, plan, _ => false);
    }

    [Fact]
    public async Task Revert_RunKeptFull_NamesTheConflictAllTheSame()
    {
        await using var machine = await GuardMachine.StartAsync(runSize: "512k");
        var plan = await RealPlan.FilesAsync(machine, 2);
        await machine.AskAsync(RealPlan.Begin(plan));
        await machine.AskAsync(GuardRequest.Apply(plan, 1));
        await machine.ShAsync("rm /run/chatops/$1/reserve; cat /dev/zero >/run/filler 2>/dev/null; echo foreign >/mnt/data/1", plan.Id); // as if somebody took the reserve at once
        var report = await machine.AskAsync(GuardRequest.Revert(plan, 1));
        Assert.Equal(GuardStatus.RevertConflict, report.Status);
        Assert.Contains(report.Records, record => record is { Kind: GuardRecordKind.Conflict, Step: 1, Found: "foreign" });
        await MatrixTally.CaseAsync("run-kept-full", machine, plan, _ => false, conflictsNamed: 1, foreignStep: 1);
        await machine.ShAsync("rm /run/filler");
        var next = await RealPlan.FilesAsync(machine);
        await machine.AskAsync(RealPlan.Begin(next));
        Assert.Equal("fence\n", await machine.ShAsync("ls -A /var/lib/chatops"));
    }

    [Fact]
    public async Task Revert_AStepCannotBeKilled_IsNeverCalledReverted()
    {
        await using var machine = await GuardMachine.StartAsync();
        var files = await RealPlan.FilesAsync(machine);
        var plan = RealPlan.Of(files.Steps[0] with { Run = RealPlan.Logged("run-1", "setsid sh -c 'while [ ! -e /mnt/go ]; do sleep 0.1; done; echo new-1 >/mnt/data/1' & sleep 30") }); // out of reach in its own session, as a command that hangs in the kernel is
        await machine.AskAsync(RealPlan.Begin(plan));
        var apply = machine.AskAsync(GuardRequest.Apply(plan, 1));
        await machine.UntilAsync("grep -q run-1 /mnt/log");
        var report = await machine.AskAsync(GuardRequest.Revert(plan, 1));
        await machine.ShAsync("touch /mnt/go");
        await apply;
        Assert.Equal(GuardStatus.RevertFailed, report.Status);
        Assert.Contains(report.Records, record => record.Kind == GuardRecordKind.UndoFailed && record.Found.Contains("cannot be killed", StringComparison.Ordinal));
        await machine.QuietAsync();
        Assert.Equal(GuardStatus.Reverted, (await machine.AskAsync(GuardRequest.Revert(plan, 1))).Status); // once it has ended
        await MatrixTally.CaseAsync("cannot-be-killed", machine, plan, _ => false);
    }
}
