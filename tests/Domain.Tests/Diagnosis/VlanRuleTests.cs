using System.Text.Json.Nodes;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

/// <summary>The kernel of the lab has no 802.1Q: links and tables here are shaped as iproute2 6.1 prints them (see tests/Fixtures/e.vlan/README.md).</summary>
public class VlanRuleTests
{
    private const string Up = "BROADCAST,MULTICAST,UP,LOWER_UP";
    private const string Right = """[{"ifname":"eno2","vlans":[{"vlan":1,"flags":["PVID","Egress Untagged"]},{"vlan":100,"vlanEnd":199}]},{"ifname":"vnet0","vlans":[{"vlan":100,"flags":["PVID","Egress Untagged"]}]}]""";

    [Fact]
    public void Subif_ConfiguredAndMissing_IsFoundAndCausesTheMissingUplink()
    {
        var host = new FakeHost().Bridge("br100").Nic("eno2").Tap("vnet0", "br100").Config("br100", "eno2.100");

        var finding = Assert.Single(VlanSubifMissingOrWrongId.Rule.Judge(host.View()).Findings);
        var missing = host.Diagnose().Findings.Single(other => other.Id == BridgeUplinkMissing.Id);

        Assert.Equal(("eno2.100", "br100", Certainty.Certain), (finding.Subject, finding.Bridge, finding.Certainty));
        Assert.Contains("type vlan id 100", finding.Question, StringComparison.Ordinal);
        Assert.Equal("vlan.subif-missing-or-wrong-id eno2.100", missing.ConsequenceOf);
    }

    [Theory]
    [InlineData("802.1Q", 100, "eno2", Up, 0)]
    [InlineData("802.1Q", 101, "eno2", Up, 1)]
    [InlineData("802.1ad", 100, "eno2", Up, 1)]
    [InlineData("802.1Q", 100, "eno1", Up, 1)]
    [InlineData("802.1Q", 100, "eno2", "BROADCAST,MULTICAST", 1)]
    public void Subif_ThereButAnotherOne_IsFound(string protocol, int id, string lower, string flags, int findings)
    {
        var host = new FakeHost().Bridge("br100").Nic("eno1").Nic("eno2").Add("eno2.100", flags, "br100", "vlan", Vlan(protocol, id), lower: lower).Tap("vnet0", "br100").Config("br100", "eno2.100");

        Assert.Equal(findings, VlanSubifMissingOrWrongId.Rule.Judge(host.View()).Findings.Length);
    }

    [Fact]
    public void Subif_NobodyConfiguredItButItsNameDisagrees_IsLikely()
    {
        var host = new FakeHost().Bridge("br100").Nic("eno2").Add("eno2.100", Up, "br100", "vlan", Vlan("802.1Q", 10), lower: "eno2").Tap("vnet0", "br100");

        Assert.Equal(Certainty.Likely, Assert.Single(VlanSubifMissingOrWrongId.Rule.Judge(host.View()).Findings).Certainty);
    }

    [Fact]
    public void Subif_BridgeFiltersVlans_ExpectsNone()
    {
        var host = Filtering(Right).Config("br0", "eno2.100");

        Assert.Empty(VlanSubifMissingOrWrongId.Rule.Judge(host.View()).Findings);
        Assert.NotEmpty(VlanSubifMissingOrWrongId.Rule.Judge(host.View()).Rejected);
    }

    [Fact]
    public void Subif_NicItselfMissing_IsAnotherFault()
        => Assert.Empty(VlanSubifMissingOrWrongId.Rule.Judge(new FakeHost().Bridge("br100").Tap("vnet0", "br100").Config("br100", "eno2.100").View()).Findings);

    [Theory]
    [InlineData(100, "eno2", Up, Certainty.Certain)]
    [InlineData(150, "eno2", Up, null)]
    [InlineData(100, "br0", Up, null)]
    [InlineData(100, "eno2", "BROADCAST,MULTICAST", null)]
    public void Steals_VlanDeviceOnThePort_IsFoundWhereAGuestIsInThatVlan(int id, string lower, string flags, Certainty? certainty)
    {
        var verdict = VlanSubifStealsFromBridge.Rule.Judge(Filtering(Right).Add("mgmt", flags, null, "vlan", Vlan("802.1Q", id), lower: lower).View());

        Assert.Equal(certainty, verdict.Findings.Select(finding => (Certainty?)finding.Certainty).SingleOrDefault());
        Assert.All(verdict.Findings, finding => Assert.Equal(("mgmt", Scope.Vlan), (finding.Subject, finding.Scope)));
    }

    [Fact]
    public void Steals_GuestHasAWholeTrunk_IsRuledOut()
    {
        // The usual Proxmox layout: bridge-vids 2-4094 everywhere, and the host's own VLAN beside it.
        const string Trunk = """[{"ifname":"eno2","vlans":[{"vlan":1,"flags":["PVID","Egress Untagged"]},{"vlan":2,"vlanEnd":4094}]},{"ifname":"vnet0","vlans":[{"vlan":1,"flags":["PVID","Egress Untagged"]},{"vlan":2,"vlanEnd":4094}]}]""";

        var verdict = VlanSubifStealsFromBridge.Rule.Judge(Filtering(Trunk).Add("eno2.10", Up, null, "vlan", Vlan("802.1Q", 10), lower: "eno2").View());

        Assert.Empty(verdict.Findings);
        Assert.NotEmpty(verdict.Rejected);
    }

