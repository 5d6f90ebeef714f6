using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class DhcpNakOrDeclineLoopTests
{
    [Fact]
    public void Judge_RefusedTwice_IsCertain()
        => Assert.Equal(Certainty.Certain, Assert.Single(Judge(ProbedHost.Plain().Trace(Nak(100), Nak(3100))).Findings).Certainty);

    [Fact]
    public void Judge_RefusedOnce_IsNormalAfterAMove() => Assert.Empty(Judge(ProbedHost.Plain().Trace(Nak(100))).Findings);

    [Fact]
    public void Judge_DeclinesAgainAndAgain_NamesTheAddress()
    {
        var finding = Assert.Single(Judge(ProbedHost.Plain().Trace(Decline(100), Decline(3000))).Findings);

        Assert.Equal(Certainty.Certain, finding.Certainty);
        Assert.Contains("10.20.0.9", finding.Summary, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, "1699999990000000", 1)]
    [InlineData(1, "1699999990000000", 0)]
    [InlineData(3, "1699990000000000", 0)] // hours ago
    public void Judge_ServersLog(int lines, string at, int found)
    {
        var host = ProbedHost.Plain().Section("e.self", "self", "uid=0\nuptime=1000.0\nclock=1700000000\n").Section("e.srv", "servers", "/proc/7/comm:dhcpd").Section("e.srv", "journal", string.Concat(Enumerable.Repeat(
            $$"""{"MESSAGE":"DHCPNAK on 10.20.0.9 to {{ProbedHost.Mac}} via br0","__REALTIME_TIMESTAMP":"{{at}}"}""" + "\n", lines)));

        Assert.Equal(found, Judge(host).Findings.Length);
    }

    private static string Nak(int after) => ProbedHost.Dhcp(after, "vnet0", "out", "NAK", server: "10.20.0.1");

    private static string Decline(int after) => ProbedHost.Dhcp(after, "vnet0", "in", "DECLINE", requested: "10.20.0.9");

    private static Verdict Judge(FakeHost host) => DhcpNakOrDeclineLoop.Rule.Judge(host.View());
}
