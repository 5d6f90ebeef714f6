using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Support;
using Xunit;

[assembly: AssemblyFixture(typeof(ChatOpsBot.Acceptance.Tests.Lab.LabFixture))]

namespace ChatOpsBot.Acceptance.Tests.Lab;

/// <summary>One real lab (deploy/lab) of its own for all acceptance tests, brought up at the first use and taken down at the end.</summary>
public sealed class LabFixture : IAsyncLifetime
{
    /// <summary>Name of the lab, another one for each checkout on this machine.</summary>
    internal static readonly string Name = "acc" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(RepositoryFiles.At("."))))[..4];

    private static readonly Dictionary<string, string> Environment = new() { ["COB_LAB_NAME"] = Name };
    private readonly SemaphoreSlim _once = new(1);
    private readonly HashSet<string> _hosts = [];
    private bool _up;

    /// <summary>Folder with the lab's inventory, keys and known hosts.</summary>
    public static string Folder => $"/run/cob-{Name}";

    /// <inheritdoc/>
    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>Makes sure that the host is up; skips the test, saying so, where a lab cannot be.</summary>
    public async Task NeedAsync(string host, params string[] options)
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
                (await LabAsync("up")).Expect();
                _up = true;
            }

            if (_hosts.Add(host))
            {
                (await LabAsync(["host", "add", host, .. options])).Expect();
                foreach (var user in new[] { "root", "ops", "viewer" })
                {
                    var text = await File.ReadAllTextAsync($"{Folder}/inventory.yaml");
                    await File.WriteAllTextAsync($"{Inventory(user)}.new", text.Replace("user: ops", $"user: {user}", StringComparison.Ordinal));

                    // In one step, for the bot may be reading it for another test.
                    File.Move($"{Inventory(user)}.new", Inventory(user), overwrite: true);
                }
            }
        }
        finally
        {
            _once.Release();
        }
    }

    /// <summary>Makes sure that a host is up that has what the fault needs, and names it: the usual one, or the one of the class that uses libvirt or Open vSwitch.</summary>
    public async Task<string> NeedHostOfAsync(string fault, string usual, string withLibvirt, string withOvs)
    {
        var text = await File.ReadAllTextAsync(RepositoryFiles.At("deploy", "lab", "faults", fault + ".sh"), TestContext.Current.CancellationToken);
        var (host, options) = text.Contains("\nNEEDS=libvirt\n", StringComparison.Ordinal) ? (withLibvirt, ["--libvirt"])
            : text.Contains("\nNEEDS=ovs\n", StringComparison.Ordinal) ? (withOvs, ["--ovs"])
            : (usual, Array.Empty<string>());
        await NeedAsync(host, options);
        return host;
    }

    /// <summary>Runs a command of the lab.</summary>
    public static Task<ProgramEnd> LabAsync(params string[] arguments) => Programs.RunAsync([RepositoryFiles.At("deploy", "lab", "lab"), .. arguments], Environment);

    /// <summary>Runs the real program in the lab's controller namespace, logged in to hosts as that user.</summary>
    public static Task<ProgramEnd> BotAsync(string user, params string[] arguments)
        => Programs.RunAsync(
            [RepositoryFiles.At("deploy", "lab", "lab"), "ctl", "--", Path.Combine(AppContext.BaseDirectory, "chatopsbot"), .. arguments],
            new Dictionary<string, string>(Environment)
            {
                ["Inventory__File"] = Inventory(user),
                ["Ssh__IdentityFile"] = $"{Folder}/key",
                ["Ssh__KnownHostsFile"] = $"{Folder}/known_hosts",
                ["NO_COLOR"] = "1",
            });

    /// <summary>Diagnoses a host as that user, in this process and over a connection of its own.</summary>
    public static async Task<Diagnosis> DiagnoseAsync(string user, string host)
    {
        await using var opened = LabHost.Open(host, user);
        return (await opened.CheckAsync()).Diagnosis;
    }

    /// <summary>Diagnoses a host as that user, by the program's command line; from the one read, unless the options ask for probes.</summary>
    public static async Task<(int ExitCode, JsonElement Answer)> CheckAsync(string user, string host, params string[] options)
    {
        var end = await BotAsync(user, ["check", host, "--format", "json", .. options, .. options.Contains("--probe") ? Array.Empty<string>() : ["--probe", "none"]]);
        Assert.True(end.Stdout.StartsWith('{'), $"exit code {end.ExitCode}\n{end.Stdout}\n{end.Stderr}");
        using var json = JsonDocument.Parse(end.Stdout);
        return (end.ExitCode, json.RootElement.Clone());
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

    private static string Inventory(string user) => $"{Folder}/inventory.{user}.yaml";
}
