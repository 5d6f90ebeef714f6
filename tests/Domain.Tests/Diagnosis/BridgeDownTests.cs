using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class BridgeDownTests
{
    [Fact]
    public void Judge_BridgeSetDown_IsCertain()
    {
        var host = new FakeHost().Bridge("br0", up: false).Nic("eno2", "br0", "BROADCAST,MULTICAST,UP,LOWER_UP,M-DOWN", "disabled").Tap("vnet0", "br0");

        var finding = Assert.Single(Judge(host).Findings);

        Assert.Equal(("br0", Certainty.Certain, "bridge/raise-bridge"), (finding.Subject, finding.Certainty, finding.Repair));
    }

    [Fact]
    public void Judge_BridgeUpWithoutCarrier_IsRuledOut()
    {
        var host = new FakeHost().Add("br0", "NO-CARRIER,BROADCAST,MULTICAST,UP", null, "bridge", new() { ["stp_state"] = 0 }).Nic("eno2", "br0").Tap("vnet0", "br0");

        Assert.Single(Judge(host).Rejected);
        Assert.Empty(Judge(host).Findings);
    }

    [Fact]
    public void Judge_HealthyHost_IsClear() => Assert.Empty(Judge(FakeHost.Healthy()).Findings);

    [Fact]
    public void Judge_UnusedBridgeDown_IsClear() => Assert.Empty(Judge(FakeHost.Healthy().Bridge("docker0", up: false)).Findings);

    [Fact]
    public void Judge_LinksNotRead_CannotTell() => Assert.Single(Judge(FakeHost.Healthy().WithoutLinks()).Undecided);

    [Fact]
    public void Diagnose_PortsDisabledByTheBridge_AreNoRootOfTheirOwn()
    {
        var host = new FakeHost().Bridge("br0", up: false).Nic("eno2", "br0", "BROADCAST,MULTICAST,UP,LOWER_UP,M-DOWN", "disabled").Tap("vnet0", "br0", state: "disabled");

        Assert.Equal([BridgeDown.Id], host.Diagnose().Findings.Select(finding => finding.Id));
    }

    private static Verdict Judge(FakeHost host) => BridgeDown.Rule.Judge(host.View());
}
