using ChatOpsBot.Acceptance.Tests.Lab;
using ChatOpsBot.Application.Chat;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Domain.Cards;
using ChatOpsBot.Domain.Incidents;
using Xunit;
using static ChatOpsBot.Acceptance.Tests.Repairs.RunningService;

namespace ChatOpsBot.Acceptance.Tests.Repairs;

/// <summary>The whole way of a repair that is made to stay: repaired while running, then by its button an incident of its own that writes the file.</summary>
[Trait("Needs", "root")]
public class MakeItStayTests(LabFixture lab)
{
    private const string Host = "host67";
    private const string File = "/etc/network/interfaces.d/br0";

    [Fact]
    public async Task MakeItStay_PressedAfterTheRepair_WritesTheFileOnceASecondPersonAgrees()
    {
        await lab.NeedAsync(Host);
        using var folder = new ServiceFolder();

        // The fault is what the host is configured to: its repair makes the running host differ from the file.
        await RunAsync($"cp -p {File} /root/br0; sed -i 's/bridge_stp off/bridge_stp on/; s/bridge_fd 0/bridge_fd 30/' {File}");
        try
        {
            await RepairTests.WithFaultsAsync(Host, ["bridge.stp-forward-delay"], async () =>
            {
                await using var service = await RunningService.StartAsync(folder);
                var repair = await service.CheckAsync(Host);
                Assert.Equal("bridge/disable-stp", (await service.UntilPlanAsync(repair)).Plan.Runbook);
                Assert.IsType<ApplyOutcome.Applied>(await service.ApproveAsync(repair, Bob));
                var repaired = await service.UntilEndAsync(repair);
                Assert.True(repaired.End == IncidentEnd.Resolved, string.Join("\n", await service.EventsAsync(repair)));
                Assert.Contains(
                    (await service.EventsAsync(repair)).OfType<IncidentEvent.Verified>().Single().Proofs,
                    proof => proof is { Passed: true, What: "the configuration does not have the repair yet" });
                Assert.Contains("bridge_stp on", await RunAsync($"cat {File}"), StringComparison.Ordinal);

                var pressed = Assert.IsType<CommandAnswer.Done>(await service.PressAsync(repair, ButtonAction.MakeStay, Ann));
                var keep = Assert.NotNull(pressed.Incident);
                var proposal = await service.UntilPlanAsync(keep);
                Assert.Equal("persist/disable-stp", proposal.Plan.Runbook);
                Assert.Contains("bridge_stp on", await RunAsync($"cat {File}"), StringComparison.Ordinal);
                Assert.IsType<ApplyOutcome.Refused>(await service.ApproveAsync(keep, Ann));
                Assert.IsType<ApplyOutcome.Applied>(await service.ApproveAsync(keep, Bob));

                var kept = await service.UntilEndAsync(keep);
                Assert.True(kept.End == IncidentEnd.Resolved, string.Join("\n", await service.EventsAsync(keep)));
                Assert.Contains("nothing was activated", kept.Why, StringComparison.Ordinal);
                Assert.Contains("bridge_stp off", await RunAsync($"cat {File}"), StringComparison.Ordinal);
                Assert.Contains("bridge_stp on", await RunAsync($"cat /var/lib/chatops/{proposal.Plan.Id}/etc_network_interfaces.d_br0"), StringComparison.Ordinal);
            });
        }
        finally
        {
            await RunAsync($"cp -p /root/br0 {File}");
        }
    }

    private static async Task<string> RunAsync(string script) => (await LabFixture.LabAsync("exec", Host, "--", "sh", "-c", script)).Expect();
}
