using ChatOpsBot.Domain.Guard;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.Guard;

/// <summary>The process that runs the steps is killed after a program that it calls; the watchdog must take everything back.</summary>
[Trait("Needs", "root")]
[Trait("Slow", "yes")]
public class GuardRunnerKilledTests
{
    [Fact]
    public Task Apply_RunnerKilledAtABorder_WatchdogTakesEverythingBack() => KillAsync(GuardBorders.Sample);

    [Fact(Explicit = true)]
    public Task Apply_RunnerKilledAtAnyBorder_WatchdogTakesEverythingBack() => KillAsync(every: 1);

    private static async Task KillAsync(int every)
    {
        var borders = await GuardBorders.EachAsync("run", every, async (machine, plan, at, _) =>
        {
            await machine.InjectAsync("run", at, "kill");
            Assert.Equal(GuardStatus.Armed, (await machine.AskAsync(RealPlan.Begin(plan))).Status);
            var applied = await machine.AskAsync(GuardRequest.Apply(plan, 1));
            Assert.False(applied.StepsRunning && applied.Status == GuardStatus.Applied);
            await machine.ExpireAsync(plan.Id);
            await machine.UntilStateAsync(plan.Id, "reverted");
            await MatrixTally.CaseAsync($"runner-killed-{at}", machine, plan, _ => false);
        });
        Assert.True(borders >= 18, $"only {borders} borders");
    }
}
