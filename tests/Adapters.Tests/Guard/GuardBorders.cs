using ChatOpsBot.Domain.Guard;
using ChatOpsBot.Domain.Runbooks;

namespace ChatOpsBot.Adapters.Tests.Guard;

/// <summary>What the tests share that stop the guard at every border.</summary>
internal static class GuardBorders
{
    /// <summary>Ends the watchdog as the kernel would when memory runs out.</summary>
    public static Task KillWatchdogAsync(GuardMachine machine)
        => machine.ShAsync("kill -KILL $(pgrep -f '[g]uard watch'); while pgrep -f '[g]uard watch|[s]leep 0.2' >/dev/null; do sleep 0.02; done");

    /// <summary>How many programs the runner (<c>run</c>) or the reverting watchdog (<c>watch</c>) calls in an undisturbed run, and the plan it was.</summary>
    public static async Task<(Plan Plan, int Calls)> CountAsync(GuardMachine machine, string role)
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
