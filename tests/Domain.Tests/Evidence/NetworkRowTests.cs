using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Evidence;

/// <summary>The network rows over what real tools printed.</summary>
public sealed class NetworkRowTests
{
    private const string Case = "debian12-bridge";

    [Fact]
    public void Link_RealOutput_HasBridgePortAndTap()
    {
        var links = LinkEvidence.Source.Read(Sections.Fixture("e.link", Case)).Known();

        var bridge = links.Find("br0")!;
        Assert.True(bridge.IsBridge && bridge.IsUp);
        Assert.Equal((0, 1500, true), (bridge.Bridge!.StpState, bridge.Bridge.ForwardDelay, bridge.Bridge.MulticastSnooping));
        Assert.Equal(30000, bridge.Bridge.AgeingTime);
        var uplink = links.Find("eno2")!;
        Assert.Equal(("br0", "veth", "bridge", "forwarding", "tbf"), (uplink.Master, uplink.Kind, uplink.PortKind, uplink.Port!.State, uplink.Qdisc));
        var tap = links.Find("vnet0")!;
        Assert.True(tap.IsTap && tap.IsUp && !tap.HasCarrier);
        Assert.Equal("fe:54:00:aa:bb:01", tap.Address);
        Assert.NotNull(links.Find("tap\"q"));
    }

    [Fact]
    public void Address_RealOutput_HasTheBridgeAddress()
    {
        var addresses = AddressEvidence.Source.Read(Sections.Fixture("e.addr", Case)).Known();

        Assert.Equal(new InterfaceAddress("br0", "inet", "10.9.0.2", 24, "global", false), addresses.Of("br0").First());
        Assert.Contains(addresses.Addresses, address => address is { Link: "lo", Family: "inet6", Scope: "host" });
    }

    [Fact]
    public void Route_RealOutput_HasRoutesHopsAndRules()
    {
        var facts = RouteEvidence.Source.Read(Sections.Fixture("e.route", Case)).Known();

        var route = facts.Routes.Single(route => route.Destination == "10.77.0.0/16");
        Assert.Equal(("main", "unicast", "10.9.0.1", "br0"), (route.Table, route.Type, route.Gateway, route.Device));
        Assert.Equal("unreachable", facts.Routes.Single(route => route.Destination == "10.78.0.0/16").Type);
        Assert.Equal([("10.9.0.3", "br0"), ("10.9.0.4", "br0")], facts.Routes.Single(route => route.Destination == "10.79.0.0/16").Hops);
        Assert.Empty(facts.Defaults);
        var rules = facts.Rules.Known();
        Assert.Equal(new RoutingRule(999, "all", "0x1", "br0", "200"), rules[1]);
        Assert.Equal("10.1.0.0/16", rules[2].Source);
    }

    [Fact]
    public void Route_RulesRefused_KeepsTheRoutes()
    {
        var section = Sections.Of("e.route", Sections.Part("routes", ""), Sections.Part("rules", "", 1, "Error: ipv4: Address family not supported.\nDump terminated"));
        var facts = RouteEvidence.Source.Read(section).Known();

        Assert.Empty(facts.Routes);
        Assert.Equal("Error: ipv4: Address family not supported.", Assert.IsType<FactReading<System.Collections.Immutable.ImmutableArray<RoutingRule>>.Missing>(facts.Rules).Reason);
    }

    [Fact]
    public void Neighbour_RealOutput_HasEntriesAndLimits()
    {
        var facts = NeighbourEvidence.Source.Read(Sections.Fixture("e.neigh", Case)).Known();

        var entry = Assert.Single(facts.Entries);
        Assert.Equal(("10.9.0.1", "br0", "02:00:00:00:00:01"), (entry.Address, entry.Device, entry.Mac));
        Assert.Equal(["PERMANENT"], entry.States);
        Assert.Equal(["arp_cache", "ndisc_cache"], facts.Tables.Known().Select(table => table.Name));
        Assert.All(facts.Tables.Known(), table => Assert.Equal((1024, 0), (table.Limit, table.Overflows)));
    }

    [Fact]
    public void Port_RealOutput_HasStateAndFlags()
    {
        var facts = PortEvidence.Source.Read(Sections.Fixture("e.port", Case)).Known();

        var port = facts.Find("eno2")!;
        Assert.Equal("br0", port.Bridge);
        Assert.Equal(new PortSettings("forwarding", false, false, true, true, true, false, false), port.Settings);
        Assert.Equal("disabled", facts.Find("vnet0")!.Settings.State);
    }

