using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class BridgeUplinkMissingTests
{
    private static FakeHost Detached => new FakeHost().Bridge("br0").Nic("eno2").Tap("vnet0", "br0");

    [Fact]
    public void Judge_ConfiguredPortIsNotAttached_IsRepairedWithoutInterruption()
    {
        var finding = Assert.Single(Judge(Detached.Config("br0", "eno2")).Findings);

        Assert.Equal(("br0", Certainty.Certain, "bridge/attach-uplink", Risk.D0), (finding.Subject, finding.Certainty, finding.Repair, finding.Risk));
        Assert.Contains("e.link eno2: master none", finding.Because.Select(line => line.ToString()));
        Assert.Contains(finding.Because, line => line.Section == "e.cfg" && line.Text.StartsWith("br0 ports eno2", StringComparison.Ordinal));
    }

    [Fact]
    public void Judge_InventoryNamesTheUplink_IsFoundWithoutConfiguration()
        => Assert.Single(Judge(Detached.Inventory(entry => entry with { Uplinks = entry.Uplinks.Add("br0", "eno2") })).Findings);

    [Fact]
    public void Judge_VethNamedByTheConfiguration_IsAnUplink()
        => Assert.Empty(Judge(new FakeHost().Bridge("br0").Add("eno2", "UP,LOWER_UP", "br0", "veth").Tap("vnet0", "br0").Config("br0", "eno2")).Findings);

    [Fact]
    public void Judge_OnlyAContainersVethIsAttached_IsFound()
        => Assert.Single(Judge(Detached.Add("veth1", "UP,LOWER_UP", "br0", "veth").Config("br0", "eno2")).Findings);

    [Fact]
    public void Judge_VethToASecondBridgeWithUplink_IsFollowed()
    {
        var host = new FakeHost().Bridge("vmbr0").Nic("eno2", "vmbr0").Bridge("fwbr0").Tap("tap100i0", "fwbr0")
            .Add("fwln0", "UP,LOWER_UP", "fwbr0", "veth", lower: "fwpr0").Add("fwpr0", "UP,LOWER_UP", "vmbr0", "veth", lower: "fwln0").Config("vmbr0", "eno2");

        Assert.Empty(Judge(host).Findings);
    }

    [Fact]
    public void Judge_IntendedNicIsGone_AsksWhichOneItIsNow()
    {
        var finding = Assert.Single(Judge(Detached.Config("br0", "enp3s0")).Findings);

        Assert.Null(finding.Repair);
        Assert.Contains("enp3s0", finding.Question, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_UplinkHoldsAnAddress_AsksBeforeTakingIt()
    {
        var finding = Assert.Single(Judge(Detached.Config("br0", "eno2").Address("eno2", "192.0.2.7")).Findings);

        Assert.Null(finding.Repair);
        Assert.Contains("192.0.2.7/24", finding.Question, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_NothingIntendsAnUplink_IsRuledOut()
    {
        var verdict = Judge(Detached.Absent("e.cfg", "no configuration file"));

        Assert.Empty(verdict.Findings);
        Assert.Single(verdict.Rejected);
    }

    [Fact]
    public void Judge_InventoryListsTheBridgeButNothingNamesThePort_IsLikelyAndAsks()
    {
        var finding = Assert.Single(Judge(Detached.Absent("e.cfg", "no configuration file").Inventory(entry => entry with { Bridges = ["br0"] })).Findings);

        Assert.Equal((Certainty.Likely, null), (finding.Certainty, finding.Repair));
        Assert.Contains("eno2", finding.Question, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_ConfigurationNotReadable_CannotTell()
        => Assert.Equal("e.cfg", Assert.Single(Judge(Detached.Missing("e.cfg", "needs root")).Undecided).Section);

    [Fact]
    public void Judge_HealthyHost_IsClear() => Assert.Equal((0, 0), (Judge(FakeHost.Healthy()).Findings.Length, Judge(FakeHost.Healthy()).Undecided.Length));

    [Fact]
    public void Diagnose_OurOwnSessionComesInByTheUplink_RaisesTheRisk()
    {
        var host = Detached.Config("br0", "eno2").Section("e.self", "self", "connection=198.51.100.9 50000 fe80::1 22\nuid=0\nroot=\n").Address("eno2", "fe80::1", "inet6", "link");

        Assert.Equal(Risk.D3, Assert.Single(host.Diagnose().Findings, finding => finding.Id == BridgeUplinkMissing.Id).Risk);
    }

    private static Verdict Judge(FakeHost host) => BridgeUplinkMissing.Rule.Judge(host.View());
}
