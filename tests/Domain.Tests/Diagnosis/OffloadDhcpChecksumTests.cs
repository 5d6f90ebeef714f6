using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class OffloadDhcpChecksumTests
{
    [Fact]
    public void Judge_OffersOfThisHostAreIgnored_IsLikely()
    {
        var finding = Assert.Single(Judge(Ignored(fromWire: false)).Findings);

        Assert.Equal(("vnet0", Certainty.Likely), (finding.Subject, finding.Certainty));
        Assert.Contains("ethtool -K vnet0 tx off", finding.Question, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_OffersFromTheWireAreIgnored_IsTheGuestsOwn() => Assert.Equal(Certainty.Possible, Assert.Single(Judge(Ignored(fromWire: true)).Findings).Certainty);

    // Trap 8: an answer of a server on this host has no checksum yet when it is captured here, and a current client takes it. Checksums are not looked at.
    [Fact]
    [Trait("Trap", "8")]
    public void Judge_ServerOnThisHostAndTheGuestGoesOn_IsClear()
        => Assert.Empty(Judge(ProbedHost.Plain().Trace(
            ProbedHost.Dhcp(100, "vnet0", "in", "DISCOVER"), ProbedHost.Dhcp(100, "br0", "in", "DISCOVER"), ProbedHost.Dhcp(105, "vnet0", "out", "OFFER", given: "10.20.0.9", server: "10.20.0.42"),
            ProbedHost.Dhcp(110, "vnet0", "in", "REQUEST"), ProbedHost.Dhcp(112, "vnet0", "out", "ACK", given: "10.20.0.9", server: "10.20.0.42"))).Findings);

    private static FakeHost Ignored(bool fromWire) => ProbedHost.Plain().Trace(
    [
        .. ProbedHost.Discover(100),
        .. fromWire ? [ProbedHost.Dhcp(105, "eno2", "in", "OFFER", given: "10.20.0.9", server: "10.20.0.1")] : Array.Empty<string>(),
        ProbedHost.Dhcp(105, "vnet0", "out", "OFFER", given: "10.20.0.9", server: "10.20.0.42"), .. ProbedHost.Discover(3100), .. ProbedHost.Discover(7100),
    ]);

    private static Verdict Judge(FakeHost host) => OffloadDhcpChecksum.Rule.Judge(host.View());
}
