using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class BridgePortFlagsTests
{
    private const string TapAddress = "fe:54:00:00:00:02";

    [Fact]
    public void Judge_TapAndUplinkIsolated_NamesTheUplink()
    {
        var finding = Assert.Single(Judge(FakeHost.Healthy().PortFlag("vnet0", "isolated", true).PortFlag("eno2", "isolated", true)).Findings);

        Assert.Equal(("eno2", Scope.Bridge, "bridge/end-isolation"), (finding.Subject, finding.Scope, finding.Repair));
    }

    [Theory]
    [InlineData("vnet0")]
    [InlineData("eno2")]
    public void Judge_OnlyOneEndIsolated_IsRuledOut(string port)
    {
        var verdict = Judge(FakeHost.Healthy().PortFlag(port, "isolated", true));

        Assert.Empty(verdict.Findings);
        Assert.NotEmpty(verdict.Rejected);
    }

    [Fact]
    public void Judge_OneOfTwoGuestsIsolatedWithTheUplink_IsThatGuestsOnly()
        => Assert.Equal(Scope.Guest, Assert.Single(Judge(FakeHost.Healthy().Tap("vnet1", "br0").PortFlag("vnet0", "isolated", true).PortFlag("eno2", "isolated", true)).Findings).Scope);

    [Fact]
    public void Judge_NoBroadcastTowardTheServer_IsFound()
        => Assert.Equal("bridge/flood-broadcast", Assert.Single(Judge(FakeHost.Healthy().PortFlag("eno2", "bcast_flood", false)).Findings).Repair);

    [Fact]
    public void Judge_NoBroadcastOnABridgeWithoutGuests_IsClear()
        => Assert.Empty(Judge(new FakeHost().Bridge("br0").Nic("eno2", "br0").PortFlag("eno2", "bcast_flood", false).Config("br0", "eno2")).Findings);

    [Theory]
    [InlineData("[]", 1)]
    [InlineData($$"""[{"mac":"{{TapAddress}}","ifname":"vnet0","master":"br0","state":"permanent"}]""", 1)]
    [InlineData("""[{"mac":"52:54:00:aa:bb:01","ifname":"vnet0","master":"br0","state":""}]""", 0)]
    public void Judge_LockedPort_IsFoundUnlessTheGuestIsKnown(string fdb, int findings)
        => Assert.Equal(findings, Judge(Host(fdb).PortFlag("vnet0", "locked", true)).Findings.Length);

    [Fact]
    public void Judge_LockedPortAndTableNotRead_CannotTell()
        => Assert.Equal("e.fdb", Assert.Single(Judge(FakeHost.Healthy().Missing("e.fdb", "timed out").PortFlag("vnet0", "locked", true)).Undecided).Section);

    [Theory]
    [InlineData("[]", 1)]
    [InlineData("""[{"mac":"02:00:00:00:00:01","ifname":"eno2","master":"br0","state":"permanent"}]""", 1)]
    [InlineData("""[{"mac":"02:00:00:00:00:99","ifname":"eno2","master":"br0","state":"static"}]""", 0)]
    [InlineData("""[{"mac":"02:00:00:00:00:99","ifname":"eno2","master":"br0","state":""}]""", 0)]
    public void Judge_UplinkNeitherLearnsNorFloods_IsFoundUnlessTheTableKnowsSomebodyBeyond(string fdb, int findings)
    {
        var verdict = Judge(Host(fdb).PortFlag("eno2", "learning", false).PortFlag("eno2", "flood", false));

        Assert.Equal(findings, verdict.Findings.Length);
        Assert.All(verdict.Findings, finding => Assert.Equal(("eno2", Scope.Bridge, "bridge/learn-and-flood", SymptomProbe.DontFragmentPing), (finding.Subject, finding.Scope, finding.Repair, finding.Probe)));
    }

    [Fact]
    public void Judge_UplinkNeitherLearnsNorFloodsAndTableNotRead_CannotTell()
        => Assert.Equal("e.fdb", Assert.Single(Judge(FakeHost.Healthy().Missing("e.fdb", "timed out").PortFlag("eno2", "learning", false).PortFlag("eno2", "flood", false)).Undecided).Section);

    [Fact]
    public void Judge_NeitherLearnsNorFloods_IsFound()
        => Assert.Equal("bridge/learn-and-flood", Assert.Single(Judge(Host("[]").PortFlag("vnet0", "learning", false).PortFlag("vnet0", "flood", false)).Findings).Repair);

    [Theory]
    [InlineData("learning")]
    [InlineData("flood")]
    public void Judge_OnlyOneOfLearningAndFloodOff_IsClear(string flag) => Assert.Empty(Judge(Host("[]").PortFlag("vnet0", flag, false)).Findings);

    [Fact]
    public void Judge_HealthyHost_IsClear() => Assert.Empty(Judge(FakeHost.Healthy()).Findings);

    private static FakeHost Host(string fdb) => FakeHost.Healthy().Section("e.fdb", "entries", fdb);

    private static Verdict Judge(FakeHost host) => BridgePortFlags.Rule.Judge(host.View());
}
