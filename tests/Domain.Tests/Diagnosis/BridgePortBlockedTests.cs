using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class BridgePortBlockedTests
{
    [Theory]
    [InlineData("disabled")]
    [InlineData("blocking")]
    public void Judge_TapStoppedByHand_IsRepairedInPlace(string state)
    {
        var finding = Assert.Single(Judge(new FakeHost().Bridge("br0").Nic("eno2", "br0").Tap("vnet0", "br0", state: state)).Findings);

        Assert.Equal(("vnet0", Scope.Guest, "bridge/unblock-port", Risk.D0), (finding.Subject, finding.Scope, finding.Repair, finding.Risk));
    }

    [Fact]
    public void Judge_UplinkStoppedByHand_ExplainsTheBridge()
        => Assert.Equal(Scope.Bridge, Assert.Single(Judge(new FakeHost().Bridge("br0").Nic("eno2", "br0", state: "disabled").Tap("vnet0", "br0")).Findings).Scope);

    [Fact]
    public void Judge_GuardOn_ClearsTheGuard()
    {
        var finding = Assert.Single(Judge(new FakeHost().Bridge("br0").Nic("eno2", "br0", state: "disabled").PortFlag("eno2", "guard", true).Tap("vnet0", "br0")).Findings);

        Assert.Equal(("bridge/clear-bpdu-guard", Risk.D2), (finding.Repair, finding.Risk));
    }

    [Fact]
    public void Judge_StpBlocksTheOnlyUplink_AsksForTheLoop()
    {
        var finding = Assert.Single(Judge(new FakeHost().Bridge("br0", stp: 1, forwardDelay: 1500).Nic("eno2", "br0", state: "blocking").Tap("vnet0", "br0")).Findings);

        Assert.Null(finding.Repair);
        Assert.Contains("second path", finding.Question, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_RedundantUplinkBlockedByStp_IsIntended()
    {
        var verdict = Judge(new FakeHost().Bridge("br0", stp: 1).Nic("eno2", "br0").Nic("eno3", "br0", state: "blocking").Tap("vnet0", "br0"));

        Assert.Empty(verdict.Findings);
        Assert.Single(verdict.Rejected);
    }

    [Fact]
    public void Judge_PortWithoutCarrier_IsAnotherFault()
        => Assert.Empty(Judge(new FakeHost().Bridge("br0").Nic("eno2", "br0", "NO-CARRIER,BROADCAST,MULTICAST,UP", "disabled").Tap("vnet0", "br0")).Findings);

    [Fact]
    public void Judge_HealthyHost_IsClear() => Assert.Empty(Judge(FakeHost.Healthy()).Findings);

    [Fact]
    public void Judge_LinksNotRead_CannotTell() => Assert.Single(Judge(FakeHost.Healthy().WithoutLinks()).Undecided);

    private static Verdict Judge(FakeHost host) => BridgePortBlocked.Rule.Judge(host.View());
}
