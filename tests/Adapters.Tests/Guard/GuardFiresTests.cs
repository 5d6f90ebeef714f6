using ChatOpsBot.Domain.Guard;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.Guard;

/// <summary>The watchdog fires before every program that the running steps call; the host must be as before at the end.</summary>
[Trait("Needs", "root")]
[Trait("Slow", "yes")]
public class GuardFiresTests
{
    [Fact]
    public async Task Apply_WatchdogFiresAtAnyBorder_TakesEverythingBack()
    {
        await using var machine = await GuardMachine.StartAsync(injecting: true);
        var (real, borders) = await GuardBorders.CountAsync(machine, "run");
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
}
