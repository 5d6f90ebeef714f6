using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class NicUplinkRenamedTests
{
    private static FakeHost Renamed => new FakeHost().Bridge("br0").Tap("vnet0", "br0").Nic("enp9s0").Config("br0", "eno2").Absent("e.dom", "no libvirt socket");

    [Fact]
    public void Judge_ConfiguredCardGoneAndOneUnused_ProposesToAttachIt()
    {
        var finding = Assert.Single(Judge(Renamed).Findings);

        Assert.Equal(("br0", Certainty.Certain, Scope.Bridge, "nic/attach-renamed-uplink"), (finding.Subject, finding.Certainty, finding.Scope, finding.Repair));
        Assert.Contains("enp9s0", finding.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_TwoUnusedCards_AsksWhich()
    {
        var finding = Assert.Single(Judge(Renamed.Nic("enp10s0")).Findings);

        Assert.Null(finding.Repair);
        Assert.Contains("enp9s0", finding.Question, StringComparison.Ordinal);
        Assert.Contains("enp10s0", finding.Question, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_AddressesNotRead_AsksInsteadOfAttachingACardInUse()
        => Assert.Null(Assert.Single(Judge(Renamed.Missing("e.addr", "timed out")).Findings).Repair);

    [Fact]
    public void Judge_NoUnusedCard_IsTheDriver()
    {
        var verdict = Judge(new FakeHost().Bridge("br0").Tap("vnet0", "br0").Config("br0", "eno2"));

        Assert.Empty(verdict.Findings);
        Assert.Contains("no unused card", Assert.Single(verdict.Rejected).Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_OldNameIsAnAlternativeName_IsNotRenamed()
        => Assert.Empty(Judge(Renamed.Change("enp9s0", link => link["altnames"] = new System.Text.Json.Nodes.JsonArray("eno2"))).Findings);

    [Fact]
    public void Judge_AnotherUplinkWorks_IsRuledOut()
        => Assert.Empty(Judge(new FakeHost().Bridge("br0").Nic("eno1", "br0").Nic("eno3").Tap("vnet0", "br0").Config("br0", "eno1 eno2")).Findings);

    [Fact]
    public void Judge_UnusedCardHasAnAddress_IsNoCandidate()
        => Assert.Empty(Judge(Renamed.Address("enp9s0", "192.0.2.7")).Findings);

    [Theory]
    [InlineData("eno2.100")]
    [InlineData("bond0")]
    public void Judge_PortThatIsMadeAndNotPluggedIn_IsNoCard(string port)
        => Assert.Empty(Judge(new FakeHost().Bridge("br0").Tap("vnet0", "br0").Nic("enp9s0").Config("br0", port)).Findings);

    [Fact]
    public void Diagnose_MissingUplink_IsItsConsequence()
    {
        var diagnosis = Renamed.Diagnose();

        Assert.Equal(NicUplinkRenamed.Id, diagnosis.Primary?.Id);
        Assert.Equal("nic.uplink-renamed br0", Assert.Single(diagnosis.Findings, finding => finding.Id == BridgeUplinkMissing.Id).ConsequenceOf);
    }

    [Fact]
    public void Judge_HealthyHost_IsClear() => Assert.Empty(Judge(FakeHost.Healthy().Nic("eno9").Config("br0", "eno2")).Findings);

    [Fact]
    public void Judge_LinksNotRead_CannotTell() => Assert.Single(Judge(FakeHost.Healthy().WithoutLinks()).Undecided);

    private static Verdict Judge(FakeHost host) => NicUplinkRenamed.Rule.Judge(host.View());
}
