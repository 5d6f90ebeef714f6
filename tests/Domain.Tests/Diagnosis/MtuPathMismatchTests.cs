using System.Text.Json.Nodes;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class MtuPathMismatchTests
{
    [Theory]
    [Trait("Trap", "7")]
    [InlineData(1500, 1500, 1500, 0)]
    [InlineData(1400, 1400, 1500, 1)]
    [InlineData(1500, 1400, 1500, 0)]
    [InlineData(9000, 9000, 9000, 0)]
    [InlineData(1500, 1500, 9000, 0)]
    [InlineData(1400, 1400, 1400, 0)]
    public void Judge_Mtus_OnlyThePortsCount(int uplink, int bridge, int tap, int findings)
    {
        // The bridge's own MTU does not limit frames between ports (trap 7); without another word a guest sends 1500 bytes.
        var verdict = Judge(Host(uplink, bridge, tap));

        Assert.Equal(findings, verdict.Findings.Length);
        Assert.Empty(verdict.Undecided);
        Assert.All(verdict.Findings, finding => Assert.Equal(("eno2", Scope.Bridge, "mtu/raise-uplink", SymptomProbe.DontFragmentPing), (finding.Subject, finding.Scope, finding.Repair, finding.Probe)));
    }

    [Fact]
    [Trait("Trap", "7")]
    public void Judge_OnlyTheBridgeIsSmaller_SaysThatItDoesNotMatter()
        => Assert.Contains("does not limit", Assert.Single(Judge(Host(1500, 1400, 1500)).Rejected).Why, StringComparison.Ordinal);

    [Theory]
    [InlineData(9000, 1500, Certainty.Certain)]
    [InlineData(1400, 1400, null)]
    [InlineData(1450, 1400, Certainty.Certain)]
    public void Judge_DefinitionGivesTheGuestAnMtu_IsCertain(int guest, int uplink, Certainty? certainty)
    {
        var host = Host(uplink, uplink, 9000).Section("e.dom", "xml", $"""
            <domain type='kvm' id='1'><name>vm1</name><uuid>00000000-0000-4000-8000-000000000001</uuid><devices><interface type='bridge'><mac address='52:54:00:aa:bb:01'/><source bridge='br0'/><target dev='vnet0'/><mtu size='{guest}'/></interface></devices></domain>
            """);

        Assert.Equal(certainty, Judge(host).Findings.Select(finding => (Certainty?)finding.Certainty).SingleOrDefault());
    }

    [Fact]
    public void Judge_JumboGuestsBehindAnOrdinaryUplink_AsksAPerson()
    {
        var host = Host(1500, 1500, 9000).Section("e.dom", "xml", """
            <domain type='kvm' id='1'><name>vm1</name><uuid>00000000-0000-4000-8000-000000000001</uuid><devices><interface type='bridge'><mac address='52:54:00:aa:bb:01'/><source bridge='br0'/><target dev='vnet0'/><mtu size='9000'/></interface></devices></domain>
            """);

        var finding = Assert.Single(Judge(host).Findings);

        Assert.Null(finding.Repair);
        Assert.Contains("9000", finding.Question, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_NicBelowAVlanDeviceIsSmaller_NamesTheNic()
    {
        var host = new FakeHost().Section("e.link", "links", new JsonArray(
            Link("br0", 1500, null, "bridge", null), Link("eno2", 1400, null, null, null), Link("eno2.100", 1500, "br0", "vlan", "eno2"), Link("vnet0", 1500, "br0", "tun", null)).ToJsonString());

        Assert.Equal("eno2", Assert.Single(Judge(host).Findings).Subject);
    }

    private static FakeHost Host(int uplink, int bridge, int tap) => new FakeHost().Section(
        "e.link", "links", new JsonArray(Link("br0", bridge, null, "bridge", null), Link("eno2", uplink, "br0", null, null), Link("vnet0", tap, "br0", "tun", null)).ToJsonString());

    private static JsonObject Link(string name, int mtu, string? master, string? kind, string? lower)
    {
        var info = new JsonObject();
        if (kind is not null)
        {
            info["info_kind"] = kind;
            info["info_data"] = new JsonObject();
        }

        if (master is not null)
        {
            info["info_slave_kind"] = "bridge";
            info["info_slave_data"] = new JsonObject { ["state"] = "forwarding" };
        }

        var link = new JsonObject { ["ifname"] = name, ["flags"] = new JsonArray("UP", "LOWER_UP"), ["mtu"] = mtu, ["link_type"] = "ether", ["linkinfo"] = info };
        if (master is not null)
        {
            link["master"] = master;
        }

        if (lower is not null)
        {
            link["link"] = lower;
        }

        return link;
    }

    private static Verdict Judge(FakeHost host) => MtuPathMismatch.Rule.Judge(host.View());
}
