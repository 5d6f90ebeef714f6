using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class BridgeVnetWrongBridgeTests
{
    private static FakeHost Misplaced => new FakeHost().Bridge("br0").Nic("eno2", "br0").Bridge("virbr9").Tap("vnet0", "virbr9").Config("br0", "eno2");

    [Fact]
    [Trait("Trap", "6")]
    public void Judge_LibvirtNamesAnotherBridge_IsCertain()
    {
        var finding = Assert.Single(Judge(Misplaced.Guest("vm1", "vnet0", "br0")).Findings);

        Assert.Equal(("vnet0", Certainty.Certain, "bridge/move-tap", Risk.D1, "br0"), (finding.Subject, finding.Certainty, finding.Repair, finding.Risk, finding.Bridge));
    }

    [Fact]
    public void Judge_NoLibvirtAndTheBridgeServesNobody_IsLikely()
        => Assert.Equal(Certainty.Likely, Assert.Single(Judge(Misplaced.Absent("e.dom", "no libvirt socket")).Findings).Certainty);

    [Fact]
    public void Judge_NoLibvirtButTheBridgeHasAnAddress_IsRuledOut()
    {
        var verdict = Judge(Misplaced.Address("virbr9", "192.168.122.1").Absent("e.dom", "no libvirt socket"));

        Assert.Empty(verdict.Findings);
        Assert.Single(verdict.Rejected);
    }

    [Fact]
    public void Judge_NoLibvirtAndAddressesNotRead_CannotTell()
        => Assert.Equal("e.addr", Assert.Single(Judge(Misplaced.Missing("e.addr", "timed out").Absent("e.dom", "no libvirt socket")).Undecided).Section);

    [Fact]
    public void Judge_NoLibvirtAndTwoBridgesForGuests_AsksWhich()
    {
        var host = Misplaced.Bridge("br1").Nic("eno3", "br1").Absent("e.dom", "no libvirt socket");
        host.Entry = host.Entry with { Bridges = ["br0", "br1"] };

        var finding = Assert.Single(Judge(host).Findings);

        Assert.Equal((Certainty.Likely, null, null), (finding.Certainty, finding.Repair, finding.Bridge));
        Assert.Contains("br0 or br1", finding.Question, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_TwoGuestsOnABridgeOfTheirOwn_AreAPrivateNetwork()
        => Assert.Empty(Judge(Misplaced.Tap("vnet8", "virbr9").Absent("e.dom", "no libvirt socket")).Findings);

    [Fact]
    public void Judge_ProxmoxFirewallBridge_IsRuledOut()
    {
        var host = new FakeHost().Bridge("vmbr0").Nic("eno2", "vmbr0").Bridge("fwbr100i0").Tap("tap100i0", "fwbr100i0").Guest("vm100", "tap100i0", "vmbr0");

        Assert.Empty(Judge(host).Findings);
    }

    [Fact]
    public void Judge_TapWhereItBelongs_IsClear() => Assert.Empty(Judge(FakeHost.Healthy().Guest("vm1", "vnet0", "br0")).Findings);

    [Fact]
    public void Judge_LinksNotRead_CannotTell() => Assert.Single(Judge(FakeHost.Healthy().WithoutLinks()).Undecided);

    private static Verdict Judge(FakeHost host) => BridgeVnetWrongBridge.Rule.Judge(host.View());
}
