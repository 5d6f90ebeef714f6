using System.Reflection;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Domain.Diagnosis.Hops;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.FramePath;
using ChatOpsBot.Domain.Probes;
using ChatOpsBot.Domain.Runbooks;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

/// <summary>
/// Things on a host that look like something else (section 4 of the fault catalogue, numbered as there). A trap that a rule's own tests show is marked there with the same trait.
/// </summary>
public class TrapTests
{
    private const string NoCarrier = "NO-CARRIER,BROADCAST,MULTICAST,UP";
    private const string Nothing = """{"nftables": [{"metainfo": {"version": "1.0.6", "json_schema_version": 1}}]}""";

    /// <summary>The traps that have to have a test, by their numbers.</summary>
    public static IEnumerable<string> Wanted => Enumerable.Range(1, 15).Select(number => $"{number}");

    [Fact]
    public void EveryTrap_HasATest()
    {
        var marked = from type in typeof(TrapTests).Assembly.GetTypes()
                     from method in type.GetMethods()
                     where method.GetCustomAttribute<FactAttribute>() is not null
                     from trait in method.GetCustomAttributes<TraitAttribute>()
                     where trait.Name == "Trap"
                     select trait.Value;

        Assert.Equal(Wanted.Order(StringComparer.Ordinal), marked.Distinct().Order(StringComparer.Ordinal));
    }

    [Theory]
    [Trait("Trap", "1")]
    [InlineData("forward-policy", 0, true)]
    [InlineData("forward-policy", 1, true)]
    [InlineData("forward-policy-off", 1, true)]
    [InlineData("forward-policy-off", 0, false)]
    public void Forward_SwitchesOfHostAndBridge_AreOred(string fixture, int own, bool found)
        => Assert.Equal(found, !NfForwardDropOnBridge.Rule.Judge(OwnSwitch(FirewalledHost.Of(fixture), own).View()).Findings.IsEmpty);

    [Fact]
    [Trait("Trap", "1")]
    public void Forward_OwnSwitchOffAndTheHostsUnread_ProvesNothing()
        => Assert.Equal("e.sysctl", Assert.Single(NfForwardDropOnBridge.Rule.Judge(OwnSwitch(FirewalledHost.Of("forward-policy"), 0).Missing("e.sysctl", "lost").View()).Undecided).Section);

    [Fact]
    [Trait("Trap", "2")]
    public void Forward_LegacyDropBehindEmptyNftables_IsFound()
    {
        var host = FirewalledHost.Of("forward-policy-legacy");

        Assert.Empty(host.View().Read(NftEvidence.Source).Known().Tables);
        Assert.Contains(Assert.Single(NfForwardDropOnBridge.Rule.Judge(host.View()).Findings).Because, line => line.Section == "e.ipt");
    }

