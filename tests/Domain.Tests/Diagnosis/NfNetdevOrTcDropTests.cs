using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class NfNetdevOrTcDropTests
{
    private const string Drop = """[{"order":1,"kind":"gact","control_action":{"type":"drop"}}]""";

    [Fact]
    public void Judge_NetdevChainDrops_IsCertainAndDeletedByItsHandle()
    {
        var finding = Assert.Single(Judge(FirewalledHost.Of("netdev-drop")).Findings);

        Assert.Equal(("vnet0", Scope.Guest, Certainty.Certain, "nf/delete-device-rule"), (finding.Subject, finding.Scope, finding.Certainty, finding.Repair));
        Assert.Contains(new EvidenceLine("e.nft", "netdev t in handle 2: udp dport 67 drop"), finding.Because);
    }

    [Fact]
    [Trait("Trap", "4")]
    public void Judge_NetdevChainWithoutItsDevice_IsNotGuessed()
    {
        // The JSON of nftables 1.0.6 leaves the device out; only the text has it (trap 4).
        var verdict = Judge(FirewalledHost.Of("netdev-drop", text => text.Replace(" device \"vnet0\"", "", StringComparison.Ordinal)));

        Assert.Empty(verdict.Findings);
        Assert.Contains(verdict.Undecided, open => open.Why.Contains("which device", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("vnet0", "ingress", "matchall", "all", "{}", true)]
    [InlineData("vnet0", "ingress", "flower", "ip", """{"eth_type":"ipv4","ip_proto":"udp","dst_port":67}""", true)]
    [InlineData("vnet0", "ingress", "flower", "ip", """{"eth_type":"ipv4","ip_proto":"udp","dst_port":"60-70"}""", true)]
    [InlineData("vnet0", "ingress", "flower", "ip", """{"eth_type":"ipv4","ip_proto":"tcp","dst_port":67}""", false)]
    [InlineData("vnet0", "ingress", "flower", "arp", """{"eth_type":"arp"}""", false)]
    [InlineData("vnet0", "ingress", "matchall", "802.1Q", "{}", false)]
    [InlineData("vnet0", "egress", "flower", "ip", """{"eth_type":"ipv4","ip_proto":"udp","dst_port":68}""", true)]
    [InlineData("eno2", "egress", "flower", "ip", """{"eth_type":"ipv4","ip_proto":"udp","dst_port":67}""", true)]
    [InlineData("eno2", "ingress", "flower", "ip", """{"eth_type":"ipv4","ip_proto":"udp","src_port":67}""", true)]
    [InlineData("eno1", "egress", "matchall", "all", "{}", false)]
    public void Judge_TcFilterDrops_IsFoundWhereTheExchangeComesBy(string device, string hook, string kind, string protocol, string keys, bool found)
    {
        var verdict = Judge(Filtered(device, hook, kind, protocol, keys, Drop));

        Assert.Equal(found, verdict.Findings.Length == 1);
        Assert.Empty(verdict.Undecided);
        Assert.All(verdict.Findings, finding => Assert.Equal((device, Certainty.Certain, null), (finding.Subject, finding.Certainty, finding.Repair)));
        Assert.All(verdict.Findings, finding => Assert.Contains($"tc filter del dev {device} {hook} pref 10", finding.Question, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("u32", "ip", "{}", Drop)]
    [InlineData("bpf", "all", "{}", "[]")]
    [InlineData("flower", "ip", """{"ip_proto":"udp","ct_state":"+trk"}""", Drop)]
    [InlineData("matchall", "all", "{}", """[{"order":1,"kind":"mirred","control_action":{"type":"stolen"}}]""")]
    [InlineData("matchall", "all", "{}", """[{"order":1,"kind":"police"}]""")]
    public void Judge_TcConstructNotUnderstood_CannotTell(string kind, string protocol, string keys, string actions)
    {
        var verdict = Judge(Filtered("vnet0", "ingress", kind, protocol, keys, actions));

        Assert.Empty(verdict.Findings);
        Assert.Equal("e.tc", Assert.Single(verdict.Undecided).Section);
    }

    [Fact]
    public void Judge_TcFilterNotUnderstoodThatOnlyPasses_DoesNotMatter()
        => Assert.Empty(Judge(Filtered("vnet0", "ingress", "u32", "ip", "{}", """[{"order":1,"kind":"gact","control_action":{"type":"pass"}}]""")).Undecided);

    [Fact]
    public void Judge_XdpProgram_CannotTell()
    {
        var host = FakeHost.Healthy().Section("e.link", "links", """
            [{"ifindex":1,"ifname":"br0","flags":["UP","LOWER_UP"],"linkinfo":{"info_kind":"bridge","info_data":{}}},
             {"ifindex":2,"ifname":"eno2","flags":["UP","LOWER_UP"],"master":"br0","xdp":{"mode":2,"prog":{"id":7}},"linkinfo":{"info_slave_kind":"bridge","info_slave_data":{"state":"forwarding"}}},
             {"ifindex":3,"ifname":"vnet0","flags":["UP","LOWER_UP"],"link_type":"ether","master":"br0","linkinfo":{"info_kind":"tun","info_slave_kind":"bridge","info_slave_data":{"state":"forwarding"}}}]
            """);

        Assert.Contains(Judge(host).Undecided, open => open.Why.Contains("eno2 has an XDP program", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("tbf", 5, 500, true)]
    [InlineData("tbf", 500, 500, false)]
    [InlineData("tbf", 5, 9, false)]
    [InlineData("netem", 5, 500, true)]
    [InlineData("fq_codel", 5, 500, false)]
    public void Judge_ShaperDropsBetweenTwoReads_IsLikely(string kind, int before, int after, bool found)
    {
        var host = FakeHost.Healthy().Section("e.tc", "qdiscs", Queue(kind, before)).Section("again.e.tc", "qdiscs", Queue(kind, after));

        Assert.Equal(found, Judge(host).Findings is [{ Certainty: Certainty.Likely, Subject: "vnet0" }]);
    }

    [Theory]
    [InlineData("""{"limit":1000,"loss-random":{"loss":1,"correlation":0},"ecn":false,"gap":0}""", "Certain")]
    [InlineData("""{"limit":1000,"delay":{"delay":0.005,"jitter":0,"correlation":0},"loss-random":{"loss":0.005,"correlation":0.25}}""", "Likely")]
    [InlineData("""{"limit":1000,"delay":{"delay":0.005,"jitter":0,"correlation":0},"ecn":false,"gap":0}""", null)]
    [InlineData("""{"limit":1000,"loss-gemodel":{"p":0.1,"r":0.05,"1-h":1,"1-k":0},"ecn":false,"gap":0}""", null)]
    [InlineData("""{"loss-random":{"loss":"much"}}""", null)]
    public void Judge_NetemQueue_IsAFaultWhenItLoses(string options, string? certainty)
    {
        var verdict = Judge(FakeHost.Healthy().Section("e.tc", "qdiscs", $$"""[{"kind":"netem","handle":"8001:","dev":"vnet0","root":true,"options":{{options}},"drops":0,"overlimits":0,"backlog":0}]"""));

        Assert.Equal(certainty is null ? [] : [certainty], verdict.Findings.Select(finding => finding.Certainty.ToString()));
    }

    [Fact]
    public void Judge_FirewallNotRead_CannotTell()
        => Assert.Contains(Judge(FirewalledHost.Unread(FakeHost.Healthy())).Undecided, open => open.Section == "e.nft");

    [Fact]
    public void Judge_PlainQueues_IsClear()
        => Assert.Equivalent(Verdict.Clear, Judge(FirewalledHost.Of("empty").Section("e.tc", "qdiscs", Queue("fq_codel", 3))), strict: true);

    private static string Queue(string kind, int drops) => $$"""[{"kind":"{{kind}}","handle":"1:","dev":"vnet0","root":true,"options":{},"drops":{{drops}},"overlimits":0,"backlog":0}]""";

    private static FakeHost Filtered(string device, string hook, string kind, string protocol, string keys, string actions)
        => FirewalledHost.Of("empty")
            .Section("e.tc", "qdiscs", $$$"""[{"kind":"clsact","handle":"ffff:","dev":"{{{device}}}","options":{} }]""")
            .Section("e.tc", $"{hook} {device}", $$$"""
                [{"protocol":"{{{protocol}}}","pref":10,"kind":"{{{kind}}}","chain":0},
                 {"protocol":"{{{protocol}}}","pref":10,"kind":"{{{kind}}}","chain":0,"options":{"handle":1,"keys":{{{keys}}},"not_in_hw":true,"actions":{{{actions}}} }}]
                """);

    private static Verdict Judge(FakeHost host) => NfNetdevOrTcDrop.Rule.Judge(host.View());
}
