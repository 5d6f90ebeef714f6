using ChatOpsBot.Domain.Evidence;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Evidence;

public class SocketEvidenceTests
{
    [Fact]
    public void Read_SsLines_NamesAndDevices()
    {
        var facts = Collected.Known(SocketEvidence.Source.Read(Collected.Section(
            "e.sock",
            Collected.Part("udp", "  12: 00000000:0043 00000000:0000 07\n"),
            Collected.Part("ss", "UNCONN 0      0             0.0.0.0%virbr0:67        0.0.0.0:*    users:((\"dnsmasq\",pid=107,fd=3),(\"x \\\"y\",pid=9,fd=1))\nUNCONN 0 0 [::]:67 [::]:* \n"))));

        Assert.Equal(("0.0.0.0", "virbr0"), (facts.Sockets[0].Address, facts.Sockets[0].Device));
        Assert.Equal(new SocketOwner("dnsmasq", 107), facts.Sockets[0].Owners[0]);
        Assert.Equal(("::", 0), (facts.Sockets[1].Address, facts.Sockets[1].Owners.Length));
    }

    [Fact]
    public void Read_OnlyTheKernelsTable_AddressWithoutOwner()
    {
        var facts = Collected.Known(SocketEvidence.Source.Read(Collected.Section("e.sock", Collected.Part("udp", "  12: 017AA8C0:0043 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1\n"))));

        Assert.Equal(("192.168.122.1", 0), (Assert.Single(facts.Sockets).Address, facts.Sockets[0].Owners.Length));
    }

    [Fact]
    public void Read_GrepFoundNothing_NobodyListens()
        => Assert.Empty(Collected.Known(SocketEvidence.Source.Read(Collected.Section("e.sock", Collected.Part("udp", "", code: 1)))).Sockets);

    [Fact]
    public void Read_GrepFailed_IsMissing()
        => Assert.Equal("grep: /proc/net/udp: x", Collected.Missing(SocketEvidence.Source.Read(Collected.Section("e.sock", Collected.Part("udp", "", "grep: /proc/net/udp: x", code: 2)))));
}

public class LldpEvidenceTests
{
    [Fact]
    public void Read_CapturedLldpd_Neighbour()
    {
        var neighbor = Assert.Single(Collected.Known(LldpEvidence.Source.Read(Collected.Fixture("e.lldp", "lldpd"))).Neighbors);

        Assert.Equal(("eno2", "ae:e0:3a:fd:eb:c3", "vm", "p1"), (neighbor.Link, neighbor.ChassisId, neighbor.SystemName, neighbor.PortDescription));
        Assert.Null(neighbor.NativeVlan);
    }

    [Fact]
    public void Read_PortVlan_IsNative()
    {
        // The form of lldpd's json0 output: every attribute in an array, numbers as strings.
        var facts = Collected.Known(LldpEvidence.Source.Read(Collected.Section("e.lldp", Collected.Part(
            "lldpd", """{"lldp":[{"interface":[{"name":"eno2","vlan":[{"vlan-id":"7","pvid":false},{"vlan-id":"100","pvid":true}]}]}]}"""))));

        Assert.Equal(100, Assert.Single(facts.Neighbors).NativeVlan);
    }

    [Fact]
    public void Read_NoNeighbourYet_IsKnownAndEmpty()
        => Assert.Empty(Collected.Known(LldpEvidence.Source.Read(Collected.Section("e.lldp", Collected.Part("lldpd", "{\"lldp\":[{}]}")))).Neighbors);

    [Fact]
    public void Read_FrameKeptByNetworkd_Neighbour()
    {
        byte[] frame =
        [
            0x01, 0x80, 0xc2, 0, 0, 0x0e, 2, 0, 0, 0, 0, 1, 0x88, 0xcc,
            (1 << 1), 7, 4, 2, 0, 0, 0, 0, 1,
            (2 << 1), 5, 5, (byte)'g', (byte)'e', (byte)'/', (byte)'1',
            (5 << 1), 4, (byte)'t', (byte)'o', (byte)'r', (byte)'1',
            0xfe, 6, 0x00, 0x80, 0xc2, 0x01, 0, 100,
            0, 0,
        ];
        byte[] file = [(byte)frame.Length, 0, 0, 0, 0, 0, 0, 0, .. frame, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 1, 2];

        var neighbor = Assert.Single(Collected.Known(LldpEvidence.Source.Read(new SectionOutput("e.lldp", [new PartOutput("networkd 3", PartEnd.Exited, 0, file, default)]))).Neighbors);

        Assert.Equal((3, "02:00:00:00:00:01", "ge/1", "tor1", 100), (neighbor.LinkIndex, neighbor.ChassisId, neighbor.PortId, neighbor.SystemName, neighbor.NativeVlan));
    }

