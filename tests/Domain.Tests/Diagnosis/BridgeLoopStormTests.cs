using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class BridgeLoopStormTests
{
    [Fact]
    public void Judge_BothUplinksAndTheBridgeStorm_IsCertain()
    {
        var finding = Assert.Single(Judge(Two(0).Uptime(100).Later(Two(800_000).Uptime(102), "e.link", "e.self")).Findings);

        Assert.Equal(
            ("eno3", Certainty.Certain, "bridge/detach-second-uplink", Risk.D0, SymptomProbe.GatewayArp),
            (finding.Subject, finding.Certainty, finding.Repair, finding.Risk, finding.Probe));
    }

    [Fact]
    public void Judge_UnicastBetweenPorts_DoesNotReachTheBridge() => Assert.Empty(Judge(Two(0).Later(Two(800_000, bridge: 10), "e.link")).Findings);

    [Fact]
    public void Judge_OrdinaryTraffic_IsRuledOut() => Assert.Empty(Judge(Two(0).Later(Two(2000), "e.link")).Findings);

    [Fact]
    public void Judge_TwoUplinksAndNoSecondRead_IsRuledOut() => Assert.Contains("nothing shows", Assert.Single(Judge(Two(0)).Rejected).Why, StringComparison.Ordinal);

    [Fact]
    public void Judge_KernelComplainsAboutAnUplinksOwnAddress_IsLikely()
    {
        const string Complaint = "br0: received packet on eno3 with own address as source address (addr:02:00:00:00:00:02, vlan:0)";

        Assert.Equal(Certainty.Likely, Assert.Single(Judge(Two(0).Uptime(1000).KernelLog((990, Complaint))).Findings).Certainty);
        Assert.Empty(Judge(Two(0).Uptime(5000).KernelLog((990, Complaint))).Findings);
        Assert.Empty(Judge(Two(0).Uptime(1000).KernelLog((990, Complaint.Replace("eno3", "vnet0", StringComparison.Ordinal)))).Findings);
    }

    [Fact]
    public void Judge_SpanningTreeIsOn_IsRuledOut() => Assert.Contains("spanning tree", Assert.Single(Judge(new FakeHost().Bridge("br0", stp: 1).Nic("eno2", "br0").Nic("eno3", "br0")
        .Tap("vnet0", "br0")).Rejected).Why, StringComparison.Ordinal);

    [Fact]
    public void Judge_OneBondOfTwo_IsOneUplink()
        => Assert.Empty(Judge(new FakeHost().Bridge("br0").Add("bond0", "UP,LOWER_UP", "br0", "bond", new() { ["mode"] = "active-backup" }).Nic("eno2", "bond0").Nic("eno3", "bond0").Tap("vnet0", "br0")).Rejected);

    [Fact]
    public void Judge_LinksNotRead_CannotTell() => Assert.Single(Judge(FakeHost.Healthy().WithoutLinks()).Undecided);

    private static FakeHost Two(long packets, long? bridge = null)
    {
        var host = new FakeHost().Bridge("br0").Nic("eno2", "br0").Nic("eno3", "br0").Tap("vnet0", "br0");
        foreach (var link in (string[])["br0", "eno2", "eno3"])
        {
            host.Change(link, json => json["stats64"] = new System.Text.Json.Nodes.JsonObject { ["rx"] = new System.Text.Json.Nodes.JsonObject { ["packets"] = link == "br0" ? bridge ?? packets : packets } });
        }

        return host;
    }

    private static Verdict Judge(FakeHost host) => BridgeLoopStorm.Rule.Judge(host.View());
}
