using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class NicUplinkAdminDownTests
{
    private const string Down = "BROADCAST,MULTICAST";

    [Fact]
    public void Judge_UplinkSetDown_IsCertainAndNamesTheNic()
    {
        var finding = Assert.Single(Judge(new FakeHost().Bridge("br0").Nic("eno2", "br0", Down, "disabled").Tap("vnet0", "br0")).Findings);

        Assert.Equal(("eno2", Certainty.Certain, Scope.Bridge, "nic/raise-uplink"), (finding.Subject, finding.Certainty, finding.Scope, finding.Repair));
        Assert.Contains("e.link eno2: flags without UP", finding.Because.Select(line => line.ToString()));
    }

    [Fact]
    public void Judge_HealthyHost_IsClear() => Assert.Empty(Judge(FakeHost.Healthy()).Findings);

    [Fact]
    public void Judge_LinksNotRead_CannotTell() => Assert.Equal("e.link", Assert.Single(Judge(FakeHost.Healthy().WithoutLinks()).Undecided).Section);

    [Fact]
    public void Judge_NoCarrierButUp_IsClear()
        => Assert.Empty(Judge(new FakeHost().Bridge("br0").Nic("eno2", "br0", "NO-CARRIER,BROADCAST,MULTICAST,UP", "disabled").Tap("vnet0", "br0")).Findings);

    [Fact]
    public void Judge_SecondUplinkWorks_IsRuledOut()
    {
        var verdict = Judge(FakeHost.Healthy().Nic("eno3", "br0", Down, "disabled"));

        Assert.Empty(verdict.Findings);
        Assert.Contains("working uplink eno2", Assert.Single(verdict.Rejected).Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_StandbyNicOutsideTheBridge_IsClear() => Assert.Empty(Judge(FakeHost.Healthy().Nic("eno3", null, Down)).Findings);

    [Fact]
    public void Judge_NicBelowVlanUplink_NamesTheNic()
    {
        var host = new FakeHost().Bridge("br0").Nic("eno2", null, Down).Tap("vnet0", "br0")
            .Add("eno2.100", "NO-CARRIER,BROADCAST,MULTICAST,UP", "br0", "vlan", new() { ["id"] = 100 }, "disabled", lower: "eno2");

        Assert.Equal("eno2", Assert.Single(Judge(host).Findings).Subject);
    }

    private static Verdict Judge(FakeHost host) => NicUplinkAdminDown.Rule.Judge(host.View());
}
