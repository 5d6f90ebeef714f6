using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class AddrDuplicateMacTests
{
    private const string Mac = "52:54:00:aa:bb:01";

    [Fact]
    public void Judge_TwoDefinitionsWithOneAddress_IsCertain()
    {
        var finding = Assert.Single(Judge(Two().Guest("vm1", "vnet0", "br0", mac: Mac).Guest("vm2", "vnet1", "br0", mac: Mac)).Findings);

        Assert.Equal((Mac, Certainty.Certain, Risk.D1, (string?)null), (finding.Subject, finding.Certainty, finding.Risk, finding.Repair));
        Assert.Contains("vm1 (vnet0) and vm2 (vnet1)", finding.Question, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_TwoTapsNamedAfterOneAddress_IsCertainWithoutLibvirt() => Assert.Equal(Mac, Assert.Single(Judge(Two()).Findings).Subject);

    [Fact]
    public void Judge_OnDifferentBridges_IsClear()
        => Assert.Empty(Judge(new FakeHost().Bridge("br0").Bridge("br1").Nic("eno2", "br0").Tap("vnet0", "br0", address: "fe:54:00:aa:bb:01").Tap("vnet1", "br1", address: "fe:54:00:aa:bb:01")).Findings);

    [Fact]
    public void Judge_OneIsPausedInAMigration_IsClear()
    {
        const string Domains = """
            00000000-0000-4000-8000-000000000001running (booted)
            <domain type='kvm' id='1'><name>vm1</name><uuid>00000000-0000-4000-8000-000000000001</uuid><devices><interface type='bridge'><mac address='52:54:00:aa:bb:01'/><source bridge='br0'/><target dev='vnet0'/></interface></devices></domain>
            00000000-0000-4000-8000-000000000002paused (migrating)
            <domain type='kvm' id='2'><name>vm2</name><uuid>00000000-0000-4000-8000-000000000002</uuid><devices><interface type='bridge'><mac address='52:54:00:aa:bb:01'/><source bridge='br0'/><target dev='vnet1'/></interface></devices></domain>

            """;

        Assert.Empty(Judge(Two().Section("e.dom", "xml", Domains)).Findings);
    }

    [Theory]
    [InlineData("eno2", Certainty.Likely, 1)]
    [InlineData("vnet0", Certainty.Likely, 0)]
    public void Judge_AddressMovesBetweenReads_IsLikely(string then, Certainty certainty, int findings)
    {
        var verdict = Judge(Learned("vnet0").Later(Learned(then), "e.fdb"));

        Assert.Equal(findings, verdict.Findings.Length);
        Assert.All(verdict.Findings, finding => Assert.Equal(certainty, finding.Certainty));
    }

    [Fact]
    public void Judge_StaticEntryMovedWithTraffic_IsClear()
        => Assert.Empty(Judge(Learned("vnet0", "static").Later(Learned("eno2", "static"), "e.fdb")).Findings);

    [Fact]
    public void Judge_QemusDefaultAddress_SaysWhy()
        => Assert.Contains("QEMU's default", Assert.Single(Judge(Two().Guest("a", "vnet0", "br0", mac: "52:54:00:12:34:56").Guest("b", "vnet1", "br0", mac: "52:54:00:12:34:56")).Findings).Question, StringComparison.Ordinal);

    [Fact]
    public void Judge_HealthyHost_IsClear() => Assert.Equal([], Judge(FakeHost.Healthy().Tap("vnet1", "br0")).Findings);

    [Fact]
    public void Judge_LinksNotRead_CannotTell() => Assert.Single(Judge(FakeHost.Healthy().WithoutLinks()).Undecided);

    private static FakeHost Two() => new FakeHost().Bridge("br0").Nic("eno2", "br0").Tap("vnet0", "br0", address: "fe:54:00:aa:bb:01").Tap("vnet1", "br0", address: "fe:54:00:aa:bb:01");

    private static FakeHost Learned(string device, string state = "")
        => FakeHost.Healthy().Guest("vm1", "vnet0", "br0", mac: Mac).Section("e.fdb", "entries", $$"""[{ "mac": "{{Mac}}", "ifname": "{{device}}", "master": "br0", "state": "{{state}}" }]""");

    private static Verdict Judge(FakeHost host) => AddrDuplicateMac.Rule.Judge(host.View());
}
