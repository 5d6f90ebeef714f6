using ChatOpsBot.Domain.Guard;
using ChatOpsBot.Domain.Runbooks;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.Guard;

/// <summary>What is taken back and what is left alone, by revert and by the watchdog.</summary>
[Trait("Needs", "root")]
public class GuardRevertTests
{
    [Theory]
    [InlineData(1, "ip link add cob-br9 type bridge; ip link set cob-t0 master cob-br9", "cob-br9")]
    [InlineData(2, "echo 1 >/proc/sys/net/ipv4/conf/cob-br0/rp_filter", "1")]
    [InlineData(3, "nft add rule bridge cob forward udp dport 68 drop", "udp dport 68 drop")]
    public async Task Revert_SomebodyElseChangedAValue_LeavesItAndNamesIt(int step, string change, string foreign)
    {
        foreach (var byWatchdog in new[] { false, true })
        {
            await using var machine = await GuardMachine.StartAsync();
            var plan = await AppliedAsync(machine);
            await machine.ShAsync(change);
            var report = await TakeBackAsync(machine, plan, byWatchdog);
            Assert.Equal((GuardStatus.RevertConflict, false), (report.Status, report.HoldsHost));
            var conflict = Assert.Single(report.Records);
            Assert.Equal((GuardRecordKind.Conflict, step, plan.Steps[step - 1].After), (conflict.Kind, conflict.Step, conflict.Expected));
            Assert.Contains(foreign, conflict.Found, StringComparison.Ordinal);
            var (values, _) = await RealPlan.LookAsync(machine, plan);
            Assert.Equal(conflict.Found, values[step - 1]);
            await MatrixTally.CaseAsync($"foreign-{step}-{byWatchdog}", machine, plan, _ => false, conflictsNamed: 1, foreignStep: step);
        }
    }

    [Fact]
    public async Task Revert_SomebodyElseTookItBack_HasNothingToDo()
    {
        await using var machine = await GuardMachine.StartAsync();
        var plan = await AppliedAsync(machine);
        await machine.ShAsync("ip link set cob-t0 nomaster");
        var report = await TakeBackAsync(machine, plan, byWatchdog: false);
        Assert.Equal(GuardStatus.Reverted, report.Status);
        Assert.Equal(["run-1", "run-2", "run-3", "undo-3", "undo-2"], (await RealPlan.LookAsync(machine, plan)).Log);
        Assert.Contains((await machine.AskAsync(GuardRequest.Journal(plan))).Records, record => record is { Kind: GuardRecordKind.Untouched, Step: 1, Found: "none" });
        await MatrixTally.CaseAsync("foreign-undo", machine, plan, _ => false);
    }

