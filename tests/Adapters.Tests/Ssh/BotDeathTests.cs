using System.Diagnostics;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Adapters.Ssh;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.Ssh;

/// <summary>A bot that is killed without warning leaves nothing running: not on the host, nor here.</summary>
[Collection(SshdTests.Name)]
[Trait("Needs", "root")]
public sealed class BotDeathTests
{
    private readonly SshdHost host;

    public BotDeathTests(SshdHost host) => this.host = host;

    [Theory]
    [InlineData("viewer", false, true)]
    [InlineData("ops", true, false)]
    public async Task Sigkill_OfTheBot_EndsTheRunOnTheHost(string user, bool asRoot, bool fresh)
    {
        Assert.SkipWhen(host.Missing is not null, $"no test host: {host.Missing}");
        var marker = "cob-" + Guid.NewGuid().ToString("N");
        var control = $"{host.Folder}/bot{marker[^4..]}";
        var start = new ProcessStartInfo(Environment.ProcessPath ?? "", ["-method", $"{typeof(DoomedBot).FullName}.{nameof(DoomedBot.ActAsBot)}", "-explicit", "only"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[DoomedBot.Variable] = string.Join('|', user, asRoot, fresh, marker, control, host.Folder, host.Port);
#pragma warning disable RS0030 // The bot has to be another process, to be killed.
        using var bot = Process.Start(start) ?? throw new InvalidOperationException("the bot did not start");
#pragma warning restore RS0030
        await Eventually.TrueAsync("the bot's program runs", () => Processes.WithArgument(marker).Count >= 3, TimeSpan.FromSeconds(20));

        bot.Kill();

        await Eventually.TrueAsync("nothing is left on the host", () => Processes.WithArgument(marker).Count == 0, TimeSpan.FromSeconds(2));
        await Eventually.TrueAsync("no client is left here", () => Processes.WithText(control).Count == 0, TimeSpan.FromSeconds(2));
        await bot.WaitForExitAsync(TestContext.Current.CancellationToken);
    }
}

/// <summary>The bot of the tests above. Outside their collection, so that its process starts no host of its own.</summary>
public sealed class DoomedBot
{
    internal const string Variable = "COB_BOT_ORDERS";

    /// <summary>Not a test of its own: runs what its orders say until it is killed.</summary>
    [Fact(Explicit = true)]
    public async Task ActAsBot()
    {
#pragma warning disable RS0030 // Orders from the test that started this process.
        var orders = Environment.GetEnvironmentVariable(Variable)?.Split('|');
#pragma warning restore RS0030
        Assert.SkipWhen(orders is not { Length: 7 }, "only as the helper of another test");
        var (user, marker, control, folder) = (orders[0], orders[3], orders[4], orders[5]);
        using var client = new SshClient(control, ClientEnvironment.Own(), TimeProvider.System, NullLogger.Instance);
        await using var shell = new OpenSshShell(Options.Create(new SshOptions()), client, NullLogger<OpenSshShell>.Instance);
        var entry = new ChatOpsBot.Domain.Hosts.HostEntry
        {
            Name = "host42",
            Address = "127.0.0.1",
            Port = int.Parse(orders[6]),
            User = user,
            Ssh = new() { IdentityFile = $"{folder}/key", KnownHostsFile = $"{folder}/known_hosts", ConfigFile = $"{folder}/ssh_config" },
        };
        const string Script = "trap '' TERM HUP INT; sh -c 'sleep 300; :' \"$1\" & setsid sh -c 'sleep 300; :' \"$1\" & sleep 300; : \"$1\"";

        await shell.RunAsync(
            entry,
            new RemoteCommand(["sh", "-c", Script, "sh", marker]) { AsRoot = bool.Parse(orders[1]), FreshConnection = bool.Parse(orders[2]), TimeLimit = TimeSpan.FromMinutes(1) },
            null,
            TestContext.Current.CancellationToken);
    }
}
