using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class NfNwfilterDropTests
{
    private const string Mac = "52:54:00:aa:bb:01";

    [Fact]
    public void Judge_FilterAdmitsAnotherMac_IsCertainAndAsks()
    {
        var finding = Assert.Single(Judge(FirewalledHost.Of("nwfilter").Guest("vm1", "vnet0", "br0").Section("e.nwf", "files", Binding("52:54:00:aa:00:09", ""))).Findings);

        Assert.Equal(("vnet0", Scope.Guest, Certainty.Certain, null), (finding.Subject, finding.Scope, finding.Certainty, finding.Repair));
        Assert.Contains(new EvidenceLine("e.nwf", $"vnet0: clean-traffic is bound to 52:54:00:aa:00:09, the guest has {Mac}"), finding.Because);
        Assert.Contains("vm1", finding.Question, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.20.0.77", 1)]
    [InlineData("10.20.0.9", 0)]
    public void Judge_FilterAdmitsOneAddress_LeaseWorksAndArpOfAnotherDies(string address, int findings)
    {
        var host = FirewalledHost.Of("nwfilter-arp").Guest("vm1", "vnet0", "br0").Section("e.nwf", "files", Binding(Mac, "10.20.0.9"))
            .Section("e.neigh", "entries", $$"""[{"dst":"{{address}}","dev":"br0","lladdr":"{{Mac}}","state":["REACHABLE"]}]""");

        var verdict = Judge(host);

        Assert.Equal(findings, verdict.Findings.Length);
        Assert.All(verdict.Findings, finding => Assert.Equal(Certainty.Certain, finding.Certainty));
        Assert.Empty(NfBridgeFamilyDrop.Rule.Judge(host.View()).Findings);
    }

    [Fact]
    public void Judge_ChainsNotReadAndParameterDiffers_IsLikely()
    {
        var host = FirewalledHost.Unread(FakeHost.Healthy()).Guest("vm1", "vnet0", "br0").Section("e.nwf", "files", Binding(Mac, "10.20.0.9"))
            .Section("e.neigh", "entries", $$"""[{"dst":"10.20.0.77","dev":"br0","lladdr":"{{Mac}}","state":["STALE"]}]""");

        Assert.Equal(Certainty.Likely, Assert.Single(Judge(host).Findings).Certainty);
    }

    [Fact]
    public void Judge_NobodyKnowsTheAddress_IsClear()
        => Assert.Equivalent(Verdict.Clear, Judge(FirewalledHost.Of("nwfilter-arp").Guest("vm1", "vnet0", "br0").Section("e.nwf", "files", Binding(Mac, "10.20.0.9"))), strict: true);

    [Theory]
    [InlineData("empty")]
    [InlineData("bridge-rule")]
    [InlineData("proxmox-drop")]
    public void Judge_NoLibvirtChain_IsClear(string fixture) => Assert.Empty(Judge(FirewalledHost.Of(fixture)).Findings);

    private static string Binding(string mac, string address)
        => $"<filterbinding><owner><name>vm1</name></owner><portdev name='vnet0'/><mac address='{mac}'/><filterref filter='clean-traffic'>{(address.Length == 0 ? "" : $"<parameter name='IP' value='{address}'/>")}</filterref></filterbinding>\n";

    private static Verdict Judge(FakeHost host) => NfNwfilterDrop.Rule.Judge(host.View());
}
