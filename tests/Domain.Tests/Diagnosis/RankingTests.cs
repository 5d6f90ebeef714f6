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

    private static Finding Found(string id) => new()
    {
        Id = id, Subject = "br0", Bridge = "br0", Scope = Scope.Bridge, Certainty = Certainty.Certain, Summary = id, Because = [new("e.link", "br0")], Risk = Risk.D0,
    };
}
