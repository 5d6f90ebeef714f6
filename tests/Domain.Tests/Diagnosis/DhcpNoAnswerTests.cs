using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class DhcpNoAnswerTests
{
    [Fact]
    public void Judge_NobodyIsAnsweredAndTheGatewayLives_IsLikelyAndAsksForTheServer()
    {
        var finding = Assert.Single(Judge(ProbedHost.Plain().Trace(ProbedHost.Discover(200)).Offers(toHost: false, toGuest: false).Gateway()).Findings);

        Assert.Equal(("eno2", Certainty.Likely, Scope.Bridge), (finding.Subject, finding.Certainty, finding.Scope));
        Assert.Contains("relay", finding.Question, StringComparison.Ordinal);
        Assert.Contains(finding.Because, line => line.Text.Contains("gateway 10.20.0.1 answers", StringComparison.Ordinal));
    }

    [Fact]
    public void Judge_OnlyTheTrace_IsLikelyAndNamesWhatLooksTheSame()
    {
        var finding = Assert.Single(Judge(ProbedHost.Plain().Trace(ProbedHost.Discover(200))).Findings);

        Assert.Equal(Certainty.Likely, finding.Certainty);
        Assert.Contains("--probe active", finding.Question, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_GatewaySilentToo_IsASuspectOnly()
        => Assert.Equal(Certainty.Possible, Assert.Single(Judge(ProbedHost.Plain().Trace(ProbedHost.Discover(200)).Offers(false, false).Gateway(answers: false)).Findings).Certainty);

    [Fact]
    public void Judge_HostIsAnswered_IsRuledOut()
    {
        var verdict = Judge(ProbedHost.Plain().Trace(ProbedHost.Discover(200)).Offers(toHost: true, toGuest: false).Gateway());

        Assert.Empty(verdict.Findings);
        Assert.Equal(DhcpNoAnswer.Id, Assert.Single(verdict.Rejected).Id);
    }

    [Fact]
    public void Judge_ListenedTooShortly_SaysNothing()
    {
        Assert.Empty(Judge(ProbedHost.Plain().TraceFor(3000, ProbedHost.Discover(200))).Findings);
        Assert.Empty(Judge(ProbedHost.Plain().Offers(false, false, waited: 2500).Gateway()).Findings);
    }

    /// <summary>What the bridge itself sends, a server on the host need not hear.</summary>
    [Fact]
    public void Judge_AServerOnThisSideAnswersGuests_SaysNothing()
        => Assert.True(ProbedHost.IsSilent(Judge(ProbedHost.Plain().Offers(toHost: false, toGuest: false).Gateway()
            .Trace(ProbedHost.Dhcp(100, "vnet0", "in", "DISCOVER"), ProbedHost.Dhcp(110, "vnet0", "out", "OFFER", given: "10.20.0.201", server: "10.20.0.42")))));

    [Fact]
    public void Judge_OfferOfTheUplinksServerReachesTheGuest_DoesNotMakeItAServerHere()
        => Assert.Single(Judge(ProbedHost.Plain().Trace([.. ProbedHost.Lease(100), .. ProbedHost.Discover(200, mac: "52:54:00:aa:bb:09")]).Offers(toHost: false, toGuest: false).Gateway()).Rejected);

    [Fact]
    public void Judge_NoProbes_SaysNothing() => Assert.True(ProbedHost.IsSilent(Judge(ProbedHost.Plain())));

    private static Verdict Judge(FakeHost host) => DhcpNoAnswer.Rule.Judge(host.View());
}
