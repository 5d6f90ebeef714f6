using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class NicBondLacpBrokenTests
{
    private const string Nobody = "00:00:00:00:00:00";

    [Fact]
    public void Judge_NobodyAnswers_IsCertainOnceTheLogWasRead()
    {
        Assert.Equal(Certainty.Certain, Assert.Single(Judge(Bond(Nobody).Uptime(5000).KernelLog()).Findings).Certainty);
        Assert.Equal(Certainty.Likely, Assert.Single(Judge(Bond(Nobody)).Findings).Certainty);
    }

    [Fact]
    public void Judge_PortCameUpJustNow_IsRuledOut()
        => Assert.Contains("30 s", Assert.Single(Judge(Bond(Nobody).Uptime(5000).KernelLog((4990, "bond0: (slave eno1): link status definitely up, 10000 Mbps full duplex"))).Rejected).Why, StringComparison.Ordinal);

    [Fact]
    public void Judge_PortCameUpAMinuteAgo_IsFound()
        => Assert.Single(Judge(Bond(Nobody).Uptime(5000).KernelLog((4930, "bond0: (slave eno1): link status definitely up, 10000 Mbps full duplex"))).Findings);

    [Fact]
    public void Judge_PartnerAnswers_IsRuledOut() => Assert.Empty(Judge(Bond("02:11:22:33:44:55")).Findings);

    [Fact]
    public void Judge_PortsInDifferentAggregators_IsLikely() => Assert.Equal(Certainty.Likely, Assert.Single(Judge(Bond("02:11:22:33:44:55", second: 2)).Findings).Certainty);

    [Fact]
    public void Judge_PortWithoutCarrierIsInItsOwnAggregator_IsRuledOut() => Assert.Empty(Judge(Bond("02:11:22:33:44:55", second: 2, flags: "NO-CARRIER,BROADCAST,MULTICAST,SLAVE,UP")).Findings);

    [Fact]
    public void Judge_NoPortHasCarrier_IsTheCable()
        => Assert.Contains("no port of bond0 has carrier", Assert.Single(Judge(Bond(Nobody, flags: "NO-CARRIER,UP", first: "NO-CARRIER,UP")).Rejected).Why, StringComparison.Ordinal);

    [Fact]
    public void Judge_MiiHoldsLivePortsDown_IsCertain() => Assert.Equal(Certainty.Certain, Assert.Single(Judge(Bond("02:11:22:33:44:55", mii: "DOWN")).Findings).Certainty);

    [Fact]
    public void Judge_OldTextOnly_IsReadFromTheDriversFile()
        => Assert.Single(Judge(Bond(null).Section("e.bond", "bond0", "Bonding Mode: IEEE 802.3ad Dynamic link aggregation\n802.3ad info\n    Partner Mac Address: 00:00:00:00:00:00\n")).Findings);

    [Fact]
    public void Judge_PartnerShownNowhere_CannotTell() => Assert.Equal("e.bond", Assert.Single(Judge(Bond(null)).Undecided).Section);

    [Fact]
    public void Judge_LinksNotRead_CannotTell() => Assert.Single(Judge(FakeHost.Healthy().WithoutLinks()).Undecided);

    private static FakeHost Bond(string? partner, long second = 1, string mii = "UP", string flags = "BROADCAST,MULTICAST,SLAVE,UP,LOWER_UP", string first = "BROADCAST,MULTICAST,SLAVE,UP,LOWER_UP")
        => new FakeHost().Bridge("br0").Tap("vnet0", "br0")
            .Add("bond0", "BROADCAST,MULTICAST,MASTER,UP,LOWER_UP", "br0", "bond", partner is null ? new() { ["mode"] = "802.3ad" } : new() { ["mode"] = "802.3ad", ["ad_info"] = new System.Text.Json.Nodes.JsonObject { ["partner_mac"] = partner } })
            .Nic("eno1", "bond0", first).Nic("eno2", "bond0", flags)
            .Change("eno1", link => Slave(link, 1, mii)).Change("eno2", link => Slave(link, second, mii));

    private static void Slave(System.Text.Json.Nodes.JsonObject link, long aggregator, string mii)
        => link["linkinfo"] = new System.Text.Json.Nodes.JsonObject { ["info_slave_kind"] = "bond", ["info_slave_data"] = new System.Text.Json.Nodes.JsonObject { ["state"] = "ACTIVE", ["mii_status"] = mii, ["ad_aggregator_id"] = aggregator } };

    private static Verdict Judge(FakeHost host) => NicBondLacpBroken.Rule.Judge(host.View());
}
