using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class NfRpfilterOnBridgeTests
{
    [Theory]
    [InlineData("rpfilter")]
    [InlineData("rpfilter-iptables")]
    public void Judge_NoRouteBackOverTheBridge_IsCertain(string fixture)
    {
        var host = FirewalledHost.Of(fixture).Section("e.route", "routes", FirewalledHost.NoRouteBack);

        var finding = Assert.Single(NfRpfilterOnBridge.Rule.Judge(host.View()).Findings);

        Assert.Equal(("br0", Scope.Bridge, Certainty.Certain, "nf/stop-filtering-bridged-frames"), (finding.Subject, finding.Scope, finding.Certainty, finding.Repair));
        Assert.Contains(new EvidenceLine("e.route", "br0: no IPv4 route leads over it"), finding.Because);
        Assert.Empty(NfForwardDropOnBridge.Rule.Judge(host.View()).Findings);
    }

    [Fact]
    public void Judge_DefaultRouteOverTheBridge_IsRuledOut()
    {
        var verdict = NfRpfilterOnBridge.Rule.Judge(FirewalledHost.Of("rpfilter").Section("e.route", "routes", FirewalledHost.DefaultOverBridge).View());

        Assert.Empty(verdict.Findings);
        Assert.Contains("route back leads over br0", Assert.Single(verdict.Rejected).Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_BridgeNetfilterOff_IsRuledOut()
        => Assert.Contains(
            "does not see frames between ports",
            Assert.Single(NfRpfilterOnBridge.Rule.Judge(FirewalledHost.Of("rpfilter-off").Section("e.route", "routes", FirewalledHost.NoRouteBack).View()).Rejected).Why,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("rpfilter-loose")]
    [InlineData("firewalld")]
    [InlineData("empty")]
    public void Judge_LooseOrOtherFamilyOrNone_FindsNothing(string fixture)
        => Assert.Empty(NfRpfilterOnBridge.Rule.Judge(FirewalledHost.Of(fixture).Section("e.route", "routes", FirewalledHost.NoRouteBack).View()).Findings);

    [Fact]
    public void Judge_RoutesNotRead_IsLeftOpen()
    {
        var view = FirewalledHost.Of("rpfilter").Missing("e.route", "timed out").View();

        Assert.Empty(NfRpfilterOnBridge.Rule.Judge(view).Findings);
        Assert.Contains(NfForwardDropOnBridge.Rule.Judge(view).Undecided, open => open.Why.Contains("route to the sender", StringComparison.Ordinal));
    }

    [Fact]
    public void Judge_ContainerEngineNeedsTheSwitch_AsksAPerson()
    {
        var host = FirewalledHost.Of("rpfilter", text => text.Replace("\"guard\"", "\"docker-bridges\"", StringComparison.Ordinal).Replace("table inet guard", "table inet docker-bridges", StringComparison.Ordinal))
            .Section("e.route", "routes", FirewalledHost.NoRouteBack);

        var finding = Assert.Single(NfRpfilterOnBridge.Rule.Judge(host.View()).Findings);

        Assert.Null(finding.Repair);
        Assert.Contains("Docker", finding.Question, StringComparison.Ordinal);
    }
}
