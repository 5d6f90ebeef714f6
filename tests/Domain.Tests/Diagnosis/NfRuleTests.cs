using System.Text;
using System.Text.Json.Nodes;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Domain.Tests.FramePath;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

public class NfRuleTests
{
    [Theory]
    [InlineData("forward-policy", "nf/stop-filtering-bridged-frames", "e.nft: ip filter FORWARD policy DROP")]
    [InlineData("forward-policy-legacy", "nf/stop-filtering-bridged-frames", "e.ipt: ip filter FORWARD policy DROP")]
    [InlineData("forward-reject-rule", "nf/stop-filtering-bridged-frames", "e.nft ip f forward handle 3: udp dport { 67, 68 } counter packets 0 bytes 0 reject")]
    [InlineData("docker", "nf/accept-bridged-frames", "e.nft: ip filter FORWARD policy DROP")]
    [InlineData("ufw", "nf/stop-filtering-bridged-frames", "e.nft: ip filter FORWARD policy DROP")]
    [InlineData("firewalld", "nf/stop-filtering-bridged-frames", "e.nft inet firewalld filter_FORWARD handle 23: reject with icmpx admin-prohibited")]
    public void Forward_EveryGuestCutOff_IsOneCertainFindingOfTheBridge(string fixture, string repair, string because)
    {
        var verdict = NfForwardDropOnBridge.Rule.Judge(Host(fixture).View());

        var finding = Assert.Single(verdict.Findings);
        Assert.Equal(("br0", Scope.Bridge, Certainty.Certain, repair, Risk.D0), (finding.Subject, finding.Scope, finding.Certainty, finding.Repair, finding.Risk));
        Assert.Equal(["e.sysctl: bridge-nf-call-iptables=1", because], finding.Because.Select(line => line.ToString()));
        Assert.Empty(verdict.Undecided);
        Assert.Empty(NfBridgeFamilyDrop.Rule.Judge(Host(fixture).View()).Findings);
    }

    [Theory]
    [InlineData("bridge-rule", "nf/delete-bridge-rule", "e.nft bridge t frames handle 2: udp dport 67 counter packets 0 bytes 0 drop")]
    [InlineData("bridge-policy", "nf/accept-policy", "e.nft: bridge t frames policy DROP")]
    [InlineData("bridge-offer-only", "nf/delete-bridge-rule", "e.nft bridge t post handle 2: udp sport 67 udp dport 68 drop")]
    [InlineData("ebtables-rule", "nf/delete-ebtables-rule", "e.nft bridge filter FORWARD handle 2: ether type ip udp dport 67 counter packets 0 bytes 0 drop")]
    [InlineData("ebtables-policy", "nf/accept-ebtables-policy", "e.nft: bridge filter FORWARD policy DROP")]
    [InlineData("bridge-maps", "nf/delete-bridge-rule", "e.nft bridge t last handle 11: meta mark vmap { 0x00000007 : drop }")]
    [InlineData("bridge-priorities", "nf/delete-bridge-rule", "e.nft bridge late frames handle 2: udp dport 67 drop")]
    public void Bridge_EveryGuestCutOff_IsOneCertainFindingOfTheBridge(string fixture, string repair, string because)
    {
        var verdict = NfBridgeFamilyDrop.Rule.Judge(Host(fixture).View());

        var finding = Assert.Single(verdict.Findings);
        Assert.Equal(("br0", Scope.Bridge, Certainty.Certain, repair, Risk.D0), (finding.Subject, finding.Scope, finding.Certainty, finding.Repair, finding.Risk));
        Assert.Equal([because], finding.Because.Select(line => line.ToString()));
        Assert.Empty(verdict.Undecided);
        Assert.Empty(NfForwardDropOnBridge.Rule.Judge(Host(fixture).View()).Findings);
    }

    [Theory]
    [InlineData("bridge-arp", "nf/delete-bridge-rule", "e.nft bridge t frames handle 2: ether type arp counter packets 0 bytes 0 drop", "ARP request")]
    [InlineData("bridge-arp-reply", "nf/delete-bridge-rule", "e.nft bridge t frames handle 2: arp operation reply drop", "ARP reply")]
    [InlineData("ebtables-arp", "nf/delete-ebtables-rule", "e.nft bridge filter FORWARD handle 2: ether type arp counter packets 0 bytes 0 drop", "ARP request")]
    public void Bridge_OnlyArpIsCutOff_IsFoundAlthoughDhcpPasses(string fixture, string repair, string because, string frame)
    {
        var verdict = NfBridgeFamilyDrop.Rule.Judge(Host(fixture).View());

        var finding = Assert.Single(verdict.Findings);
        Assert.Equal(("br0", Scope.Bridge, Certainty.Certain, repair), (finding.Subject, finding.Scope, finding.Certainty, finding.Repair));
        Assert.Equal([because], finding.Because.Select(line => line.ToString()));
        Assert.Contains($"drops the {frame}", finding.Summary, StringComparison.Ordinal);
        Assert.Contains("with its lease a guest reaches nobody", finding.Summary, StringComparison.Ordinal);
    }

