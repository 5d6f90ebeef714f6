using System.Text;

namespace ChatOpsBot.Adapters.Tests.Ssh;

/// <summary>Processes of this machine, those of the test host among them, as /proc shows them.</summary>
internal static class Processes
{
    /// <summary>Those with an argument that is exactly the marker, zombies left out.</summary>
    public static IReadOnlyList<int> WithArgument(string marker) => [.. All().Where(pid => Arguments(pid).Contains(marker))];

    /// <summary>Those with an argument that contains the text.</summary>
    public static IReadOnlyList<int> WithText(string text) => [.. All().Where(pid => Arguments(pid).Any(argument => argument.Contains(text, StringComparison.Ordinal)))];

    /// <summary>The nearest ancestor of that name.</summary>
    public static int Ancestor(int pid, string name)
    {
        for (var at = pid; at > 1; at = int.Parse(Status(at, "PPid")))
        {
            if (Status(at, "Name") == name)
            {
                return at;
            }
        }

        throw new InvalidOperationException($"{pid} has no ancestor {name}");
    }

    public static int Parent(int pid) => int.Parse(Status(pid, "PPid"));

    public static Task SignalAsync(string signal, int pid) => LocalProgram.RunAsync("kill", $"-{signal}", $"{pid}");

    public static IReadOnlyList<string> Arguments(int pid)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{pid}/cmdline")).Split('\0');
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static IEnumerable<int> All()
        => Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => name?.All(char.IsAsciiDigit) == true).Select(name => int.Parse(name ?? ""));

    private static string Status(int pid, string key)
        => File.ReadLines($"/proc/{pid}/status").First(line => line.StartsWith(key + ":", StringComparison.Ordinal)).Split('\t')[1].Trim();
}
