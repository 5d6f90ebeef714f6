using System.Collections.Immutable;
using ChatOpsBot.Domain.Diagnosis;

namespace ChatOpsBot.Benchmarks.Accuracy;

/// <summary>All questions: every fault and every odd but healthy condition of the lab on hosts of several shapes, and pairs of faults.</summary>
internal static class Cases
{
    private static readonly BenchHost s_plain = new("host42", "plain", "vm1", []);
    private static readonly BenchHost s_wide = new("host43", "wide", "vm2", ["--bridges", "2", "--guests", "3"]);
    private static readonly BenchHost s_overBridge = new("host44", "over-bridge", "vm1", ["--mgmt-on-bridge"]);
    private static readonly BenchHost s_ifupdown = new("host45", "ifupdown", "vm1", ["--ifupdown"]);
    private static readonly BenchHost s_libvirt = new("host46", "libvirt", "vm1", ["--libvirt"]);
    private static readonly BenchHost s_ovs = new("host47", "ovs", "vm1", ["--ovs"]);

    // The first is nearer the wire. Each fault stands for a layer: NIC, bridge, port, filter, server.
    private static readonly ImmutableArray<(string, string)> s_pairs =
    [
        ("bridge.uplink-missing", "nf.forward-drop-on-bridge"),
        ("bridge.uplink-missing", "nf.forward-drop-on-bridge.legacy"),
        ("bridge.uplink-missing", "nf.bridge-family-drop"),
        ("bridge.uplink-missing", "nf.netdev-or-tc-drop"),
        ("bridge.uplink-missing", "bridge.vnet-detached"),
        ("bridge.uplink-missing", "bridge.tap-mac-is-guest-mac"),
        ("nic.uplink-admin-down", "nf.bridge-family-drop"),
        ("nic.uplink-admin-down", "nf.forward-drop-on-bridge.nft-inet"),
        ("nic.uplink-admin-down", "bridge.vnet-detached"),
        ("nic.uplink-admin-down", "bridge.port-blocked"),
        ("nic.uplink-no-carrier", "nf.forward-drop-on-bridge.rule"),
        ("nic.uplink-no-carrier", "nf.bridge-family-drop.ebtables"),
        ("nic.uplink-no-carrier", "bridge.vnet-wrong-bridge"),
        ("bridge.uplink-holds-ip", "bridge.port-flags.locked"),
        ("bridge.uplink-holds-ip", "nf.bridge-family-drop.policy"),
        ("bridge.vnet-detached", "nf.forward-drop-on-bridge"),
        ("bridge.port-blocked.uplink", "nf.forward-drop-on-bridge"),
        ("bridge.port-blocked", "nf.bridge-family-drop"),
        ("bridge.port-flags.bcast-flood", "nf.forward-drop-on-bridge.rule"),
        ("bridge.port-flags.no-learning", "nf.bridge-family-drop"),
        ("bridge.tap-mac-is-guest-mac", "nf.netdev-or-tc-drop"),
        ("bridge.port-flags", "nf.netdev-or-tc-drop"),
        ("bridge.vnet-wrong-bridge", "nf.bridge-family-drop"),
        ("bridge.vnet-detached", "nf.netdev-or-tc-drop.uplink"),

        // Certain from one read, but no explanation: the other still needs its probes.
        ("host.config-drift", "switch.port-security"),
        ("host.config-drift.address", "dhcp.client-silent.boot"),
    ];

    // Of one guest among several, and of the bridge that all of them share.
    private static readonly ImmutableArray<(string, string)> s_pairsOfMany =
    [
        ("bridge.uplink-missing", "nf.forward-drop-on-bridge"),
        ("nic.uplink-admin-down", "bridge.vnet-detached"),
        ("bridge.port-flags", "nf.bridge-family-drop"),
        ("bridge.tap-mac-is-guest-mac", "nf.netdev-or-tc-drop.uplink"),
        ("bridge.port-blocked", "nf.netdev-or-tc-drop"),
    ];

    /// <summary>Hosts to add before the first case.</summary>
    public static ImmutableArray<BenchHost> Hosts { get; } = [s_plain, s_wide, s_overBridge, s_ifupdown, s_libvirt, s_ovs];

    /// <summary>The cases, those of one host together.</summary>
    public static IEnumerable<Case> All()
    {
        var faults = Lab.Names("faults").Where(fault => ExpectedOf(fault) is not null).ToArray();
        foreach (var host in Hosts)
        {
            yield return new(CaseKind.Healthy, host, [], null);
            foreach (var condition in host == s_plain || host == s_wide ? Lab.Names("conditions") : [])
            {
                yield return new(CaseKind.Healthy, host, [], condition);
            }

            foreach (var fault in faults.Where(fault => IsFor(fault, host)))
            {
                yield return new(CaseKind.Single, host, [fault], null);
            }

            foreach (var (first, second) in host == s_plain ? s_pairs : host == s_wide ? s_pairsOfMany : [])
            {
                yield return new(CaseKind.Double, host, [first, second], null);
            }
        }
    }

    /// <summary>
    /// What needs libvirt or Open vSwitch goes to the host that has it; the rest to the plain host and, but for what takes probes and so ten seconds for each question, to the wide one.
    /// </summary>
    private static bool IsFor(string fault, BenchHost host)
        => Lab.NeedsOf(fault) switch
        {
            "libvirt" => host == s_libvirt,
            "ovs" => host == s_ovs,
            _ => host == s_plain || (host == s_wide && !Case.IsProbed(fault)),
        };

    /// <summary>The fault ids that are a right answer to a fault of the lab; <see langword="null"/> when the bot does not know it.</summary>
    public static ImmutableArray<string>? ExpectedOf(string fault)
        => Catalogue.All.Select(rule => rule.Id).FirstOrDefault(id => fault == id || fault.StartsWith(id + ".", StringComparison.Ordinal)) switch
        {
            null => null,

            // The same evidence; which of them it is depends on whether the host is itself a virtual machine, and so on where the benchmark runs.
            "switch.port-security" => ["switch.port-security", "platform.outer-filter"],
            var id => NamedBeside(fault) is null ? [id] : [id, "dhcp.no-answer"],
        };

    /// <summary>A fault that by the catalogue only an experiment proves: the right answer is "cannot tell" with it as the suspect.</summary>
    public static bool IsSuspectAtMost(string fault) => fault == "bridge.multicast-snooping";

    /// <summary>
    /// The cause of a fault of the lab that lies outside the host and behind which, by the catalogue, no probe looks: without the server's log it is to be named beside dhcp.no-answer.
    /// </summary>
    public static string? NamedBeside(string fault) => fault is "dhcp.pool-exhausted" or "switch.dhcp-snooping" ? fault : null;
}
