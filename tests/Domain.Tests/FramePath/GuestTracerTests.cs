using System.Text.Json.Nodes;
using ChatOpsBot.Domain.FramePath;
using ChatOpsBot.Domain.Tests.Diagnosis;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.FramePath;

public class GuestTracerTests
{
    private const string Up = "BROADCAST,MULTICAST,UP,LOWER_UP";

    [Fact]
    public void Trace_HealthyHost_PassesBothWays()
    {
        var trace = Follow(FirewalledHost.Of("empty"));

        Assert.Equal(HopVerdict.Passes, trace.Verdict);
        Assert.Equal(["vnet0 tap", "br0 port", "br0 br_netfilter", "br0 port", "eno2 wire"], Hops(trace.Discover));
        Assert.Equal("vnet0", trace.Offer!.Hops[^1].Device); // a trace that reaches the wire has a way back
        Assert.Equal(("br0", "eno2"), (trace.Bridge, trace.Uplink));
    }

    [Theory]
    [InlineData("forward-policy", "br0 ip forward", "e.nft")]
    [InlineData("forward-policy-legacy", "br0 ip forward", "e.ipt")]
    [InlineData("bridge-rule", "br0 bridge forward", "e.nft")]
    [InlineData("bridge-policy", "br0 bridge forward", "e.nft")]
    [InlineData("ebtables-rule", "br0 bridge forward", "e.nft")]
    [InlineData("nwfilter", "br0 bridge prerouting", "e.nft")]
    [InlineData("netdev-drop", "vnet0 netdev ingress", "e.nft")]
    [InlineData("proxmox-drop", "br0 ip forward", "e.nft")]
    public void Trace_FilterDropsTheRequest_StopsThereWithTheRule(string fixture, string place, string section)
    {
        var trace = Follow(FirewalledHost.Of(fixture));

        var stop = trace.Discover.Hops[trace.Discover.Break ?? -1];
        Assert.Equal(place, $"{stop.Device} {stop.Stage}");
        Assert.Equal(section, stop.Evidence?.Section);
        Assert.Same(stop, trace.Discover.Hops[^1]);
    }

    [Theory]
    [InlineData("accept-all")]
    [InlineData("forward-policy-off")]
    [InlineData("docker-user-accept")]
    [InlineData("docker-physdev-accept")]
    [InlineData("proxmox")]
    [InlineData("bridge-other-port")]
    [InlineData("input-drop")]
    public void Trace_FilterLetsItPass_Passes(string fixture)
        => Assert.Equal(HopVerdict.Passes, Follow(FirewalledHost.Of(fixture).Address("br0", "10.20.0.5")).Verdict);

    [Fact]
    public void Trace_OnlyTheAnswerIsDropped_StopsOnTheWayBack()
    {
        var trace = Follow(FirewalledHost.Of("bridge-offer-only"));

        Assert.Equal((HopVerdict.Passes, HopVerdict.Stops), (trace.Discover.Verdict, trace.Offer?.Verdict));
        Assert.Equal(trace.Offer, trace.Decisive);
    }

    [Fact]
    public void Trace_RuleNotUnderstood_CannotTell()
        => Assert.Equal(HopVerdict.CannotTell, Follow(FirewalledHost.Of("not-understood")).Verdict);

    [Fact]
    public void Trace_FirewallNotRead_CannotTellAndNamesTheSection()
    {
        var trace = Follow(FirewalledHost.Unread(FakeHost.Healthy()));

        Assert.Equal(HopVerdict.CannotTell, trace.Verdict);
        Assert.Contains(trace.Discover.Hops, hop => hop.Verdict == HopVerdict.CannotTell && hop.Evidence?.Section == "e.nft");
    }

    [Theory]
    [InlineData("isolated", true, true, "br0 isolation")]
    [InlineData("isolated", true, false, null)]
    [InlineData("bcast_flood", false, true, "eno2 flooding")]
    public void Trace_PortFlags_StopAsTheKernelDoes(string flag, bool value, bool onUplink, string? place)
    {
        var host = FirewalledHost.Of("empty");
        host = flag == "bcast_flood" ? host.PortFlag("eno2", flag, value) : host.PortFlag("vnet0", flag, value);
        host = onUplink ? host.PortFlag("eno2", flag, value) : host;

        Assert.Equal(place, Stop(Follow(host)));
    }

