using ChatOpsBot.Domain.Guard;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.Guard;

/// <summary>The watchdog fires before a program that the running steps call; the host must be as before at the end.</summary>
[Trait("Needs", "root")]
[Trait("Slow", "yes")]
public class GuardFiresTests
{
    [Fact]
    public Task Apply_WatchdogFiresAtABorder_TakesEverythingBack() => FireAsync(GuardBorders.Sample);

    [Fact(Explicit = true)]
    public Task Apply_WatchdogFiresAtAnyBorder_TakesEverythingBack() => FireAsync(every: 1);

    private static async Task FireAsync(int every) => await GuardBorders.EachAsync("run", every, async (machine, plan, at, _) =>
    {
        await machine.InjectAsync("run", at, "fire");
        await machine.AskAsync(RealPlan.Begin(plan));
        await machine.AskAsync(GuardRequest.Apply(plan, 1));
        await machine.UntilStateAsync(plan.Id, "reverted");
        await MatrixTally.CaseAsync($"watchdog-fires-{at}", machine, plan, _ => false);
    });
}
