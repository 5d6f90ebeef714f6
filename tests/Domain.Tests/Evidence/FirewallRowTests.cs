using System.Text;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.FramePath;
using ChatOpsBot.Domain.Tests.FramePath;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Evidence;

public class FirewallRowTests
{
    /// <summary>What the kernel has, in the words of tools that leave nothing behind.</summary>
    private static readonly EvidenceSource<string> State = new(
        "x.state", Privilege.Root, "part nft nft list ruleset\npart names cat /proc/net/ip_tables_names /proc/net/ip6_tables_names\npart modules ls /sys/module",
        section => new FactReading<string>.Known(string.Concat(section.Parts.Select(part => part.Text))));

    [Fact]
    [Trait("Needs", "root")]
    public void Scripts_HostThatNeverUsedAFirewall_ReadNothingAndLeaveNothing()
    {
        SkipWithoutTools();

        var read = Collected.RunOnHost("", new("before", State, ""), new("nft", NftEvidence.Source, ""), new("ipt", IptablesEvidence.Source, ""), new("ebt", EbtablesEvidence.Source, ""), new("after", State, ""));

        Assert.Empty(Collected.Known(NftEvidence.Source.Read(read["nft"])).Tables);
        var ipt = Collected.Known(IptablesEvidence.Source.Read(read["ipt"]));
        Assert.Empty(ipt.Nft4.Concat(ipt.Nft6).Concat(ipt.Legacy4).Concat(ipt.Legacy6));
        Assert.Empty(ipt.Unread);
        Assert.Empty(Collected.Known(EbtablesEvidence.Source.Read(read["ebt"])).Nft.SelectMany(table => table.Chains.Values).SelectMany(chain => chain.Rules));
        Assert.Equal(Collected.Known(State.Read(read["before"])), Collected.Known(State.Read(read["after"])));
    }

    [Fact]
    [Trait("Needs", "root")]
    public void Scripts_BothVariantsInUse_ReadBothAndChangeNothing()
    {
        SkipWithoutTools();

        var read = Collected.RunOnHost(
            """
            iptables-nft -A FORWARD -m physdev --physdev-is-bridged -j ACCEPT
            iptables-legacy -P FORWARD DROP
            ip6tables-legacy -t mangle -A FORWARD -j MARK --set-mark 1
            ebtables-nft -A FORWARD -p IPv4 --ip-proto udp --ip-dport 67 -j DROP
            nft 'table inet off { flags dormant; chain c { type filter hook forward priority 0; drop; }; }'
            """,
            new("before", State, ""), new("nft", NftEvidence.Source, ""), new("ipt", IptablesEvidence.Source, ""), new("ebt", EbtablesEvidence.Source, ""), new("after", State, ""));

        var tables = Collected.Known(NftEvidence.Source.Read(read["nft"])).Tables;
        Assert.Contains(tables, table => table is { Family: FilterFamily.Ip, Name: "filter" } && table.Chains["FORWARD"].Rules[0].NeedsSaveFormat);
        Assert.Contains(tables, table => table is { Family: FilterFamily.Bridge, Name: "filter" });
        Assert.DoesNotContain(tables, table => table is { Name: "off", IsDormant: false });
        var ipt = Collected.Known(IptablesEvidence.Source.Read(read["ipt"]));
        Assert.Equal("DROP", Assert.Single(ipt.Legacy4).Chains["FORWARD"].Policy);
        Assert.Equal("mangle", Assert.Single(ipt.Legacy6).Name);
        Assert.Single(ipt.Nft4, table => table.Name == "filter");
        Assert.Single(Collected.Known(EbtablesEvidence.Source.Read(read["ebt"])).Nft.Single(table => table.Name == "filter").Chains["FORWARD"].Rules);
        Assert.Equal(Collected.Known(State.Read(read["before"])), Collected.Known(State.Read(read["after"])));
    }

    [Fact]
    public void Nft_FlagsOfADormantTableGarbled_AreTakenFromTheText()
    {
        var section = FirewallFiles.Sections(FirewallFiles.Case("dormant"))["e.nft"];

        Assert.Equal([("off", true), ("on", false)], Collected.Known(NftEvidence.Source.Read(section)).Tables.Select(table => (table.Name, table.IsDormant)));
    }

    [Fact]
    public void Nft_JsonEndsInTheMiddle_IsReadTableByTable()
    {
        var text = FirewallFiles.Sections(FirewallFiles.Case("dormant"))["e.nft"].Part("text")!; // The case has it.
        const string On = """{"nftables": [{"table": {"family": "bridge", "name": "on", "handle": 2}}]}""";
        const string Half = """{"nftables": [{"metainfo": {"version": "1.0.6"}}, {"table": {"family": "bridge", "name": "off", "flags": """;

        var whole = Collected.Section("e.nft", text, Collected.Part("json", Half), Collected.Part("json bridge off", Half), Collected.Part("json bridge on", On));
        var broken = Collected.Section("e.nft", text, Collected.Part("json", Half), Collected.Part("json bridge off", Half), Collected.Part("json bridge on", Half));

        Assert.Equal("on", Assert.Single(Collected.Known(NftEvidence.Source.Read(whole)).Tables).Name);
        Assert.StartsWith("table bridge on could not be listed", Collected.Missing(NftEvidence.Source.Read(broken)), StringComparison.Ordinal);
    }

