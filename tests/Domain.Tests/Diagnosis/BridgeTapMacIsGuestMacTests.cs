using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class BridgeTapMacIsGuestMacTests
{
    private const string Mac = "52:54:00:aa:bb:01";

    private static FakeHost Same => new FakeHost().Bridge("br0").Nic("eno2", "br0").Tap("vnet0", "br0", address: Mac);

    [Fact]
    public void Judge_DefinitionNamesTheTapsAddress_IsCertain()
    {
        var finding = Assert.Single(Judge(Same.Guest("vm1", "vnet0", "br0", mac: Mac)).Findings);

        Assert.Equal(("vnet0", Certainty.Certain, "bridge/restore-tap-address", Scope.Guest), (finding.Subject, finding.Certainty, finding.Repair, finding.Scope));
    }

    [Fact]
    public void Judge_KernelComplainsAboutThatAddress_IsCertain()
        => Assert.Equal(Certainty.Certain, Assert.Single(Judge(Same.Uptime(100).KernelLog((90, $"br0: received packet on vnet0 with own address as source address (addr:{Mac}, vlan:0)"))).Findings).Certainty);

    [Fact]
    public void Judge_NothingButTheAddress_IsLikely()
        => Assert.Equal(Certainty.Likely, Assert.Single(Judge(Same.Uptime(100).KernelLog((90, "br0: received packet on vnet0 with own address as source address (addr:52:54:00:aa:bb:99, vlan:0)"))).Findings).Certainty);

    [Fact]
    public void Judge_BridgeLearnedAnotherAddressOnTheTap_IsClear()
        => Assert.Empty(Judge(Same.Section("e.fdb", "entries", """[{ "mac": "52:54:00:aa:bb:77", "ifname": "vnet0", "master": "br0", "state": "" }]""")).Findings);

    [Fact]
    public void Judge_PinnedToTheUplink_ForgetsTheEntry()
    {
        var host = FakeHost.Healthy().Guest("vm1", "vnet0", "br0", mac: Mac).Section("e.fdb", "entries", $$"""[{ "mac": "{{Mac}}", "ifname": "eno2", "master": "br0", "state": "permanent" }]""");
        var finding = Assert.Single(Judge(host).Findings);

        Assert.Equal(("eno2", "bridge/forget-pinned-address"), (finding.Subject, finding.Repair));
    }

    [Theory]
    [Trait("Trap", "9")]
    [InlineData("static")]
    [InlineData("")]
    public void Judge_EntryThatFollowsTheFrames_IsClear(string state)
        => Assert.Empty(Judge(FakeHost.Healthy().Guest("vm1", "vnet0", "br0", mac: Mac).Section("e.fdb", "entries", $$"""[{ "mac": "{{Mac}}", "ifname": "eno2", "master": "br0", "state": "{{state}}" }]""")).Findings);

    [Fact]
    public void Judge_PermanentEntryOfTheTapsOwnAddress_IsNormal()
        => Assert.Empty(Judge(new FakeHost().Bridge("br0").Nic("eno2", "br0").Tap("vnet0", "br0", address: "fe:54:00:aa:bb:01").Guest("vm1", "vnet0", "br0", mac: Mac)
            .Section("e.fdb", "entries", """[{ "mac": "fe:54:00:aa:bb:01", "ifname": "vnet0", "master": "br0", "state": "permanent" }]""")).Findings);

    [Fact]
    public void Judge_TapMadeByHandWithARandomAddress_IsClear() => Assert.Empty(Judge(new FakeHost().Bridge("br0").Nic("eno2", "br0").Tap("tap0", "br0", address: "0a:11:22:33:44:55")).Findings);

    [Fact]
    public void Judge_LinksNotRead_CannotTell() => Assert.Single(Judge(FakeHost.Healthy().WithoutLinks()).Undecided);

    private static Verdict Judge(FakeHost host) => BridgeTapMacIsGuestMac.Rule.Judge(host.View());
}
