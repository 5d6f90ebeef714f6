using ChatOpsBot.Acceptance.Tests.Lab;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Incidents;
using Xunit;
using static ChatOpsBot.Acceptance.Tests.Repairs.RunningService;

namespace ChatOpsBot.Acceptance.Tests.Repairs;

/// <summary>From a check to a repaired host: real sshd, real bridges, a real DHCP client, the service as it is composed.</summary>
[Trait("Needs", "root")]
public class RepairTests(LabFixture lab)
{
    private const string Host = "host51";
    private const string HostBehindBridge = "host52";

    [Fact]
    public async Task Check_UplinkMissing_RepairedOnceASecondPersonAgrees_AndTheGuestHasItsLease()
    {
        await lab.NeedAsync(Host);
        using var folder = new ServiceFolder();
        await WithFaultsAsync(Host, ["bridge.uplink-missing"], async () =>
        {
            await using var service = await RunningService.StartAsync(folder);
            var id = await service.CheckAsync(Host);
            var proposal = await service.UntilPlanAsync(id);
            Assert.Equal("bridge/attach-uplink", proposal.Plan.Runbook);

            var own = Assert.IsType<ApplyOutcome.Refused>(await service.ApproveAsync(id, Ann));
            Assert.Contains("a second person has to approve", own.Reason, StringComparison.Ordinal);
            Assert.IsType<ApplyOutcome.Applied>(await service.ApproveAsync(id, Bob));

            var end = await service.UntilEndAsync(id);
            var events = await service.EventsAsync(id);
            Assert.True(end.End == IncidentEnd.Resolved, string.Join("\n", events));
            var verified = Assert.Single(events.OfType<IncidentEvent.Verified>());
            Assert.Equal(VerifyOutcome.Done, verified.Outcome);
            Assert.Contains(verified.Proofs, proof => proof is { Passed: true } && proof.What.StartsWith("DHCPACK for 52:54:00:", StringComparison.Ordinal) && proof.Text.Contains("10.20."));
            var step = Assert.Single(events.OfType<IncidentEvent.StepReported>());
            Assert.Equal((1, StepPart.Run, 0), (step.Step, step.Part, step.ExitCode));
            Assert.Equal(proposal.Plan.Steps[0].Run, step.Argv);
            (await LabFixture.LabAsync("lease", Host, "vm1", "--timeout", "10")).Expect();
            Assert.Contains("\nstatus committed", await GuardListAsync(Host), StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Check_TwoFaults_RepairedInOrderWithAnApprovalEach()
    {
        await lab.NeedAsync(Host);
        using var folder = new ServiceFolder();
        await WithFaultsAsync(Host, ["bridge.uplink-missing", "nf.forward-drop-on-bridge"], async () =>
        {
            await using var service = await RunningService.StartAsync(folder);
            var id = await service.CheckAsync(Host);
            Assert.Equal("bridge.uplink-missing", (await service.UntilPlanAsync(id)).Target?.Fault);
            Assert.IsType<ApplyOutcome.Applied>(await service.ApproveAsync(id, Bob));

            Assert.Equal("nf.forward-drop-on-bridge", (await service.UntilPlanAsync(id, generation: 2)).Target?.Fault);
            Assert.IsType<ApplyOutcome.Applied>(await service.ApproveAsync(id, Bob));

            Assert.Equal(IncidentEnd.Resolved, (await service.UntilEndAsync(id)).End);
            var verified = (await service.EventsAsync(id)).OfType<IncidentEvent.Verified>().Select(e => e.Outcome);
            Assert.Equal([VerifyOutcome.Kept, VerifyOutcome.Done], verified);
            Assert.Equal(["bridge.uplink-missing", "nf.forward-drop-on-bridge"], (await service.GetAsync(id)).Committed.Select(repair => repair.Target?.Fault));
        });
    }

    [Fact]
    public async Task Approve_AfterSomebodyElseRepairedTheHost_NothingIsRunAndTheHostIsObservedAnew()
    {
        await lab.NeedAsync(Host);
        using var folder = new ServiceFolder();
        await WithFaultsAsync(Host, ["bridge.uplink-missing"], async () =>
        {
            await using var service = await RunningService.StartAsync(folder);
            var id = await service.CheckAsync(Host);
            var proposal = await service.UntilPlanAsync(id);
            (await LabFixture.LabAsync("exec", Host, "--", "ip", "link", "set", "eno2", "master", "br0")).Expect();
            Assert.IsType<ApplyOutcome.Applied>(await service.ApproveAsync(id, Bob));

            Assert.Equal(IncidentEnd.Healthy, (await service.UntilEndAsync(id)).End);
            var events = await service.EventsAsync(id);
            var report = Assert.Single(events.OfType<IncidentEvent.GuardReported>()).Report;
            Assert.Equal(GuardStatus.Drift, report.Status);
            Assert.Contains(report.Values, value => value.Before == proposal.Plan.Steps[0].Before && value.Found == proposal.Plan.Steps[0].After);
            Assert.Equal(2, events.OfType<IncidentEvent.Observed>().Count());
            Assert.DoesNotContain(events, e => e is IncidentEvent.StepReported { Part: StepPart.Run });
        });
    }

    [Fact]
    public async Task Check_FaultOnTheLinkOfOurOwnSession_IsARepairOfTheHighestRiskAndWorks()
    {
        await lab.NeedAsync(HostBehindBridge, "--mgmt-on-bridge");
        using var folder = new ServiceFolder();
        await WithFaultsAsync(HostBehindBridge, ["bridge.port-flags.bcast-flood"], async () =>
        {
            await using var service = await RunningService.StartAsync(folder);
            var id = await service.CheckAsync(HostBehindBridge);
            Assert.Equal(Risk.D3, (await service.UntilPlanAsync(id)).Plan.Risk);
            Assert.IsType<ApplyOutcome.Applied>(await service.ApproveAsync(id, Bob));

            var end = await service.UntilEndAsync(id);
            Assert.True(end.End == IncidentEnd.Resolved, string.Join("\n", await service.EventsAsync(id)));
        });
    }

    [Fact]
    public async Task Check_GatewayIsTheSymptom_ResolvedOnceItAnswers()
    {
        await lab.NeedAsync(Host);
        using var folder = new ServiceFolder();
        await RunOnBrokenHostAsync(folder, "bridge.uplink-holds-ip", async (service, id) =>
        {
            Assert.Equal(IncidentEnd.Resolved, (await service.UntilEndAsync(id)).End);
            var verified = Assert.Single((await service.EventsAsync(id)).OfType<IncidentEvent.Verified>());
            Assert.Contains(verified.Proofs, proof => proof is { Passed: true, What: "the gateway 10.20.0.1 answers ARP on br0" });
        });
    }

    [Fact]
    public async Task Verify_FaultIsBackWhenTheHostIsReadAgain_TheRepairIsTakenBack()
    {
        await lab.NeedAsync(Host);
        using var folder = new ServiceFolder();
        (await LabFixture.LabAsync("exec", Host, "--", "sh", "-c", SpoilOnceApplied)).Expect();
        await RunOnBrokenHostAsync(folder, "bridge.uplink-missing", async (service, id) =>
        {
            Assert.Equal(IncidentEnd.Reverted, (await service.UntilEndAsync(id)).End);
            var verified = Assert.Single((await service.EventsAsync(id)).OfType<IncidentEvent.Verified>());
            Assert.Equal(VerifyOutcome.Worse, verified.Outcome);
            Assert.Contains(verified.Proofs, proof => proof is { Passed: false, What: "bridge.uplink-missing br0 is gone" });
            Assert.Contains("\nstatus reverted", await GuardListAsync(Host), StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Watching_GuestAsksLater_ResolvedOnceItHasItsAddress()
    {
        await lab.NeedAsync(Host);
        using var folder = new ServiceFolder();
        (await LabFixture.LabAsync("fault", "inject", "dhcp.client-silent", Host)).Expect();
        var silent = true;
        try
        {
            await RunOnBrokenHostAsync(folder, "bridge.uplink-missing", async (service, id) =>
            {
                await service.UntilAsync(id, incident => incident.State is IncidentState.Watching);
                (await LabFixture.LabAsync("fault", "heal", "dhcp.client-silent", Host)).Expect();
                silent = false;
                Assert.Equal(IncidentEnd.Resolved, (await service.UntilEndAsync(id)).End);
                var events = await service.EventsAsync(id);
                Assert.Equal(VerifyOutcome.Kept, Assert.Single(events.OfType<IncidentEvent.Verified>()).Outcome);
                Assert.Contains("DHCPACK for 52:54:00:", Assert.Single(events.OfType<IncidentEvent.AckSeen>()).Evidence, StringComparison.Ordinal);
            });
        }
        finally
        {
            if (silent)
            {
                await LabFixture.LabAsync("fault", "heal", "dhcp.client-silent", Host);
            }
        }
    }

    /// <summary>Takes the uplink away again as soon as the guard has applied a plan, as somebody's script might.</summary>
    internal const string SpoilOnceApplied = """
        (
            i=0
            until ls /run/chatops/*/state 2>/dev/null | grep -qx applied; do
                i=$((i + 1)); [ $i -lt 900 ] || exit
                sleep 0.1
            done
            ip link set eno2 nomaster
        ) </dev/null >/dev/null 2>&1 &
        """;

    /// <summary>Breaks the host, has it checked by one person and the plan approved by the other.</summary>
    private static Task RunOnBrokenHostAsync(ServiceFolder folder, string fault, Func<RunningService, IncidentId, Task> then)
        => WithFaultsAsync(Host, [fault], async () =>
        {
            // These guests get their address at once or never.
            await using var service = await RunningService.StartAsync(folder, new() { AckWait = TimeSpan.FromSeconds(3), SettleWithin = TimeSpan.FromSeconds(1) });
            var id = await service.CheckAsync(Host);
            Assert.Equal(fault, (await service.UntilPlanAsync(id)).Target?.Fault);
            Assert.IsType<ApplyOutcome.Applied>(await service.ApproveAsync(id, Bob));
            await then(service, id);
        });

    /// <summary>With the faults in, the guest's client is restarted so that it asks for an address, as a guest in trouble does.</summary>
    internal static async Task WithFaultsAsync(string host, string[] faults, Func<Task> body)
    {
        try
        {
            // Each test has a database of its own, and a host refuses a bot that knows less than the last one.
            (await LabFixture.LabAsync("exec", host, "--", "rm", "-rf", "/run/chatops", "/var/lib/chatops")).Expect();
            foreach (var fault in faults)
            {
                (await LabFixture.LabAsync("fault", "inject", fault, host)).Expect();
            }

            // An address on the uplink hits the host alone.
            Assert.Equal(faults.Contains("bridge.uplink-holds-ip") ? 0 : 1, (await LabFixture.LabAsync("lease", host, "vm1", "--timeout", "1")).ExitCode);
            await body();
        }
        finally
        {
            foreach (var fault in faults.Reverse())
            {
                (await LabFixture.LabAsync("fault", "heal", fault, host)).Expect();
            }
        }
    }

    private static async Task<string> GuardListAsync(string host)
        => (await LabFixture.LabAsync("exec", host, "--", "sh", "-c", "for s in /run/chatops/*/state/*; do printf '\\nstatus %s' \"${s##*/}\"; done")).Expect();
}
