using System.Collections.Immutable;
using System.Globalization;
using ChatOpsBot.Support;

namespace ChatOpsBot.Benchmarks.Accuracy;

/// <summary>The commands of <c>deploy/lab/lab</c> that the benchmark needs. It runs in the lab's controller namespace, so the hosts are reached directly.</summary>
internal static class Lab
{
    private static readonly string s_program = RepositoryFiles.At("deploy", "lab", "lab");

    /// <summary>Names of the files in a folder of the lab.</summary>
    public static ImmutableArray<string> Names(string folder)
        => [.. Directory.EnumerateFiles(RepositoryFiles.At("deploy", "lab", folder), "*.sh").Select(Path.GetFileNameWithoutExtension).OfType<string>().Order(StringComparer.Ordinal)];

    /// <summary>What a host needs to have for that fault: <c>libvirt</c>, <c>ovs</c> or nothing.</summary>
    public static string NeedsOf(string fault)
        => File.ReadLines(RepositoryFiles.At("deploy", "lab", "faults", fault + ".sh")).FirstOrDefault(line => line.StartsWith("NEEDS=", StringComparison.Ordinal))?["NEEDS=".Length..] ?? "";

    /// <summary>Adds a host.</summary>
    public static async Task AddAsync(BenchHost host) => (await RunAsync(["host", "add", host.Name, .. host.Options])).Expect();

    /// <summary>Puts in what a case needs, all or nothing.</summary>
    /// <returns>Why it cannot be put into this host; <see langword="null"/> when it is in.</returns>
    public static async Task<string?> SetAsync(Case question)
    {
        if (question.Condition is { } condition)
        {
            return Why(await RunAsync(["condition", "set", condition, question.Host.Name]));
        }

        for (var done = 0; done < question.Faults.Length; done++)
        {
            if (Why(await RunAsync(["fault", "inject", question.Faults[done], question.Host.Name, question.Host.Guest])) is { } why)
            {
                await HealAsync(question.Host, question.Faults[..done]);
                return why;
            }
        }

        return null;
    }

    /// <summary>Takes it out again.</summary>
    public static async Task ClearAsync(Case question)
    {
        if (question.Condition is { } condition)
        {
            (await RunAsync(["condition", "clear", condition, question.Host.Name])).Expect();
        }

        await HealAsync(question.Host, question.Faults);
    }

    /// <summary>Whether the guest gets an address from its own DHCP client.</summary>
    public static async Task<bool> LeaseAsync(BenchHost host) => (await RunAsync(["lease", host.Name, host.Guest, "--timeout", "15"])).ExitCode == 0;

    /// <summary>Seconds since the boot of the machine, whose kernel is all hosts'.</summary>
    public static double Uptime => double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], CultureInfo.InvariantCulture);

    /// <summary>The guest's address, from its own client.</summary>
    public static async Task<string> AddressAsync(BenchHost host) => (await RunAsync(["lease", host.Name, host.Guest, "--timeout", "15"])).Expect().Trim();

    private static async Task HealAsync(BenchHost on, ImmutableArray<string> faults)
    {
        foreach (var fault in faults.Reverse())
        {
            (await RunAsync(["fault", "heal", fault, on.Name, on.Guest])).Expect();
        }
    }

    private static string? Why(ProgramEnd end) => end.ExitCode == 0 ? null : end.Stderr.Trim().Split('\n')[^1];

    private static Task<ProgramEnd> RunAsync(string[] arguments) => Programs.RunAsync([s_program, .. arguments], new Dictionary<string, string>());
}
