using System.Diagnostics;
using System.Globalization;
using ChatOpsBot.Adapters.Ssh;
using ChatOpsBot.Application.Guarding;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Runbooks;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.Guard;

/// <summary>A bot in a process of its own, to be killed while it applies a plan.</summary>
public sealed class DoomedGuardBot
{
    private const string Variable = "COB_GUARD_BOT_ORDERS";

    /// <summary>Starts it; the plan was begun before.</summary>
    internal static Process Start(LabHost host, Plan plan, long token, string control)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath ?? "", ["-method", $"{typeof(DoomedGuardBot).FullName}.{nameof(ActAsBot)}", "-explicit", "only"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[Variable] = string.Join('|', host.Entry.Name, host.Entry.Address, host.Entry.User, host.Entry.Ssh.ConfigFile, host.Entry.Ssh.IdentityFile, host.Entry.Ssh.KnownHostsFile, control, plan.Id, plan.BootId, token);
#pragma warning disable RS0030 // The bot has to be another process, to be killed.
        return Process.Start(start) ?? throw new InvalidOperationException("the bot did not start");
#pragma warning restore RS0030
    }

    /// <summary>Not a test of its own: applies the plan of its orders until it is killed.</summary>
    [Fact(Explicit = true)]
    public async Task ActAsBot()
    {
#pragma warning disable RS0030 // Orders from the test that started this process.
        var orders = Environment.GetEnvironmentVariable(Variable)?.Split('|');
#pragma warning restore RS0030
        Assert.SkipWhen(orders is not { Length: 10 }, "only as the helper of another test");
        using var client = new SshClient(orders[6], ClientEnvironment.Own(), TimeProvider.System, NullLogger.Instance);
        await using var shell = new OpenSshShell(Options.Create(new SshOptions { ConnectTimeout = GuardLab.Patience }), client, NullLogger<OpenSshShell>.Instance);
        var entry = new Domain.Hosts.HostEntry
        {
            Name = orders[0], Address = orders[1], User = orders[2], Ssh = new() { ConfigFile = orders[3], IdentityFile = orders[4], KnownHostsFile = orders[5] },
        };
        var plan = new Plan
        {
            Id = orders[7], Host = orders[0], HostKeyFingerprint = "", MachineId = "0", BootId = orders[8], Runbook = "bridge/attach-uplink", RunbookHash = "00", Risk = Risk.D2, Steps = [],
            Expires = DateTimeOffset.MaxValue,
        };
        await new HostGuard(shell, TimeProvider.System).ApplyAsync(entry, plan, long.Parse(orders[9], CultureInfo.InvariantCulture), TestContext.Current.CancellationToken);
    }
}
