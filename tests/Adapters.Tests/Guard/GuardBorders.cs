using System.Collections.Concurrent;
using ChatOpsBot.Domain.Guard;
using ChatOpsBot.Domain.Runbooks;

namespace ChatOpsBot.Adapters.Tests.Guard;

/// <summary>What the tests share that stop the guard at every border: at every program that its processes call.</summary>
internal static class GuardBorders
{
    /// <summary>Every so manieth border is tried with each build; all of them by <c>tests/Benchmarks/guard.sh</c>.</summary>
    public const int Sample = 3;

    private const int Machines = 3;

    /// <summary>Ends the watchdog as the kernel would when memory runs out.</summary>
    public static Task KillWatchdogAsync(GuardMachine machine)
        => machine.ShAsync("kill -KILL $(pgrep -f '[g]uard watch'); while pgrep -f '[g]uard watch|[s]leep 0.2' >/dev/null; do sleep 0.02; done");

    /// <summary>
    /// Counts how many programs the runner (<c>run</c>) or the reverting watchdog (<c>watch</c>) calls in an undisturbed run, then tries the borders on several machines at a time.
    /// </summary>
    /// <param name="role">Whose calls.</param>
    /// <param name="every">Which of them: 1 for all, else every so manieth.</param>
    /// <param name="tryAsync">Gets a machine, a plan for it that was never begun, the border, and the last border.</param>
    /// <returns>The number of borders there are.</returns>
    public static async Task<int> EachAsync(string role, int every, Func<GuardMachine, Plan, int, int, Task> tryAsync)
    {
        await using var first = await GuardMachine.StartAsync(injecting: true);
        var count = await CountAsync(first, role);
        var left = new ConcurrentQueue<int>(Enumerable.Range(1, count).Where(at => at % every == 0 || at == count));
        await Task.WhenAll(Enumerable.Range(0, Machines).Select(number => WorkAsync(number == 0 ? first : null, left, (machine, plan, at) => tryAsync(machine, plan, at, count))));
        return count;
    }

    private static async Task WorkAsync(GuardMachine? given, ConcurrentQueue<int> left, Func<GuardMachine, Plan, int, Task> tryAsync)
    {
        await using var own = given is null ? await GuardMachine.StartAsync(injecting: true) : null;
        var machine = given ?? own ?? throw new InvalidOperationException("one of them is there");
        var real = await RealPlan.OfAsync(machine);
        while (left.TryDequeue(out var at))
        {
            await tryAsync(machine, RealPlan.Again(real), at);
        }
    }

    private static async Task<int> CountAsync(GuardMachine machine, string role)
    {
        var plan = await RealPlan.OfAsync(machine);
        await machine.InjectAsync(role, 0, "count");
        await machine.AskAsync(RealPlan.Begin(plan));
        await machine.AskAsync(GuardRequest.Apply(plan, 1));
        if (role == "watch")
        {
            await machine.InjectAsync(role, 0, "count");
            await machine.ExpireAsync(plan.Id);
            await machine.UntilStateAsync(plan.Id, "reverted");
        }
        else
        {
            await machine.AskAsync(GuardRequest.Revert(plan, 1));
        }

        await machine.QuietAsync();
        var calls = await machine.CallsAsync();
        await machine.ShAsync("rm -f /mnt/inject /mnt/log");
        return calls;
    }
}
