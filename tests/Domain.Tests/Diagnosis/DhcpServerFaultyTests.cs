using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class DhcpServerFaultyTests
{
    [Theory]
    [InlineData("No subnet declaration for br0 (no IPv4 addresses).")]
    [InlineData("Not configured to listen on any interfaces!")]
    [InlineData("/etc/dhcp/dhcpd.conf line 7: semicolon expected.")]
    [InlineData("failed to bind DHCP server socket: Address already in use")]
    [InlineData("ERROR [kea-dhcp4.dhcp4.1] DHCP4_CONFIG_LOAD_FAIL configuration error using file: /etc/kea/kea-dhcp4.conf")]
    public void Judge_ServerComplains_IsLikely(string message) => Assert.Equal(Certainty.Likely, Assert.Single(Judge(Host(message)).Findings).Certainty);

    [Fact]
    public void Judge_ItHasGivenOutAddressesSince_IsRuledOut()
        => Assert.Single(Judge(Host("failed to bind DHCP server socket: Address already in use", "DHCPOFFER(br0) 10.20.0.9 52:54:00:aa:bb:01")).Rejected);

    [Fact]
    public void Judge_ADiscoverIsAnswered_IsRuledOut() => Assert.Single(Judge(Host("No subnet declaration for br0 (no IPv4 addresses).").Offers(true, null)).Rejected);

    [Fact]
    public void Judge_NoServerHere_SaysNothing() => Assert.True(ProbedHost.IsSilent(Judge(ProbedHost.Plain().Absent("e.srv", "no DHCP server runs on this host"))));

    [Fact]
    public void Judge_ConfiguredServerGaveUpAndNobodyListens_IsCertain()
        => Assert.Equal(Certainty.Certain, Assert.Single(Judge(GaveUp("range 10.20.0.10 10.20.0.99;").Section("e.sock", "udp", "")).Findings).Certainty);

    [Fact]
    public void Judge_ServerThatNobodyConfiguredGaveUp_IsRuledOut() => Assert.Single(Judge(GaveUp("#  range 10.254.239.10 10.254.239.20;")).Rejected);

    private static FakeHost GaveUp(string configuration)
        => ProbedHost.Plain().Section("e.srv", "servers", "").Section("e.srv", "pools", configuration.StartsWith('#') ? "" : configuration)
            .Section("e.srv", "journal", """{"MESSAGE":"Not configured to listen on any interfaces!","__REALTIME_TIMESTAMP":"1699999990000000"}""" + "\n");

    private static FakeHost Host(params string[] messages)
        => ProbedHost.Plain().Section("e.srv", "servers", "/proc/7/comm:dhcpd")
            .Section("e.srv", "journal", string.Concat(messages.Select(message => $$"""{"MESSAGE":"{{message}}","__REALTIME_TIMESTAMP":"1699999990000000"}""" + "\n")));

    private static Verdict Judge(FakeHost host) => DhcpServerFaulty.Rule.Judge(host.View());
}
