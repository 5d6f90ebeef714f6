using System.Diagnostics;
using System.Globalization;
using ChatOpsBot.Support;

namespace ChatOpsBot.Acceptance.Tests.Crash;

/// <summary>What the process of a <see cref="KillableService"/> is told of its mishap, in its environment.</summary>
internal sealed record MishapOrders
{
    private const string Prefix = "COB_CRASH_";

    /// <summary>Where it happens; empty for nowhere.</summary>
    public required string Point { get; init; }

    /// <summary>The file that gets the points that are passed.</summary>
    public required string Log { get; init; }

    /// <summary>A script for <c>sh</c> to run then; empty for none.</summary>
    public string Script { get; init; } = "";

    /// <summary>By how much the wall clock jumps then.</summary>
    public TimeSpan Jump { get; init; }

    /// <summary>Whether the process ends then.</summary>
    public bool Kill { get; init; }

    /// <summary>Whether it has happened.</summary>
    public bool Befell => File.Exists(Mark);

    /// <summary>The orders as environment variables.</summary>
    public IEnumerable<KeyValuePair<string, string>> Environment =>
    [
        new(Prefix + "AT", Point), new(Prefix + "LOG", Log), new(Prefix + "SCRIPT", Script), new(Prefix + "JUMP", Jump.ToString("c", CultureInfo.InvariantCulture)), new(Prefix + "KILL", Kill ? "1" : ""),
    ];

    private string Mark => Log + ".befell";

    /// <summary>The orders of this process; <see langword="null"/> when it has none.</summary>
    public static MishapOrders? OfThisProcess()
    {
        return Get("LOG") is not { Length: > 0 } log ? null : new()
        {
            Point = Get("AT"),
            Log = log,
            Script = Get("SCRIPT"),
            Jump = TimeSpan.Parse(Get("JUMP"), CultureInfo.InvariantCulture),
            Kill = Get("KILL") == "1",
        };

#pragma warning disable RS0030 // Orders from the test that started this process.
        static string Get(string name) => System.Environment.GetEnvironmentVariable(Prefix + name) ?? "";
#pragma warning restore RS0030
    }

    /// <summary>Lets it happen to this process.</summary>
    /// <param name="clock">The clock of the service.</param>
    public void Befall(MovedTime clock)
    {
        File.WriteAllText(Mark, Point);
        clock.Move(Jump);
#pragma warning disable RS0030 // Within the process under test, at a point where it must not go on.
        if (Script.Length > 0)
        {
            using var script = Process.Start("sh", ["-c", Script]);
            script.WaitForExit();
        }

        if (Kill)
        {
            using var self = Process.GetCurrentProcess();
            self.Kill();
            self.WaitForExit();
        }
#pragma warning restore RS0030
    }
}