    [Fact]
    public void Trace_LockedPortWithoutEntry_Stops()
        => Assert.Equal("vnet0 port", Stop(Follow(FirewalledHost.Of("empty").PortFlag("vnet0", "locked", true).Section("e.fdb", "entries", "[]"))));

    [Fact]
    public void Trace_GuestsAddressIsTheTapsOwn_AnswersToItGoElsewhere()
    {
        var host = FirewalledHost.Of("empty").Guest("vm1", "vnet0", "br0").Section("e.fdb", "entries", """[{"mac":"52:54:00:aa:bb:01","ifname":"vnet0","master":"br0","state":"permanent"}]""");

        var trace = Follow(host, "vm1");

        Assert.Equal(HopVerdict.CannotTell, trace.Offer?.Verdict);
        Assert.Contains(trace.Offer!.Hops, hop => hop.Evidence?.ToString() == "e.fdb 52:54:00:aa:bb:01: permanent on vnet0"); // as above
    }

    [Theory]
    [InlineData("BROADCAST,MULTICAST", "br0", "forwarding", "vnet0 tap")]
    [InlineData("BROADCAST,MULTICAST,UP,NO-CARRIER", "br0", "forwarding", "vnet0 tap")]
    [InlineData(Up, null, "forwarding", "vnet0 tap")]
    [InlineData(Up, "br0", "blocking", "br0 port")]
    [InlineData(Up, "br0", "listening", "br0 port")]
    public void Trace_TapNotPassing_StopsAtOnce(string flags, string? master, string state, string place)
        => Assert.Equal(place, Stop(Follow(Quiet(new FakeHost().Bridge("br0").Nic("eno2", "br0").Tap("vnet0", master, flags, state, "fe:54:00:00:00:02")))));

    [Theory]
    [InlineData("BROADCAST,MULTICAST", "eno2 wire")]
    [InlineData("BROADCAST,MULTICAST,UP,NO-CARRIER", "eno2 wire")]
    public void Trace_UplinkNotLive_StopsThere(string flags, string place)
        => Assert.Equal(place, Stop(Follow(Quiet(new FakeHost().Bridge("br0").Nic("eno2", "br0", flags).Tap("vnet0", "br0")))));

    [Fact]
    public void Trace_NoUplink_StopsAtTheBridgeAndNamesTheOneItShouldHave()
    {
        var trace = Follow(Quiet(new FakeHost().Bridge("br0").Nic("eno2").Tap("vnet0", "br0").Config("br0", "eno2")));

        Assert.Equal("br0 bridge", Stop(trace));
        Assert.Contains("eno2 should be one", trace.Discover.Hops[^1].Does, StringComparison.Ordinal);
    }

    [Fact]
    public void Trace_FirewallBridgeInBetween_IsFollowed()
    {
        // The layout of Proxmox with its firewall on.
        var host = new FakeHost().Bridge("fwbr100i0").Tap("tap100i0", "fwbr100i0")
            .Add("fwln100i0", Up, "fwbr100i0", "veth", lower: "fwpr100p0").Add("fwpr100p0", Up, "vmbr0", "veth", lower: "fwln100i0")
            .Bridge("vmbr0").Nic("eno1", "vmbr0");

        var trace = Follow(Quiet(host), "tap100i0");

        Assert.Equal(HopVerdict.Passes, trace.Verdict);
        Assert.Equal("eno1", trace.Uplink);
        Assert.Contains("vmbr0 port", Hops(trace.Discover));
    }

    [Theory]
    [InlineData(Up, "eno2.100", null)]
    [InlineData("BROADCAST,MULTICAST", "eno2.100", "eno2 wire")]
    public void Trace_UplinkIsAVlanDevice_GoesOnBelowIt(string flags, string uplink, string? place)
    {
        var host = new FakeHost().Bridge("br0").Nic("eno2", null, flags).Add(uplink, Up, "br0", "vlan", new JsonObject { ["protocol"] = "802.1Q", ["id"] = 100 }, lower: "eno2").Tap("vnet0", "br0");

        var trace = Follow(Quiet(host));

        Assert.Equal(place, Stop(trace));
        Assert.Contains("eno2.100 vlan device", Hops(trace.Discover));
    }

