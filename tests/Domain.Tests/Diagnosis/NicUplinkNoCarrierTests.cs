using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class NicUplinkNoCarrierTests
{
    private const string NoCarrier = "NO-CARRIER,BROADCAST,MULTICAST,UP";

    [Fact]
    public void Judge_UplinkWithoutCarrier_AsksForTheCable()
    {
        var finding = Assert.Single(Judge(new FakeHost().Bridge("br0").Nic("eno2", "br0", NoCarrier, "disabled").Tap("vnet0", "br0")).Findings);

        Assert.Equal(("eno2", Certainty.Certain), (finding.Subject, finding.Certainty));
        Assert.Null(finding.Repair);
        Assert.Contains("switch port", finding.Question, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_UplinkWithLldpNeighbour_NamesTheSwitchPort()
    {
        const string Lldp = """
            { "lldp": [{ "interface": [{ "name": "eno2", "chassis": [{ "id": [{ "type": "mac", "value": "02:00:00:00:aa:01" }], "name": [{ "value": "tor1" }] }], "port": [{ "id": [{ "type": "ifname", "value": "p42" }] }] }] }] }
            """;
        var host = new FakeHost().Bridge("br0").Nic("eno2", "br0", NoCarrier, "disabled").Tap("vnet0", "br0").Section("e.lldp", "lldpd", Lldp);

        Assert.Contains("port p42 of tor1", Assert.Single(Judge(host).Findings).Question, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_HealthyHost_IsRuledOutByLowerUp()
    {
        var verdict = Judge(FakeHost.Healthy());

        Assert.Empty(verdict.Findings);
        Assert.Equal(new Rejection(NicUplinkNoCarrier.Id, "eno2 has LOWER_UP"), Assert.Single(verdict.Rejected));
    }

    [Fact]
    public void Judge_LinksNotRead_CannotTell() => Assert.Single(Judge(FakeHost.Healthy().WithoutLinks()).Undecided);

    [Fact]
    public void Judge_UplinkSetDown_IsAnotherFault()
        => Assert.Empty(Judge(new FakeHost().Bridge("br0").Nic("eno2", "br0", "BROADCAST,MULTICAST", "disabled").Tap("vnet0", "br0")).Findings);

    [Fact]
    public void Judge_SecondUplinkHasCarrier_IsClear() => Assert.Empty(Judge(FakeHost.Healthy().Nic("eno3", "br0", NoCarrier, "disabled")).Findings);

    [Fact]
    public void Judge_BondWithoutAnyLivePort_NamesAPort()
    {
        var host = new FakeHost().Bridge("br0").Tap("vnet0", "br0")
            .Add("bond0", NoCarrier, "br0", "bond", new() { ["mode"] = "active-backup" }, "disabled")
            .Nic("eno1", "bond0", NoCarrier).Nic("eno2", "bond0", NoCarrier);

        Assert.Equal("eno2", Assert.Single(Judge(host).Findings).Subject);
    }

    private static Verdict Judge(FakeHost host) => NicUplinkNoCarrier.Rule.Judge(host.View());
}
