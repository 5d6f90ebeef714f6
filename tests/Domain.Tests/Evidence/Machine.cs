using System.Diagnostics;
using Xunit;
namespace ChatOpsBot.Domain.Tests.Evidence;

/// <summary>What this machine must offer for a test; without it the test says so and is skipped.</summary>
internal static class Machine
{
    public static void NeedRoot()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Assert.Skip("needs root");
        }
    }

    public static void NeedTool(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (!Has(name))
            {
                Assert.Skip($"needs {name}");
            }
        }
    }

    public static bool Has(params IEnumerable<string> names) => names.All(name => File.Exists($"/usr/bin/{name}") || File.Exists($"/usr/sbin/{name}"));

    /// <summary>Time that this thread has spent on a processor; the wall clock where the kernel does not say.</summary>
    public static TimeSpan ThreadTime()
        => File.Exists("/proc/thread-self/schedstat")
            ? TimeSpan.FromMicroseconds(long.Parse(File.ReadAllText("/proc/thread-self/schedstat").Split(' ')[0]) / 1000)
            : Stopwatch.GetElapsedTime(0);
}
