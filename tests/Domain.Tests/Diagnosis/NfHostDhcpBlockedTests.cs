using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class NfHostDhcpBlockedTests
{
    private const string Dnsmasq = "UNCONN 0 0 0.0.0.0%br0:67 0.0.0.0:* users:((\"dnsmasq\",pid=123,fd=4))\n";
    private const string Dhcpd = "UNCONN 0 0 0.0.0.0:67 0.0.0.0:* users:((\"dhcpd\",pid=99,fd=7))\n";

    [Theory]
    [InlineData("input-drop", "nf/accept-dhcp-to-host")]
    [InlineData("input-nft-policy", null)]
    public void Judge_InputDropsRequests_IsFound(string fixture, string? repair)
    {
        var finding = Assert.Single(Judge(Host(fixture, Dnsmasq)).Findings);

        Assert.Equal(("br0", Scope.Bridge, Certainty.Likely, repair), (finding.Subject, finding.Scope, finding.Certainty, finding.Repair));
        Assert.Equal(repair is null, finding.Question is not null);
        Assert.Contains(new EvidenceLine("e.sock", "UDP 67: dnsmasq"), finding.Because);
    }

    [Fact]
    public void Judge_BridgeWithoutWayOut_IsCertain()
    {
        var host = FirewalledHost.Of("input-drop").Section("e.sock", "udp", "x").Section("e.sock", "ss", Dnsmasq.Replace("br0", "br9", StringComparison.Ordinal))
            .Bridge("br9").Tap("vnet9", "br9").Address("br9", "192.168.9.1");

        var finding = Assert.Single(Judge(host).Findings);

        Assert.Equal(("br9", Certainty.Certain), (finding.Subject, finding.Certainty));
    }

    [Theory]
    [InlineData("input-accept", Dnsmasq)]
    [InlineData("input-drop", Dhcpd)]
    [InlineData("input-drop", "")]
    [InlineData("empty", Dnsmasq)]
    public void Judge_AcceptedOrRawSocketOrNobodyThere_FindsNothing(string fixture, string listeners)
    {
        var verdict = Judge(Host(fixture, listeners));

        Assert.Empty(verdict.Findings);
        Assert.Empty(verdict.Undecided);
    }

    [Fact]
    public void Judge_HostHasNoAddressOnTheBridge_FindsNothing()
        => Assert.Empty(Judge(FirewalledHost.Of("input-drop").Section("e.sock", "udp", "x").Section("e.sock", "ss", Dnsmasq)).Findings);

    [Fact]
    public void Judge_FirewallNotReadAndTheServerIsBoundToTheBridge_CannotTell()
        => Assert.Contains(
            Judge(FirewalledHost.Unread(FakeHost.Healthy()).Address("br0", "10.20.0.5").Section("e.sock", "udp", "x").Section("e.sock", "ss", Dnsmasq)).Undecided,
            open => open.Section is "e.nft" or "e.ipt");

    [Fact]
    public void Judge_SocketsNotRead_IsClear() => Assert.Equivalent(Verdict.Clear, Judge(FirewalledHost.Of("input-drop").Missing("e.sock", "x")), strict: true);

    private static FakeHost Host(string fixture, string listeners)
        => FirewalledHost.Of(fixture).Address("br0", "10.20.0.5").Section("e.sock", "udp", "  12: 00000000:0043 00000000:0000 07\n").Section("e.sock", "ss", listeners);

    private static Verdict Judge(FakeHost host) => NfHostDhcpBlocked.Rule.Judge(host.View());
}
