using System.Text;
using ChatOpsBot.Application.Guarding;
using ChatOpsBot.Domain.Guard;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.Guard;

/// <summary>Each operation of the real program, through <see cref="HostGuard"/> where its own part matters.</summary>
[Trait("Needs", "root")]
public class GuardOperationTests
{
    [Fact]
    public async Task Repair_EveryOperationTwice_ChangesTheHostOnce()
    {
        await using var machine = await GuardMachine.StartAsync();
        var (guard, host, plan) = (machine.Guard, GuardMachine.Host, await RealPlan.OfAsync(machine));
        var token = TestContext.Current.CancellationToken;
        Assert.Equal(GuardStatus.NotBegun, Status(await guard.StatusAsync(host, plan, token)));
        foreach (var _ in new[] { 1, 2 })
        {
            Assert.Equal(GuardStatus.Armed, Status(await guard.BeginAsync(host, plan, 7, TimeSpan.FromSeconds(120), token)));
        }

        await Task.WhenAll(guard.ApplyAsync(host, plan, 7, token), guard.ApplyAsync(host, plan, 7, token));
        Assert.Equal(GuardStatus.Applied, Status(await guard.ApplyAsync(host, plan, 7, token)));

        var extended = Report(await guard.ExtendAsync(host, plan, 7, TimeSpan.FromSeconds(300), token));
        Assert.InRange(extended.Left ?? default, TimeSpan.FromSeconds(290), TimeSpan.FromSeconds(300));
        Assert.True(extended is { WatchdogAlive: true, StepsRunning: false, HoldsHost: true });
        foreach (var _ in new[] { 1, 2 })
        {
            Assert.Equal(GuardStatus.Committed, Status(await guard.CommitAsync(host, plan, 7, token)));
        }

        Assert.Equal(GuardRefusalKind.State, Report(await guard.RevertAsync(host, plan, 7, token)).Refusal?.Kind);
        var journal = Report(await guard.JournalAsync(host, plan, token));
        Assert.False(journal.RecordsDamaged);
        Assert.Equal(
            "Armed 0, Started 1, Ran 1, Started 2, Ran 2, Started 3, Ran 3, Extended 0, Committed 0",
            string.Join(", ", journal.Records.Where(record => record.Kind != GuardRecordKind.Unprotected).Select(record => $"{record.Kind} {record.Step}")));
        Assert.True(journal.Records.Zip(journal.Records.Skip(1)).All(pair => pair.First.At <= pair.Second.At));
        Assert.InRange(journal.Uptime - journal.Records[0].At, TimeSpan.Zero, TimeSpan.FromMinutes(2));
        await MatrixTally.CaseAsync("twice-commit", machine, plan, _ => true);
    }

    [Fact]
    public async Task Revert_AskedTwice_TakesBackOnceAndStays()
    {
        await using var machine = await GuardMachine.StartAsync();
        var plan = await RealPlan.OfAsync(machine);
        await machine.AskAsync(RealPlan.Begin(plan));
        await machine.AskAsync(GuardRequest.Apply(plan, 1));
        var both = await Task.WhenAll(machine.AskAsync(GuardRequest.Revert(plan, 1)), machine.AskAsync(GuardRequest.Revert(plan, 1)));
        Assert.All(both, report => Assert.Equal((GuardStatus.Reverted, null), (report.Status, report.Refusal)));
        Assert.Equal(GuardStatus.Reverted, (await machine.AskAsync(GuardRequest.Revert(plan, 1))).Status);
        Assert.Equal(GuardStatus.Reverted, (await machine.AskAsync(RealPlan.Begin(plan))).Status);
        Assert.Equal(GuardStatus.Reverted, (await machine.AskAsync(GuardRequest.Apply(plan, 1))).Status);
        var commit = await machine.AskAsync(GuardRequest.Commit(plan, 1));
        Assert.Equal((GuardStatus.Reverted, GuardRefusalKind.State), (commit.Status, commit.Refusal?.Kind));
        Assert.Equal(GuardRefusalKind.State, (await machine.AskAsync(GuardRequest.Extend(plan, 1, TimeSpan.FromSeconds(9)))).Refusal?.Kind);
        var (_, log) = await RealPlan.LookAsync(machine, plan);
        Assert.Equal(["run-1", "run-2", "run-3", "undo-3", "undo-2", "undo-1"], log);
        await MatrixTally.CaseAsync("twice-revert", machine, plan, _ => false);
    }