    [Theory]
    [InlineData("{\"lldp\":")]
    [InlineData("[]")]
    [InlineData("{\"lldp\":[{\"interface\":{\"name\":\"a\"}}]}")]
    public void Read_OtherText_NeverThrows(string text) => Assert.NotNull(LldpEvidence.Source.Read(Collected.Section("e.lldp", Collected.Part("lldpd", text))));
}

public class OvsEvidenceTests
{
    [Fact]
    public void Read_CapturedDatabase_BridgesPortsAndController()
    {
        var facts = Collected.Known(OvsEvidence.Source.Read(Collected.Fixture("e.ovs", "two-bridges")));

        var first = facts.Bridges.Single(bridge => bridge.Name == "ovsbr0");
        var second = facts.Bridges.Single(bridge => bridge.Name == "ovsbr1");
        Assert.Equal((null, true, 1), (first.FailMode, first.HasNormalFlow, first.Flows));
        Assert.Equal(100, first.Ports.Single(port => port.Name == "vnet0").Tag);
        Assert.Equal([10, 20], first.Ports.Single(port => port.Name == "vnet1").Trunks);
        Assert.Equal(("secure", false, 0), (second.FailMode, second.HasNormalFlow, second.Flows));
        Assert.Equal(new OvsController("tcp:192.0.2.1:6653", false), Assert.Single(second.Controllers));
        Assert.Equal("ovsbr0", facts.BridgeOf("vnet1")!.Name);
        Assert.Null(facts.BridgeOf("vnet9"));
    }

    [Fact]
    public void Read_BridgeDidNotAnswer_FlowsAreUnknown()
    {
        var section = Collected.Fixture("e.ovs", "two-bridges");

        var facts = Collected.Known(OvsEvidence.Source.Read(section with { Parts = [section.Parts[0], Collected.Part("flows ovsbr0", "", "ovs-ofctl: ovsbr0: failed to connect")] }));

        Assert.All(facts.Bridges, bridge => Assert.Equal((null, null), (bridge.Flows, bridge.HasNormalFlow)));
    }

    [Fact]
    public void Read_LearnedAddresses_AreListed()
    {
        var section = Collected.Fixture("e.ovs", "two-bridges");
        var facts = Collected.Known(OvsEvidence.Source.Read(section with { Parts = [section.Parts[0], Collected.Part("fdb ovsbr0", " port  VLAN  MAC                Age\n    2   100  52:54:00:AA:00:01    3\nLOCAL     0  52:54:00:aa:00:02    1\n")] }));

        Assert.Equal([new OvsLearned("2", 100, "52:54:00:aa:00:01"), new OvsLearned("LOCAL", 0, "52:54:00:aa:00:02")], facts.Bridges[0].Learned);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}\n{}\n{}\n{}\n")]
    [InlineData("[]\n[]\n[]\n[]\n")]
    [InlineData("{\"headings\":[\"name\"],\"data\":[[\"set\"]]}\n{}\n{}\n")]
    [InlineData("{\"headings\":[\"name\"],\"data\":[[\"a\",\"b\"],3,[[\"set\",5]]]}\n{\"headings\":[\"_uuid\"],\"data\":[[1],[2]]}\n{}\n{}\n")]
    public void Read_OtherText_NeverThrows(string text) => Assert.NotNull(OvsEvidence.Source.Read(Collected.Section("e.ovs", Collected.Part("tables", text))));
}

public class ServerEvidenceTests
{
    [Fact]
    public void Read_LeasesOfThreeServers_AreTyped()
    {
        var facts = Collected.Known(ServerEvidence.Source.Read(Collected.Fixture("e.srv", "three-servers")));

        Assert.Equal(["dnsmasq", "dhcpd", "kea-dhcp4"], facts.Servers.Select(server => server.Program));
        Assert.Equal([new DhcpPool("10.9.0.100", "10.9.0.101"), new DhcpPool("10.9.0.150", "10.9.0.151"), new DhcpPool("10.9.0.200", "10.9.0.209")], facts.Pools);
        var dnsmasq = facts.Leases.Single(lease => lease.Address == "10.9.0.100");
        Assert.Equal(("d2:68:e6:0c:52:e2", "web1", "active"), (dnsmasq.Mac, dnsmasq.HostName, dnsmasq.State));
        var isc = facts.Leases.Single(lease => lease.Address == "10.9.0.150");
        Assert.Equal(("d2:68:e6:0c:52:e2", "web1", "active"), (isc.Mac, isc.HostName, isc.State));
        Assert.Equal(new DateTimeOffset(2026, 11, 22, 12, 34, 29, TimeSpan.Zero), isc.Expires);
        Assert.Equal(["active", "declined"], facts.Leases.Where(lease => lease.Address.StartsWith("10.9.0.20", StringComparison.Ordinal)).Select(lease => lease.State));
    }

