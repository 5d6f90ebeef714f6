using Xunit;

namespace ChatOpsBot.Acceptance.Tests.Lab;

/// <summary>The part of <see cref="RepairMatrix"/> with faults of packet filters, frame sizes and Open vSwitch.</summary>
[Trait("Needs", "root")]
public class FilterRepairTests(LabFixture lab)
{
    /// <summary>Fault, what the repair may leave other than it was before the fault, and what comes before the fault.</summary>
    public static TheoryData<string, string, string> Faults => new()
    {
        { "nf.bridge-family-drop", "", "" },
        { "nf.bridge-family-drop.policy", "type filter hook forward priority filter; policy accept;", "" },
        { "nf.bridge-family-drop.ebtables", "", "" },
        { "nf.bridge-family-drop.ebtables-policy", "type filter hook forward priority filter; policy accept;", "" },
        { "nf.forward-drop-on-bridge", "", "" },
        { "nf.forward-drop-on-bridge.rule", "", "" },
        { "nf.forward-drop-on-bridge.nft-inet", "", "" },
        { "nf.forward-drop-on-bridge.legacy", "", "" },
        { "nf.netdev-or-tc-drop", "", "" },
        { "nf.netdev-or-tc-drop.uplink", "", "" },
        { "nf.rpfilter-on-bridge", "", "" },
        { "nf.host-dhcp-blocked", "iifname \"br0\" udp dport 67 counter", "" },
        { "mtu.path-mismatch", "", "" },
        { "ovs.port-or-flows", "", "" },
        { "nf.forward-drop-on-bridge", "iifname \"br0\" oifname \"br0\" counter accept", "iptables -N DOCKER-USER && iptables -A DOCKER-USER -j RETURN && iptables -I FORWARD -j DOCKER-USER" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Repair_FaultInjected_CuresItAloneAndCanBeTakenBackExactly(string fault, string leaves, string before)
        => await RepairMatrix.GoThroughAsync(await lab.NeedHostOfAsync(fault, "host56", "host57", "host50"), fault, leaves, before);
}
