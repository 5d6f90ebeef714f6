using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class NfConntrackFullTests
{
    [Theory]
    [InlineData(980, 1000, 1)]
    [InlineData(979, 1000, 0)]
    [InlineData(1, 1, 1)]
    [InlineData(0, 1, 0)]
    [InlineData(5, 0, 0)]
    public void Judge_TableAndFill_IsFoundFrom98Percent(int count, int most, int findings)
        => Assert.Equal(findings, Judge(Host(count, most, lends: 1)).Findings.Length);

    [Fact]
    public void Judge_TableFull_IsCertainAndRaised()
    {
        var finding = Assert.Single(Judge(Host(1000, 1000, lends: 1)).Findings);

        Assert.Equal((Certainty.Certain, "nf/raise-conntrack-max", Scope.Host, "nf_conntrack_max"), (finding.Certainty, finding.Repair, finding.Scope, finding.Subject));
    }

    [Fact]
    public void Judge_TableFullButBridgedFramesNotTracked_IsRuledOut()
        => Assert.Contains("not tracked", Assert.Single(Judge(Host(1000, 1000, lends: 0)).Rejected).Why, StringComparison.Ordinal);

    [Theory]
    [Trait("Trap", "14")]
    [InlineData("nf_conntrack: nf_conntrack: table full, dropping packet", 9995.0, 900, 1)]
    [InlineData("nf_conntrack: table full in netns 4026532008, dropping packet.", 9500.0, 900, 1)]
    [InlineData("nf_conntrack: nf_conntrack: table full, dropping packet", 9000.0, 900, 0)]
    [InlineData("nf_conntrack: nf_conntrack: table full, dropping packet", 9995.0, 100, 0)]
    [InlineData("nf_tables: table full of things", 9995.0, 900, 0)]
    public void Judge_KernelMessage_CountsWhileRecentAndNearlyFull(string message, double at, int count, int findings)
    {
        // Newer kernels add "in netns N" (trap 14); the count is the better witness of now.
        var host = Host(count, 1000, lends: 1)
            .Section("e.klog", "dmesg", FormattableString.Invariant($"<4>[{at:0.000000}] {message}\n"))
            .Section("e.self", "self", "uid=0\nuptime=10000.00\n");

        var verdict = Judge(host);

        Assert.Equal(findings, verdict.Findings.Length);
        Assert.All(verdict.Findings, finding => Assert.Equal(Certainty.Likely, finding.Certainty));
    }

    [Fact]
    public void Judge_SwitchesNotRead_CannotTell()
        => Assert.Equal("e.sysctl", Assert.Single(Judge(FakeHost.Healthy()
            .Section("e.sysctl", "values", "/proc/sys/net/netfilter/nf_conntrack_count:10\n/proc/sys/net/netfilter/nf_conntrack_max:10\n")
            .Section("e.sysctl", "br_netfilter", "unknown: hidden")).Undecided).Section);

    [Fact]
    public void Judge_NothingRead_IsClear() => Assert.Equivalent(Verdict.Clear, Judge(FakeHost.Healthy()), strict: true);

    private static FakeHost Host(int count, int most, int lends) => FakeHost.Healthy().Section(
        "e.sysctl", "values",
        $"/proc/sys/net/bridge/bridge-nf-call-iptables:{lends}\n/proc/sys/net/netfilter/nf_conntrack_count:{count}\n/proc/sys/net/netfilter/nf_conntrack_max:{most}\n");

    private static Verdict Judge(FakeHost host) => NfConntrackFull.Rule.Judge(host.View());
}
