using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class BridgeMulticastSnoopingTests
{
    private const string Mac = "52:54:00:aa:bb:01";
    private const string Querier = """[{ "mdb": [{{groups}}], "router": { "br0": [{ "port": "eno2", "timer": " 250.00", "type": "temp" }] } }]""";

    [Fact]
    public void Judge_GuestIsNotInItsGroup_IsASuspectOnly()
    {
        var finding = Assert.Single(Judge(Snooping("")).Findings);

        Assert.Equal((Certainty.Possible, (string?)null), (finding.Certainty, finding.Repair));
        Assert.Contains("mcast_snooping 0", finding.Question, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_GuestIsInItsGroup_IsClear()
        => Assert.Empty(Judge(Snooping("""{ "dev": "br0", "port": "vnet0", "grp": "ff02::1:ff12:3456", "state": "temp" }""")).Findings);

    [Fact]
    public void Judge_NoQuerier_IsRuledOut()
        => Assert.Contains("flooded", Assert.Single(Judge(Base().Section("e.mdb", "groups", """[{ "mdb": [], "router": {} }]""")).Rejected).Why, StringComparison.Ordinal);

    [Fact]
    public void Judge_GuestSpeaksNoIpv6_IsClear()
        => Assert.Empty(Judge(FakeHost.Healthy().Guest("vm1", "vnet0", "br0", mac: Mac).Change("br0", On).Section("e.mdb", "groups", Querier.Replace("{{groups}}", "", StringComparison.Ordinal))).Findings);

    [Fact]
    public void Judge_SnoopingOff_IsClear() => Assert.Equal([], Judge(Snooping("").Change("br0", link => link["linkinfo"]!["info_data"]!["mcast_snooping"] = 0)).Findings); // a bridge has both objects

    [Fact]
    public void Judge_LinksNotRead_CannotTell() => Assert.Single(Judge(FakeHost.Healthy().WithoutLinks()).Undecided);

    private static FakeHost Base() => FakeHost.Healthy().Guest("vm1", "vnet0", "br0", mac: Mac).Change("br0", On)
        .Section("e.neigh", "entries", $$"""[{ "dst": "fe80::5054:ff:fe12:3456", "dev": "br0", "lladdr": "{{Mac}}", "state": ["STALE"] }]""");

    private static void On(System.Text.Json.Nodes.JsonObject link) => link["linkinfo"]!["info_data"]!["mcast_snooping"] = 1; // a bridge has both objects

    private static FakeHost Snooping(string groups) => Base().Section("e.mdb", "groups", Querier.Replace("{{groups}}", groups, StringComparison.Ordinal));

    private static Verdict Judge(FakeHost host) => BridgeMulticastSnooping.Rule.Judge(host.View());
}