    [Fact]
    public void Fdb_RealOutput_TellsLearnedFromOwn()
    {
        var facts = FdbEvidence.Source.Read(Sections.Fixture("e.fdb", Case)).Known();

        Assert.Equal(["5e:c2:44:bf:c2:d9"], facts.Of("br0").Where(entry => entry.IsLearned).Select(entry => entry.Mac));
        Assert.Equal("static", facts.Of("br0").Single(entry => entry.Mac == "52:54:00:aa:bb:01").State);
        Assert.Equal("permanent", facts.Of("br0").Single(entry => entry.Mac == "fe:54:00:aa:bb:01").State);
        Assert.Contains(facts.Entries, entry => entry.Bridge is null && entry.Flags.Contains("self"));
    }

    [Fact]
    public void Vlan_Table_HasPvidAndRanges()
    {
        var facts = VlanEvidence.Source.Read(Sections.Fixture("e.vlan", "filtering")).Known();

        Assert.Equal(new VlanEntry("vnet0", 100, 100, true, true), Assert.Single(facts.Of("vnet0")));
        Assert.Contains(facts.Of("eno2"), entry => entry.Holds(150) && !entry.IsPvid && !entry.IsUntagged);
        Assert.DoesNotContain(facts.Of("eno2"), entry => entry.Holds(200));
    }

    [Fact]
    public void Vlan_KernelWithoutTables_IsKnownAndEmpty()
        => Assert.Empty(VlanEvidence.Source.Read(Sections.Fixture("e.vlan", Case)).Known().Entries);

    [Fact]
    public void Mdb_RealOutput_HasGroups()
    {
        var facts = MdbEvidence.Source.Read(Sections.Fixture("e.mdb", Case)).Known();

        Assert.NotEmpty(facts.Entries);
        Assert.All(facts.Entries, entry => Assert.Equal("br0", entry.Bridge));
        Assert.Empty(facts.RouterPorts);
    }

    [Fact]
    public void Mdb_RouterPorts_AreRead()
    {
        var facts = MdbEvidence.Source.Read(Sections.Of("e.mdb", Sections.Part("groups", """[{"mdb":[],"router":{"br0":[{"port":"eno2","timer":"  0.00","type":"temp"}]}}]"""))).Known();

        Assert.Equal([new MulticastRouterPort("br0", "eno2")], facts.RouterPorts);
    }

    [Fact]
    public void TrafficControl_Filters_HaveHookAndAction()
    {
        var facts = TrafficControlEvidence.Source.Read(Sections.Fixture("e.tc", "filters")).Known();

        Assert.Equal(("fq_codel", true, 3L, 1514L), facts.Qdiscs.Where(qdisc => qdisc.Device == "eno1").Select(qdisc => (qdisc.Kind, qdisc.IsRoot, qdisc.Drops, qdisc.BacklogBytes)).Single());
        var filter = Assert.Single(facts.Filters);
        Assert.Equal(("vnet0", "ingress", "matchall", "all"), (filter.Device, filter.Hook, filter.Kind, filter.Protocol));
        Assert.Equal(["drop"], filter.Actions);
        Assert.Empty(facts.Unread);
    }

    [Fact]
    public void TrafficControl_HookThatCouldNotBeRead_IsNamed()
    {
        var section = Sections.Of(
            "e.tc",
            Sections.Part("qdiscs", "[]"),
            Sections.Part("ingress vnet0", "[]", 0, "Error: Exclusivity flag on"),
            Sections.Part("egress vnet1", PartEnd.TimedOut),
            Sections.Part("skipped vnet2", ""));

        Assert.Equal(["vnet0", "vnet1", "vnet2"], TrafficControlEvidence.Source.Read(section).Known().Unread.Select(unread => unread.Device));
    }

    [Fact]
    public void Nic_RealOutput_HasLinkDriverFeaturesAndCounters()
    {
        var nic = NicEvidence.Source.Read(Sections.Fixture("e.nic", "veth-uplink")).Known().Find("eno2")!;

        Assert.Equal(("veth", 10000, "Full", true), (nic.Driver, nic.SpeedMbps, nic.Duplex, nic.LinkDetected));
        Assert.True(nic.Features["tcp-segmentation-offload"]);
        Assert.False(nic.Features["rx-all"]);
        Assert.True(nic.Statistics.ContainsKey("rx_queue_0_drops"));
    }

    [Fact]
    public void Nic_Optic_HasRaisedAlarmsOnly()
    {
        var nic = NicEvidence.Source.Read(Sections.Fixture("e.nic", "optic")).Known().Find("ens1f0")!;

        Assert.Equal(["Laser rx power low alarm", "Laser rx power low warning"], nic.OpticAlarms);
        Assert.Equal(("0x800007f3, 18.3.6", "0000:3b:00.0", "FIBRE", false), (nic.Firmware, nic.Bus, nic.Port, nic.LinkDetected));
        Assert.Equal(17, nic.Statistics["rx_crc_errors"]);
    }

