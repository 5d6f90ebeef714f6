using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class RankingTests
{
    [Fact]
    public void Rank_TwoRoots_NearestTheWireComesFirst()
    {
        var ranked = Ranking.Rank([Found(NfForwardDropOnBridge.Id), Found(BridgeUplinkMissing.Id)], null);

        Assert.Equal([BridgeUplinkMissing.Id, NfForwardDropOnBridge.Id], ranked.Select(finding => finding.Id));
        Assert.All(ranked, finding => Assert.Null(finding.ConsequenceOf));
    }

    [Fact]
    public void Rank_SurerFinding_ComesBeforeTheOneNearerTheWire()
        => Assert.Equal(NfForwardDropOnBridge.Id, Ranking.Rank([Found(BridgeUplinkMissing.Id) with { Certainty = Certainty.Likely }, Found(NfForwardDropOnBridge.Id)], null)[0].Id);

    [Fact]
    public void Rank_CertainDrift_ComesAfterWhatProbablyKeepsGuestsFromTheirAddresses()
    {
        var drift = Found(HostConfigDrift.Id);

        Assert.Equal([DhcpNoAnswer.Id, HostConfigDrift.Id], Ranking.Rank([drift, Found(DhcpNoAnswer.Id) with { Certainty = Certainty.Likely }], null).Select(finding => finding.Id));
        Assert.Equal([HostConfigDrift.Id, DhcpNoAnswer.Id], Ranking.Rank([Found(DhcpNoAnswer.Id) with { Certainty = Certainty.Possible }, drift], null).Select(finding => finding.Id));
    }

    [Fact]
    public void Rank_Consequence_FollowsItsRootAndNamesIt()
    {
        var ranked = Ranking.Rank([Found(BridgePortBlocked.Id), Found(BridgeDown.Id)], null);

        Assert.Equal([BridgeDown.Id, BridgePortBlocked.Id], ranked.Select(finding => finding.Id));
        Assert.Equal($"{BridgeDown.Id} br0", ranked[1].ConsequenceOf);
    }

    [Fact]
    public void Rank_CauseOnAnotherBridge_ExplainsNothing()
        => Assert.All(Ranking.Rank([Found(BridgePortBlocked.Id) with { Bridge = "br1" }, Found(BridgeDown.Id)], null), finding => Assert.Null(finding.ConsequenceOf));

    [Fact]
    public void Rank_SuspectedCause_ExplainsNothingThatIsCertain()
        => Assert.All(Ranking.Rank([Found(BridgePortBlocked.Id), Found(BridgeDown.Id) with { Certainty = Certainty.Possible }], null), finding => Assert.Null(finding.ConsequenceOf));

    [Fact]
    public void Rank_AnyOrderOfInput_GivesTheSameOrder()
    {
        Finding[] findings = [Found(BridgeVnetDetached.Id) with { Scope = Scope.Guest, Subject = "vnet0" }, Found(BridgeVnetDetached.Id) with { Scope = Scope.Guest, Subject = "vnet1" }, Found(BridgePortFlags.Id), Found(NicUplinkAdminDown.Id)];

        Assert.Equal(Ranking.Rank(findings, null), Ranking.Rank(findings.Reverse(), null));
    }

    [Fact]
    public void Rank_EngineersWords_OrderEqualsAndNothingMore()
    {
        Finding[] findings = [Found(SwitchPortSecurity.Id) with { Certainty = Certainty.Likely }, Found(DhcpNoAnswer.Id) with { Certainty = Certainty.Likely }, Found(AddrDuplicateIp.Id) with { Certainty = Certainty.Likely }];

        Assert.Equal(SwitchPortSecurity.Id, Ranking.Rank(findings, null)[0].Id);
        var ranked = Ranking.Rank(findings, null, "two machines use the same address");
        Assert.Equal(AddrDuplicateIp.Id, ranked[0].Id);
        Assert.Equal(3, ranked.Length);
        Assert.Equal(NfForwardDropOnBridge.Id, Ranking.Rank([.. findings, Found(NfForwardDropOnBridge.Id)], null, "the same address")[0].Id); // certainty first
    }

    [Fact]
    public void Rank_RecentChange_RaisesAmongEqualsAndIsShown()
    {
        Finding[] findings = [Found(BridgeUplinkMissing.Id) with { Certainty = Certainty.Likely }, Found(NfForwardDropOnBridge.Id) with { Certainty = Certainty.Likely }];
        var change = new RecentChange(new("e.svc", "docker.service: Started"), ["nf."], []);
        var ranked = Ranking.Rank(findings, null, null, [change]);

        Assert.Equal(NfForwardDropOnBridge.Id, ranked[0].Id);
        Assert.Contains(change.Line, ranked[0].Because);
        Assert.DoesNotContain(change.Line, ranked[1].Because);
    }

    [Theory]
    [InlineData("addr.duplicate-mac", "addr.duplicate-ip")]
    [InlineData("addr.duplicate-ip", "dhcp.nak-or-decline-loop")]
    [InlineData("dhcp.rogue-server", "addr.wrong-subnet-or-gateway")]
    [InlineData("nic.uplink-no-carrier", "dhcp.no-answer")]
    [InlineData("nic.uplink-renamed", "bridge.uplink-missing")]
    [InlineData("host.manager-took-port", "bridge.vnet-detached")]
    [InlineData("vlan.not-on-trunk", "dhcp.no-answer")]
    [InlineData("switch.port-security", "nic.uplink-no-carrier")]
    [InlineData("bridge.loop-storm", "addr.duplicate-mac")]
    public void Explains_EdgesOfTheCatalogue_AreThere(string cause, string consequence)
    {
        Assert.True(CausalGraph.Explains(cause, consequence));
        Assert.False(CausalGraph.Explains(consequence, cause));
    }

    private static Finding Found(string id) => new()
    {
        Id = id, Subject = "br0", Bridge = "br0", Scope = Scope.Bridge, Certainty = Certainty.Certain, Summary = id, Because = [new("e.link", "br0")], Risk = Risk.D0,
    };
}