    [Fact]
    public async Task Deadline_NobodyCommits_WatchdogFiresOnTime()
    {
        await using var machine = await GuardMachine.StartAsync();
        var plan = await RealPlan.OfAsync(machine);
        var begun = await machine.AskAsync(RealPlan.Begin(plan, seconds: 3));
        Assert.InRange(begun.Left ?? default, TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(3));
        await machine.AskAsync(GuardRequest.Apply(plan, 1));
        await machine.UntilStateAsync(plan.Id, "reverted");
        var journal = await machine.AskAsync(GuardRequest.Journal(plan));
        var fired = Assert.Single(journal.Records, record => record.Kind == GuardRecordKind.Fired);
        var deadline = begun.Uptime + begun.Left!.Value; // asserted above
        Assert.InRange(fired.At - deadline, TimeSpan.Zero, TimeSpan.FromSeconds(20));
        Assert.Equal(journal.Records.Count(record => record.Kind == GuardRecordKind.Ran), journal.Records.Count(record => record.Kind == GuardRecordKind.Undone));
        await MatrixTally.CaseAsync("deadline", machine, plan, _ => false);
    }

    [Fact]
    public async Task Extend_OverAndOver_EndsTenMinutesAfterBegin()
    {
        await using var machine = await GuardMachine.StartAsync();
        var plan = await RealPlan.FilesAsync(machine);
        var begun = await machine.AskAsync(RealPlan.Begin(plan, seconds: 100));
        Assert.InRange((await machine.AskAsync(GuardRequest.Extend(plan, 1, TimeSpan.FromSeconds(5)))).Left ?? default, TimeSpan.FromSeconds(80), TimeSpan.FromSeconds(100)); // never shorter
        await machine.ShAsync("read -r fires latest </run/chatops/$1/deadline && echo $fires $((fires + 500)) >/run/chatops/$1/deadline", plan.Id);
        var extended = await machine.AskAsync(GuardRequest.Extend(plan, 1, TimeSpan.FromSeconds(600)));
        Assert.InRange(extended.Uptime + extended.Left!.Value - begun.Uptime - begun.Left!.Value, TimeSpan.FromSeconds(4.9), TimeSpan.FromSeconds(5.1));
        Assert.Equal("0", (await machine.ShAsync("read -r fires latest </run/chatops/$1/deadline; echo $((latest - fires))", plan.Id)).Trim());
    }

    [Fact]
    public async Task Begin_LatestDeadline_IsTenMinutesAhead()
    {
        await using var machine = await GuardMachine.StartAsync();
        var plan = await RealPlan.FilesAsync(machine);
        await machine.AskAsync(RealPlan.Begin(plan, seconds: 120));
        Assert.Equal("48000", (await machine.ShAsync("read -r fires latest </run/chatops/$1/deadline; echo $((latest - fires))", plan.Id)).Trim());
    }

