using ChatOpsBot.Domain.Guard;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.Guard;

/// <summary>The process that runs the steps is killed after every program it calls; the watchdog must take everything back.</summary>
[Trait("Needs", "root")]
[Trait("Slow", "yes")]
public class GuardRunnerKilledTests
{
    [Fact]
    public async Task Apply_RunnerKilledAtAnyBorder_WatchdogTakesEverythingBack()
    {
        await using var machine = await GuardMachine.StartAsync(injecting: true);
        var (real, borders) = await GuardBorders.CountAsync(machine, "run");
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
}