    [Theory]
    [InlineData("gone", "ip link del cob-t0", "cob-t0 is gone")]
    [InlineData("recreated", "ip link del cob-t0; ip tuntap add cob-t0 mode tap; ip link set cob-t0 address 02:00:00:00:00:01 master cob-br0", "02:00:00:00:00:01")]
    [InlineData("readdressed", "ip link set cob-t0 address 02:00:00:00:00:77", "02:00:00:00:00:77")]
    public async Task Revert_TapIsGoneOrAnotherGuests_LeavesItAndSaysSo(string name, string change, string found)
    {
        await using var machine = await GuardMachine.StartAsync();
        var plan = await AppliedAsync(machine);
        await machine.ShAsync(change);
        var report = await TakeBackAsync(machine, plan, byWatchdog: true);
        Assert.Equal(GuardStatus.Reverted, report.Status);
        var gone = Assert.Single(report.Records);
        Assert.Equal((GuardRecordKind.Gone, 1), (gone.Kind, gone.Step));
        Assert.Contains(found, gone.Found, StringComparison.Ordinal);
        var (values, log) = await RealPlan.LookAsync(machine, plan);
        Assert.DoesNotContain("undo-1", log);
        Assert.Equal(name == "gone" ? "none" : "cob-br0", values[0]);
        await MatrixTally.CaseAsync($"tap-{name}", machine, plan, _ => false, foreignStep: 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Revert_AddressLeftOpenInThePlan_ComparesTheIndexOnly(bool open)
    {
        await using var machine = await GuardMachine.StartAsync();
        var plan = await RealPlan.OfAsync(machine);
        var first = plan.Steps[0];
        plan = RealPlan.Of(first with { Subject = first.Subject! with { Address = open ? "" : first.Subject.Address } }); // the first step has one
        await machine.AskAsync(RealPlan.Begin(plan));
        await machine.AskAsync(GuardRequest.Apply(plan, 1));
        await machine.ShAsync("ip link set cob-t0 address 02:00:00:00:00:55");
        await machine.AskAsync(GuardRequest.Revert(plan, 1));
        Assert.Equal(open ? "none" : "cob-br0", (await RealPlan.LookAsync(machine, plan)).Values[0]);
    }

    [Theory]
    [InlineData("exit 1", 1, "new-2")]
    [InlineData("true", 0, "new-2")]
    [InlineData("echo third >/mnt/data/2", 0, "third")]
    [InlineData("rm /mnt/data/2", 0, "(not readable, exit code 1) ")]
    [InlineData("sleep 30", 124, "new-2")]
    public async Task Revert_UndoFails_IsRevertFailedAndTheRestIsTakenBack(string undo, int code, string found)
    {
        await using var machine = await GuardMachine.StartAsync();
        var files = await RealPlan.FilesAsync(machine, 3);
        var plan = RealPlan.Of(files.Steps[0], files.Steps[1] with { Undo = RealPlan.Sh(undo), Timeout = TimeSpan.FromSeconds(3) }, files.Steps[2]);
        await machine.AskAsync(RealPlan.Begin(plan));
        await machine.AskAsync(GuardRequest.Apply(plan, 1));
        var report = await TakeBackAsync(machine, plan, byWatchdog: code == 1);
        Assert.Equal(GuardStatus.RevertFailed, report.Status);
        var failed = Assert.Single(report.Records);
        Assert.Equal((GuardRecordKind.UndoFailed, 2, "old-2", found), (failed.Kind, failed.Step, failed.Expected, failed.Found));
        var undone = Assert.Single((await machine.AskAsync(GuardRequest.Journal(plan))).Records, record => record is { Kind: GuardRecordKind.Undone, Step: 2 });
        Assert.Equal(code, undone.ExitCode);
        await machine.ShAsync("echo old-2 >/mnt/data/2");
        var again = await machine.AskAsync(GuardRequest.Revert(plan, 1)); // the cause is removed
        Assert.Equal(GuardStatus.Reverted, again.Status);
        await MatrixTally.CaseAsync($"undo-fails-{code}-{found.Length}", machine, plan, _ => false);
    }

    [Fact]
    public async Task Revert_ValueUnreadable_IsRevertFailed()
    {
        await using var machine = await GuardMachine.StartAsync();
        var plan = await RealPlan.FilesAsync(machine, 2);
        await machine.AskAsync(RealPlan.Begin(plan));
        await machine.AskAsync(GuardRequest.Apply(plan, 1));
        await machine.ShAsync("rm /mnt/data/2; echo foreign >/mnt/data/1");
        var report = await TakeBackAsync(machine, plan, byWatchdog: false);
        Assert.Equal(GuardStatus.RevertFailed, report.Status); // a conflict besides does not soften it
        Assert.Equal([GuardRecordKind.UndoFailed, GuardRecordKind.Conflict], report.Records.Select(record => record.Kind));
    }

    [Fact]
    public async Task Revert_WhileAStepHangs_EndsItAndTakesItBack()
    {
        await using var machine = await GuardMachine.StartAsync();
        var files = await RealPlan.FilesAsync(machine, 2);
        var plan = RealPlan.Of(files.Steps[0], files.Steps[1] with { Run = RealPlan.Logged("run-2", "echo new-2 >/mnt/data/2; trap '' TERM; sleep 60; sleep 60"), Timeout = TimeSpan.FromSeconds(60) });
        await machine.AskAsync(RealPlan.Begin(plan));
        var apply = machine.AskAsync(GuardRequest.Apply(plan, 1));
        await machine.UntilAsync("grep -q run-2 /mnt/log");
        var running = await machine.AskAsync(GuardRequest.Status(plan));
        Assert.Equal((GuardStatus.Applying, 2, true), (running.Status, running.Step, running.StepsRunning));
        Assert.Equal(GuardStatus.Reverted, (await machine.AskAsync(GuardRequest.Revert(plan, 1))).Status);
        Assert.NotEqual(GuardStatus.Applied, (await apply).Status);
        await MatrixTally.CaseAsync("hanging-step", machine, plan, _ => false);
    }

    [Fact]
    public async Task Revert_WhileAStepIsAboutToEnd_LetsItEnd()
    {
        await using var machine = await GuardMachine.StartAsync();
        var files = await RealPlan.FilesAsync(machine, 2);
        var plan = RealPlan.Of(files.Steps[0] with { Run = RealPlan.Logged("run-1", "echo half >/mnt/data/1; sleep 0.7; echo new-1 >/mnt/data/1") }, files.Steps[1]);
        await machine.AskAsync(RealPlan.Begin(plan));
        var apply = machine.AskAsync(GuardRequest.Apply(plan, 1));
        await machine.UntilAsync("grep -q half /mnt/data/1");
        Assert.Equal(GuardStatus.Reverted, (await machine.AskAsync(GuardRequest.Revert(plan, 1))).Status);
        await apply;
        await MatrixTally.CaseAsync("step-in-hand", machine, plan, _ => false);
    }

    [Fact]
    public async Task Revert_WatchdogKilledWhileAnUndoRuns_WaitsForItInsteadOfASecondOne()
    {
        await using var machine = await GuardMachine.StartAsync();
        var files = await RealPlan.FilesAsync(machine);
        var plan = RealPlan.Of(files.Steps[0] with { Undo = RealPlan.Logged("undo-1", "while [ ! -e /mnt/go ]; do sleep 0.1; done; echo old-1 >/mnt/data/1") });
        await machine.AskAsync(RealPlan.Begin(plan));
        await machine.AskAsync(GuardRequest.Apply(plan, 1));
        await machine.ExpireAsync(plan.Id);
        await machine.UntilAsync("grep -q undo-1 /mnt/log");
        await machine.ShAsync("kill -KILL $(pgrep -o -f '[g]uard watch')");
        Assert.Equal(GuardStatus.Reverting, (await machine.AskAsync(GuardRequest.Status(plan))).Status); // by the command in hand
        await machine.ShAsync("touch /mnt/go");
        await machine.UntilAsync("grep -q old-1 /mnt/data/1");
        Assert.Equal(GuardStatus.Reverted, (await machine.AskAsync(GuardRequest.Revert(plan, 1))).Status);
        await MatrixTally.CaseAsync("undo-in-hand", machine, plan, _ => false);
    }

    [Fact]
    public async Task Revert_StepsThatNeverRan_AreNotTouched()
    {
        await using var machine = await GuardMachine.StartAsync();
        var plan = await RealPlan.FilesAsync(machine, 2);
        await machine.AskAsync(RealPlan.Begin(plan));
        await machine.ShAsync("echo new-2 >/mnt/data/2"); // by somebody else
        Assert.Equal(GuardStatus.Reverted, (await machine.AskAsync(GuardRequest.Revert(plan, 1))).Status);
        Assert.Equal(["old-1", "new-2"], (await RealPlan.LookAsync(machine, plan)).Values);
    }

    private static async Task<Plan> AppliedAsync(GuardMachine machine)
    {
        var plan = await RealPlan.OfAsync(machine);
        await machine.AskAsync(RealPlan.Begin(plan));
        Assert.Equal(GuardStatus.Applied, (await machine.AskAsync(GuardRequest.Apply(plan, 1))).Status);
        return plan;
    }

    private static async Task<GuardReport> TakeBackAsync(GuardMachine machine, Plan plan, bool byWatchdog)
    {
        if (!byWatchdog)
        {
            return await machine.AskAsync(GuardRequest.Revert(plan, 1));
        }

        await machine.ExpireAsync(plan.Id);
        await machine.UntilStateAsync(plan.Id, "reverted", "revert-failed", "revert-conflict");
        return await machine.AskAsync(GuardRequest.Status(plan));
    }
}