    [Fact]
    public async Task Begin_ValuesAndLinksMoved_IsDriftNamingEach()
    {
        await using var machine = await GuardMachine.StartAsync();
        var plan = await RealPlan.OfAsync(machine);
        await machine.ShAsync("ip link set cob-t0 address 02:00:00:00:00:99; nft flush chain bridge cob forward");
        var index = plan.Steps[0].Subject!.Index; // the first step has one
        foreach (var _ in new[] { 1, 2 })
        {
            var drift = await machine.AskAsync(RealPlan.Begin(plan));
            Assert.Equal((GuardStatus.Drift, false), (drift.Status, drift.HoldsHost));
            Assert.Equal(
                [(GuardRecordKind.Drift, 1, $"cob-t0 {index} 02:00:00:00:00:01", $"cob-t0 {index} 02:00:00:00:00:99"), (GuardRecordKind.Drift, 3, plan.Steps[2].Before, plan.Steps[2].After)],
                drift.Records.Select(record => (record.Kind, record.Step, record.Expected, record.Found)));
        }

        Assert.Equal(GuardStatus.Drift, (await machine.AskAsync(GuardRequest.Apply(plan, 1))).Status);
        Assert.Equal(GuardStatus.Drift, (await machine.AskAsync(GuardRequest.Revert(plan, 1))).Status);
        Assert.Empty((await RealPlan.LookAsync(machine, plan)).Log);
        Assert.Equal(GuardStatus.Armed, (await machine.AskAsync(RealPlan.Begin(await RealPlan.FilesAsync(machine)))).Status); // the host is free
    }

