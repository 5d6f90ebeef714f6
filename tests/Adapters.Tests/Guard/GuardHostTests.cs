using ChatOpsBot.Domain.Guard;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.Guard;

/// <summary>Two plans at once, fencing, and what hosts do to the guard: full file systems, clock jumps, reboots, sessions that end.</summary>
[Trait("Needs", "root")]
public class GuardHostTests
{
    [Fact]
    public async Task Begin_TwoPlansAtOnce_OneGetsTheHost()
    {
        await using var machine = await GuardMachine.StartAsync();
        for (var round = 1; round <= 5; round++)
        {
            var plans = new[] { await RealPlan.FilesAsync(machine), await RealPlan.FilesAsync(machine) };
            var reports = await Task.WhenAll(plans.Select(plan => machine.AskAsync(RealPlan.Begin(plan))));
            var winner = Assert.Single(reports, report => report.Status == GuardStatus.Armed);
            var loser = Assert.Single(reports, report => report.Status != GuardStatus.Armed);
            Assert.Equal((GuardStatus.NotBegun, GuardRefusalKind.Busy), (loser.Status, loser.Refusal?.Kind));
            Assert.Contains(winner.Plan, loser.Refusal?.Text, StringComparison.Ordinal);
            var held = plans.Single(plan => plan.Id == winner.Plan);
            await machine.AskAsync(GuardRequest.Apply(held, 1));
            await machine.AskAsync(GuardRequest.Revert(held, 1));
            await MatrixTally.CaseAsync($"begin-race-{round}", machine, held, _ => false);
        }
    }

    [Fact]
    public async Task Begin_HostHeldInEveryState_IsRefusedUntilSettled()
    {
        await using var machine = await GuardMachine.StartAsync();
        var (first, second) = (await RealPlan.FilesAsync(machine), await RealPlan.FilesAsync(machine));
        async Task RefusedAsync(string at)
        {
            var refused = await machine.AskAsync(RealPlan.Begin(second));
            Assert.Equal((GuardStatus.NotBegun, GuardRefusalKind.Busy), (refused.Status, refused.Refusal?.Kind));
            MatrixTally.Write($"second-plan-{at} between=0 twice=0 conflictsNamed=0");
        }

        await machine.AskAsync(RealPlan.Begin(first));
        await RefusedAsync("armed");
        await machine.AskAsync(GuardRequest.Apply(first, 1));
        await RefusedAsync("applied");
        await GuardBorders.KillWatchdogAsync(machine);
        await RefusedAsync("lost");
        await machine.ShAsync("mv -T /run/chatops/$1/state/applied /run/chatops/$1/state/reverting", first.Id);
        await RefusedAsync("reverting");
        await machine.ShAsync("mv -T /run/chatops/$1/state/reverting /run/chatops/$1/state/applying-1", first.Id);
        await RefusedAsync("applying");
        await machine.AskAsync(GuardRequest.Revert(first, 1));
        Assert.Equal(GuardStatus.Armed, (await machine.AskAsync(RealPlan.Begin(second))).Status);
        Assert.Equal(second.Id + "\n", await machine.ShAsync("ls /run/chatops")); // what is settled goes when the next plan is armed
        Assert.Equal(GuardStatus.NotBegun, (await machine.AskAsync(GuardRequest.Status(first))).Status);
    }

    [Fact]
    public async Task Revert_AgainWhileAnotherPlanHoldsTheHost_IsRefused()
    {
        await using var machine = await GuardMachine.StartAsync();
        var (first, second) = (await RealPlan.FilesAsync(machine), await RealPlan.FilesAsync(machine));
        await machine.AskAsync(RealPlan.Begin(first));
        await machine.AskAsync(GuardRequest.Revert(first, 1));
        await machine.ShAsync("mv -T /run/chatops/$1/state/reverted /mnt/state; cp -a /run/chatops/$1 /mnt/kept", first.Id);
        await machine.AskAsync(RealPlan.Begin(second));
        await machine.ShAsync("rm -rf /run/chatops/$1; cp -a /mnt/kept /run/chatops/$1; mkdir /run/chatops/$1/state/revert-failed", first.Id);
        Assert.Equal(GuardRefusalKind.Busy, (await machine.AskAsync(GuardRequest.Revert(first, 1))).Refusal?.Kind);
    }