    /// <summary>Whether it hits the guest hangs on the guest's own address, which is not known: no finding, and no doubt either, or every host with such a filter would be doubtful.</summary>
    [Fact]
    public void Bridge_FilterAgainstFalseArpSenders_IsNotFound()
    {
        var verdict = NfBridgeFamilyDrop.Rule.Judge(Host("bridge-arp-spoof").View());

        Assert.True(verdict is { Findings.IsEmpty: true, Undecided.IsEmpty: true });
    }

    [Theory]
    [InlineData("empty")]
    [InlineData("accept-all")]
    [InlineData("forward-policy-off")]
    [InlineData("docker-user-accept")]
    [InlineData("docker-physdev-accept")]
    [InlineData("libvirt-nat")]
    [InlineData("proxmox")]
    [InlineData("kube")]
    [InlineData("bridge-other-port")]
    [InlineData("dormant")]
    public void Both_HealthyFirewall_FindNothingAndKnowIt(string fixture)
    {
        var view = Host(fixture).View();
        foreach (var verdict in new[] { NfForwardDropOnBridge.Rule.Judge(view), NfBridgeFamilyDrop.Rule.Judge(view) })
        {
            Assert.Empty(verdict.Findings);
            Assert.Empty(verdict.Undecided);
        }
    }

    [Fact]
    public void Bridge_RuleNamesOneTap_IsThatGuestsFinding()
    {
        var finding = Assert.Single(NfBridgeFamilyDrop.Rule.Judge(Host("ebtables-mac").View()).Findings);

        Assert.Equal(("vnet0", Scope.Guest, "br0", Certainty.Certain), (finding.Subject, finding.Scope, finding.Bridge, finding.Certainty));
    }

    [Fact]
    public void Forward_SwitchOff_RejectsTheLookAlike()
    {
        var rejected = Assert.Single(NfForwardDropOnBridge.Rule.Judge(Host("forward-policy-off").View()).Rejected);

        Assert.Equal("the policy of ip filter FORWARD drops, but bridge-nf-call-iptables is 0 and br0's own switch is off, so frames between ports never get there", rejected.Why);
    }

    [Fact]
    [Trait("Trap", "1")]
    public void Forward_OnlyTheBridgesOwnSwitchIsOn_IsFound()
    {
        var finding = Assert.Single(NfForwardDropOnBridge.Rule.Judge(Host("forward-policy-off", ownSwitch: true).View()).Findings);

        Assert.Contains(new EvidenceLine("e.link", "br0: nf_call_iptables 1"), finding.Because);
    }

    [Fact]
    public void Forward_ModuleProvenAbsent_NeedsNoFirewall()
    {
        var host = Unread(FakeHost.Healthy()).Section("e.sysctl", "values", "/proc/sys/net/ipv4/ip_forward:1\n").Section("e.sysctl", "br_netfilter", "off");

        Assert.Equivalent(Verdict.Clear, NfForwardDropOnBridge.Rule.Judge(host.View()), strict: true);
    }

    [Fact]
    public void Forward_FirewallNotRead_CannotTell()
    {
        var host = Unread(FakeHost.Healthy()).Section("e.sysctl", "values", "/proc/sys/net/bridge/bridge-nf-call-iptables:1\n");

        var undecided = NfForwardDropOnBridge.Rule.Judge(host.View()).Undecided;

        Assert.Equal(["e.ipt", "e.nft"], undecided.Select(open => open.Section).Order());
        Assert.All(undecided, open => Assert.Equal("needs root, sudo -n refused", open.Why));
    }

    [Fact]
    public void Bridge_FirewallNotRead_CannotTell()
        => Assert.Equal(["e.ebt", "e.nft"], NfBridgeFamilyDrop.Rule.Judge(Unread(FakeHost.Healthy()).View()).Undecided.Select(open => open.Section).Order());

