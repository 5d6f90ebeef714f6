using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class DhcpDuplicateClientIdTests
{
    private const string Clone = "52:54:00:aa:bb:02";

    [Fact]
    public void Judge_TwoHardwareAddressesWithOneId_IsCertain()
    {
        var finding = Assert.Single(Judge(Asking("ff01020304", "ff01020304")).Findings);

        Assert.Equal(Certainty.Certain, finding.Certainty);
        Assert.Contains("vm1 and vm2", finding.Summary, StringComparison.Ordinal);
        Assert.Contains("machine-id", finding.Question, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("01525400aabb01", "01525400aabb02")] // each its own
    [InlineData("-", "-")]
    [InlineData("00636f622d70726f6265203039", "00636f622d70726f6265203039")] // ours
    public void Judge_IdsOfTheirOwn_IsClear(string one, string other) => Assert.Empty(Judge(Asking(one, other)).Findings);

    [Fact]
    public void Judge_OneHardwareAddressTwice_IsTheOtherFault()
        => Assert.Empty(Judge(ProbedHost.Plain(2).Trace(ProbedHost.Dhcp(100, "vnet0", "in", "DISCOVER", id: "ff01020304"), ProbedHost.Dhcp(100, "vnet1", "in", "DISCOVER", id: "ff01020304"))).Findings);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Judge_ServerGivesOneAddressInTurn(bool again)
    {
        string[] macs = again ? [ProbedHost.Mac, Clone, ProbedHost.Mac] : [ProbedHost.Mac, ProbedHost.Mac, Clone];
        var host = ProbedHost.Plain(2).Section("e.srv", "servers", "/proc/7/comm:dnsmasq")
            .Section("e.srv", "journal", string.Concat(macs.Select(mac => $$"""{"MESSAGE":"DHCPACK(br0) 10.20.0.9 {{mac}} vm","__REALTIME_TIMESTAMP":"1699999990000000"}""" + "\n")));

        Assert.Equal(again ? 1 : 0, Judge(host).Findings.Length);
    }

    private static FakeHost Asking(string one, string other)
        => ProbedHost.Plain(2).Trace(ProbedHost.Dhcp(100, "vnet0", "in", "DISCOVER", id: one), ProbedHost.Dhcp(200, "vnet1", "in", "DISCOVER", Clone, id: other));

    private static Verdict Judge(FakeHost host) => DhcpDuplicateClientId.Rule.Judge(host.View());
}
