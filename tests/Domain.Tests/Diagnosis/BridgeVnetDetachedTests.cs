using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class BridgeVnetDetachedTests
{
    private static FakeHost InTheAir => new FakeHost().Bridge("br0").Nic("eno2", "br0").Tap("vnet0", null).Tap("vnet1", "br0");

    [Fact]
    [Trait("Trap", "6")]
    public void Judge_LibvirtNamesTheBridge_IsCertain()
    {
        var finding = Assert.Single(Judge(InTheAir.Guest("vm1", "vnet0", "br0")).Findings);

        Assert.Equal(("vnet0", Certainty.Certain, Scope.Guest, "bridge/attach-tap", "br0"), (finding.Subject, finding.Certainty, finding.Scope, finding.Repair, finding.Bridge));
        Assert.Contains("vm1", finding.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_NoLibvirtButOneBridge_IsLikely()
        => Assert.Equal(Certainty.Likely, Assert.Single(Judge(InTheAir.Absent("e.dom", "no libvirt socket")).Findings).Certainty);

    [Fact]
    public void Judge_NoLibvirtAndTwoBridges_AsksWhich()
    {
        var finding = Assert.Single(Judge(InTheAir.Bridge("br1").Nic("eno3", "br1").Tap("vnet2", "br1").Absent("e.dom", "no libvirt socket")).Findings);

        Assert.Null(finding.Repair);
        Assert.Contains("br0 or br1", finding.Question, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_TwoBridgesAndLibvirtNotReadable_CannotTell()
        => Assert.Equal("e.dom", Assert.Single(Judge(InTheAir.Bridge("br1").Nic("eno3", "br1").Tap("vnet2", "br1").Missing("e.dom", "permission denied")).Undecided).Section);

    [Fact]
    public void Judge_AnotherBridgeIsMissing_AsksInsteadOfTakingTheOneThatIsLeft()
    {
        var host = InTheAir.Absent("e.dom", "no libvirt socket");
        host.Entry = host.Entry with { Bridges = ["br0", "br7"] };

        var finding = Assert.Single(Judge(host).Findings);

        Assert.Null(finding.Repair);
        Assert.Contains("br0 or br7", finding.Question, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_TapNobodyHoldsOpen_IsNoGuest()
        => Assert.Empty(Judge(new FakeHost().Bridge("br0").Nic("eno2", "br0").Tap("vnet1", "br0").Tap("vnet0", null, "NO-CARRIER,BROADCAST,MULTICAST,UP")).Findings);

    [Fact]
    public void Judge_TapOfOpenVswitch_IsRuledOut()
        => Assert.Empty(Judge(FakeHost.Healthy().Add("ovs-system", "BROADCAST", null, "openvswitch").Tap("vnet5", "ovs-system").Guest("vm5", "vnet5", "ovsbr0")).Findings);

    [Fact]
    public void Judge_TapOfAVpn_IsNoGuest()
        => Assert.Empty(Judge(FakeHost.Healthy().Tap("tap0", null, address: "0a:11:22:33:44:55").Address("tap0", "10.8.0.1")).Findings);

    [Fact]
    public void Judge_RoutedTapWithAnAddress_IsNoGuest() => Assert.Empty(Judge(FakeHost.Healthy().Tap("vnet9", null).Address("vnet9", "10.9.0.1")).Findings);

    [Fact]
    public void Judge_HealthyHost_IsClear() => Assert.Empty(Judge(FakeHost.Healthy()).Findings);

    [Fact]
    public void Judge_LinksNotRead_CannotTell() => Assert.Single(Judge(FakeHost.Healthy().WithoutLinks()).Undecided);

    private static Verdict Judge(FakeHost host) => BridgeVnetDetached.Rule.Judge(host.View());
}
