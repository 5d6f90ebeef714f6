using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class AddrWrongSubnetOrGatewayTests
{
    [Theory]
    [InlineData("192.168.5.5", "192.168.5.1", 4, false, 1)]
    [InlineData("10.20.0.9", "10.21.0.1", 3, false, 1)] // only the gateway is of another network
    [InlineData("10.20.0.9", "10.20.0.1", 4, false, 0)] // right but dead
    [InlineData("192.168.5.5", "192.168.5.1", 2, false, 0)] // too few
    [InlineData("192.168.5.5", "192.168.5.1", 4, true, 0)] // answered: a second network on the same wire
    [InlineData("169.254.3.4", "10.20.0.1", 4, false, 0)] // gave up on DHCP
    [InlineData("0.0.0.0", "10.9.0.9", 4, false, 0)] // tests an address
    public void Judge_RepeatedQuestions(string sender, string target, int times, bool answered, int found)
    {
        var lines = Enumerable.Range(0, times).Select(index => $"arp {index + 1}000 vnet0 in ask {ProbedHost.Mac} {sender} {target}");
        var host = ProbedHost.Plain().Trace([.. lines, .. answered ? [$"arp 1001 vnet0 out reply 02:00:00:00:00:99 {target} {sender}"] : Array.Empty<string>()]);
        var findings = AddrWrongSubnetOrGateway.Rule.Judge(host.View()).Findings;

        Assert.Equal(found, findings.Length);
        Assert.All(findings, finding => Assert.Equal(("vnet0", Certainty.Likely), (finding.Subject, finding.Certainty)));
    }

    [Fact]
    public void Judge_NetworkOfTheBridgeUnknown_SaysNothing()
        => Assert.Empty(AddrWrongSubnetOrGateway.Rule.Judge(FakeHost.Healthy().Trace([.. Enumerable.Repeat($"arp 1 vnet0 in ask {ProbedHost.Mac} 192.168.5.5 192.168.5.1", 4)]).View()).Findings);
}
