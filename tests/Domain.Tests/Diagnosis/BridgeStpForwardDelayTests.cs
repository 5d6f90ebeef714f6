using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class BridgeStpForwardDelayTests
{
    [Theory]
    [InlineData("listening")]
    [InlineData("learning")]
    public void Judge_UplinkWaits_IsCertainForTheBridge(string state)
    {
        var finding = Assert.Single(Judge(new FakeHost().Bridge("br0", stp: 1, forwardDelay: 1500).Nic("eno2", "br0", state: state).Tap("vnet0", "br0")).Findings);

        Assert.Equal(("br0", Certainty.Certain, Scope.Bridge, "bridge/disable-stp"), (finding.Subject, finding.Certainty, finding.Scope, finding.Repair));
        Assert.Contains("30 s", finding.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_OneOfTwoTapsWaits_IsThatGuestsOnly()
        => Assert.Equal(Scope.Guest, Assert.Single(Judge(new FakeHost().Bridge("br0", stp: 1, forwardDelay: 1500).Nic("eno2", "br0").Tap("vnet0", "br0", state: "learning").Tap("vnet1", "br0")).Findings).Scope);

    [Fact]
    public void Judge_StpOnAndForwarding_IsRuledOut()
    {
        var verdict = Judge(new FakeHost().Bridge("br0", stp: 1, forwardDelay: 1500).Nic("eno2", "br0").Tap("vnet0", "br0"));

        Assert.Empty(verdict.Findings);
        Assert.Single(verdict.Rejected);
    }

    [Fact]
    public void Judge_TwoUplinks_KeepsStp()
        => Assert.Equal(
            "bridge/shorten-forward-delay",
            Assert.Single(Judge(new FakeHost().Bridge("br0", stp: 1, forwardDelay: 1500).Nic("eno2", "br0", state: "listening").Nic("eno3", "br0", state: "blocking").Tap("vnet0", "br0")).Findings).Repair);

    [Fact]
    public void Judge_TwoUplinksAtTheShortestDelay_AsksInsteadOfRepairing()
    {
        var finding = Assert.Single(Judge(new FakeHost().Bridge("br0", stp: 1, forwardDelay: 200).Nic("eno2", "br0", state: "listening").Nic("eno3", "br0", state: "blocking").Tap("vnet0", "br0")).Findings);

        Assert.Null(finding.Repair);
        Assert.Contains("2 uplinks", finding.Question, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(199, 0)]
    [InlineData(200, 1)]
    public void Judge_DelayAtTheLimit_DecidesAtTwoSeconds(int delay, int findings)
        => Assert.Equal(findings, Judge(new FakeHost().Bridge("br0", stp: 1, forwardDelay: delay).Nic("eno2", "br0", state: "learning").Tap("vnet0", "br0")).Findings.Length);

    [Fact]
    public void Judge_PortStillListeningAfterStpWentOff_IsFound()
        => Assert.Single(Judge(new FakeHost().Bridge("br0", stp: 0, forwardDelay: 3000).Nic("eno2", "br0", state: "listening").Tap("vnet0", "br0")).Findings);

    [Fact]
    public void Judge_BlockingPort_IsAnotherFault()
        => Assert.Empty(Judge(new FakeHost().Bridge("br0", stp: 1, forwardDelay: 1500).Nic("eno2", "br0", state: "blocking").Tap("vnet0", "br0")).Findings);

    [Fact]
    public void Judge_LinksNotRead_CannotTell() => Assert.Single(Judge(FakeHost.Healthy().WithoutLinks()).Undecided);

    private static Verdict Judge(FakeHost host) => BridgeStpForwardDelay.Rule.Judge(host.View());
}