    [Theory]
    [InlineData("exit 3", "exit code 3")] // no value at all
    [InlineData("sleep 30", "exit code 124")]
    [InlineData("head -c 70000 /dev/zero | tr '\\0' x", "exit code 0")] // longer than any value may be
    [InlineData("echo old-1; echo noise >&2; sleep 60 &", "exit code 124")] // a daemon keeps the pipe open
    public async Task Begin_ValueUnreadable_IsDriftSayingSo(string read, string says)
    {
        await using var machine = await GuardMachine.StartAsync();
        var plan = RealPlan.Of(RealPlan.File(1) with { Read = RealPlan.Sh(read), Timeout = TimeSpan.FromSeconds(3) });
        var drift = await machine.AskAsync(RealPlan.Begin(plan));
        Assert.Equal(GuardStatus.Drift, drift.Status);
        Assert.Contains($"(not readable, {says})", Assert.Single(drift.Records).Found, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Begin_ValueReadWithNoise_ComparesStandardOutputOnly()
    {
        await using var machine = await GuardMachine.StartAsync();
        var plan = RealPlan.Of((await RealPlan.FilesAsync(machine)).Steps[0] with { Read = RealPlan.Sh("echo noise >&2; cat /mnt/data/1") });
        Assert.Equal(GuardStatus.Armed, (await machine.AskAsync(RealPlan.Begin(plan))).Status);
    }

    [Theory]
    [InlineData("exit 3", 3, "")]
    [InlineData("echo not that >/mnt/data/2; echo talk", 0, "not that")]
    [InlineData("sleep 30", 124, "")]
    [InlineData("echo half; trap '' TERM; sleep 30; sleep 30", 137, "half\nKilled\n")]
    public async Task Apply_StepFails_StopsThereAndReports(string run, int code, string found)
    {
        await using var machine = await GuardMachine.StartAsync();
        var files = await RealPlan.FilesAsync(machine, 3);
        var plan = RealPlan.Of(files.Steps[0], files.Steps[1] with { Run = RealPlan.Logged("run-2", run), Timeout = TimeSpan.FromSeconds(3) }, files.Steps[2]);
        await machine.AskAsync(RealPlan.Begin(plan));
        var report = await machine.AskAsync(GuardRequest.Apply(plan, 1));
        Assert.Equal((GuardStatus.Applying, 2, false, true), (report.Status, report.Step, report.StepsRunning, report.WatchdogAlive));
        var failed = Assert.Single(report.Records);
        Assert.Equal((GuardRecordKind.Failed, 2, code), (failed.Kind, failed.Step, failed.ExitCode));
        Assert.Equal(found.Split('\n')[0], failed.Found.Split('\n')[0]);
        Assert.Equal(GuardStatus.Applying, (await machine.AskAsync(GuardRequest.Apply(plan, 1))).Status); // not again
        Assert.Equal(GuardRefusalKind.State, (await machine.AskAsync(GuardRequest.Commit(plan, 1))).Refusal?.Kind);
        var outcome = (await machine.AskAsync(GuardRequest.Revert(plan, 1))).Status;
        Assert.Equal(found == "not that" ? GuardStatus.RevertConflict : GuardStatus.Reverted, outcome);
        await MatrixTally.CaseAsync($"step-fails-{code}-{found.Length}", machine, plan, _ => false, found == "not that" ? 1 : 0, found == "not that" ? 2 : 0);
    }

    [Fact]
    public async Task Apply_ValueChangedSinceBegin_LeavesItAlone()
    {
        await using var machine = await GuardMachine.StartAsync();
        var plan = await RealPlan.FilesAsync(machine, 2);
        await machine.AskAsync(RealPlan.Begin(plan));
        await machine.ShAsync("echo foreign >/mnt/data/2");
        var failed = Assert.Single((await machine.AskAsync(GuardRequest.Apply(plan, 1))).Records);
        Assert.Equal((2, "old-2", "foreign"), (failed.Step, failed.Expected, failed.Found));
        Assert.Equal(GuardStatus.Reverted, (await machine.AskAsync(GuardRequest.Revert(plan, 1))).Status);
        Assert.Equal(["old-1", "foreign"], (await RealPlan.LookAsync(machine, plan)).Values);
    }

    [Fact]
    public async Task Apply_LinkGoneSinceBegin_LeavesItAlone()
    {
        await using var machine = await GuardMachine.StartAsync();
        var plan = await RealPlan.OfAsync(machine);
        await machine.AskAsync(RealPlan.Begin(plan));
        await machine.ShAsync("ip link del cob-t0");
        var failed = Assert.Single((await machine.AskAsync(GuardRequest.Apply(plan, 1))).Records);
        Assert.Equal((GuardRecordKind.Failed, 1, "cob-t0 is gone"), (failed.Kind, failed.Step, failed.Found));
        Assert.Equal(GuardStatus.Reverted, (await machine.AskAsync(GuardRequest.Revert(plan, 1))).Status);
        Assert.Empty((await RealPlan.LookAsync(machine, plan)).Log);
    }

    [Fact]
    public async Task Apply_EarlierStepBroughtTheValueAlong_GoesOnAndTakesBothBack()
    {
        await using var machine = await GuardMachine.StartAsync();
        var files = await RealPlan.FilesAsync(machine, 2);
        var plan = RealPlan.Of(files.Steps[0] with { Run = RealPlan.Logged("run-1", "echo new-1 >/mnt/data/1; echo new-2 >/mnt/data/2") }, files.Steps[1]);
        await machine.AskAsync(RealPlan.Begin(plan));
        Assert.Equal(GuardStatus.Applied, (await machine.AskAsync(GuardRequest.Apply(plan, 1))).Status);
        Assert.Equal(GuardStatus.Reverted, (await machine.AskAsync(GuardRequest.Revert(plan, 1))).Status);
        await MatrixTally.CaseAsync("brought-along", machine, plan, _ => false);
    }

    [Fact]
    public async Task Apply_HostileArguments_ArriveByteForByte()
    {
        await using var machine = await GuardMachine.StartAsync();
        string[] hostile =
        [
            "", "\n", "\n\n", " lead and trail ", "'\"`$(touch /mnt/owned)${IFS};|&<>\\\n\t", "-n", "--", "*", "cob-end", "3 14\ncob-plan 1\n", "é\u0001\u0081\u0088\u00ff漢\U0001F600\r",
            new string('x', 60_000), string.Concat(Enumerable.Repeat("$x\n", 700)), new string('\u007f', 9) + "%s%n\\0",
        ];
        var value = "line 1\n'\"$(id)\n\n tail \n";
        var files = await RealPlan.FilesAsync(machine);
        var plan = RealPlan.Of(files.Steps[0] with
        {
            Name = "a\nname 'with' \"all\"",
            Run = ["sh", "-c", "printf '%s\\0' \"$@\" >/mnt/args; shift 2; printf '%s\\n' \"$1\" >/mnt/data/1", "sh", value, "--", value, .. hostile],
            After = value,
        });
        await machine.AskAsync(RealPlan.Begin(plan));
        Assert.Equal(GuardStatus.Applied, (await machine.AskAsync(GuardRequest.Apply(plan, 1))).Status);
        var arrived = Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(await machine.ShAsync("cat /mnt/args; [ ! -e /mnt/owned ]")));
        Assert.Equal([value, "--", value, .. hostile, ""], arrived.Split('\0'));
        Assert.Equal(GuardStatus.Reverted, (await machine.AskAsync(GuardRequest.Revert(plan, 1))).Status);
        await MatrixTally.CaseAsync("hostile", machine, plan, _ => false);
    }

    [Fact]
    public async Task Apply_ManyStepsAndMuchOutput_AllRunOnceInOrder()
    {
        await using var machine = await GuardMachine.StartAsync();
        var plan = await RealPlan.FilesAsync(machine, 12);
        var loud = plan.Steps[3] with { Run = RealPlan.Logged("run-4", "head -c 300000 /dev/zero | tr '\\0' y; echo the end; echo new-4 >/mnt/data/4") };
        plan = plan with { Steps = plan.Steps.SetItem(3, loud) };
        await machine.AskAsync(RealPlan.Begin(plan));
        Assert.Equal(GuardStatus.Applied, (await machine.AskAsync(GuardRequest.Apply(plan, 1))).Status);
        var journal = await machine.AskAsync(GuardRequest.Journal(plan));
        var output = Assert.Single(journal.Records, record => record is { Kind: GuardRecordKind.Ran, Step: 4 }).Found;
        Assert.EndsWith("yy" + "the end\n", output, StringComparison.Ordinal);
        Assert.InRange(output.Length, 3900, 4000);
        Assert.Equal(GuardStatus.Reverted, (await machine.AskAsync(GuardRequest.Revert(plan, 1))).Status);
        var (_, log) = await RealPlan.LookAsync(machine, plan);
        Assert.Equal([.. Enumerable.Range(1, 12).Select(n => $"run-{n}"), .. Enumerable.Range(1, 12).Reverse().Select(n => $"undo-{n}")], log);
        await MatrixTally.CaseAsync("many-steps", machine, plan, _ => false);
    }

    [Fact]
    public async Task Begin_PlanCutAnywhere_IsRefusedAndLeavesNothing()
    {
        await using var machine = await GuardMachine.StartAsync();
        var plan = await RealPlan.FilesAsync(machine, 2);
        var request = RealPlan.Begin(plan);
        var whole = GuardProgram.Stdin(request);
        var data = whole.Length - request.Data.Length;
        var head = GuardProgram.Text.Length + 40;
        int[] cuts = [0, 5, 11, 13, 20, head, .. Enumerable.Range(1, 8).Select(n => head + (request.Data.Length - head) * n / 9), request.Data.Length - 9, request.Data.Length - 1];
        foreach (var cut in cuts)
        {
            var end = await machine.ExecAsync(GuardProgram.Argv(request), whole[..(data + cut)]);
            var report = GuardMachine.Report(end.Stdout);
            Assert.Equal((GuardStatus.NotBegun, GuardRefusalKind.Garbled), (report.Status, report.Refusal?.Kind));
            MatrixTally.Write($"cut-{cut} between=0 twice=0 conflictsNamed=0");
        }

        Assert.Equal("", await machine.ShAsync("ls -A /run/chatops"));
        Assert.Equal(GuardStatus.Armed, (await machine.AskAsync(request)).Status);
    }

    [Theory]
    [InlineData("cob-plan 1\n1\n0 99999999999999999999\nx\n")]
    [InlineData("cob-plan 1\n-1\n")]
    [InlineData("cob-plan 1\n010\n")]
    [InlineData("cob-plan 1\n1\n0 3\nabcd\n")]
    [InlineData("cob-plan 1\n1\n1 3\nabc\n")]
    [InlineData("cob-plan 1\n1\n0 1 \na\n")]
    [InlineData("cob-plan 1\n1\n0 1\na\n1\n1\n0 1\nb\n1\n0 1\nb\n1\n0 1\nb\n1\n0 1\nb\ncob-ende\n")]
    [InlineData("cob-plan 2\nwhatever\n")]
    [InlineData("\u0001\u0002\n\n\n")]
    public async Task Begin_GarbagePlan_IsRefused(string data)
    {
        await using var machine = await GuardMachine.StartAsync();
        var plan = await RealPlan.FilesAsync(machine);
        var request = GuardRequest.Begin(plan, Encoding.Latin1.GetBytes(data), 1, TimeSpan.FromSeconds(9));
        var report = await machine.AskAsync(request);
        Assert.Equal((GuardStatus.NotBegun, GuardRefusalKind.Garbled), (report.Status, report.Refusal?.Kind));
        MatrixTally.Write("garbage between=0 twice=0 conflictsNamed=0");
    }

    [Theory]
    [InlineData("apply", "../x", "1")]
    [InlineData("apply", "", "1")]
    [InlineData("apply", "Upper", "1")]
    [InlineData("apply", "p", "-1")]
    [InlineData("apply", "p", "1x")]
    [InlineData("apply", "p", "09")]
    [InlineData("apply", "p", "9999999999999999")]
    [InlineData("begin", "p", "1", "boot", "machine", "2")]
    [InlineData("begin", "p", "1", "boot", "machine", "601")]
    [InlineData("begin", "p", "1", "boot", "machine")]
    [InlineData("extend", "p", "1", "boot", "2")]
    [InlineData("undo_all", "p", "1")]
    [InlineData("")]
    public async Task Program_WrongArguments_DoesNothing(params string[] arguments)
    {
        await using var machine = await GuardMachine.StartAsync();
        var end = await machine.ExecAsync(["/bin/sh", "-s", "--", .. arguments], GuardProgram.Text);
        Assert.Equal((64, ""), (end.ExitCode, end.Stdout));
        await machine.ShAsync("[ ! -e /run/chatops ]");
    }

    [Fact]
    public async Task Apply_WithoutAPlan_IsRefused()
    {
        await using var machine = await GuardMachine.StartAsync();
        var plan = await RealPlan.FilesAsync(machine);
        foreach (var request in new[] { GuardRequest.Apply(plan, 1), GuardRequest.Commit(plan, 1), GuardRequest.Revert(plan, 1), GuardRequest.Extend(plan, 1, TimeSpan.FromSeconds(9)) })
        {
            var report = await machine.AskAsync(request);
            Assert.Equal((GuardStatus.NotBegun, GuardRefusalKind.State), (report.Status, report.Refusal?.Kind));
        }
    }

    [Fact]
    public async Task List_SeveralPlans_NamesWhatHoldsTheHost()
    {
        await using var machine = await GuardMachine.StartAsync();
        var (first, second) = (await RealPlan.FilesAsync(machine), await RealPlan.FilesAsync(machine));
        var none = Assert.IsType<GuardReply.Listed>(await machine.Guard.ListAsync(GuardMachine.Host, TestContext.Current.CancellationToken));
        Assert.Empty(none.Reports);
        await machine.AskAsync(RealPlan.Begin(first));
        await machine.AskAsync(GuardRequest.Revert(first, 1));
        await machine.ShAsync("cp -a /run/chatops/$1 /run/chatops/kept", first.Id);
        await machine.AskAsync(RealPlan.Begin(second));
        await machine.ShAsync("mv /run/chatops/kept /run/chatops/$1 2>/dev/null || true", first.Id);
        var listed = Assert.IsType<GuardReply.Listed>(await machine.Guard.ListAsync(GuardMachine.Host, TestContext.Current.CancellationToken));
        Assert.Equal([(second.Id, GuardStatus.Armed, true)], listed.Reports.Select(report => (report.Plan, report.Status, report.HoldsHost)));
    }

    internal static GuardReport Report(GuardReply reply) => Assert.IsType<GuardReply.Answered>(reply).Report;

    private static GuardStatus Status(GuardReply reply) => Report(reply) is { Refusal: null } report ? report.Status : throw new InvalidOperationException(Report(reply).Refusal?.Text);
}
