using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Acceptance.Tests.Crash;

/// <summary>Lives a scenario once undisturbed, which tells the points that it passes, and then again with a mishap at each of them.</summary>
internal static class CrashMatrix
{
    /// <summary>Beside the test program: a line for each run.</summary>
    public static readonly string Table = Path.Combine(AppContext.BaseDirectory, "crash-matrix.txt");

    // What only tells people is done so often that its first and its last time stand for the others.
    private static readonly string[] s_telling = ["IChatSurface.", "ICardIndex.", "IPlaceBook.", "update-card", "(chat)", "IIntakeHandler.", "IInbox."];

    private static readonly Lock s_writing = new();

    /// <summary>Runs it at every point, or at every so-and-so-many-th of them.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="mishap">What befalls the service.</param>
    /// <param name="host">A host of the lab that nobody else uses.</param>
    /// <param name="every">1 for all.</param>
    public static async Task RunAsync(CrashScenario scenario, Mishap mishap, string host, int every)
    {
        using var folder = new TemporaryFolder();
        var log = Path.Combine(folder.Path, "points");
        var undisturbed = await CrashCase.RunAsync(scenario, mishap, host, point: null, log);
        Assert.True(undisturbed.IsGood, undisturbed.ToString());
        var points = Pick(await File.ReadAllLinesAsync(log, TestContext.Current.CancellationToken));
        Assert.True(points.Count >= 20, $"only {points.Count} points");
        await RunAsync(scenario, mishap, host, points.Where((_, index) => index % every == 0));
    }

    /// <summary>Runs it at these points.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="mishap">What befalls the service.</param>
    /// <param name="host">A host of the lab that nobody else uses.</param>
    /// <param name="points">Where.</param>
    public static async Task<IReadOnlyList<CrashCase>> RunAsync(CrashScenario scenario, Mishap mishap, string host, IEnumerable<string> points)
    {
        using var folder = new TemporaryFolder();
        List<CrashCase> all = [];
        foreach (var point in points)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            var found = await CrashCase.RunAsync(scenario, mishap, host, point, Path.Combine(folder.Path, "again"));
            Write(found.Line);
            if (!found.IsGood)
            {
                Write("# " + found.ToString().ReplaceLineEndings("\n# "));
            }

            all.Add(found);
        }

        Assert.True(all.TrueForAll(found => found.IsGood), string.Join('\n', all.Where(found => !found.IsGood)));
        return all;
    }

    private static IReadOnlyList<string> Pick(IReadOnlyList<string> passed)
    {
        var all = passed.Distinct().ToArray();
        var last = all.GroupBy(Kind).ToDictionary(kind => kind.Key, kind => kind.Max(Number));
        return [.. all.Where(point => !s_telling.Any(point.Contains) || Number(point) == 1 || Number(point) == last[Kind(point)])];
    }

    // "IPort.Method(detail) #3 before"
    private static string Kind(string point) => point[..point.LastIndexOf(" #", StringComparison.Ordinal)];

    private static int Number(string point) => int.Parse(point[(point.LastIndexOf(" #", StringComparison.Ordinal) + 2)..].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);

    private static void Write(string line)
    {
        lock (s_writing)
        {
            File.AppendAllText(Table, line + "\n");
        }
    }
}