    [Fact]
    public void Both_NoGuests_NeedNoFirewall()
    {
        var view = Unread(new FakeHost().Bridge("br0").Nic("eno2", "br0")).View();

        Assert.Equivalent(Verdict.Clear, NfForwardDropOnBridge.Rule.Judge(view), strict: true);
        Assert.Equivalent(Verdict.Clear, NfBridgeFamilyDrop.Rule.Judge(view), strict: true);
    }

    [Fact]
    public void Forward_NftNotReadButIptablesDrops_IsStillCertain()
    {
        var host = Host("forward-policy").Missing("e.nft", "took longer than its time limit");

        Assert.Equal(Certainty.Certain, Assert.Single(NfForwardDropOnBridge.Rule.Judge(host.View()).Findings).Certainty);
    }

    [Fact]
    public void Forward_SwitchNotRead_CannotTellWhenItMatters()
    {
        Assert.Equal("e.sysctl", Assert.Single(NfForwardDropOnBridge.Rule.Judge(Host("forward-policy").Missing("e.sysctl", "lost").View()).Undecided).Section);
        Assert.Empty(NfForwardDropOnBridge.Rule.Judge(Host("empty").Missing("e.sysctl", "lost").View()).Undecided);
    }

    [Fact]
    [Trait("Trap", "3")]
    public void Forward_ExtensionWithoutSaveFormat_IsNoFinding()
    {
        // The accepting rule is shown by nftables only as "xt match physdev"; without iptables-save the policy behind it proves nothing.
        var verdict = NfForwardDropOnBridge.Rule.Judge(Host("docker-physdev-accept").Missing("e.ipt", "not installed").View());

        Assert.Empty(verdict.Findings);
        Assert.Contains(verdict.Undecided, open => open.Why.Contains("extension physdev is not understood", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Trap", "3")]
    public void Forward_ExtensionThatNftablesOnlyNames_IsTakenFromTheSaveFormat()
    {
        var host = Host("docker-physdev-accept");

        Assert.Contains("\"xt\"", host.Snapshot().Sections["e.nft"].Part("json")?.Text, StringComparison.Ordinal);
        var verdict = NfForwardDropOnBridge.Rule.Judge(host.View());
        Assert.Empty(verdict.Findings);
        Assert.Empty(verdict.Undecided);
    }

    [Theory]
    [InlineData("172.17.0.0", true)]
    [InlineData("10.20.0.0", false)]
    [InlineData("10.30.0.0", false)]
    public void Forward_OnlySomeServersAreTranslated_IsClearOnlyForInternalNetworks(string subnet, bool isClear)
    {
        // The server may sit in the bridge's subnet, or in that of another NIC on the same LAN, but never among the containers. Without an address on
        // br0 the kernel would drop what it is to masquerade.
        var host = Host("docker-user-accept", text => text.Replace("172.17.0.0", subnet, StringComparison.Ordinal), addressOnBridge: false);

        Assert.Equal(isClear, NfForwardDropOnBridge.Rule.Judge(host.View()).Undecided.IsEmpty);
    }

    [Fact]
    public void Forward_ProxmoxChainDrops_AsksItsOwner()
    {
        var finding = Assert.Single(NfForwardDropOnBridge.Rule.Judge(Host("proxmox-drop").View()).Findings);

        Assert.Equal(("vnet0", Scope.Guest, null), (finding.Subject, finding.Scope, finding.Repair));
        Assert.Contains("the Proxmox firewall", finding.Question, StringComparison.Ordinal);
    }

    [Fact]
    public void Bridge_LibvirtChainDrops_IsLeftToTheFilterFault()
    {
        var verdict = NfBridgeFamilyDrop.Rule.Judge(Host("nwfilter").View());

        Assert.Empty(verdict.Findings);
        Assert.Contains("libvirt network filters", Assert.Single(verdict.Rejected).Why, StringComparison.Ordinal);
        Assert.Empty(verdict.Undecided);
        Assert.Equal("nf.nwfilter-drop", Assert.Single(NfNwfilterDrop.Rule.Judge(Host("nwfilter").View()).Findings).Id);
    }

    [Fact]
    public void Bridge_RateLimitDecides_IsUndecided()
    {
        var verdict = NfBridgeFamilyDrop.Rule.Judge(Host("not-understood").View());

        Assert.Empty(verdict.Findings);
        Assert.All(verdict.Undecided, open => Assert.Contains("it depends on a rate limit", open.Why, StringComparison.Ordinal));
        Assert.NotEmpty(verdict.Undecided);
    }

    [Fact]
    public void Bridge_RateLimitDecidesAndTheRuleHasCounted_IsLikely()
    {
        var host = Host("not-understood", text => text.Replace(
            "{\"drop\": null}", "{\"counter\": {\"packets\": 7, \"bytes\": 2100}}, {\"drop\": null}", StringComparison.Ordinal));

        Assert.Equal(Certainty.Likely, Assert.Single(NfBridgeFamilyDrop.Rule.Judge(host.View()).Findings).Certainty);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void All_OnlyGuestIsDetached_AreFoundOnTheBridgeThatItBelongsTo(bool defined)
    {
        Assert.Equal("br0", Assert.Single(NfBridgeFamilyDrop.Rule.Judge(InTheAir("bridge-rule", defined).View()).Findings).Bridge);
        Assert.Equal("br0", Assert.Single(NfForwardDropOnBridge.Rule.Judge(InTheAir("forward-policy", defined).View()).Findings).Bridge);
    }

    [Fact]
    public void All_DetachedTapThatNoProgramHoldsOpen_IsNobodysGuest()
        => Assert.Empty(NfBridgeFamilyDrop.Rule.Judge(InTheAir("bridge-rule", defined: false).Change("vnet0", NobodyHolds).View()).Findings);

    [Fact]
    public void All_GuestOnAnotherBridgeThanDefined_AreFoundOnTheRightOne()
    {
        var host = InTheAir("bridge-rule", defined: true).Bridge("br9").Change("vnet0", tap => tap["master"] = "br9");

        Assert.Contains(NfBridgeFamilyDrop.Rule.Judge(host.View()).Findings, finding => finding.Bridge == "br0");
    }

    private static FakeHost InTheAir(string fixture, bool defined)
    {
        var host = Host(fixture).Change("vnet0", tap => tap.Remove("master")).Change("vnet1", NobodyHolds);
        return defined ? host.Guest("vm1", "vnet0", "br0") : host.Config("br0", "eno2").Absent("e.dom", "no libvirt socket");
    }

    private static void NobodyHolds(JsonObject tap)
    {
        tap.Remove("master");
        tap["flags"] = new JsonArray("NO-CARRIER", "BROADCAST", "UP");
    }

    [Fact]
    public void Bridge_DeviceFilterDrops_IsAnotherFault()
        => Assert.Equivalent(Verdict.Clear, NfBridgeFamilyDrop.Rule.Judge(Host("netdev-drop").View()), strict: true);

    /// <summary>The host's own address and those that Docker and libvirt give their bridges.</summary>
    private const string Addresses = """
        [{ "ifname": "br0", "addr_info": [{ "family": "inet", "local": "10.20.0.5", "prefixlen": 24, "scope": "global" }] },
         { "ifname": "eno1", "addr_info": [{ "family": "inet", "local": "10.30.0.5", "prefixlen": 24, "scope": "global" }] },
         { "ifname": "docker0", "addr_info": [{ "family": "inet", "local": "172.17.0.1", "prefixlen": 16, "scope": "global" }] },
         { "ifname": "virbr0", "addr_info": [{ "family": "inet", "local": "192.168.122.1", "prefixlen": 24, "scope": "global" }] }]
        """;

    /// <summary>br0 with eno2 and the guests vnet0 (52:54:00:00:00:02) and vnet1, behind a captured firewall.</summary>
    private static FakeHost Host(string fixture, Func<string, string>? change = null, bool ownSwitch = false, bool addressOnBridge = true)
    {
        var host = new FakeHost()
            .Add("br0", "BROADCAST,MULTICAST,UP,LOWER_UP", null, "bridge", new JsonObject { ["nf_call_iptables"] = ownSwitch ? 1 : 0 })
            .Nic("eno2", "br0").Tap("vnet0", "br0").Tap("vnet1", "br0").Bridge("docker0").Bridge("virbr0").Nic("eno1");
        host.Section("e.addr", "addresses", addressOnBridge ? Addresses : Addresses.Replace("\"br0\"", "\"br7\"", StringComparison.Ordinal));
        Assert.True(Directory.Exists(FirewallFiles.Case(fixture)), fixture);
        foreach (var part in FirewallFiles.Sections(FirewallFiles.Case(fixture)).SelectMany(section => section.Value.Parts, (section, part) => (section.Key, part)))
        {
            host.Part(part.Key, change is null ? part.part : part.part with { Stdout = Encoding.UTF8.GetBytes(change(part.part.Text)) });
        }

        return host;
    }

    private static FakeHost Unread(FakeHost host)
    {
        foreach (var section in new[] { "e.nft", "e.ipt", "e.ebt" })
        {
            host.Missing(section, "needs root, sudo -n refused");
        }

        return host;
    }
}