    [Fact]
    public void Trace_BondWithoutALiveNic_Stops()
    {
        var host = new FakeHost().Bridge("br0").Add("bond0", Up, "br0", "bond", new JsonObject { ["mode"] = "802.3ad" }).Nic("eno2", "bond0", "BROADCAST,MULTICAST,UP,NO-CARRIER").Tap("vnet0", "br0");

        Assert.Equal("bond0 bond", Stop(Follow(Quiet(host))));
    }

    [Theory]
    [InlineData("fwd", """[{"ifname":"eno2","vlans":[{"vlan":100}]},{"ifname":"vnet0","vlans":[{"vlan":100,"flags":["PVID","Egress Untagged"]}]}]""", null)]
    [InlineData("no pvid", """[{"ifname":"eno2","vlans":[{"vlan":100}]},{"ifname":"vnet0","vlans":[{"vlan":100}]}]""", "vnet0 vlan")]
    [InlineData("not on the uplink", """[{"ifname":"eno2","vlans":[{"vlan":1,"vlanEnd":99}]},{"ifname":"vnet0","vlans":[{"vlan":100,"flags":["PVID","Egress Untagged"]}]}]""", "eno2 vlan")]
    [InlineData("guest would get a tag", """[{"ifname":"eno2","vlans":[{"vlan":100}]},{"ifname":"vnet0","vlans":[{"vlan":100,"flags":["PVID"]}]}]""", "vnet0 vlan")]
    [InlineData("comes back into another VLAN", """[{"ifname":"eno2","vlans":[{"vlan":1,"flags":["PVID","Egress Untagged"]},{"vlan":100,"flags":["Egress Untagged"]}]},{"ifname":"vnet0","vlans":[{"vlan":100,"flags":["PVID","Egress Untagged"]}]}]""", "vnet0 vlan")]
    public void Trace_BridgeFiltersVlans_AdmitsAndTagsAsTheTableSays(string what, string table, string? place)
    {
        Assert.Equal(place, Stop(Follow(Quiet(Filtering()).Section("e.vlan", "vlans", table))));
        Assert.NotEmpty(what);
    }

