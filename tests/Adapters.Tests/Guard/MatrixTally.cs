using System.Collections.Immutable;
using ChatOpsBot.Domain.Runbooks;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.Guard;

/// <summary>Writes one line per case of the guard's matrix into a file beside the tests, for <c>tests/Benchmarks/guard.sh</c> to count.</summary>
internal static class MatrixTally
{
    private static readonly Lock Gate = new();

    public static string File { get; } = Path.Combine(AppContext.BaseDirectory, "guard-matrix.txt");

    /// <summary>Writes down what was seen, then insists: each value before or after, no step run or taken back twice.</summary>
    public static async Task CaseAsync(string name, IGuardHost machine, Plan plan, Func<int, bool> isAfter, int conflictsNamed = 0, int foreignStep = 0, int? provoked = null)
    {
        var (values, log) = await RealPlan.LookAsync(machine, plan);
        var own = Enumerable.Range(1, plan.Steps.Length).Where(n => n != foreignStep).ToImmutableArray();
        var whole = own.All(n => values[n - 1] == plan.Steps[n - 1].Before) || own.All(n => values[n - 1] == plan.Steps[n - 1].After);
        var twice = log.GroupBy(line => line).Where(group => group.Count() > 1).Select(group => group.Key).ToImmutableArray();
        Write($"{name} between={(whole ? 0 : 1)} twice={twice.Length} conflictsNamed={conflictsNamed} provoked={provoked ?? conflictsNamed}");
        Assert.True(whole, $"{name}: neither as before nor as after: {string.Join(" | ", values)}");
        Assert.Empty(twice);
        Assert.Equal(provoked ?? conflictsNamed, conflictsNamed);
        foreach (var step in own)
        {
            Assert.Equal(isAfter(step) ? plan.Steps[step - 1].After : plan.Steps[step - 1].Before, values[step - 1]);
        }
    }

    public static void Write(string line)
    {
        lock (Gate)
        {
            System.IO.File.AppendAllText(File, line.Replace(' ', '\t') + "\n");
        }
    }
}