    [Fact]
    [Trait("Trap", "2")]
    public void Forward_LegacyTablesInUseButNotRead_IsLeftOpen()
    {
        var host = Bare(Nothing, "").Section("e.ipt", "nft4", "").Part("e.ipt", Sections.Part("legacy4", PartEnd.NotInstalled)).Absent("e.ebt", "no table of ebtables is in use");

        var verdict = NfForwardDropOnBridge.Rule.Judge(host.View());

        Assert.Empty(verdict.Findings);
        Assert.Contains("legacy iptables tables are in use", Assert.Single(verdict.Undecided).Why, StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Trap", "4")]
    [InlineData("[0:0]", "ip filter FORWARD policy DROP")]
    [InlineData("[12:3936]", "ip filter FORWARD policy DROP, 12 packets so far")]
    public void Forward_PolicyWithoutCounterInJson_IsCertainAndCountedBySaveFormat(string counter, string line)
    {
        var host = FirewalledHost.Of("forward-policy", text => text.Replace(":FORWARD DROP [0:0]", $":FORWARD DROP {counter}", StringComparison.Ordinal));

        var finding = Assert.Single(NfForwardDropOnBridge.Rule.Judge(host.View()).Findings);

        Assert.Equal(Certainty.Certain, finding.Certainty);
        Assert.Contains(new EvidenceLine("e.nft", line), finding.Because);
    }

    [Fact]
    [Trait("Trap", "5")]
    public void Diagnose_HealthyTapWithOperstateUnknown_IsNotBlamed()
    {
        var host = Quiet(FakeHost.Healthy());

        Assert.Equal("UNKNOWN", host.View().Read(LinkEvidence.Source).Known().Find("vnet0")?.OperState);
        Assert.Empty(host.Diagnose().Findings);
        Assert.Equal(HopVerdict.Passes, Follow(host).Verdict);
    }

    [Fact]
    [Trait("Trap", "5")]
    public void Diagnose_BridgeIsUpOverADeadUplink_BlamesTheUplink()
    {
        var host = new FakeHost().Bridge("br0").Nic("eno2", "br0", NoCarrier, "disabled").Tap("vnet0", "br0");

        Assert.Equal("UP", host.View().Read(LinkEvidence.Source).Known().Find("br0")?.OperState);
        Assert.Equal((NicUplinkNoCarrier.Id, "eno2"), (host.Diagnose().Primary?.Id, host.Diagnose().Primary?.Subject));
    }

    [Fact]
    [Trait("Trap", "6")]
    public void Domains_Collected_ByTheirDefinitionsAndNeverByDomiflist()
        => Assert.DoesNotContain("domiflist", DomainEvidence.Source.Script, StringComparison.Ordinal);

    [Fact]
    [Trait("Trap", "7")]
    public void Trace_BridgeWithASmallerMtuThanItsPorts_Passes()
        => Assert.Equal(HopVerdict.Passes, Follow(Quiet(FakeHost.Healthy().Change("br0", link => link["mtu"] = 400))).Verdict);

    [Theory]
    [Trait("Trap", "9")]
    [InlineData("", "", true, HopVerdict.Passes)]
    [InlineData("static", "", true, HopVerdict.Passes)]
    [InlineData("static", "", false, HopVerdict.CannotTell)]
    [InlineData("static", "\"sticky\"", true, HopVerdict.CannotTell)]
    [InlineData("permanent", "", true, HopVerdict.CannotTell)]
    public void Trace_GuestsAddressOnTheUplink_OnlyMattersWhereItStays(string state, string flags, bool learning, HopVerdict answer)
    {
        var host = Quiet(At("eno2", state, flags)).PortFlag("vnet0", "learning", learning);

        Assert.Equal(answer, Follow(host, "vm1").Offer?.Verdict);
    }

    [Theory]
    [Trait("Trap", "9")]
    [InlineData("eno2", true)]
    [InlineData("vnet0", false)]
    public void TapMac_StickyEntryOfTheGuestsAddress_IsFoundOnAnotherPortOnly(string device, bool found)
    {
        var verdict = BridgeTapMacIsGuestMac.Rule.Judge(At(device, "static", "\"sticky\"").View());

        Assert.Equal(found, !verdict.Findings.IsEmpty);
        Assert.All(verdict.Findings, finding => Assert.Equal(("eno2", Certainty.Certain, null), (finding.Subject, finding.Certainty, finding.Repair)));
        Assert.All(verdict.Findings, finding => Assert.Contains($"bridge fdb del {ProbedHost.Mac} dev eno2 master", finding.Question, StringComparison.Ordinal));
    }

    [Theory]
    [Trait("Trap", "9")]
    [InlineData(100, true)]
    [InlineData(200, false)]
    public void TapMac_StickyEntryOnABridgeThatFiltersVlans_IsFoundInTheGuestsVlanOnly(int vlan, bool found)
    {
        var host = FakeHost.Healthy().Guest("vm1", "vnet0", "br0", mac: ProbedHost.Mac)
            .Change("br0", link => link["linkinfo"]!["info_data"]!["vlan_filtering"] = 1) // a bridge always has both objects
            .Section("e.vlan", "vlans", """[{"ifname":"eno2","vlans":[{"vlan":100},{"vlan":200}]},{"ifname":"vnet0","vlans":[{"vlan":100,"flags":["PVID","Egress Untagged"]}]}]""")
            .Section("e.fdb", "entries", $$"""[{"mac":"{{ProbedHost.Mac}}","ifname":"eno2","vlan":{{vlan}},"flags":["sticky"],"master":"br0","state":"static"}]""");

        Assert.Equal(found, !BridgeTapMacIsGuestMac.Rule.Judge(host.View()).Findings.IsEmpty);
    }

    [Theory]
    [Trait("Trap", "10")]
    [InlineData("", true)]
    [InlineData("static", false)]
    public void LockedPort_GuestIsKnown_IsRuledOutForAsLongAsTheEntryStays(string state, bool ages)
    {
        var host = Quiet(At("vnet0", state, "")).PortFlag("vnet0", "locked", true);

        var why = Assert.Single(BridgePortFlags.Rule.Judge(host.View()).Rejected).Why;
        Assert.Equal(ages, why.Contains("until that learned entry ages", StringComparison.Ordinal));
        var hop = Follow(host, "vm1").Discover.Hops.Single(hop => hop.Does.StartsWith("locked", StringComparison.Ordinal));
        Assert.Equal((HopVerdict.Passes, ages), (hop.Verdict, hop.Does.Contains("until that learned entry ages", StringComparison.Ordinal)));
    }

    [Theory]
    [Trait("Trap", "10")]
    [InlineData("[]")]
    [InlineData($$"""[{"mac":"{{ProbedHost.Mac}}","ifname":"vnet0","flags":["locked"],"master":"br0","state":""}]""")]
    public void LockedPort_TableFlushedOrTheEntryItselfLocked_IsFound(string table)
    {
        var host = Quiet(FakeHost.Healthy().Guest("vm1", "vnet0", "br0").Section("e.fdb", "entries", table)).PortFlag("vnet0", "locked", true);

        var finding = Assert.Single(BridgePortFlags.Rule.Judge(host.View()).Findings);
        Assert.Equal(("vnet0", "bridge/unlock-port"), (finding.Subject, finding.Repair));
        Assert.Equal(HopVerdict.Stops, Follow(host, "vm1").Discover.Verdict);
    }

    [Fact]
    [Trait("Trap", "13")]
    public void Articles_OfAllFaults_NeverOfferToLoadBrNetfilter()
    {
        var offers = from rule in ChatOpsBot.Domain.Diagnosis.Catalogue.All
                     let repair = rule.Article.RepairedBy.Replace("Never modprobe br_netfilter", "", StringComparison.OrdinalIgnoreCase)
                     where RefusedRepairs.OfText(repair)?.Name.Contains("br_netfilter", StringComparison.Ordinal) == true
                     select rule.Id;

        Assert.Empty(offers);
        Assert.Contains("br_netfilter", RefusedRepairs.OfText("modprobe br_netfilter")?.Name, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Trap", "13")]
    public void Runbooks_OfThisRepository_NeverLoadBrNetfilter()
    {
        var files = Directory.GetFiles(RepositoryFiles.At("runbooks"), "*.yaml", SearchOption.AllDirectories);

        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.DoesNotMatch("(modprobe|insmod)[^\n]*br_netfilter", File.ReadAllText(file)));
    }

    [Theory]
    [Trait("Trap", "15")]
    [InlineData(100)]
    [InlineData(8000)]
    public void Diagnose_DisklessGuestThatBootsFromTheNetwork_IsAClientLikeAnother(int after)
    {
        var host = Diskless().Trace(ProbedHost.Lease(after));

        Assert.Equal(HopEnd.Passed, Assert.Single(GuestHops.Of(host.View())).End);
        Assert.Empty(host.Diagnose().Findings);
    }

    [Fact]
    [Trait("Trap", "15")]
    public void ClientSilent_EmulatedGuestHasNotAskedForEightSeconds_IsTooEarlyToTell()
    {
        Assert.True(DhcpClientSilent.Rule.Judge(Diskless().TraceFor(8000).View()).IsClear());
        Assert.True(ProbePlan.TraceFor > TimeSpan.FromSeconds(8), $"{ProbePlan.TraceFor}");
    }

    private static FakeHost Diskless() => ProbedHost.Plain().Section("e.dom", "xml",
        $"<domain type='qemu' id='1'><name>vm1</name><uuid>00000000-0000-4000-8000-000000000001</uuid><os><type>hvm</type><boot dev='network'/></os><devices><interface type='bridge'><mac address='{ProbedHost.Mac}'/><source bridge='br0'/><target dev='vnet0'/><model type='virtio'/></interface></devices></domain>\n");

    /// <summary>The forwarding table has the guest's address on that port.</summary>
    private static FakeHost At(string device, string state, string flags)
        => FakeHost.Healthy().Guest("vm1", "vnet0", "br0", mac: ProbedHost.Mac)
            .Section("e.fdb", "entries", $$"""[{"mac":"{{ProbedHost.Mac}}","ifname":"{{device}}","flags":[{{flags}}],"master":"br0","state":"{{state}}"}]""");

    private static FakeHost OwnSwitch(FakeHost host, int value)
        => host.Change("br0", link => link["linkinfo"]!["info_data"]!["nf_call_iptables"] = value); // a bridge always has both objects

    /// <summary>Bridged frames are filtered, by this listing of nftables.</summary>
    private static FakeHost Bare(string json, string text)
        => FakeHost.Healthy().Section("e.nft", "text", text).Section("e.nft", "json", json)
            .Section("e.sysctl", "values", "/proc/sys/net/bridge/bridge-nf-call-iptables:1\n/proc/sys/net/bridge/bridge-nf-call-arptables:1\n");

    /// <summary>No filter anywhere.</summary>
    private static FakeHost Quiet(FakeHost host)
    {
        foreach (var section in new[] { "e.nft", "e.ipt", "e.ebt", "e.sysctl", "e.ovs" })
        {
            host.Absent(section, "nothing of that kind is in use");
        }

        return host.Section("e.tc", "qdiscs", "[]");
    }

    private static GuestTrace Follow(FakeHost host, string guest = "vnet0") => Assert.Single(Assert.IsType<TraceAnswer.Followed>(GuestTracer.Trace(host.View(), guest)).Paths);
}