    [Fact]
    public void Steals_PlainBridgeWithTheHostsOwnVlanBeside_IsHealthy()
        => Assert.Equivalent(Verdict.Clear, VlanSubifStealsFromBridge.Rule.Judge(FakeHost.Healthy().Add("eno2.10", Up, null, "vlan", Vlan("802.1Q", 10), lower: "eno2").View()), strict: true);

    [Theory]
    [InlineData("right", Right, null)]
    [InlineData("no VLAN at all", """[{"ifname":"eno2","vlans":[{"vlan":1,"vlanEnd":199}]}]""", "vnet0")]
    [InlineData("uplink lacks it", """[{"ifname":"eno2","vlans":[{"vlan":1,"flags":["PVID","Egress Untagged"]}]},{"ifname":"vnet0","vlans":[{"vlan":100,"flags":["PVID","Egress Untagged"]}]}]""", "vnet0")]
    [InlineData("fell back to 1", """[{"ifname":"eno2","vlans":[{"vlan":100,"vlanEnd":199}]},{"ifname":"vnet0","vlans":[{"vlan":1,"flags":["PVID","Egress Untagged"]}]}]""", "vnet0")]
    [InlineData("uplink has none", """[{"ifname":"vnet0","vlans":[{"vlan":100,"flags":["PVID","Egress Untagged"]}]}]""", "eno2")]
    [InlineData("trunk to the guest", """[{"ifname":"eno2","vlans":[{"vlan":1,"vlanEnd":199}]},{"ifname":"vnet0","vlans":[{"vlan":100,"vlanEnd":199}]}]""", null)]
    public void Pvid_Tables_AreJudgedAsTheKernelDoes(string what, string table, string? subject)
    {
        var verdict = VlanFilteringPvid.Rule.Judge(Filtering(table).View());

        Assert.True(subject == verdict.Findings.Select(finding => finding.Subject).SingleOrDefault(), what);
        Assert.All(verdict.Findings, finding => Assert.True(finding.Certainty >= Certainty.Likely && finding.Question is not null));
    }

    [Theory]
    [InlineData(100, 0)]
    [InlineData(120, 1)]
    public void Pvid_DefinitionNamesATag_IsCompared(int tag, int findings)
    {
        var host = Filtering(Right).Section("e.dom", "xml", $"""
            <domain type='kvm' id='1'><name>vm1</name><uuid>00000000-0000-4000-8000-000000000001</uuid><devices><interface type='bridge'><mac address='52:54:00:aa:bb:01'/><source bridge='br0'/><vlan><tag id='{tag}'/></vlan><target dev='vnet0'/></interface></devices></domain>
            """);

        var verdict = VlanFilteringPvid.Rule.Judge(host.View());

        Assert.Equal(findings, verdict.Findings.Length);
        Assert.All(verdict.Findings, finding => Assert.Contains("bridge vlan add dev vnet0 vid 120 pvid untagged", finding.Question, StringComparison.Ordinal));
    }

    [Fact]
    public void Pvid_FilteringOff_IgnoresTheTable()
        => Assert.Equivalent(Verdict.Clear, VlanFilteringPvid.Rule.Judge(FakeHost.Healthy().Section("e.vlan", "vlans", "[]").View()), strict: true);

    [Fact]
    public void Pvid_TableNotRead_CannotTell()
        => Assert.Equal("e.vlan", Assert.Single(VlanFilteringPvid.Rule.Judge(Filtering("[]").Missing("e.vlan", "timed out").View()).Undecided).Section);

    [Theory]
    [InlineData("""{"vlan-id":"1","pvid":true},{"vlan-id":"200","pvid":false}""", 1)]
    [InlineData("""{"vlan-id":"1","pvid":true},{"vlan-id":"100","pvid":false}""", 0)]
    [InlineData("""{"vlan-id":"1","pvid":true}""", 0)]
    public void Trunk_SwitchListsItsVlans_IsLikelyWhereOursIsNotAmongThem(string vlans, int findings)
    {
        var host = Filtering(Right).Section("e.lldp", "lldpd", $$"""
            {"lldp":[{"interface":[{"name":"eno2","chassis":[{"id":[{"type":"mac","value":"02:00:00:00:00:aa"}],"name":[{"value":"tor1"}]}],"port":[{"id":[{"type":"ifname","value":"p7"}]}],"vlan":[{{vlans}}]}]}]}
            """);

        var verdict = VlanNotOnTrunk.Rule.Judge(host.View());

        Assert.Equal(findings, verdict.Findings.Length);
        Assert.All(verdict.Findings, finding => Assert.Equal(("100", Scope.Vlan, Certainty.Likely, null), (finding.Subject, finding.Scope, finding.Certainty, finding.Repair)));
        Assert.All(verdict.Findings, finding => Assert.Contains("tor1 port p7", finding.Question, StringComparison.Ordinal));
    }

    [Fact]
    public void Trunk_NoNeighbour_IsClear() => Assert.Equivalent(Verdict.Clear, VlanNotOnTrunk.Rule.Judge(Filtering(Right).View()), strict: true);

    private static JsonObject Vlan(string protocol, int id) => new() { ["protocol"] = protocol, ["id"] = id, ["flags"] = new JsonArray("REORDER_HDR") };

    private static FakeHost Filtering(string table) => new FakeHost()
        .Add("br0", Up, null, "bridge", new JsonObject { ["vlan_filtering"] = 1, ["vlan_protocol"] = "802.1Q", ["vlan_default_pvid"] = 1 })
        .Nic("eno2", "br0").Tap("vnet0", "br0").Section("e.vlan", "vlans", table);
}
