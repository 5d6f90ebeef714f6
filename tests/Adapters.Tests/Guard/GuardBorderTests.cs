using ChatOpsBot.Domain.Guard;
using ChatOpsBot.Domain.Runbooks;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.Guard;

/// <summary>Kills the guard's processes, or lets the watchdog fire, after every program they call; the host must be as before at the end.</summary>
[Trait("Needs", "root")]
[Trait("Slow", "yes")]
public class GuardBorderTests
{
    [Fact]
    public async Task Apply_RunnerKilledAtAnyBorder_WatchdogTakesEverythingBack()
    {
        await using var machine = await GuardMachine.StartAsync(injecting: true);
        var (real, borders) = await CountAsync(machine, "run");
        Assert.True(borders >= 18, $"only {borders} borders");
        for (var at = 1; at <= borders; at++)
        {
            var plan = RealPlan.Again(real);
            await machine.InjectAsync("run", at, "kill");
            Assert.Equal(GuardStatus.Armed, (await machine.AskAsync(RealPlan.Begin(plan))).Status);
            var applied = await machine.AskAsync(GuardRequest.Apply(plan, 1));
            Assert.False(applied.StepsRunning && applied.Status == GuardStatus.Applied);
            await machine.ExpireAsync(plan.Id);
            await machine.UntilAsync($"[ -d /run/chatops/{plan.Id}/state/reverted ]");
            await MatrixTally.CaseAsync($"runner-killed-{at}", machine, plan, _ => false);
        }
    }

    [Fact]
    public async Task Apply_WatchdogFiresAtAnyBorder_TakesEverythingBack()
    {
        await using var machine = await GuardMachine.StartAsync(injecting: true);
        var (real, borders) = await CountAsync(machine, "run");
        for (var at = 1; at <= borders; at++)
        {
            var plan = RealPlan.Again(real);
            await machine.InjectAsync("run", at, "fire");
            await machine.AskAsync(RealPlan.Begin(plan));
            await machine.AskAsync(GuardRequest.Apply(plan, 1));
            await machine.UntilAsync($"[ -d /run/chatops/{plan.Id}/state/reverted ]");
            await MatrixTally.CaseAsync($"watchdog-fires-{at}", machine, plan, _ => false);
        }
    }

    [Fact]
    public async Task Revert_WatchdogKilledAtAnyBorder_IsLostAndRevertsOnDemand()
    {
        await using var machine = await GuardMachine.StartAsync(injecting: true);
        var (real, borders) = await CountAsync(machine, "watch");
        Assert.True(borders >= 12, $"only {borders} borders");
        for (var at = 1; at <= borders; at++)
        {
            var plan = RealPlan.Again(real);
            await machine.ShAsync("rm -f /mnt/inject");
            await machine.AskAsync(RealPlan.Begin(plan));
            Assert.Equal(GuardStatus.Applied, (await machine.AskAsync(GuardRequest.Apply(plan, 1))).Status);
            await machine.InjectAsync("watch", at, "kill");
            await machine.ExpireAsync(plan.Id);
            await machine.UntilAsync("[ -f /mnt/calls ] && ! pgrep -f '[g]uard watch' >/dev/null");
            var lost = await machine.AskAsync(GuardRequest.Status(plan));
            Assert.True(lost.Status == GuardStatus.GuardLost || (at == borders && lost.Status == GuardStatus.Reverted), $"border {at}: {lost.Status}");
            await machine.ShAsync("rm -f /mnt/inject");
            Assert.Equal(GuardStatus.Reverted, (await machine.AskAsync(GuardRequest.Revert(plan, 1))).Status);
            await MatrixTally.CaseAsync($"watchdog-killed-{at}", machine, plan, _ => false);
        }
    }

    [Fact]
    public async Task Commit_WatchdogKilledInAnyState_KeepsWhatIsApplied()
    {
        await using var machine = await GuardMachine.StartAsync();
        var plan = await RealPlan.OfAsync(machine);
        await machine.AskAsync(RealPlan.Begin(plan));
        await machine.AskAsync(GuardRequest.Apply(plan, 1));
        await KillWatchdogAsync(machine);
        Assert.Equal(GuardStatus.GuardLost, (await machine.AskAsync(GuardRequest.Status(plan))).Status);
        Assert.Equal(GuardStatus.Committed, (await machine.AskAsync(GuardRequest.Commit(plan, 1))).Status);
        await MatrixTally.CaseAsync("watchdog-killed-commit", machine, plan, _ => true);
    }

    [Fact]
    public async Task Apply_WatchdogKilledBefore_IsRefused()
    {
        await using var machine = await GuardMachine.StartAsync();
        var plan = await RealPlan.OfAsync(machine);
        await machine.AskAsync(RealPlan.Begin(plan));
        await KillWatchdogAsync(machine);
        var refused = await machine.AskAsync(GuardRequest.Apply(plan, 1));
        Assert.Equal((GuardRefusalKind.NoWatchdog, GuardStatus.GuardLost), (refused.Refusal?.Kind, refused.Status));
        Assert.Equal(GuardStatus.Reverted, (await machine.AskAsync(GuardRequest.Revert(plan, 1))).Status);
        await MatrixTally.CaseAsync("watchdog-killed-armed", machine, plan, _ => false);
    }

    internal static Task KillWatchdogAsync(GuardMachine machine)
        => machine.ShAsync("kill -KILL $(pgrep -f '[g]uard watch'); while pgrep -f '[g]uard watch|[s]leep 0.2' >/dev/null; do sleep 0.02; done");

    // How many programs the runner or the reverting watchdog calls in an undisturbed run.
    private static async Task<(Plan Plan, int Calls)> CountAsync(GuardMachine machine, string role)
    {
        var plan = await RealPlan.OfAsync(machine);
        await machine.InjectAsync(role, 0, "count");
        await machine.AskAsync(RealPlan.Begin(plan));
        await machine.AskAsync(GuardRequest.Apply(plan, 1));
        if (role == "watch")
        {
            await machine.InjectAsync(role, 0, "count");
            await machine.ExpireAsync(plan.Id);
            await machine.UntilAsync($"[ -d /run/chatops/{plan.Id}/state/reverted ]");
        }
        else
        {
            await machine.AskAsync(GuardRequest.Revert(plan, 1));
        }

        await machine.QuietAsync();
        var calls = await machine.CallsAsync();
        await machine.ShAsync("rm -f /mnt/inject /mnt/log");
        return (plan, calls);
    }
}
