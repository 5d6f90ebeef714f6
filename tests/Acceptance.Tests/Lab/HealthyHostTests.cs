using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Acceptance.Tests.Lab;

/// <summary>Hosts that are odd but healthy: the bot must stay silent. Runs beside the fault matrix, on hosts of its own.</summary>
[Trait("Needs", "root")]
public class HealthyHostTests(LabFixture lab)
{
    private const string Host = "host43";

    /// <summary>All conditions of the lab, and the plain host.</summary>
    public static TheoryData<string> Conditions
        => ["none", .. Directory.EnumerateFiles(RepositoryFiles.At("deploy", "lab", "conditions"), "*.sh").Select(Path.GetFileNameWithoutExtension).OfType<string>().Order()];

    [Theory]
    [MemberData(nameof(Conditions))]
    public async Task Check_HealthyButOdd_IsSilent(string condition)
    {
        await lab.NeedAsync(Host);
        if (condition != "none")
        {
            (await LabFixture.LabAsync("condition", "set", condition, Host)).Expect();
        }

        try
        {
            foreach (var user in new[] { "root", "ops" })
            {
                var diagnosis = await LabFixture.DiagnoseAsync(user, Host);
                Assert.True(diagnosis.Verdict == OverallVerdict.Healthy, $"as {user}: {FaultMatrixTests.Told(diagnosis)}");
            }

            Assert.NotEqual(OverallVerdict.Fault, (await LabFixture.DiagnoseAsync("viewer", Host)).Verdict);
        }
        finally
        {
            if (condition != "none")
            {
                (await LabFixture.LabAsync("condition", "clear", condition, Host)).Expect();
            }
        }
    }

    [Fact]
    public async Task Check_ManagementOverTheBridge_RaisesTheRiskToD3()
    {
        await lab.NeedAsync("host60", "--mgmt-on-bridge");
        (await LabFixture.LabAsync("exec", "host60", "--", "ip", "link", "set", "br0", "type", "bridge", "stp_state", "1", "forward_delay", "3000")).Expect();
        (await LabFixture.LabAsync("exec", "host60", "--", "sh", "-c", "ip link set vnet0 nomaster; ip link set vnet0 master br0")).Expect();
        try
        {
            var (_, answer) = await LabFixture.CheckAsync("ops", "host60");
            var finding = answer.GetProperty("findings")[0];
            Assert.Equal("bridge.stp-forward-delay", finding.GetProperty("id").GetString());
            Assert.Equal("D3", finding.GetProperty("risk").GetString());
        }
        finally
        {
            // Two commands: with STP still on the kernel refuses a delay below 2 s.
            (await LabFixture.LabAsync("exec", "host60", "--", "ip", "link", "set", "br0", "type", "bridge", "stp_state", "0")).Expect();
            (await LabFixture.LabAsync("exec", "host60", "--", "ip", "link", "set", "br0", "type", "bridge", "forward_delay", "0")).Expect();
        }
    }

    [Fact]
    public async Task Check_SudoRefused_IsInconclusiveAndSaysSo()
    {
        await lab.NeedAsync("host61", "--no-sudo");
        var (exit, answer) = await LabFixture.CheckAsync("ops", "host61");

        Assert.Equal(("inconclusive", 2), (answer.GetProperty("verdict").GetString(), exit));
        Assert.Contains(answer.GetProperty("notRead").EnumerateArray(), row => row.GetProperty("why").GetString()!.Contains("sudo", StringComparison.Ordinal)); // a "why" is never null
    }

    [Fact]
    public async Task Check_BridgeMadeByIfupdown_IsHealthy()
    {
        await lab.NeedAsync("host62", "--ifupdown");
        Assert.Equal("healthy", (await LabFixture.CheckAsync("ops", "host62")).Answer.GetProperty("verdict").GetString());
    }
}
