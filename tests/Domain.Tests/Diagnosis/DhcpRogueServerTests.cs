using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class DhcpRogueServerTests
{
    private const string Rogue = "52:54:00:aa:bb:02";

    [Fact]
    public void Judge_SecondServerBehindAGuestsPort_IsCertainAndNamesTheGuest()
    {
        var finding = Assert.Single(Judge(Both("192.0.2.50", "192.0.2.1").Section("e.fdb", "entries", $$"""[{"mac":"{{Rogue}}","ifname":"vnet1","master":"br0","flags":[],"state":""}]""")).Findings);

        Assert.Equal(("vnet1", Certainty.Certain, Risk.D1), (finding.Subject, finding.Certainty, finding.Risk));
        Assert.Contains("vm2", finding.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_SecondServerBehindTheUplink_IsLikelyAndAsks()
    {
        var finding = Assert.Single(Judge(Both("192.0.2.50", "192.0.2.1")).Findings);

        Assert.Equal((Rogue, Certainty.Likely), (finding.Subject, finding.Certainty));
    }

    [Fact]
    public void Judge_FailoverPairOfOneNetwork_IsRuledOut() => Assert.Single(Judge(Both("10.20.100.50", "10.20.0.1")).Rejected);

    [Fact]
    public void Judge_SeenByTheTraceAlone_IsFound()
    {
        var host = ProbedHost.Plain(2).Trace(
        [
            .. ProbedHost.Lease(100),
            ProbedHost.Dhcp(106, "vnet1", "in", "OFFER", given: "192.0.2.60", server: "192.0.2.1", mask: "255.255.255.0", router: "192.0.2.1", source: Rogue),
        ]);

        Assert.Equal("vnet1", Assert.Single(Judge(host).Findings).Subject);
    }

    [Fact]
    public void Judge_OneServer_IsClear() => Assert.Empty(Judge(ProbedHost.Plain().Offers(true, true)).Findings);

    private static FakeHost Both(string given, string router) => ProbedHost.Plain(2).Section("p.dhcp", "br0", $"""
        cob-dhcp 1
        on br0 02:00:00:00:00:00 -
        sent 0 host
        offer 10 host {Rogue} {(router == "10.20.0.1" ? "10.20.0.2" : router)} {given} {(router == "10.20.0.1" ? "255.255.0.0" : "255.255.255.0")} {router} br0
        offer 1010 host 02:00:00:00:00:99 10.20.0.1 10.20.100.7 255.255.0.0 10.20.0.1 br0
        end 8000

        """);

    private static Verdict Judge(FakeHost host) => DhcpRogueServer.Rule.Judge(host.View());
}
