using System.Collections.Immutable;
using System.Globalization;
using ChatOpsBot.Adapters.Ssh;
using ChatOpsBot.Adapters.YamlFiles;
using ChatOpsBot.Adapters.YamlFiles.Runbooks;
using ChatOpsBot.Application.Guarding;
using ChatOpsBot.Application.Observation;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Guard;
using ChatOpsBot.Domain.Hosts;
using ChatOpsBot.Domain.Runbooks;
using ChatOpsBot.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace ChatOpsBot.Acceptance.Tests.Lab;

/// <summary>A host of the lab as the bot sees it, over real SSH, logged in as one user.</summary>
public sealed class LabHost : IAsyncDisposable
{
    // The lab's hosts are reached from its controller's namespace only.
    private const string Relay = """
        use IO::Socket::INET; use IO::Select; $| = 1;
        my $peer = IO::Socket::INET->new(PeerAddr => $ARGV[0], PeerPort => $ARGV[1]) or die "connect: $!";
        my $ready = IO::Select->new($peer, \*STDIN);
        while (my @from = $ready->can_read) { for my $end (@from) {
            my $count = sysread($end, my $data, 65536); exit unless $count;
            my $to = $end == $peer ? \*STDOUT : $peer;
            while (length $data) { my $done = syswrite($to, $data) or exit; substr($data, 0, $done, "") } } }
        """;

    private static readonly RunbookSet s_runbooks = Assert.IsType<RunbooksReading.Loaded>(new RunbookFiles().ReadAll(RepositoryFiles.At("runbooks"))).Runbooks;
    private static int _plans;

    private readonly ServiceProvider _services;
    private readonly TemporaryFolder _folder;

    private LabHost(ServiceProvider services, TemporaryFolder folder, HostEntry entry) => (_services, _folder, Entry) = (services, folder, entry);

    /// <summary>The inventory's entry.</summary>
    public HostEntry Entry { get; }

    /// <summary>The guard over SSH.</summary>
    public HostGuard Guard => _services.GetRequiredService<HostGuard>();

    /// <summary>Opens a host that the lab has already.</summary>
    public static LabHost Open(string host, string user)
    {
        var folder = new TemporaryFolder();
        var relay = folder.Write("relay.pl", Relay);
        var config = folder.Write("ssh_config", $"Host *\n  ProxyCommand ip netns exec cob-{LabFixture.Name}-ctl perl {relay} %h %p\n");
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(Options.Create(new SshOptions
        {
            IdentityFile = $"{LabFixture.Folder}/key", KnownHostsFile = $"{LabFixture.Folder}/known_hosts", ConfigFile = config, ControlDirectory = folder.Path,
        }));
        services.AddSshHostShell();
        services.AddSingleton<HostReader>().AddSingleton<HostGuard>();
        var inventory = Assert.IsType<InventoryReading.Loaded>(new InventoryFile().Read($"{LabFixture.Folder}/inventory.yaml")).Inventory;
        return new(services.BuildServiceProvider(), folder, inventory.Hosts.Single(entry => entry.Name == host) with { User = user });
    }

    /// <summary>Runs a program there.</summary>
    public Task<ShellOutcome> RunAsync(RemoteCommand command) => _services.GetRequiredService<IHostShell>().RunAsync(Entry, command, null, TestContext.Current.CancellationToken);

    /// <summary>Reads and diagnoses.</summary>
    public async Task<(HostSnapshot Snapshot, Diagnosis Diagnosis)> CheckAsync()
    {
        var outcome = await _services.GetRequiredService<HostReader>().ReadAsync(Entry, null, TestContext.Current.CancellationToken);
        var snapshot = outcome is ReadOutcome.Read read ? read.Snapshot : throw new InvalidOperationException(outcome.ToString());
        return (snapshot, Diagnostician.Diagnose(snapshot, Entry, DiagnosisFocus.WholeHost));
    }

    /// <summary>Plans the repair that a finding names.</summary>
    public Plan PlanFor(Finding finding, HostSnapshot snapshot)
    {
        var runbook = s_runbooks.Find(finding.Repair);
        Assert.True(runbook is not null, $"{finding.Id} {finding.Subject} names {finding.Repair ?? "no repair"}: {finding.Question}");
        var outcome = Planner.Plan(new()
        {
            Runbook = runbook,
            Snapshot = snapshot,
            Host = Entry,
            Finding = finding,
            HostKeyFingerprint = "SHA256:lab",
            PlanId = $"repair-{Interlocked.Increment(ref _plans).ToString(CultureInfo.InvariantCulture)}",
            Expires = DateTimeOffset.MaxValue,
        });
        return outcome is PlanOutcome.Planned(var plan, _) ? plan : throw new InvalidOperationException(outcome.ToString());
    }