    [Fact]
    public void Nic_NoTool_IsMissingWithTheReason()
    {
        var reading = NicEvidence.Source.Read(Sections.Of("e.nic", Sections.Part("link eno1", PartEnd.NotInstalled, "ethtool is not installed")));

        Assert.Equal("ethtool is not installed", Assert.IsType<FactReading<NicFacts>.Missing>(reading).Reason);
    }

    [Fact]
    public void Bond_WithoutPartner_IsRead()
    {
        var bond = Assert.Single(BondEvidence.Source.Read(Sections.Fixture("e.bond", "lacp-without-partner")).Known().Bonds);

        Assert.Equal(("bond0", "up", "00:00:00:00:00:00"), (bond.Name, bond.MiiStatus, bond.PartnerMac));
        Assert.StartsWith("IEEE 802.3ad", bond.Mode, StringComparison.Ordinal);
        Assert.Equal([new BondMember("eno1", "up", 3, 1), new BondMember("eno2", "down", 0, 2)], bond.Members);
    }

    [Fact]
    public void Sysctl_RealOutput_HasTheSwitches()
    {
        var facts = SysctlEvidence.Source.Read(Sections.Fixture("e.sysctl", Case)).Known();

        var bridge = Assert.IsType<BridgeNetfilter.Active>(facts.BridgeNetfilter);
        Assert.Equal((true, true, true, false), (bridge.CallIptables, bridge.CallIp6tables, bridge.CallArptables, bridge.FilterVlanTagged));
        Assert.Equal(262144, facts.ConntrackMax);
    }

    [Theory]
    [InlineData("off", typeof(BridgeNetfilter.Off))]
    [InlineData("on", typeof(BridgeNetfilter.Unknown))]
    [InlineData("unknown: /proc or /sys is not there", typeof(BridgeNetfilter.Unknown))]
    [InlineData("", typeof(BridgeNetfilter.Unknown))]
    public void Sysctl_WithoutBridgeSettings_OffOnlyWhenProven(string state, Type expected)
    {
        var section = Sections.Of("e.sysctl", Sections.Part("values", "/proc/sys/net/ipv4/ip_forward:1\n"), Sections.Part("br_netfilter", state));
        var facts = SysctlEvidence.Source.Read(section).Known();

        Assert.IsType(expected, facts.BridgeNetfilter);
        Assert.True(facts.IpForward);
        Assert.Null(facts.ConntrackMax);
    }

    [Fact]
    public void Self_SessionOverSsh_HasTheServerAddress()
    {
        static SelfFacts Read(string connection) => SelfEvidence.Source.Read(Sections.Of(
            "e.self", Sections.Part("self", $"connection={connection}\nuid=1000\nroot=needs root, sudo -n refused\nmachine=abc\nboot=def\nuptime=12.50\nclock=1795349140\n"))).Known();

        var self = Read("10.1.0.9 51000 10.9.0.2 22");
        Assert.Equal(("10.9.0.2", 1000, "needs root, sudo -n refused", "abc", "def", 12.5), (self.ServerAddress, self.UserId, self.RootReason, self.MachineId, self.BootId, self.UptimeSeconds));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1795349140), self.HostClock);
        Assert.Equal("fe80::1", Read("fe80::2%br0 1 fe80::1%br0 22").ServerAddress);
        Assert.Equal("10.9.0.2", Read("::ffff:10.1.0.9 1 ::ffff:10.9.0.2 22").ServerAddress);
        Assert.Null(Read("").ServerAddress);
    }

    [Fact]
    public void Os_RealOutput_HasDistributionAndKernel()
    {
        var os = OsEvidence.Source.Read(Sections.Fixture("e.os", Case)).Known();

        Assert.Equal(("debian", "12"), (os.Id, os.VersionId));
        Assert.Null(os.Modules);
    }

    [Fact]
    public void Os_ModuleList_IsRead()
    {
        var section = Sections.Of("e.os", Sections.Part("files", "/proc/sys/kernel/osrelease:6.1.0-18-amd64\n/proc/modules:br_netfilter 32768 0 - Live 0x0\n/proc/modules:bridge 311296 1 br_netfilter, Live 0x0\n"), Sections.Part("modules", "installed"));
        var os = OsEvidence.Source.Read(section).Known();

        Assert.Equal(["br_netfilter", "bridge"], os.Modules!.Order(StringComparer.Ordinal));
        Assert.True(os.HasModuleFiles);
    }

    [Fact]
    public void Disk_RealOutput_HasRoomMemoryAndPressure()
    {
        var disk = DiskEvidence.Source.Read(Sections.Fixture("e.disk", Case)).Known();

        Assert.Equal(2, disk.FileSystems.Length);
        Assert.All(disk.FileSystems, system => Assert.True(system.SizeKiB > system.AvailableKiB && system.MountedOn == "/"));
        Assert.True(disk.MemoryKiB > disk.AvailableKiB && disk.AvailableKiB > 0);
        Assert.Contains("cpu", disk.Pressure.Keys);
    }
}
