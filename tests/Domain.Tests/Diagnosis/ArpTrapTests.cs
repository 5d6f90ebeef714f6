using System.Text;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.FramePath;
using ChatOpsBot.Domain.Probes;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

/// <summary>The traps of <see cref="TrapTests"/> that are about ARP.</summary>
public class ArpTrapTests
{
    [Theory]
    [Trait("Trap", "11")]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Arp_WhateverTheExitCode_AllWhoAnsweredAreCounted(int exitCode)
    {
        var part = ProbeSections.Ran("br0", exitCode, Encoding.UTF8.GetBytes("cob-who 1\non br0\nasked 10.20.0.9\nreply 10.20.0.9 52:54:00:aa:bb:01\nreply 10.20.0.9 02:00:00:00:00:77\nend\n"));

        Assert.Equal(["52:54:00:aa:bb:01", "02:00:00:00:00:77"], Assert.Single(ArpOwners.Read("br0", part, Assert.Fail)).Macs);
        foreach (var program in new[] { ProbeProgram.Arp, ProbeProgram.Who })
        {
            Assert.DoesNotContain("arping", Encoding.UTF8.GetString(program.Text.Span), StringComparison.Ordinal);
        }
    }

    [Fact]
    [Trait("Trap", "12")]
    public void Arp_DroppedInFamilyArp_ConcernsNoBridgedFrame()
    {
        const string Text = "table arp filter { # handle 1\n\tchain INPUT { # handle 1\n\t\ttype filter hook input priority filter; policy drop;\n\t}\n\n\tchain OUTPUT { # handle 2\n\t\ttype filter hook output priority filter; policy drop;\n\t}\n}\n";
        const string Json = """
            {"nftables": [{"metainfo": {"version": "1.0.6", "json_schema_version": 1}}, {"table": {"family": "arp", "name": "filter", "handle": 1}},
             {"chain": {"family": "arp", "table": "filter", "name": "INPUT", "handle": 1, "type": "filter", "hook": "input", "prio": 0, "policy": "drop"}},
             {"chain": {"family": "arp", "table": "filter", "name": "OUTPUT", "handle": 2, "type": "filter", "hook": "output", "prio": 0, "policy": "drop"}}]}
            """;
        var view = Read(Bare(Json, Text)).View();

        Assert.Equal(FilterFamily.Arp, Assert.Single(view.Read(NftEvidence.Source).Known().Tables).Family);
        Assert.IsType<FrameFate.Passes>(FateOfArp(view));
        foreach (var rule in new[] { NfForwardDropOnBridge.Rule, NfBridgeFamilyDrop.Rule, NfNetdevOrTcDrop.Rule, NfHostDhcpBlocked.Rule })
        {
            var verdict = rule.Judge(view);
            Assert.Empty(verdict.Findings);
            Assert.Empty(verdict.Undecided);
        }
    }

    [Fact]
    [Trait("Trap", "12")]
    public void Arp_DroppedInFamilyBridge_EndsThere()
    {
        const string Text = "table bridge t { # handle 1\n\tchain frames { # handle 1\n\t\ttype filter hook forward priority 0; policy accept;\n\t\tether type arp drop # handle 2\n\t}\n}\n";
        const string Json = """
            {"nftables": [{"metainfo": {"version": "1.0.6", "json_schema_version": 1}}, {"table": {"family": "bridge", "name": "t", "handle": 1}},
             {"chain": {"family": "bridge", "table": "t", "name": "frames", "handle": 1, "type": "filter", "hook": "forward", "prio": 0, "policy": "accept"}},
             {"rule": {"family": "bridge", "table": "t", "chain": "frames", "handle": 2, "expr": [{"match": {"op": "==", "left": {"payload": {"protocol": "ether", "field": "type"}}, "right": "arp"}}, {"drop": null}]}}]}
            """;

        Assert.Equal("bridge t frames", Assert.IsType<FrameFate.Dropped>(FateOfArp(Read(Bare(Json, Text)).View())).By.Place);
    }

    /// <summary>Bridged frames are filtered, by this listing of nftables.</summary>
    private static FakeHost Bare(string json, string text)
        => FakeHost.Healthy().Section("e.nft", "text", text).Section("e.nft", "json", json)
            .Section("e.sysctl", "values", "/proc/sys/net/bridge/bridge-nf-call-iptables:1\n/proc/sys/net/bridge/bridge-nf-call-arptables:1\n");

    private static FakeHost Read(FakeHost host)
        => host.Absent("e.ipt", "no legacy iptables tables are in use").Absent("e.ebt", "no table of ebtables is in use").Section("e.tc", "qdiscs", "[]");

    private static FrameFate FateOfArp(HostView view)
        => FramePathEvaluator.Walk(Firewall.Read(view).Tables, FrameLending.On, BridgedFrame.ArpRequest("br0", "vnet0", "eno2", ProbedHost.Mac, null, null)).Fate;
}