    [Fact]
    public async Task Token_LowerThanSeen_CanDoNothing()
    {
        await using var machine = await GuardMachine.StartAsync();
        var (plan, other) = (await RealPlan.FilesAsync(machine), await RealPlan.FilesAsync(machine));
        await machine.AskAsync(RealPlan.Begin(plan, token: 7));
        Assert.Equal(GuardStatus.Applied, (await machine.AskAsync(GuardRequest.Apply(plan, 9))).Status); // a successor took over
        foreach (var late in new[] { GuardRequest.Apply(plan, 8), GuardRequest.Commit(plan, 8), GuardRequest.Revert(plan, 8), GuardRequest.Extend(plan, 8, TimeSpan.FromSeconds(9)), RealPlan.Begin(other, 8) })
        {
            Assert.Equal(GuardRefusalKind.Fenced, (await machine.AskAsync(late)).Refusal?.Kind);
            MatrixTally.Write($"late-{late.Operation} between=0 twice=0 conflictsNamed=0");
        }

        Assert.Equal(GuardStatus.Applied, (await machine.AskAsync(GuardRequest.Status(plan))).Status);
        Assert.Equal($"9 {plan.Id}\n", await machine.ShAsync("cat /var/lib/chatops/fence"));
        Assert.Equal(GuardStatus.Committed, (await machine.AskAsync(GuardRequest.Commit(plan, 9))).Status);
    }

