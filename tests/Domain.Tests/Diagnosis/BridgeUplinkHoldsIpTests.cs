using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class BridgeUplinkHoldsIpTests
{
    [Theory]
    [InlineData("192.0.2.7", "inet", "global")]
    [InlineData("2001:db8::7", "inet6", "global")]
    [InlineData("169.254.7.7", "inet", "link")]
    public void Judge_AddressOnTheUplink_IsTheHostsFault(string address, string family, string scope)
    {
        var finding = Assert.Single(Judge(FakeHost.Healthy().Address("eno2", address, family, scope)).Findings);

        Assert.Equal(("eno2", Certainty.Certain, Scope.Host, Risk.D3), (finding.Subject, finding.Certainty, finding.Scope, finding.Risk));
        Assert.Equal(SymptomProbe.GatewayArp, finding.Probe);
    }

    [Fact]
    public void Judge_OnlyLinkLocalIpv6_IsRuledOut()
    {
        var verdict = Judge(FakeHost.Healthy().Address("eno2", "fe80::1", "inet6", "link"));

        Assert.Empty(verdict.Findings);
        Assert.Single(verdict.Rejected);
    }

    [Fact]
    public void Judge_AddressOnTheBridge_IsClear() => Assert.Empty(Judge(FakeHost.Healthy().Address("br0", "192.0.2.7")).Findings);

    [Fact]
    public void Judge_AddressOnANicOutsideTheBridge_IsClear() => Assert.Empty(Judge(FakeHost.Healthy().Nic("eno1").Address("eno1", "192.0.2.7")).Findings);

    [Fact]
    public void Judge_AddressesNotRead_CannotTell() => Assert.Equal("e.addr", Assert.Single(Judge(FakeHost.Healthy().Missing("e.addr", "timed out")).Undecided).Section);

    private static Verdict Judge(FakeHost host) => BridgeUplinkHoldsIp.Rule.Judge(host.View());
}