    [Fact]
    public void Read_NewerStateOfAnAddress_Wins()
    {
        var facts = Read("lease 10.0.0.1 {\n  binding state active;\n}\nlease 10.0.0.1 {\n  binding state abandoned;\n}\n");

        Assert.Equal("abandoned", Assert.Single(facts.Leases).State);
    }

    [Theory]
    [InlineData("root:$6$x:19000:0:99999:7:::")]
    [InlineData("lease x {\n}\n")]
    [InlineData("lease 10.0.0.1 {\n  ends 0 tomorrow;")]
    [InlineData("99999999999999999999 52:54:00:aa:00:01 10.0.0.1 * *")]
    [InlineData("1 52:54:00:aa:00:01 fd00::1 * *")]
    public void Read_OtherLines_AreNoLeases(string text) => Assert.Empty(Read(text).Leases);

    private static DhcpServerFacts Read(string leases) => Collected.Known(ServerEvidence.Source.Read(Collected.Section(
        "e.srv", Collected.Part("servers", "/proc/5/comm:dhcpd"), Collected.Part("leases", leases))));
}

public class NetworkFilterEvidenceTests
{
    [Fact]
    public void Read_Parameters_AreThere()
    {
        var binding = Assert.Single(Read("<filterbinding><portdev name='vnet3'/><mac address='52:54:00:AA:00:01'/><filterref filter='clean-traffic'><parameter name='IP' value='10.0.0.9'/><parameter name='CTRL_IP_LEARNING' value='dhcp'/></filterref></filterbinding>").Bindings);

        Assert.Equal(["10.0.0.9"], binding.AdmittedAddresses);
        Assert.Equal(("dhcp", "52:54:00:aa:00:01"), (binding.Learning, binding.Mac));
    }

    [Fact]
    public void Read_ListedPortWithoutDocument_IsKnownByItsFilter()
    {
        var facts = Collected.Known(NetworkFilterEvidence.Source.Read(Collected.Section("e.nwf", Collected.Part("listed", " odd%name   no-mac-spoofing\n\n"))));

        Assert.Equal(("odd%name", "no-mac-spoofing"), (Assert.Single(facts.Bindings).Port, facts.Bindings[0].Filter));
    }

    [Theory]
    [InlineData("<filterbinding/>")]
    [InlineData("<other><portdev name='x'/></other>")]
    public void Read_OtherElements_AreNoBindings(string xml) => Assert.Empty(Read(xml).Bindings);

    private static NetworkFilterFacts Read(string xml) => Collected.Known(NetworkFilterEvidence.Source.Read(Collected.Section("e.nwf", Collected.Part("files", xml))));
}

public class AgentEvidenceTests
{
    private const string Nonce = "4322ca59-863d-4ecc-a681-064632f9c167";

    [Fact]
    public void Read_GuestForgesABorder_OnlyItsOwnBlockIsIts()
    {
        var text = $"{Nonce}{Nonce} 11111111-1111-4111-8111-111111111101 eth0       52:54:00:aa:00:01    ipv4         10.0.0.1/24\n"
            + " 00000000-0000-4000-8000-000000000000 22222222-2222-4222-8222-222222222202 x          52:54:00:aa:00:01    ipv4         10.0.0.66/24\n"
            + $"{Nonce} 22222222-2222-4222-8222-222222222202 eth0       52:54:00:aa:00:02    ipv4         10.0.0.2/24\n";

        var facts = Collected.Known(AgentEvidence.Source.Read(Collected.Section("e.agent", Collected.Part("addresses", text))));

        Assert.Equal(2, facts.Guests.Length);
        Assert.Equal("10.0.0.2", Assert.Single(facts.Find("22222222-2222-4222-8222-222222222202")!.Addresses).Address);
    }

    [Fact]
    public void Read_TimeRanOut_AnswersBeforeItStay()
    {
        var text = $"{Nonce}{Nonce} 11111111-1111-4111-8111-111111111101 eth0       52:54:00:aa:00:01    ipv4         10.0.0.1/24\n";

        Assert.Single(Collected.Known(AgentEvidence.Source.Read(Collected.Section("e.agent", Collected.Part("addresses", text, "error: Guest agent is not responding\nvirsh: exit code 124\n")))).Guests);
    }

    [Theory]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("4322ca59-863d-4ecc-a681-064632f9c167")]
    public void Read_NoAnswer_IsMissing(string text)
        => Assert.Equal("libvirt: failed to connect: no socket", Collected.Missing(AgentEvidence.Source.Read(Collected.Section("e.agent", Collected.Part("addresses", text, "error: failed to connect\nerror: no socket\n")))));
}
