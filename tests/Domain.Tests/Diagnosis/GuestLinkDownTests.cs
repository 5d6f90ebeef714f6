using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class GuestLinkDownTests
{
    [Fact]
    [Trait("Trap", "5")]
    public void Judge_DefinitionHoldsTheLinkDown_IsCertainThoughTapAndPortLookHealthy()
    {
        var finding = Assert.Single(Judge(Down()).Findings);

        Assert.Equal(("vnet0", Certainty.Certain, "guest/plug-cable", Scope.Guest), (finding.Subject, finding.Certainty, finding.Repair, finding.Scope));
    }

    [Theory]
    [InlineData("quarantine")]
    [InlineData("quarantine:vm1")]
    public void Judge_InventoryHasItInQuarantine_IsRuledOut(string tag) => Assert.Empty(Judge(Down().Inventory(entry => entry with { Tags = [tag] })).Findings);

    [Fact]
    public void Judge_AnotherGuestIsInQuarantine_IsFound() => Assert.Single(Judge(Down().Inventory(entry => entry with { Tags = ["quarantine:vm2"] })).Findings);

    [Fact]
    public void Judge_LinkUp_IsClear() => Assert.True(Judge(FakeHost.Healthy().Guest("vm1", "vnet0", "br0")).IsClear());

    [Fact]
    public void Judge_GuestWithFourGigabytes_IsClear()
        => Assert.True(Judge(FakeHost.Healthy().Section("e.dom", "xml", Domain("<memory unit='KiB'>4194304</memory>", ""))).IsClear());

    [Fact]
    public void Judge_LibvirtNotReadable_CannotTell() => Assert.Equal("e.dom", Assert.Single(Judge(FakeHost.Healthy().Missing("e.dom", "permission denied")).Undecided).Section);

    [Fact]
    public void Judge_NoLibvirt_IsClear() => Assert.True(Judge(FakeHost.Healthy().Absent("e.dom", "no libvirt socket and no QEMU process")).IsClear());

    [Fact]
    public void Judge_LinksNotRead_CannotTell() => Assert.Single(Judge(FakeHost.Healthy().WithoutLinks()).Undecided);

    private static FakeHost Down() => FakeHost.Healthy().Section("e.dom", "xml", Domain("", "<link state='down'/>"));

    private static string Domain(string head, string nic)
        => $"<domain type='kvm' id='1'><name>vm1</name><uuid>00000000-0000-4000-8000-000000000001</uuid>{head}<devices><interface type='bridge'><mac address='52:54:00:aa:bb:01'/><source bridge='br0'/><target dev='vnet0'/>{nic}</interface></devices></domain>";

    private static Verdict Judge(FakeHost host) => GuestLinkDown.Rule.Judge(host.View());
}
