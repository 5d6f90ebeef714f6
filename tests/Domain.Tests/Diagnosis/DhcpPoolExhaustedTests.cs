using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class DhcpPoolExhaustedTests
{
    private const string Self = "uid=0\nuptime=1000.0\nclock=1700000000\n";

    // Written by dnsmasq 2.90 (src/rfc2131.c), ISC dhcpd 4.4 (server/dhcp.c) and Kea 2.2 (alloc_engine_messages.mes): each message as their source prints it.
    [Theory]
    [InlineData("DHCPDISCOVER(br0) 52:54:00:aa:bb:01 no address available")]
    [InlineData("DHCPDISCOVER from 52:54:00:aa:bb:01 via br0: network 10.20.0.0/24: no free leases")]
    [InlineData("WARN  [kea-dhcp4.alloc-engine.1] ALLOC_ENGINE_V4_ALLOC_FAIL [hwtype=1 52:54:00:aa:bb:01], cid=[no info], tid=0x1: failed to allocate an IPv4 lease after 2 attempt(s)")]
    public void Judge_ServersLogSaysSo_IsCertain(string message)
    {
        var finding = Assert.Single(Judge(Server(message)).Findings);

        Assert.Equal(("br0", Certainty.Certain, Scope.Bridge), (finding.Subject, finding.Certainty, finding.Scope));
    }

    [Theory]
    [InlineData("DHCPDISCOVER from 52:54:00:aa:bb:01 via br0: peer holds all free leases")] // failover is broken
    [InlineData("DHCPDISCOVER from 52:54:00:aa:bb:01 via 10.9.0.1: unknown network segment")] // no scope
    [InlineData("DHCPDISCOVER(br0) 52:54:00:aa:bb:01")]
    public void Judge_AnotherComplaint_IsNotFound(string message) => Assert.Empty(Judge(Server(message)).Findings);

    [Fact]
    public void Judge_TheClientWasGivenOneSince_IsNotFound()
        => Assert.Empty(Judge(Server("DHCPDISCOVER(br0) 52:54:00:aa:bb:01 no address available", "DHCPACK(br0) 10.20.0.9 52:54:00:aa:bb:01")).Findings);

    [Fact]
    public void Judge_EveryAddressIsLeased_IsCertain()
    {
        var host = Counted("10.20.0.10,10.20.0.11", "1700003600 52:54:00:00:00:01 10.20.0.10 * *\n1700003600 52:54:00:00:00:02 10.20.0.11 * *\n");

        Assert.Equal(Certainty.Certain, Assert.Single(Judge(host).Findings).Certainty);
    }

    [Theory]
    [InlineData("10.20.0.10,10.20.0.12", "1700003600 52:54:00:00:00:01 10.20.0.10 * *\n1700003600 52:54:00:00:00:02 10.20.0.11 * *\n")] // one is free
    [InlineData("10.20.0.10,10.20.0.11", "1700003600 52:54:00:00:00:01 10.20.0.10 * *\n1699990000 52:54:00:00:00:02 10.20.0.11 * *\n")] // one has expired
    [InlineData("10.30.0.10,10.30.0.10", "1700003600 52:54:00:00:00:01 10.30.0.10 * *\n")] // another network's
    public void Judge_SomethingIsFree_IsNotFound(string range, string leases) => Assert.Empty(Judge(Counted(range, leases)).Findings);

    [Fact]
    public void Judge_FromADistance_IsASuspectAtMost()
    {
        Assert.Equal(Certainty.Possible, Assert.Single(Judge(ProbedHost.Plain().Offers(true, false, hostGets: "10.20.0.42")).Findings).Certainty);
        Assert.Empty(Judge(ProbedHost.Plain().Offers(true, false, hostGets: "10.20.100.7")).Findings);
    }

    [Theory]
    [InlineData("0.0.0.0:67", true)]
    [InlineData("0.0.0.0%br0:67", true)]
    [InlineData("10.20.0.42:67", true)]
    [InlineData("0.0.0.0%virbr0:67", false)] // libvirt's own network
    [InlineData("192.168.122.1:67", false)]
    public void Judge_OwnServerWhoseLeasesWereNotRead_CannotTell(string listens, bool isOpen)
    {
        var host = Listening(listens).Missing("e.srv", "leases and configuration of the DHCP server need root");

        Assert.Equal(isOpen ? ["e.srv"] : [], Judge(host).Undecided.Select(open => open.Section));
    }

    [Fact]
    public void Judge_OwnServerUnreadButItJustOfferedAnAddress_IsRuledOut()
        => Assert.Empty(Judge(Listening("0.0.0.0%br0:67").Missing("e.srv", "needs root").Offers(true, true, hostGets: "10.20.100.7")).Undecided);

    private static FakeHost Listening(string at)
        => ProbedHost.Plain().Section("e.sock", "udp", "1: 00000000:0043 x\n").Section("e.sock", "ss", $"UNCONN 0 0 {at} 0.0.0.0:* users:((\"dnsmasq\",pid=7,fd=4))\n");

    private static FakeHost Server(params string[] messages)
        => ProbedHost.Plain().Section("e.self", "self", Self).Section("e.srv", "servers", "/proc/7/comm:dnsmasq")
            .Section("e.srv", "journal", string.Concat(messages.Select(message => $$"""{"MESSAGE":"{{message}}","__REALTIME_TIMESTAMP":"1699999990000000"}""" + "\n")));

    private static FakeHost Counted(string range, string leases)
        => ProbedHost.Plain().Section("e.self", "self", Self).Section("e.srv", "servers", "/proc/7/comm:dnsmasq").Section("e.srv", "pools", $"dhcp-range={range},1h\n").Section("e.srv", "leases", leases);

    private static Verdict Judge(FakeHost host) => DhcpPoolExhausted.Rule.Judge(host.View());
}
