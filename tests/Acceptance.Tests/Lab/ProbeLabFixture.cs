using System.Collections.Concurrent;
using System.Text.Json;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Acceptance.Tests.Lab;

/// <summary>
/// A lab of its own for faults that only probes can tell, for some of them stop the one DHCP server. A probe is mostly waiting, so all hosts are broken and checked side by side at the first use,
/// and each test looks at its own answer.
/// </summary>
public sealed class ProbeLabFixture : IAsyncLifetime
{
    // More at a time would not be quicker on two cores, and the waits overlap anyway.
    private const int AtATime = 5;

    private static readonly string Name = LabFixture.Name + "p";
    private static readonly Dictionary<string, string> Environment = new() { ["COB_LAB_NAME"] = Name };

    private readonly SemaphoreSlim _once = new(1);
    private readonly ConcurrentDictionary<string, (int Exit, string Output)> _answers = new();
    private bool _up;

    /// <inheritdoc/>
    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>The answer for one case; the first call runs all cases.</summary>
    public async Task<(int Exit, JsonElement Answer)> AnswerAsync(string name)
    {
        if (!System.Environment.IsPrivilegedProcess)
        {
            Assert.Skip("the lab needs root");
        }

        await _once.WaitAsync();
        try
        {
            if (!_up)
            {
                await LabAsync("down");
                _up = true;
                (await LabAsync("up")).Expect();
                await RunAllAsync();
            }
        }
        finally
        {
            _once.Release();
        }

        Assert.True(_answers.TryGetValue(name, out var answer), $"{name} was not run");
        Assert.True(answer.Output.StartsWith('{'), $"{name}: exit code {answer.Exit}\n{answer.Output}");
        using var json = JsonDocument.Parse(answer.Output);
        return (answer.Exit, json.RootElement.Clone());
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_up)
        {
            await LabAsync("down");
        }

        _once.Dispose();
    }

    /// <summary>Those that concern one host at once; then, one after another, those that concern the server of all.</summary>
    private async Task RunAllAsync()
    {
        var own = ProbeMatrixTests.Cases.Where(entry => !entry.ForAll).Index().ToArray();
        foreach (var (index, _) in own)
        {
            (await LabAsync("host", "add", HostOf(index))).Expect();
        }

        await WriteInventoriesAsync();
        await Parallel.ForEachAsync(own, new ParallelOptions { MaxDegreeOfParallelism = AtATime }, async (entry, _) => await RunAsync(entry.Item, HostOf(entry.Index)));
        foreach (var entry in ProbeMatrixTests.Cases.Where(entry => entry.ForAll))
        {
            await RunAsync(entry, HostOf(0));
        }
    }

    private static string HostOf(int index) => $"host{70 + index}";

    /// <summary>One that could not be prepared says so itself; the others are run.</summary>
    private async Task RunAsync(ProbeCase entry, string host)
    {
        try
        {
            await AskAsync(entry, host);
        }
        catch (Exception e) when (e is InvalidOperationException or OperationCanceledException)
        {
            _answers[entry.Name] = (-1, e.Message);
        }
    }

    private async Task AskAsync(ProbeCase entry, string host)
    {
        (await LabAsync("lease", host, "vm1", "--timeout", "15")).Expect();
        await PrepareAsync(entry, host);
        try
        {
            if (entry.AsksAgain)
            {
                // Restarts the guest's client, which then asks and asks; that it gets nothing is the fault.
                await LabAsync("lease", host, "vm1", "--timeout", "1");
            }

            string[] options = entry.Options.Length > 0 ? entry.Options.Split(' ') : [];
            _answers[entry.Name] = await CheckAsync(entry.User, [host, .. options]);
        }
        finally
        {
            if (entry.Fault is { } fault)
            {
                (await LabAsync("fault", "heal", fault, host)).Expect();
            }

            if (entry.Condition is { } condition)
            {
                (await LabAsync("condition", "clear", condition, host)).Expect();
            }
        }
    }

    private static async Task PrepareAsync(ProbeCase entry, string host)
    {
        if (entry.Condition is { } condition)
        {
            (await LabAsync("condition", "set", condition, host)).Expect();
        }

        if (entry.Fault is { } fault)
        {
            (await LabAsync("fault", "inject", fault, host)).Expect();
        }

        if (entry.KnowsGuest)
        {
            // The host has spoken with its guest, so its neighbour table knows the guest's address.
            var address = (await LabAsync("guest", host, "vm1", "--", "sh", "-c", "ip -4 -o addr show eth0 | sed 's/.*inet //;s|/.*||'")).Expect().Trim();
            await LabAsync("exec", host, "--", "ping", "-n", "-c", "1", "-W", "1", address);
        }
    }

    private static async Task<(int Exit, string Output)> CheckAsync(string user, string[] arguments)
    {
        var end = await Programs.RunAsync(
            [RepositoryFiles.At("deploy", "lab", "lab"), "ctl", "--", Path.Combine(AppContext.BaseDirectory, "chatopsbot"), "check", .. arguments, "--format", "json"],
            new Dictionary<string, string>(Environment)
            {
                ["Inventory__File"] = $"/run/cob-{Name}/inventory.{user}.yaml",
                ["Ssh__IdentityFile"] = $"/run/cob-{Name}/key",
                ["Ssh__KnownHostsFile"] = $"/run/cob-{Name}/known_hosts",
                ["NO_COLOR"] = "1",
            },
            TimeSpan.FromMinutes(3));
        return (end.ExitCode, end.Stdout.Length > 0 ? end.Stdout : end.Stderr);
    }

    private static async Task WriteInventoriesAsync()
    {
        var text = await File.ReadAllTextAsync($"/run/cob-{Name}/inventory.yaml");
        foreach (var user in new[] { "root", "ops", "viewer" })
        {
            await File.WriteAllTextAsync($"/run/cob-{Name}/inventory.{user}.yaml", text.Replace("user: ops", $"user: {user}", StringComparison.Ordinal));
        }
    }

    private static Task<ProgramEnd> LabAsync(params string[] arguments) => Programs.RunAsync([RepositoryFiles.At("deploy", "lab", "lab"), .. arguments], Environment);
}
