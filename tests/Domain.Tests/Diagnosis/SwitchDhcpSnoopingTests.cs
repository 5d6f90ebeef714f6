using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class SwitchDhcpSnoopingTests
{
    private const string Remote = "52:54:00:99:00:01";

    [Fact]
    public void Judge_NobodyIsAnsweredAndTheGatewayLives_IsNamedBesideAsASuspect()
        => Assert.Equal(Certainty.Possible, Assert.Single(Judge(ProbedHost.Plain().Offers(false, false).Gateway()).Findings).Certainty);

    [Fact]
    public void Judge_OurOffersLeaveAndTheRemoteClientAsksAgain_IsLikely()
    {
        var host = ProbedHost.Plain().Trace(
            ProbedHost.Dhcp(100, "eno2", "in", "DISCOVER", Remote), ProbedHost.Dhcp(110, "eno2", "out", "OFFER", Remote, "10.20.100.9", "10.20.0.42"),
            ProbedHost.Dhcp(3100, "eno2", "in", "DISCOVER", Remote), ProbedHost.Dhcp(7100, "eno2", "in", "DISCOVER", Remote));

        Assert.Equal(Certainty.Likely, Assert.Single(Judge(host).Findings).Certainty);
    }

    [Fact]
    public void Diagnose_AnotherServersOfferComesIn_DoesNotClearOurOwn()
    {
        var host = ProbedHost.Plain().Offers(toHost: true, toGuest: true).Trace(
            ProbedHost.Dhcp(100, "eno2", "in", "DISCOVER", Remote), ProbedHost.Dhcp(110, "eno2", "out", "OFFER", Remote, "10.20.100.9", "10.20.0.42"),
            ProbedHost.Dhcp(3100, "eno2", "in", "DISCOVER", Remote), ProbedHost.Dhcp(7100, "eno2", "in", "DISCOVER", Remote));

        Assert.Equal(SwitchDhcpSnooping.Id, Diagnostician.Diagnose(host.View()).Primary?.Id);
    }

    [Fact]
    public void Judge_TheRemoteClientGoesOn_IsClear()
        => Assert.Empty(Judge(ProbedHost.Plain().Trace(
            ProbedHost.Dhcp(100, "eno2", "in", "DISCOVER", Remote), ProbedHost.Dhcp(110, "eno2", "out", "OFFER", Remote, "10.20.100.9", "10.20.0.42"), ProbedHost.Dhcp(120, "eno2", "in", "REQUEST", Remote))).Findings);

    [Fact]
    public void Judge_HostIsAnswered_IsClear() => Assert.Empty(Judge(ProbedHost.Plain().Offers(true, false).Gateway()).Findings);

    private static Verdict Judge(FakeHost host) => SwitchDhcpSnooping.Rule.Judge(host.View());
}
