using System.Collections.Immutable;
using ChatOpsBot.Application.Guarding;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Domain.Guard;
using Xunit;

namespace ChatOpsBot.Acceptance.Tests.Lab;

/// <summary>Every repairable fault of the lab: injected, read, diagnosed, planned, repaired under the guard over real SSH, and taken back.</summary>
[Trait("Needs", "root")]
public class RepairMatrixTests(LabFixture lab)
{
    private const string Host = "host44";
    // What ifup makes differs from what the lab makes, so what comes after would not find the host as it was.
    private const string AloneHost = "host54";
    private const string LibvirtHost = "host45";
    private const string Guest = "vm1";
    private static long _token;

    /// <summary>The faults that are diagnosed and repaired here.</summary>
    public static ImmutableHashSet<string> Names { get; } = [.. Faults.Select(row => row.Data.Item1)];

    /// <summary>Fault, what the repair may leave other than it was before the fault, and what comes before the fault.</summary>
    public static TheoryData<string, string, string> Faults => new()
    {
        { "nic.uplink-admin-down", "", "" },
        { "bridge.down", "", "" },
        { "nic.uplink-renamed", "enp9s0", "" },
        { "bridge.uplink-missing", "", "" },
        { "bridge.uplink-holds-ip", "", "" },
        { "bridge.vnet-detached", "", "" },
        { "bridge.vnet-wrong-bridge", "virbr9", "" },
        { "bridge.stp-forward-delay", "", "" },
        { "bridge.stp-forward-delay.two-uplinks", "br0 linkinfo.info_data.forward_delay 200", "" },
        { "bridge.port-blocked", "", "" },
        { "bridge.port-blocked.uplink", "", "" },
        { "bridge.port-blocked.guard", "", "" },
        { "bridge.port-flags", "", "" },
        { "bridge.port-flags.bcast-flood", "", "" },
        { "bridge.port-flags.locked", "", "" },
        { "bridge.port-flags.no-learning", "", "" },
        { "bridge.tap-mac-is-guest-mac", "", "" },
        { "bridge.tap-mac-is-guest-mac.pinned", "", "" },
        { "guest.link-down", "", "" },
        { "libvirt.vm-not-running", "network ", "" },
        { "nf.bridge-family-drop", "", "" },
        { "nf.bridge-family-drop.policy", "type filter hook forward priority filter; policy accept;", "" },
        { "nf.bridge-family-drop.ebtables", "", "" },
        { "nf.bridge-family-drop.ebtables-policy", "type filter hook forward priority filter; policy accept;", "" },
        { "nf.forward-drop-on-bridge", "", "" },
        { "nf.forward-drop-on-bridge.rule", "", "" },
        { "nf.forward-drop-on-bridge.nft-inet", "", "" },
        { "nf.forward-drop-on-bridge.legacy", "", "" },
        { "nf.netdev-or-tc-drop", "", "" },
        { "nf.netdev-or-tc-drop.uplink", "", "" },
        { "nf.rpfilter-on-bridge", "", "" },
        { "nf.host-dhcp-blocked", "iifname \"br0\" udp dport 67 counter", "" },
        { "mtu.path-mismatch", "", "" },
        { "ovs.port-or-flows", "", "" },
        { "nf.forward-drop-on-bridge", "iifname \"br0\" oifname \"br0\" counter accept", "iptables -N DOCKER-USER && iptables -A DOCKER-USER -j RETURN && iptables -I FORWARD -j DOCKER-USER" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Repair_FaultInjected_CuresItAloneAndCanBeTakenBackExactly(string fault, string leaves, string before)
    {
        var machine = await lab.NeedHostOfAsync(fault, Host, LibvirtHost, "host50");
        var healthy = await LabHost.StateAsync(machine);
        try
        {
            if (before.Length > 0)
            {
                (await LabFixture.LabAsync("exec", machine, "--", "sh", "-c", before)).Expect();
            }

            var injection = await LabFixture.LabAsync("fault", "inject", fault, machine);
            Assert.SkipWhen(injection.Stderr.Contains("this kernel has no", StringComparison.Ordinal), injection.Stderr);
            injection.Expect();
            var broken = await LabHost.StateAsync(machine);
            await FaultMatrixTests.AssertHonestAsViewerAsync(machine, fault);
            await RepairAsync(machine, "root", fault, healthy, broken, leaves, commit: false);
            Assert.Equal("", string.Join("\n", Lasting(broken, fault, leaves).SymmetricExcept(Lasting(await LabHost.StateAsync(machine), fault, leaves))));
            if (PassesByItself(fault))
            {
                // Taken back, the ports forward as they would by themselves; the fault has to be made anew.
                (await LabFixture.LabAsync("fault", "heal", fault, machine)).Expect();
                (await LabFixture.LabAsync("fault", "inject", fault, machine)).Expect();
                broken = await LabHost.StateAsync(machine);
            }

            await RepairAsync(machine, "ops", fault, healthy, broken, leaves, commit: true);
        }
        finally
        {
            await LabFixture.LabAsync("fault", "heal", fault, machine);
            if (before.Length > 0)
            {
                (await LabFixture.LabAsync("exec", machine, "--", "nft", "delete", "table", "ip", "filter")).Expect();
            }
        }
    }

    /// <summary>Two roots, of which the second is invisible until the first is gone: the bridge comes back, then the tap that lost it.</summary>
    [Fact]
    public async Task Repair_BridgeDeleted_IsBuiltUpLayerByLayer()
    {
        await lab.NeedAsync(AloneHost);
        try
        {
            (await LabFixture.LabAsync("fault", "inject", "bridge.missing", AloneHost)).Expect();
            foreach (var id in (string[])["bridge.missing", "bridge.vnet-detached"])
            {
                await using var host = LabHost.Open(AloneHost, "ops");
                var (snapshot, diagnosis) = await host.CheckAsync();
                Assert.Equal(id, diagnosis.Primary?.Id);
                var plan = host.PlanFor(diagnosis.Findings[0], snapshot);
                var token = Interlocked.Increment(ref _token);
                await host.ApplyAsync(plan, token);
                LabHost.Expect(GuardStatus.Committed, await host.Guard.CommitAsync(host.Entry, plan, token, TestContext.Current.CancellationToken));
            }

            (await LabFixture.LabAsync("lease", AloneHost, Guest, "--timeout", "20")).Expect();
        }
        finally
        {
            await LabFixture.LabAsync("fault", "heal", "bridge.missing", AloneHost);
        }
    }

    /// <summary>
    /// A bridge that was given an address keeps it, also when that is taken back, so the fault cannot be made twice on one host.
    /// </summary>
    [Theory]
    [InlineData("host47", false)]
    [InlineData("host48", true)]
    public async Task Repair_BridgeFollowsATap_PinsItsAddress(string name, bool commit)
    {
        await lab.NeedAsync(name);
        var healthy = await LabHost.StateAsync(name);
        try
        {
            (await LabFixture.LabAsync("fault", "inject", "bridge.mac-changed", name)).Expect();
            var broken = await LabHost.StateAsync(name);
            await RepairAsync(name, "ops", "bridge.mac-changed", healthy, broken, "", commit);
            if (!commit)
            {
                Assert.Equal("", string.Join("\n", broken.SymmetricExcept(await LabHost.StateAsync(name))));
            }
        }
        finally
        {
            await LabFixture.LabAsync("fault", "heal", "bridge.mac-changed", name);
        }
    }

    private static async Task RepairAsync(string machine, string user, string fault, ImmutableSortedSet<string> healthy, ImmutableSortedSet<string> broken, string leaves, bool commit)
    {
        await using var host = LabHost.Open(machine, user);
        var (snapshot, diagnosis) = await host.CheckAsync();
        var finding = diagnosis.Primary;
        Assert.True(finding is { Repair: not null } && finding.Id == FaultMatrixTests.KnownId(fault), $"as {user}: {string.Join("; ", diagnosis.Findings.Select(other => other.Summary + " " + other.Question))}");
        var plan = host.PlanFor(finding, snapshot);
        var token = Interlocked.Increment(ref _token);
        var cancellation = TestContext.Current.CancellationToken;
        try
        {
            await host.ApplyAsync(plan, token);
            await ProveAsync(machine, host, fault, finding, healthy, broken, leaves);
            if (commit)
            {
                var reply = await host.Guard.CommitAsync(host.Entry, plan, token, cancellation);

                // A commit whose answer did not come is repeated, as the engine does.
                LabHost.Expect(GuardStatus.Committed, reply is GuardReply.Answered { Lost: not null } ? await host.Guard.CommitAsync(host.Entry, plan, token, cancellation) : reply);
                return;
            }
        }
        catch
        {
            await host.Guard.RevertAsync(host.Entry, plan, token, CancellationToken.None);
            throw;
        }

        LabHost.Expect(GuardStatus.Reverted, await host.Guard.RevertAsync(host.Entry, plan, token, cancellation));
    }

    private static async Task ProveAsync(string machine, LabHost host, string fault, Finding finding, ImmutableSortedSet<string> healthy, ImmutableSortedSet<string> broken, string leaves)
    {
        var (_, after) = await host.CheckAsync();
        Assert.DoesNotContain(after.Findings, other => other.Id == finding.Id && other.Subject == finding.Subject);
        (await LabFixture.LabAsync("lease", machine, Guest, "--timeout", "20")).Expect();
        var state = await LabHost.StateAsync(machine);
        Assert.NotEmpty(state.SymmetricExcept(broken));
        state = Lasting(state, fault, leaves);
        broken = Lasting(broken, fault, leaves);

        // Whatever the repair changed is as it was before the fault, but for what the repair is meant to leave.
        var come = state.Except(broken).Where(line => !healthy.Contains(line) && !(leaves.Length > 0 && line.Contains(leaves, StringComparison.Ordinal)));
        var gone = broken.Except(state).Where(healthy.Contains);
        Assert.Equal("", string.Join("\n", come.Select(line => "come: " + line).Concat(gone.Select(line => "gone: " + line))));
    }

    /// <summary>A listening port forwards in the end, and a guard that is on again waits for the next BPDU: taken back, the fault is not there at once.</summary>
    private static bool PassesByItself(string fault) => fault.StartsWith(BridgeStpForwardDelay.Id, StringComparison.Ordinal) || fault == "bridge.port-blocked.guard";

    /// <summary>
    /// A port that was listening forwards after a while whatever one does, and a bridge that got or lost its only port says so a second later: none of that can be put back.
    /// </summary>
    private static ImmutableSortedSet<string> Lasting(ImmutableSortedSet<string> state, string fault, string leaves)
        => [.. from line in state
               where !PassesByItself(fault) || !line.Contains("info_slave_data.state", StringComparison.Ordinal)
               where leaves.Length == 0 || !line.StartsWith($"link {leaves} operstate ", StringComparison.Ordinal)
               select line];
}
