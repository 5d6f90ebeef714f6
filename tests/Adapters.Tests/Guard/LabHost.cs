using System.Globalization;
using ChatOpsBot.Adapters.Ssh;
using ChatOpsBot.Application.Guarding;
using ChatOpsBot.Domain.Guard;
using ChatOpsBot.Domain.Hosts;
using ChatOpsBot.Domain.Runbooks;
using ChatOpsBot.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.Guard;

/// <summary>
/// A host of a lab (deploy/lab), reached by the real SSH adapter over its management link, as user <c>ops</c> with sudo. The test looks at it past SSH.
/// </summary>
public sealed class LabHost : IGuardHost
{
    private readonly int _inside;
    private readonly string _name;
    private long _token;

    private LabHost(string name, HostEntry entry, HostGuard guard, int inside, string machineId, string bootId)
        => (_name, Entry, Guard, _inside, MachineId, BootId) = (name, entry, guard, inside, machineId, bootId);

    public HostEntry Entry { get; }

    public HostGuard Guard { get; }

    public string MachineId { get; }

    public string BootId { get; }

    /// <inheritdoc/>
    public string Quiet => "! pgrep -f '/guard (watch|run) |-s -- (begin|apply|commit|revert) ' >/dev/null";

    /// <summary>A fencing token higher than those before.</summary>
    public long NextToken() => Interlocked.Increment(ref _token);

    /// <summary>The host of that name in a lab that is up, with the links and files that the plans change.</summary>
    internal static async Task<LabHost> OfAsync(string lab, string name, string user, HostGuard guard)
    {
        var folder = $"/run/cob-{lab}";
        var config = $"{folder}/guard_ssh_config";
        await File.WriteAllTextAsync(config, $"Host *\n  ProxyCommand nsenter --net=/run/netns/cob-{lab}-ctl busybox nc %h %p\n");
        var entry = new HostEntry
        {
            Name = name,
            Address = (await File.ReadAllTextAsync($"{folder}/hosts/{name}/address")).Trim(),
            User = user,
            Ssh = new() { IdentityFile = $"{folder}/key", KnownHostsFile = $"{folder}/known_hosts", ConfigFile = config },
        };
        var inside = int.Parse(await File.ReadAllTextAsync($"{folder}/hosts/{name}/pid"), CultureInfo.InvariantCulture);
        var ids = (await GuardMachine.ExecAsync(inside, ["cat", "/etc/machine-id", "/proc/sys/kernel/random/boot_id"], default)).Expect().Split('\n');
        var host = new LabHost(name, entry, guard, inside, ids[0], ids[1]);
        await host.ShAsync($$"""
            set -e
            mount -o remount,size=1m /run
            mkdir /mnt/real /mnt/data
            printf '%s' "$1" >/mnt/wrap
            for tool in {{GuardStops.Tools}}; do
                cp "/usr/bin/$tool" "/mnt/real/$tool"
                install -m 755 /mnt/wrap "/usr/bin/.$tool"
                /mnt/real/mv "/usr/bin/.$tool" "/usr/bin/$tool" 2>/dev/null || mv "/usr/bin/.$tool" "/usr/bin/$tool"
            done
            ip link add cob-br0 type bridge
            ip link add cob-br9 type bridge
            ip tuntap add cob-t0 mode tap
            ip link set cob-t0 address 02:00:00:00:00:01
            nft add table bridge cob
            nft add chain bridge cob forward '{ type filter hook forward priority 0; }'
            nft add rule bridge cob forward udp dport 67 drop
            """, GuardStops.Wrapper);
        return host;
    }

    /// <inheritdoc/>
    public Task<ProgramEnd> ExecAsync(IEnumerable<string> argv, ReadOnlyMemory<byte> stdin = default) => GuardMachine.ExecAsync(_inside, argv, stdin);

    /// <summary>A plan that was made for this host in this boot.</summary>
    public Plan Bind(Plan plan) => plan with { Id = $"{_name}-{plan.Id}", Host = Entry.Name, MachineId = MachineId, BootId = BootId };

    /// <summary>The report of an answer; anything else fails the test.</summary>
    public static GuardReport Report(GuardReply reply) => reply is GuardReply.Answered answered ? answered.Report : throw new InvalidOperationException(GuardWording.Of(reply));
}

/// <summary>A lab of one test class: its hosts come up together and are taken down with it.</summary>
public sealed class GuardLab : IAsyncDisposable
{
    // For a login to a host of a machine that is busy with other tests.
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static int _last;

    private readonly ServiceProvider _services;
    private readonly Dictionary<string, string> _environment;

    private GuardLab(string name, ServiceProvider services) => (Name, _services, _environment) = (name, services, new() { ["COB_LAB_NAME"] = name });

    public string Name { get; }

    /// <summary>Sockets of the bot's SSH connections.</summary>
    public string ControlDirectory => $"/run/cob-{Name}/control";

    private HostGuard Guard => new(_services.GetRequiredService<Application.Ports.IHostShell>(), TimeProvider.System);

    public static async Task<GuardLab> StartAsync()
    {
        if (!Environment.IsPrivilegedProcess || !File.Exists("/usr/bin/busybox"))
        {
            Assert.Skip("the lab needs root and busybox");
        }

        var name = $"g{Environment.ProcessId % 1_000_000}{(char)('a' + (Interlocked.Increment(ref _last) % 26))}";
        var registered = new ServiceCollection().AddLogging().AddSshHostShell();
        registered.Configure<SshOptions>(options => (options.ControlDirectory, options.ConnectTimeout) = ($"/run/cob-{name}/control", Patience));
        var lab = new GuardLab(name, registered.BuildServiceProvider());
        (await lab.RunAsync("up")).Expect();
        return lab;
    }

    /// <summary>Adds a host, ready for plans.</summary>
    public async Task<LabHost> AddAsync(string host, string user = "ops", params string[] options)
    {
        (await RunAsync(["host", "add", host, "--guests", "0", .. options])).Expect();
        return await LabHost.OfAsync(Name, host, user, Guard);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        try
        {
            await RunAsync("down");
        }
        catch (OperationCanceledException)
        {
            // Said by the warning only: thrown here, it would hide why the test failed.
            TestContext.Current.AddWarning($"the lab {Name} could not be taken down in time: COB_LAB_NAME={Name} deploy/lab/lab down");
        }
    }

    private Task<ProgramEnd> RunAsync(params string[] arguments)
        => Programs.RunAsync([RepositoryFiles.At("deploy", "lab", "lab"), .. arguments], _environment, TimeSpan.FromMinutes(3), CancellationToken.None);
}
