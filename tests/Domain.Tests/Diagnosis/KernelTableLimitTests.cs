using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class KernelTableLimitTests
{
    private const string Limits = "/proc/sys/net/ipv4/neigh/default/gc_thresh1:128\n/proc/sys/net/ipv4/neigh/default/gc_thresh2:512\n/proc/sys/net/ipv4/neigh/default/gc_thresh3:1024\n";

    [Fact]
    public void Judge_NeighbourTableFull_RaisesTheLimits()
    {
        var finding = Assert.Single(Judge(Table(1024).Section("e.sysctl", "values", Limits)).Findings);

        Assert.Equal(("arp_cache", Certainty.Certain, Scope.Host, "kernel/raise-neighbour-limit"), (finding.Subject, finding.Certainty, finding.Scope, finding.Repair));
    }

    [Fact]
    public void Judge_LimitsNotShown_Asks() => Assert.NotNull(Assert.Single(Judge(Table(1024)).Findings).Question);

    [Theory]
    [InlineData(60, 1)]
    [InlineData(5000, 0)]
    public void Judge_OverflowInTheLog_CountsOnlyWhenItIsNew(double age, int findings)
        => Assert.Equal(findings, Judge(Table(100).Uptime(10000).KernelLog((10000 - age, "neighbour: arp_cache: neighbor table overflow!"))).Findings.Length);

    [Fact]
    public void Judge_BridgeIsFull_IsCertain()
    {
        var host = new FakeHost().Bridge("br0").Nic("eno2", "br0");
        for (var number = 0; number < 1022; number++)
        {
            host.Tap($"vnet{number}", "br0");
        }

        Assert.Equal(("br0", Certainty.Certain), (Assert.Single(Judge(host).Findings).Subject, Certainty.Certain));
        Assert.Empty(Judge(FakeHost.Healthy()).Findings);
    }

    [Theory]
    [InlineData(50, 50, 1)]
    [InlineData(49, 50, 0)]
    [InlineData(5000, 0, 0)]
    public void Judge_LearnedAddresses_CountOnlyAgainstALimit(int learned, int most, int findings)
        => Assert.Equal(findings, Judge(FakeHost.Healthy().Change("br0", link =>
        {
            link["linkinfo"]!["info_data"]!["fdb_n_learned"] = learned; // a bridge has both objects
            link["linkinfo"]!["info_data"]!["fdb_max_learned"] = most;
        })).Findings.Length);

    [Fact]
    public void Judge_TableHasRoom_IsClear() => Assert.True(Judge(Table(1023)).IsClear());

    [Fact]
    public void Judge_LinksNotRead_CannotTell() => Assert.Single(Judge(FakeHost.Healthy().WithoutLinks()).Undecided);

    private static FakeHost Table(int entries)
        => FakeHost.Healthy().Section("e.neigh", "entries", "[]").Section("e.neigh", "tables", $$"""[{ "name": "arp_cache", "thresh1": 128, "thresh2": 512, "thresh3": 1024, "entries": {{entries}} }]""");

    private static Verdict Judge(FakeHost host) => KernelTableLimit.Rule.Judge(host.View());
}
