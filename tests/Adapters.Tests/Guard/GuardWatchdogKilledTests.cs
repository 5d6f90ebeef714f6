using ChatOpsBot.Domain.Guard;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.Guard;

/// <summary>The watchdog is killed, in every state and after every program it calls while it takes steps back.</summary>
[Trait("Needs", "root")]
[Trait("Slow", "yes")]
public class GuardWatchdogKilledTests
{
    [Fact]
    public Task Revert_WatchdogKilledAtABorder_IsLostAndRevertsOnDemand() => KillAsync(GuardBorders.Sample);

    [Fact(Explicit = true)]
    public Task Revert_WatchdogKilledAtAnyBorder_IsLostAndRevertsOnDemand() => KillAsync(every: 1);

    [Fact]
    public async Task Commit_WatchdogKilledInAnyState_KeepsWhatIsApplied()
    {
        await using var machine = await GuardMachine.StartAsync();
        var plan = await RealPlan.OfAsync(machine);
        await machine.AskAsync(RealPlan.Begin(plan));
        await machine.AskAsync(GuardRequest.Apply(plan, 1));
        await GuardBorders.KillWatchdogAsync(machine);
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
        await GuardBorders.KillWatchdogAsync(machine);
        var refused = await machine.AskAsync(GuardRequest.Apply(plan, 1));
        Assert.Equal((GuardRefusalKind.NoWatchdog, GuardStatus.GuardLost), (refused.Refusal?.Kind, refused.Status));
        Assert.Equal(GuardStatus.Reverted, (await machine.AskAsync(GuardRequest.Revert(plan, 1))).Status);
        await MatrixTally.CaseAsync("watchdog-killed-armed", machine, plan, _ => false);
    }

    private static async Task KillAsync(int every)
    {
        var borders = await GuardBorders.EachAsync("watch", every, async (machine, plan, at, last) =>
        {
            await machine.ShAsync("rm -f /mnt/inject");
            await machine.AskAsync(RealPlan.Begin(plan));
            Assert.Equal(GuardStatus.Applied, (await machine.AskAsync(GuardRequest.Apply(plan, 1))).Status);
            await machine.InjectAsync("watch", at, "kill");
            await machine.ExpireAsync(plan.Id);
            await machine.UntilAsync("[ -f /mnt/calls ] && ! pgrep -f '[g]uard watch' >/dev/null");
            var lost = await machine.AskAsync(GuardRequest.Status(plan));
            Assert.True(lost.Status == GuardStatus.GuardLost || (at == last && lost.Status == GuardStatus.Reverted), $"border {at}: {lost.Status}");
            await machine.ShAsync("rm -f /mnt/inject");
            Assert.Equal(GuardStatus.Reverted, (await machine.AskAsync(GuardRequest.Revert(plan, 1))).Status);
            await MatrixTally.CaseAsync($"watchdog-killed-{at}", machine, plan, _ => false);
        });
        Assert.True(borders >= 12, $"only {borders} borders");
    }
}