    /// <summary>Plans a runbook that a person asks for.</summary>
    public PlanOutcome PlanFor(string runbook, HostSnapshot snapshot, params ReadOnlySpan<(string Key, string Value)> arguments)
    {
        var given = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in arguments)
        {
            given = given.Add(key, value);
        }

        return Planner.Plan(new()
        {
            Runbook = s_runbooks.Find(runbook) ?? throw new InvalidOperationException($"there is no runbook {runbook}"),
            Snapshot = snapshot,
            Host = Entry,
            Arguments = given,
            HostKeyFingerprint = "SHA256:lab",
            PlanId = $"stay-{Interlocked.Increment(ref _plans).ToString(CultureInfo.InvariantCulture)}",
            Expires = DateTimeOffset.MaxValue,
        });
    }

    /// <summary>Begins and applies; fails with what the guard recorded.</summary>
    public async Task ApplyAsync(Plan plan, long token)
    {
        var cancellation = TestContext.Current.CancellationToken;
        Expect(GuardStatus.Armed, await Guard.BeginAsync(Entry, plan, token, TimeSpan.FromSeconds(120), cancellation));
        Expect(GuardStatus.Applied, await Guard.ApplyAsync(Entry, plan, token, cancellation));
    }

    /// <summary>The guard's status, or a failed test that says what it recorded.</summary>
    public static void Expect(GuardStatus status, GuardReply reply)
    {
        var (report, lost) = Assert.IsType<GuardReply.Answered>(reply);
        Assert.True(report.Status == status && report.Refusal is null, $"{report.Status.Name()}, not {status.Name()}: {report.Refusal?.ToString()} {lost} {string.Join("\n", report.Records)}");
    }

    /// <summary>
    /// Everything on the host that a repair could change: links and ports with all their settings, addresses, routes, fixed forwarding entries, sysctls,
    /// filters and files; one line each. Timers (ageing, which STP shortens while a topology changes, too), counters, what is learned and IPv6 link-local addresses, which come and go by themselves, are left out.
    /// </summary>
    public static async Task<ImmutableSortedSet<string>> StateAsync(string host)
    {
        const string Script = """
            ip -j -d link show | jq -c '.[] | del(.. | .gc_timer?, .hello_timer?, .tcn_timer?, .topology_change_timer?, .message_age_timer?, .forward_delay_timer?, .hold_timer?, .topology_change_ack?, .topology_change?, .topology_change_detected?, .config_pending?, .ageing_time?) | .ifname as $n | paths(scalars) as $p | "link \($n) \($p | map(tostring) | join(".")) \(getpath($p))"' -r
            ip -o addr show | grep -v 'inet6 fe80:' | sed 's/^/addr /;s/ valid_lft.*//'
            ip route show table all | grep -v -e fe80: -e ff00: | sed 's/^/route /'
            bridge fdb show | grep -E 'permanent|static|sticky' | sed 's/^/fdb /'
            sysctl -a --pattern '^net\.(bridge|ipv[46]\.(ip_forward|conf))' 2>/dev/null | sed 's/^/sysctl /'
            nft -s list ruleset 2>/dev/null | awk '/^table/ { t = $2 " " $3 } /^\tchain/ { c = $2 } NF > 1 { n[t c]++; print "nft " t " " c " " $0 }'
            iptables-legacy-save 2>/dev/null | grep -v '^#' | sed 's/\[.*\]//;s/^/legacy /'
            find /etc /usr/local/etc -xdev -type f -newer /proc/1/cmdline -printf 'file %p %s %T@\n' 2>/dev/null
            if [ -S /run/libvirt/libvirt-sock ]; then
                virsh -q -c qemu:///system net-list --all | sed 's/^ */network /'
                virsh -q -c qemu:///system list --name | while read -r guest; do
                    [ -z "$guest" ] || virsh -q -c qemu:///system domiflist "$guest" | while read -r tap rest; do [ -z "$tap" ] || virsh -q -c qemu:///system domif-getlink "$guest" "$tap" | sed 's/^/guest link /'; done
                done
            fi
            true
            """;
        var end = await LabFixture.LabAsync("exec", host, "--", "sh", "-c", Script);
        return [.. end.Expect().Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.Contains(" valid_lft ", StringComparison.Ordinal))];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _folder.Dispose();
    }
}