    [Fact]
    public async Task Token_MemoryDamaged_IsRefusedNamingTheFile()
    {
        await using var machine = await GuardMachine.StartAsync();
        await machine.ShAsync("mkdir /var/lib/chatops; echo garbage >/var/lib/chatops/fence");
        var refused = (await machine.AskAsync(RealPlan.Begin(await RealPlan.FilesAsync(machine)))).Refusal;
        Assert.Equal(GuardRefusalKind.Fenced, refused?.Kind);
        Assert.Contains("/var/lib/chatops/fence", refused?.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_MemoryCannotBeWritten_StopsBeginButNotRevert()
    {
        await using var machine = await GuardMachine.StartAsync();
        var (plan, other) = (await RealPlan.FilesAsync(machine), await RealPlan.FilesAsync(machine));
        await machine.AskAsync(RealPlan.Begin(plan));
        await machine.AskAsync(GuardRequest.Apply(plan, 1));
        await machine.ShAsync("mount -o remount,ro /var/lib");
        Assert.Equal(GuardStatus.Reverted, (await machine.AskAsync(GuardRequest.Revert(plan, 2))).Status);
        foreach (var token in new[] { 1, 3 })
        {
            var refused = await machine.AskAsync(RealPlan.Begin(other, token));
            Assert.Equal((GuardStatus.NotBegun, GuardRefusalKind.CannotWrite), (refused.Status, refused.Refusal?.Kind));
        }

        await machine.ShAsync("mount -o remount,rw /var/lib");
        Assert.Equal(GuardStatus.Armed, (await machine.AskAsync(RealPlan.Begin(other, 3))).Status);
    }

    [Fact]
    public async Task Begin_AnotherMachine_IsRefused()
    {
        await using var machine = await GuardMachine.StartAsync();
        var plan = (await RealPlan.FilesAsync(machine)) with { MachineId = "ffffffffffffffffffffffffffffffff" };
        Assert.Equal(GuardRefusalKind.Machine, (await machine.AskAsync(RealPlan.Begin(plan))).Refusal?.Kind);
        Assert.Equal("", await machine.ShAsync("ls /run/chatops"));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(40)]
    [InlineData(96)]
    [InlineData(112)]
    [InlineData(128)]
    public async Task Begin_RunIsFull_IsRefusedBeforeAnythingChanges(int kilobytes)
    {
        await using var machine = await GuardMachine.StartAsync(runSize: $"{kilobytes}k");
        var plan = await RealPlan.OfAsync(machine);
        var report = await machine.AskAsync(RealPlan.Begin(plan));
        Assert.Equal((GuardStatus.NotBegun, GuardRefusalKind.CannotWrite), (report.Status, report.Refusal?.Kind));
        Assert.DoesNotContain(".new", await machine.ShAsync("ls -A /run/chatops"), StringComparison.Ordinal);
        await MatrixTally.CaseAsync($"run-full-{kilobytes}", machine, plan, _ => false);
    }

    [Fact]
    public async Task Apply_RunFullSinceBegin_RunsNothing()
    {
        await using var machine = await GuardMachine.StartAsync(runSize: "512k");
        var plan = await RealPlan.OfAsync(machine);
        await machine.AskAsync(RealPlan.Begin(plan));
        await machine.ShAsync("cat /dev/zero >/run/filler 2>/dev/null || true");
        var report = await machine.AskAsync(GuardRequest.Apply(plan, 1));
        Assert.Equal((GuardStatus.Reverted, GuardRefusalKind.NoRunner), (report.Status, report.Refusal?.Kind)); // a late start finds the plan settled
        await MatrixTally.CaseAsync("run-full-apply", machine, plan, _ => false);
    }

    [Fact]
    public async Task Apply_RunFillsUpBetweenSteps_StopsAndStillRevertsWithNames()
    {
        await using var machine = await GuardMachine.StartAsync(runSize: "512k");
        var files = await RealPlan.FilesAsync(machine, 3);
        var plan = RealPlan.Of(files.Steps[0], files.Steps[1] with { Run = RealPlan.Logged("run-2", "echo new-2 >/mnt/data/2; cat /dev/zero >/run/filler 2>/dev/null; printf %4000s x") }, files.Steps[2]); // its record does not fit any more
        await machine.AskAsync(RealPlan.Begin(plan));
        var report = await machine.AskAsync(GuardRequest.Apply(plan, 1));
        Assert.Equal((GuardStatus.Applying, 3, false), (report.Status, report.Step, report.StepsRunning));
        Assert.Contains(report.Records, record => record is { Kind: GuardRecordKind.Failed, Step: 3, Found: "the journal cannot be written" });
        Assert.True((await machine.AskAsync(GuardRequest.Journal(plan))).RecordsDamaged);
        Assert.Equal(GuardStatus.Reverted, (await machine.AskAsync(GuardRequest.Revert(plan, 1))).Status);
        await MatrixTally.CaseAsync("run-fills-up", machine, plan, _ => false);
    }

    [Fact]
    public async Task Revert_RunFullSinceApply_StillNamesTheConflict()
    {
        await using var machine = await GuardMachine.StartAsync(runSize: "512k");
        var plan = await RealPlan.FilesAsync(machine, 2);
        await machine.AskAsync(RealPlan.Begin(plan));
        await machine.AskAsync(GuardRequest.Apply(plan, 1));
        await machine.ShAsync("cat /dev/zero >/run/filler 2>/dev/null; echo foreign >/mnt/data/1");
        var report = await machine.AskAsync(GuardRequest.Revert(plan, 1));
        Assert.Equal(GuardStatus.RevertConflict, report.Status);
        Assert.Contains(report.Records, record => record is { Kind: GuardRecordKind.Conflict, Step: 1, Found: "foreign" });
        await MatrixTally.CaseAsync("run-full-revert", machine, plan, _ => false, conflictsNamed: 1, foreignStep: 1);
    }

    [Theory]
    [InlineData("+10y")]
    [InlineData("-10y")]
    [InlineData("+0 x4")]
    public async Task Deadline_ClockJumpsOrRaces_FiresByUptime(string jump)
    {
        if (!File.Exists("/usr/bin/faketime"))
        {
            Assert.Skip("needs faketime (Debian package faketime)");
        }

        await using var machine = await GuardMachine.StartAsync();
        var plan = await RealPlan.FilesAsync(machine);
        var begin = RealPlan.Begin(plan, seconds: 6);
        var end = await machine.ExecAsync(["faketime", "-f", jump, .. GuardProgram.Argv(begin)], GuardProgram.Stdin(begin));
        var begun = GuardMachine.Report(end.Stdout);
        Assert.Equal(GuardStatus.Armed, begun.Status);
        await machine.AskAsync(GuardRequest.Apply(plan, 1));
        await machine.UntilStateAsync(plan.Id, "reverted");
        var fired = Assert.Single((await machine.AskAsync(GuardRequest.Journal(plan))).Records, record => record.Kind == GuardRecordKind.Fired);
        Assert.InRange(fired.At - begun.Uptime - begun.Left!.Value, TimeSpan.Zero, TimeSpan.FromSeconds(20)); // armed, so it has a deadline
        await MatrixTally.CaseAsync($"clock{jump.Replace(' ', '-')}", machine, plan, _ => false);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Reboot_ProcessesGone_IsSaidAndNothingIsTouched(bool emptied)
    {
        await using var machine = await GuardMachine.StartAsync();
        var (plan, next) = (await RealPlan.FilesAsync(machine), await RealPlan.FilesAsync(machine));
        await machine.AskAsync(RealPlan.Begin(plan, 5));
        await machine.AskAsync(GuardRequest.Apply(plan, 5));
        await GuardBorders.KillWatchdogAsync(machine);
        await machine.ShAsync((emptied ? "rm -rf /run/chatops; " : "") + "echo 11111111-2222-3333-4444-555555555555 >/mnt/boot; mount --bind /mnt/boot /proc/sys/kernel/random/boot_id");
        foreach (var request in new[] { GuardRequest.Status(plan), GuardRequest.Journal(plan), RealPlan.Begin(plan, 5), GuardRequest.Apply(plan, 5), GuardRequest.Extend(plan, 5, TimeSpan.FromSeconds(9)), GuardRequest.Commit(plan, 5), GuardRequest.Revert(plan, 5) })
        {
            Assert.Equal(GuardStatus.Rebooted, (await machine.AskAsync(request)).Status);
        }

        Assert.Equal("", await machine.ProcessesAsync());
        Assert.Equal("new-1\n", await machine.ShAsync("cat /mnt/data/1; echo old-1 >/mnt/data/1"));
        next = next with { BootId = "11111111-2222-3333-4444-555555555555" };
        Assert.Equal(GuardRefusalKind.Fenced, (await machine.AskAsync(RealPlan.Begin(next, 4))).Refusal?.Kind); // remembered across the boot
        Assert.Equal(GuardStatus.Armed, (await machine.AskAsync(RealPlan.Begin(next, 6))).Status);
        MatrixTally.Write($"reboot-{emptied} between=0 twice=0 conflictsNamed=0");
    }

    [Fact]
    public async Task Status_FolderLostOrDamaged_IsUnknownAndNotNotBegun()
    {
        await using var machine = await GuardMachine.StartAsync();
        var plan = await RealPlan.FilesAsync(machine);
        await machine.AskAsync(RealPlan.Begin(plan));
        await machine.ShAsync("rm -rf /run/chatops/$1/state/*", plan.Id);
        Assert.Equal(GuardStatus.Unknown, (await machine.AskAsync(GuardRequest.Status(plan))).Status);
        await machine.QuietAsync(); // the watchdog knows nothing either, and ends
        await machine.ShAsync("rm -rf /run/chatops");
        foreach (var request in new[] { GuardRequest.Status(plan), RealPlan.Begin(plan), GuardRequest.Revert(plan, 1), GuardRequest.Commit(plan, 1) })
        {
            Assert.Equal(GuardStatus.Unknown, (await machine.AskAsync(request)).Status);
        }

        Assert.Equal("", await machine.ProcessesAsync());
    }

    [Fact]
    public async Task Begin_DiedHalfWay_CanBeBegunAgainAndHoldsNobodyOff()
    {
        await using var machine = await GuardMachine.StartAsync();
        var (plan, other) = (await RealPlan.FilesAsync(machine), await RealPlan.FilesAsync(machine));
        await machine.AskAsync(RealPlan.Begin(plan));
        await machine.ShAsync("mv -T /run/chatops/$1/state/armed /run/chatops/$1/state/not-begun", plan.Id); // as if killed before the last step
        Assert.Equal(GuardStatus.NotBegun, (await machine.AskAsync(GuardRequest.Status(plan))).Status);
        Assert.Equal(GuardStatus.Armed, (await machine.AskAsync(RealPlan.Begin(plan))).Status);
        await machine.ShAsync("mv -T /run/chatops/$1/state/armed /run/chatops/$1/state/not-begun; echo '0 0' >/run/chatops/$1/deadline", plan.Id);
        await machine.QuietAsync();
        Assert.Equal(GuardStatus.NotBegun, (await machine.AskAsync(GuardRequest.Status(plan))).Status);
        Assert.Equal(GuardStatus.Armed, (await machine.AskAsync(RealPlan.Begin(other))).Status);
    }

    [Fact]
    public async Task Watchdog_DeadlineUnreadable_FiresAtOnce()
    {
        await using var machine = await GuardMachine.StartAsync();
        var plan = await RealPlan.FilesAsync(machine);
        await machine.AskAsync(RealPlan.Begin(plan));
        await machine.AskAsync(GuardRequest.Apply(plan, 1));
        await machine.ShAsync("echo soon >/run/chatops/$1/deadline", plan.Id);
        await machine.UntilStateAsync(plan.Id, "reverted");
        await MatrixTally.CaseAsync("deadline-damaged", machine, plan, _ => false);
    }

    [Fact]
    public async Task Processes_AreOfTheirOwn_AndHoldNothing()
    {
        await using var machine = await GuardMachine.StartAsync();
        var files = await RealPlan.FilesAsync(machine);
        var plan = RealPlan.Of(files.Steps[0] with { Run = RealPlan.Sh("ls -l /proc/self/fd >/mnt/fds; umask >>/mnt/fds; pwd >>/mnt/fds; echo $PATH $LC_ALL >>/mnt/fds; touch /mnt/up; while [ ! -e /mnt/go ]; do sleep 0.1; done; echo new-1 >/mnt/data/1") });
        await machine.AskAsync(RealPlan.Begin(plan));
        var apply = machine.ExecAsync(["sh", "-c", "PATH=/nonsense:$PATH LC_ALL=tr_TR.UTF-8; export PATH LC_ALL; cd /mnt; umask 000; exec \"$@\"", "sh", .. GuardProgram.Argv(GuardRequest.Apply(plan, 1))], GuardProgram.Text);
        await machine.UntilAsync("[ -e /mnt/up ]");
        foreach (var role in new[] { "watch", "run" })
        {
            var facts = await machine.ShAsync("p=$(pgrep -o -f \"[g]uard $1\") && readlink /proc/$p/cwd /proc/$p/fd/0 /proc/$p/fd/1 /proc/$p/fd/2 && ps -o sid=,ppid= -p $p | while read -r s q; do [ $s = $p ] && echo leader $q; done; cat /proc/$p/oom_score_adj; ls /proc/$p/fd", role);
            var lines = facts.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(["/", "/dev/null", "/dev/null", "/dev/null", "leader 1"], lines[..5]);
            Assert.DoesNotContain("8", lines[6..]);
            if (role == "watch")
            {
                var unprotected = (await machine.AskAsync(GuardRequest.Journal(plan))).Records.Any(record => record.Kind == GuardRecordKind.Unprotected);
                Assert.True(lines[5] == "-1000" ^ unprotected);
            }
        }

        var seen = await machine.ShAsync("cat /mnt/fds");
        Assert.Contains("0 -> /dev/null", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("/watch", seen, StringComparison.Ordinal);
        Assert.EndsWith("0077\n/\n/usr/sbin:/usr/bin:/sbin:/bin C\n", seen, StringComparison.Ordinal);
        Assert.Equal("700 700 600", (await machine.ShAsync("stat -c %a /run/chatops /var/lib/chatops /run/chatops/$1/steps/1/facts | xargs", plan.Id)).Trim());

        // The session ends as SSH ends it, everything of it at once; the step goes on.
        await machine.ShAsync("kill -KILL $(pgrep -f '[/]bin/sh -s -- apply')");
        Assert.Equal(137, (await apply).ExitCode);
        await machine.ShAsync("touch /mnt/go");
        await machine.UntilStateAsync(plan.Id, "applied");
        Assert.Equal(GuardStatus.Committed, (await machine.AskAsync(GuardRequest.Commit(plan, 1))).Status);
        await MatrixTally.CaseAsync("session-lost", machine, plan, _ => true);
    }

    [Fact]
    public async Task Processes_UnderSystemd_AreServices()
    {
        await using var machine = await GuardMachine.StartAsync();
        if (!File.Exists("/usr/bin/systemd-run"))
        {
            Assert.Skip("needs a file /usr/bin/systemd-run to put the test's own in its place");
        }

        await machine.ShAsync("mkdir -p /run/systemd/system; printf '%s\\n' '#!/bin/sh' 'echo \"$@\" >>/mnt/units' 'while [ \"$1\" != /bin/sh ]; do shift; done' 'setsid \"$@\" &' >/mnt/systemd-run; chmod 755 /mnt/systemd-run; mount --bind /mnt/systemd-run /usr/bin/systemd-run");
        var plan = await RealPlan.FilesAsync(machine);
        await machine.AskAsync(RealPlan.Begin(plan));
        Assert.Equal(GuardStatus.Applied, (await machine.AskAsync(GuardRequest.Apply(plan, 1))).Status);
        Assert.Equal(
            $"--quiet --collect --unit=cob-guard-{plan.Id} --property=Restart=on-abnormal /bin/sh /run/chatops/{plan.Id}/guard watch {plan.Id}\n--quiet --collect --unit=cob-apply-{plan.Id} --property=Restart=no /bin/sh /run/chatops/{plan.Id}/guard run {plan.Id}\n",
            await machine.ShAsync("cat /mnt/units"));
    }

    [Fact]
    public async Task Begin_WatchdogCannotStart_IsRefusedAndHoldsNothing()
    {
        await using var machine = await GuardMachine.StartAsync();
        await machine.ShAsync("mount --bind /bin/false /usr/bin/setsid");
        var plan = await RealPlan.FilesAsync(machine);
        var report = await machine.AskAsync(RealPlan.Begin(plan));
        Assert.Equal((GuardStatus.NotBegun, GuardRefusalKind.NoWatchdog, false), (report.Status, report.Refusal?.Kind, report.HoldsHost));
        Assert.Equal(GuardRefusalKind.State, (await machine.AskAsync(GuardRequest.Apply(plan, 1))).Refusal?.Kind);
    }

    [Fact]
    public async Task Operation_AnotherOneDecides_WaitsItsTurn()
    {
        await using var machine = await GuardMachine.StartAsync();
        var plan = await RealPlan.FilesAsync(machine);
        await machine.ShAsync("mkdir /run/chatops; setsid flock /run/chatops sh -c 'touch /mnt/locked; while [ ! -e /mnt/go ]; do sleep 0.05; done' >/dev/null 2>&1 & while [ ! -e /mnt/locked ]; do sleep 0.05; done");
        var begin = machine.AskAsync(RealPlan.Begin(plan));
        await machine.UntilAsync("pgrep -f 'flock -w 1[0] 8' >/dev/null");
        Assert.Equal(GuardStatus.NotBegun, (await machine.AskAsync(GuardRequest.Status(plan))).Status); // status waits for nobody
        await machine.ShAsync("touch /mnt/go");
        Assert.Equal(GuardStatus.Armed, (await begin).Status);
    }
}