    [Fact]
    public void Trace_VlanTableNotRead_CannotTell()
        => Assert.Equal(HopVerdict.CannotTell, Follow(Quiet(Filtering()).Missing("e.vlan", "not installed")).Verdict);

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, "br0 ip forward")]
    public void Trace_ForwardDropOnATaggedBridge_DependsOnTheVlanSwitch(int filterTagged, string? place)
    {
        // As the kernel does (test of the lab's notes): the request is untagged as it enters and tagged as it leaves, so FORWARD sees it only with the switch on.
        var host = FirewalledHost.Of("forward-policy");
        var filtering = Filtering().Section("e.vlan", "vlans", """[{"ifname":"eno2","vlans":[{"vlan":100}]},{"ifname":"vnet0","vlans":[{"vlan":100,"flags":["PVID","Egress Untagged"]}]}]""")
            .Section("e.sysctl", "values", $"/proc/sys/net/bridge/bridge-nf-call-iptables:1\n/proc/sys/net/bridge/bridge-nf-filter-vlan-tagged:{filterTagged}\n");
        foreach (var (section, output) in host.Snapshot().Sections.Where(section => section.Key is "e.nft" or "e.ipt" or "e.ebt"))
        {
            foreach (var part in output.Parts)
            {
                filtering.Part(section, part);
            }
        }

        Assert.Equal(place, Stop(Follow(filtering)));
    }

    [Fact]
    public void Trace_VlanDeviceOnTheUplinkTakesTheAnswer_StopsOnTheWayBack()
    {
        var host = Quiet(Filtering()).Add("eno2.100", Up, null, "vlan", new JsonObject { ["protocol"] = "802.1Q", ["id"] = 100 }, lower: "eno2")
            .Section("e.vlan", "vlans", """[{"ifname":"eno2","vlans":[{"vlan":100}]},{"ifname":"vnet0","vlans":[{"vlan":100,"flags":["PVID","Egress Untagged"]}]}]""");

        var trace = Follow(host);

        Assert.Equal("eno2.100 vlan device", Stop(trace));
        Assert.Equal(HopVerdict.Passes, trace.Discover.Verdict);
    }

    [Fact]
    public void Trace_XdpOnTheUplink_CannotTellTheWayBack()
    {
        var host = Quiet(new FakeHost()).Section("e.link", "links", """
            [{"ifindex":1,"ifname":"br0","flags":["UP","LOWER_UP"],"linkinfo":{"info_kind":"bridge","info_data":{}}},
             {"ifindex":2,"ifname":"eno2","flags":["UP","LOWER_UP"],"master":"br0","xdp":{"mode":2,"prog":{"id":7}},"linkinfo":{"info_slave_kind":"bridge","info_slave_data":{"state":"forwarding"}}},
             {"ifindex":3,"ifname":"vnet0","flags":["UP","LOWER_UP"],"link_type":"ether","master":"br0","linkinfo":{"info_kind":"tun","info_slave_kind":"bridge","info_slave_data":{"state":"forwarding"}}}]
            """);

        var trace = Follow(host);

        Assert.Equal((HopVerdict.Passes, HopVerdict.CannotTell), (trace.Discover.Verdict, trace.Offer?.Verdict));
    }

    [Fact]
    public void Trace_ConntrackFull_CannotTell()
        => Assert.Contains(
            Follow(FirewalledHost.Of("accept-all").Section("e.sysctl", "values", "/proc/sys/net/bridge/bridge-nf-call-iptables:1\n/proc/sys/net/netfilter/nf_conntrack_count:8\n/proc/sys/net/netfilter/nf_conntrack_max:8\n")).Discover.Hops,
            hop => hop is { Stage: "conntrack", Verdict: HopVerdict.CannotTell } or { Stage: "br_netfilter" });

    [Fact]
    public void Trace_GuestIsOff_StopsBeforeTheHost()
    {
        var host = Quiet(new FakeHost().Bridge("br0").Nic("eno2", "br0")).Section("e.dom", "xml", "<domain type='kvm'><name>vm1</name><uuid>00000000-0000-4000-8000-000000000001</uuid><devices/></domain>\n");

        Assert.Equal("vm1 guest", Stop(Follow(host, "vm1")));
    }

    [Fact]
    public void Trace_NobodyHasThatName_SaysWhoThereIs()
    {
        var unknown = Assert.IsType<TraceAnswer.UnknownGuest>(GuestTracer.Trace(FakeHost.Healthy().View(), "vm9"));

        Assert.Equal(["vnet0"], unknown.Known);
    }

    [Fact]
    public void Trace_LinksNotRead_SaysSo() => Assert.IsType<TraceAnswer.NotRead>(GuestTracer.Trace(FakeHost.Healthy().WithoutLinks().View(), "vnet0"));

    private static FakeHost Filtering()
        => new FakeHost().Add("br0", Up, null, "bridge", new JsonObject { ["vlan_filtering"] = 1 }).Nic("eno2", "br0").Tap("vnet0", "br0");

    /// <summary>Nothing in traffic control.</summary>
    private static FakeHost Plain(FakeHost host) => host.Section("e.tc", "qdiscs", "[]");

    /// <summary>No filter anywhere.</summary>
    private static FakeHost Quiet(FakeHost host)
    {
        foreach (var section in new[] { "e.nft", "e.ipt", "e.ebt", "e.sysctl", "e.ovs" })
        {
            host.Absent(section, "nothing of that kind is in use");
        }

        return host;
    }

    private static GuestTrace Follow(FakeHost host, string guest = "vnet0") => Assert.IsType<TraceAnswer.Followed>(GuestTracer.Trace(Plain(host).View(), guest)).Paths[0];

    private static string[] Hops(PathLeg leg) => [.. leg.Hops.Select(hop => $"{hop.Device} {hop.Stage}")];

    /// <summary>Where the exchange ends; <see langword="null"/> when it passes. Anything not told is a failure.</summary>
    private static string? Stop(GuestTrace trace)
    {
        Assert.NotEqual(HopVerdict.CannotTell, trace.Verdict);
        return trace.Decisive.Break is { } at ? $"{trace.Decisive.Hops[at].Device} {trace.Decisive.Hops[at].Stage}" : null;
    }
}
