using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Domain.Diagnosis.Hops;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class DeadSegmentTests
{
    public static TheoryData<string[], string> Signatures => new()
    {
        { ProbedHost.Lease(100), nameof(HopEnd.Passed) },
        { [], nameof(HopEnd.Silent) },
        { ProbedHost.Discover(100, uplink: null, onBridge: false), nameof(HopEnd.AtPort) },
        { ProbedHost.Discover(100, uplink: null), nameof(HopEnd.InBridge) },
        { [.. ProbedHost.Discover(100, uplink: null), ProbedHost.Dhcp(100, "vnet1", "out", "DISCOVER")], nameof(HopEnd.BeforeUplink) },
        { ProbedHost.Discover(100), nameof(HopEnd.Upstream) },
        { ProbedHost.Discover(6000), nameof(HopEnd.CannotTell) },
        { [.. ProbedHost.Discover(100), ProbedHost.Dhcp(3100, "eno2", "in", "OFFER", given: "10.20.0.9")], nameof(HopEnd.AnswerLost) },
        { [.. ProbedHost.Discover(100), ProbedHost.Dhcp(3100, "eno2", "in", "OFFER"), ProbedHost.Dhcp(3100, "vnet0", "out", "OFFER"), .. ProbedHost.Discover(8000)], nameof(HopEnd.AnswerIgnored) },
    };

    [Theory]
    [MemberData(nameof(Signatures))]
    public void Of_EachHopSignature_IsReadAsTheCatalogueSays(string[] lines, string end)
        => Assert.Equal(end, GuestHops.Of(ProbedHost.Plain(2).Trace(lines).View()).Single(guest => guest.Port.Link.Name == "vnet0").End.ToString());

    [Fact]
    public void Of_UplinkNotListenedOn_CannotTell()
        => Assert.Equal(HopEnd.CannotTell, GuestHops.Of(ProbedHost.Plain().Trace([.. ProbedHost.Discover(100, uplink: null), "off eno2 Network is down"]).View())[0].End);

    [Fact]
    public void Diagnose_ExchangePassed_RemovesLayerTwoAndFilterRoots()
    {
        var sick = Detained();
        Assert.Equal(BridgePortFlags.Id, sick.Diagnose().Primary?.Id);

        var diagnosis = Detained().Trace(ProbedHost.Lease(100)).Diagnose();

        Assert.Empty(diagnosis.Findings);
        Assert.Contains(diagnosis.Rejected, rejection => rejection.Id == BridgePortFlags.Id && rejection.Why.Contains("passed", StringComparison.Ordinal));
    }

    [Fact]
    public void Diagnose_OfferForTheHost_DoesNotClearTheGuestsOwnPort()
        => Assert.Equal(BridgePortFlags.Id, Detained().Offers(true, true).Diagnose().Primary?.Id);

    [Fact]
    public void Diagnose_HealthySibling_RemovesBridgeWideRootsOnly()
    {
        var diagnosis = ProbedHost.Plain(2).Trace([.. ProbedHost.Lease(100), .. ProbedHost.Discover(300, "vnet1", "52:54:00:aa:bb:02", uplink: null)]).Diagnose();

        var finding = Assert.Single(diagnosis.Findings);
        Assert.Equal((Scope.Guest, "vnet1", Certainty.Possible), (finding.Scope, finding.Subject, finding.Certainty));
    }

    [Fact]
    public void Diagnose_UnknownCause_NamesSegmentSuspectsAndWhatWasNotRead()
    {
        var diagnosis = ProbedHost.Plain().Missing("e.nft", "needs root, sudo -n refused").Trace(ProbedHost.Discover(100, uplink: null)).Diagnose();

        Assert.Equal(OverallVerdict.Inconclusive, diagnosis.Verdict);
        var finding = diagnosis.Primary;
        Assert.NotNull(finding);
        Assert.Contains("between input and output of br0", finding.Summary, StringComparison.Ordinal);
        Assert.Contains(NfForwardDropOnBridge.Id, finding.Question, StringComparison.Ordinal);
        Assert.Contains("needs root", finding.Question, StringComparison.Ordinal);
        Assert.Null(finding.Repair);
    }

    [Fact]
    public void Diagnose_FindingThatTheTraceConfirms_CarriesIt()
        => Assert.Contains(Detained().Trace(ProbedHost.Discover(100, uplink: null)).Diagnose().Findings.Single(finding => finding.Id == BridgePortFlags.Id).Because, line => line.Section == "p.trace");

    [Fact]
    public void Diagnose_ProbeThatCouldNotRun_IsToldAndChangesNothing()
    {
        var without = ProbedHost.Plain().Diagnose();
        var diagnosis = ProbedHost.Plain().Missing("p.trace", "sudo -n refused").Diagnose();

        Assert.Equal(without.Verdict, diagnosis.Verdict);
        Assert.Contains(diagnosis.NotRead, gap => gap.Section == "p.trace");
    }

    /// <summary>Guest and uplink isolated from each other: a certain finding from settings alone.</summary>
    private static FakeHost Detained() => ProbedHost.Plain().PortFlag("vnet0", "isolated", true).PortFlag("eno2", "isolated", true);
}
