using System.Text.Json.Nodes;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

/// <summary>Faults that no lab of ours can make, told from what hosts of others printed. Each folder below <c>tests/Fixtures/recorded</c> says in SOURCE where that is to be read.</summary>
public class RecordedFaultsTests
{
    [Theory]
    [InlineData(NfConntrackFull.Id)]
    [InlineData(NicVfSpoofcheck.Id)]
    [InlineData(NicWifiUplink.Id)]
    [InlineData(HostManagerTookPort.Id)]
    [InlineData(NicDriverFault.Id)]
    [InlineData(VlanNotOnTrunk.Id)]
    public void Diagnose_WhatAnothersHostPrinted_NamesTheFaultFirst(string id)
    {
        var diagnosis = Host(id).Diagnose();

        Assert.Equal(id, diagnosis.Primary?.Id);
    }

    private static FakeHost Host(string id) => id switch
    {
        NfConntrackFull.Id => FakeHost.Healthy().Uptime(20763800).Section("e.klog", "dmesg", Text(id, "kernel.log")).Section(
            "e.sysctl", "values",
            "/proc/sys/net/bridge/bridge-nf-call-iptables:1\n/proc/sys/net/netfilter/nf_conntrack_count:65530\n/proc/sys/net/netfilter/nf_conntrack_max:65536\n"),
        NicVfSpoofcheck.Id => FakeHost.Healthy().Nic("enp3s0f0").Section("e.nic", "function eno2", "virtual").Section("e.nic", "vf eno2", "enp3s0f0 3")
            .Change("enp3s0f0", link => link["vfinfo_list"] = JsonNode.Parse(Text(id, "vfinfo.json"))),
        NicWifiUplink.Id => new FakeHost().Bridge("br0").Tap("vnet0", "br0").Nic("wlan0").Section("e.nic", "wifi wlan0", "yes")
            .Section("e.cfg", "files", string.Concat(Text(id, "interfaces").Split('\n').Where(line => line.Length > 0).Select((line, index) => $"/etc/network/interfaces\0{index + 1}:{line}\n"))),
        HostManagerTookPort.Id => new FakeHost().Bridge("br0").Nic("eno2", "br0").Tap("tap0", null).Tap("tap1", "br0").Guest("vm1", "tap0", "br0").Guest("vm2", "tap1", "br0", mac: "52:54:00:aa:bb:02").Uptime(1000)
            .Section("e.cfg", "nmcli", Text(id, "nmcli")).Section("e.klog", "dmesg", Text(id, "kernel.log")),
        VlanNotOnTrunk.Id => new FakeHost().Add("br0", "BROADCAST,MULTICAST,UP,LOWER_UP", null, "bridge", new JsonObject { ["vlan_filtering"] = 1, ["vlan_protocol"] = "802.1Q", ["vlan_default_pvid"] = 1 })
            .Nic("eno2", "br0").Tap("vnet0", "br0").Section("e.lldp", "lldpd", Text(id, "lldpd.json"))
            .Section("e.vlan", "vlans", """[{"ifname":"eno2","vlans":[{"vlan":1,"flags":["PVID","Egress Untagged"]},{"vlan":100}]},{"ifname":"vnet0","vlans":[{"vlan":100,"flags":["PVID","Egress Untagged"]}]}]"""),
        _ => new FakeHost().Bridge("br0").Nic("eno1", "br0").Tap("vnet0", "br0").Uptime(97400).Part("e.klog", Assert.Single(Sections.Fixture("e.klog", "e1000e-hang").Parts)),
    };

    private static string Text(string id, string file) => File.ReadAllText(RepositoryFiles.At("tests", "Fixtures", "recorded", id, file));
}
