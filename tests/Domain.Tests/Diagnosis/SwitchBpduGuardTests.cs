using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class SwitchBpduGuardTests
{
    [Theory]
    [InlineData(1, "NO-CARRIER,BROADCAST,MULTICAST,UP", 118, true)]
    [InlineData(1, "NO-CARRIER,BROADCAST,MULTICAST,UP", 140, false)] // too late
    [InlineData(0, "NO-CARRIER,BROADCAST,MULTICAST,UP", 118, false)] // our bridge is silent
    [InlineData(1, "BROADCAST,MULTICAST,UP,LOWER_UP", 118, false)] // the link is back
    public void Judge_CarrierLostSoonAfterSpanningTreeBegan(int stp, string flags, double fell, bool found)
    {
        var host = new FakeHost().Bridge("br0", stp: stp).Nic("eno2", "br0", flags, "disabled").Tap("vnet0", "br0")
            .Section("e.klog", "dmesg", FormattableString.Invariant($"<6>[  100.000000] br0: port 1(eno2) entered listening state\n<6>[  {fell:0.000000}] e1000e: eno2 NIC Link is Down\n"));
        var findings = SwitchBpduGuard.Rule.Judge(host.View()).Findings;

        Assert.Equal(found, findings.Length == 1);
        Assert.All(findings, finding => Assert.Contains("stp_state 0", finding.Question, StringComparison.Ordinal));
    }

    /// <summary>By the catalogue a carrier that went soon after spanning tree was switched on is no fault of cable or optic.</summary>
    [Fact]
    public void Diagnose_CarrierLostSoonAfterSpanningTreeBegan_ExplainsTheDeadUplink()
    {
        var diagnosis = new FakeHost().Bridge("br0", stp: 1).Nic("eno2", "br0", "NO-CARRIER,BROADCAST,MULTICAST,UP", "disabled").Tap("vnet0", "br0")
            .Section("e.klog", "dmesg", "<6>[  100.000000] br0: port 1(eno2) entered listening state\n<6>[  104.000000] br0: port 1(eno2) entered disabled state\n").Diagnose();

        Assert.Equal(SwitchBpduGuard.Id, diagnosis.Primary?.Id);
        Assert.NotNull(Assert.Single(diagnosis.Findings, finding => finding.Id == NicUplinkNoCarrier.Id).ConsequenceOf);
    }

    [Fact]
    public void Judge_NoLog_SaysNothing() => Assert.True(ProbedHost.IsSilent(SwitchBpduGuard.Rule.Judge(new FakeHost().Bridge("br0", stp: 1).Nic("eno2", "br0", "NO-CARRIER,BROADCAST,MULTICAST,UP", "disabled").View())));
}