    [Fact]
    public void Nft_RuleTextWithAHandleInItsComment_KeepsBoth()
    {
        var chain = Chain(
            """{"family": "ip", "table": "t", "name": "c"}""",
            "table ip t { # handle 1\n\tchain c { # handle 1\n\t\tip saddr { 10.0.0.1,\n\t\t\t   10.0.0.2 } drop comment \"see # handle 99\" # handle 87\n\t}\n}\n",
            """, {"rule": {"family": "ip", "table": "t", "chain": "c", "handle": 87, "expr": [{"drop": null}]}}""");

        Assert.Equal("ip saddr { 10.0.0.1, 10.0.0.2 } drop comment \"see # handle 99\"", Assert.Single(chain.Rules).Text);
    }

    [Fact]
    public void Nft_DevicesOfAnIngressChain_AreTakenFromTheText()
    {
        var chain = Chain(
            """{"family": "netdev", "table": "t", "name": "c", "type": "filter", "hook": "ingress", "prio": 0, "policy": "accept"}""",
            "table netdev t { # handle 1\n\tchain c { # handle 1\n\t\ttype filter hook ingress devices = { \"eth0\", vnet0 } priority 0; policy accept;\n\t}\n}\n");

        Assert.Equal(["eth0", "vnet0"], chain.Devices);
    }

    [Fact]
    public void Iptables_LegacyInUseButToolMissing_SaysSo()
    {
        var section = Collected.Section("e.ipt", Collected.Part("nft4", ""), Collected.Part("legacy4", "", "iptables-legacy-save is not installed", 127, PartEnd.NotInstalled));

        Assert.Equal("legacy iptables tables are in use but were not read: iptables-legacy-save is not installed", Assert.Single(Collected.Known(IptablesEvidence.Source.Read(section)).Unread));
    }

    [Fact]
    public void Ebtables_LegacyListing_IsReadWithPoliciesAndCounters()
    {
        const string Listing = """
            Bridge table: filter

            Bridge chain: INPUT, entries: 0, policy: ACCEPT

            Bridge chain: FORWARD, entries: 1, policy: DROP
            -p IPv4 --ip-proto udp --ip-dport 67 -j DROP , pcnt = 4 -- bcnt = 1312

            Bridge chain: OUTPUT, entries: 0, policy: ACCEPT
            """;

        var facts = Collected.Known(EbtablesEvidence.Source.Read(Collected.Section("e.ebt", Collected.Part("legacy-filter", Listing))));

        var chain = Assert.Single(facts.Legacy).Chains["FORWARD"];
        Assert.Equal(("DROP", 4), (chain.Policy, Assert.Single(chain.Rules).Packets));
        var host = FakeHost.Healthy().Absent("e.nft", "no nf_tables").Section("e.ebt", "legacy-filter", Listing);
        var finding = Assert.Single(NfBridgeFamilyDrop.Rule.Judge(host.View()).Findings);
        Assert.Equal(("nf/delete-ebtables-rule", Certainty.Certain), (finding.Repair, finding.Certainty));
    }

    [Theory]
    [InlineData("docker")]
    [InlineData("firewalld")]
    [InlineData("bridge-maps")]
    [InlineData("nwfilter")]
    [InlineData("forward-policy-legacy")]
    public void Rules_OutputCutOrGarbledAnywhere_NeverThrow(string fixture)
    {
        var sections = FirewallFiles.Sections(FirewallFiles.Case(fixture));
        var random = new Random(7);
        for (var i = 0; i < 300; i++)
        {
            var host = FakeHost.Healthy();
            foreach (var (id, section) in sections)
            {
                foreach (var part in section.Parts)
                {
                    host.Part(id, part with { Stdout = Garble(part.Stdout.ToArray(), random) });
                }
            }

            var view = host.View();
            Assert.NotNull(NfForwardDropOnBridge.Rule.Judge(view));
            Assert.NotNull(NfBridgeFamilyDrop.Rule.Judge(view));
        }
    }

    private static FilterChain Chain(string chain, string text, string more = "")
        => Collected.Known(NftEvidence.Source.Read(Collected.Section("e.nft", Collected.Part("text", text), Collected.Part("json", $$"""{"nftables": [{"chain": {{chain}}}{{more}}]}"""))))
            .Tables.Single().Chains["c"];

    /// <summary>Cuts the end off, swaps values of JSON for others, or puts bytes in that no tool prints.</summary>
    private static byte[] Garble(byte[] output, Random random)
    {
        switch (random.Next(4))
        {
            case 0:
                return output[..random.Next(output.Length + 1)];
            case 1 when output.Length > 0:
                output[random.Next(output.Length)] = (byte)random.Next(256);
                return output;
            case 2:
                string[] values = ["null", "[]", "{}", "-1", "1e400", "\"@x\"", "[[[]]]", "{\"set\": 5}", "\"\\u0000\"", "18446744073709551616"];
                var words = Encoding.UTF8.GetString(output).Split(' ');
                words[random.Next(words.Length)] = values[random.Next(values.Length)];
                return Encoding.UTF8.GetBytes(string.Join(' ', words));
            default:
                return output;
        }
    }

    private static void SkipWithoutTools()
    {
        if (KernelLab.Obstacle() is { } obstacle)
        {
            Assert.Skip(obstacle);
        }
    }
}
