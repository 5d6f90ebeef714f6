using ChatOpsBot.Domain.Guard;
using Xunit;

namespace ChatOpsBot.Acceptance.Tests.Lab;

/// <summary>The part of <see cref="RepairMatrix"/> with faults of links, bridges, ports and guests.</summary>
[Trait("Needs", "root")]
public class LinkRepairTests(LabFixture lab)
{
    // What ifup makes differs from what the lab makes, so what comes after would not find the host as it was.
    private const string AloneHost = "host54";

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
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Repair_FaultInjected_CuresItAloneAndCanBeTakenBackExactly(string fault, string leaves, string before)
        => await RepairMatrix.GoThroughAsync(await lab.NeedHostOfAsync(fault, "host44", "host45", "host58"), fault, leaves, before);

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
                var token = RepairMatrix.NextToken;
                await host.ApplyAsync(plan, token);
                LabHost.Expect(GuardStatus.Committed, await host.Guard.CommitAsync(host.Entry, plan, token, TestContext.Current.CancellationToken));
            }

            (await LabFixture.LabAsync("lease", AloneHost, RepairMatrix.Guest, "--timeout", "20")).Expect();
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
            await RepairMatrix.RepairAsync(name, "ops", "bridge.mac-changed", healthy, broken, "", commit);
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
}
