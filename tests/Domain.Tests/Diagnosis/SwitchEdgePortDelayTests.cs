using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class SwitchEdgePortDelayTests
{
    [Fact]
    public void Judge_LinkCameUpAndTheSwitchSpeaksSpanningTree_IsLikely()
    {
        var finding = Assert.Single(Judge(Host(cameUp: 975, bpdu: "3840")).Findings);

        Assert.Equal(("eno2", Certainty.Likely), (finding.Subject, finding.Certainty));
        Assert.Contains("PortFast", finding.Question, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(975, null, 0)] // no spanning tree there
    [InlineData(900, "3840", 0)] // up for long
    [InlineData(975, "3840", 1)] // our own bridge waits: bridge.stp-forward-delay
    public void Judge_LooksAlike_IsNotFound(double cameUp, string? bpdu, int stp) => Assert.Empty(Judge(Host(cameUp, bpdu, stp)).Findings);

    private static FakeHost Host(double cameUp, string? bpdu, int stp = 0)
        => new FakeHost().Bridge("br0", stp: stp).Nic("eno2", "br0").Tap("vnet0", "br0").Guest("vm1", "vnet0", "br0").Section("e.self", "self", "uid=0\nuptime=1000.0\nclock=1700000000\n")
            .Section("e.klog", "dmesg", FormattableString.Invariant($"<6>[  {cameUp:0.000000}] igb 0000:01:00.0 eno2: igb: eno2 NIC Link is Up 1000 Mbps Full Duplex\n"))
            .Trace(ProbedHost.Discover(100)).Section("p.lldp", "watch", $"cob-watch 1\nready\n{(bpdu is null ? "" : $"bpdu 700 eno2 in {bpdu}\n")}end 9500 time\n");

    private static Verdict Judge(FakeHost host) => SwitchEdgePortDelay.Rule.Judge(host.View());
}
