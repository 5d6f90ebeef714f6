using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class NicWifiUplinkTests
{
    [Fact]
    public void Diagnose_ConfiguredUplinkIsWireless_IsTheCauseOfTheMissingUplink()
    {
        var diagnosis = new FakeHost().Bridge("br0").Tap("vnet0", "br0").Nic("wlp3s0").Config("br0", "wlp3s0").Section("e.nic", "wifi wlp3s0", "yes").Diagnose();

        Assert.Equal((NicWifiUplink.Id, (string?)null), (diagnosis.Primary?.Id, diagnosis.Primary?.Repair));
        Assert.NotNull(Assert.Single(diagnosis.Findings, finding => finding.Id == BridgeUplinkMissing.Id).ConsequenceOf);
    }

    [Fact]
    public void Judge_MacvtapOnWireless_IsFound()
        => Assert.Equal("macvtap0", Assert.Single(Judge(FakeHost.Healthy().Nic("wlp3s0").Add("macvtap0", "BROADCAST,MULTICAST,UP,LOWER_UP", null, "macvtap", new() { ["mode"] = "bridge" }, lower: "wlp3s0").Section("e.nic", "wifi wlp3s0", "yes")).Findings).Subject);

    [Fact]
    public void Judge_WirelessIsAPortAlready_IsRuledOut()
        => Assert.Contains("4-address", Assert.Single(Judge(new FakeHost().Bridge("br0").Tap("vnet0", "br0").Nic("wlp3s0", "br0").Config("br0", "wlp3s0").Section("e.nic", "wifi wlp3s0", "yes")).Rejected).Why, StringComparison.Ordinal);

    [Fact]
    public void Judge_WirelessBesideAWiredUplink_IsClear() => Assert.Empty(Judge(FakeHost.Healthy().Nic("wlp3s0").Config("br0", "eno2").Section("e.nic", "wifi wlp3s0", "yes")).Findings);

    [Fact]
    public void Judge_LinksNotRead_CannotTell() => Assert.Single(Judge(FakeHost.Healthy().WithoutLinks()).Undecided);

    private static Verdict Judge(FakeHost host) => NicWifiUplink.Rule.Judge(host.View());
}
