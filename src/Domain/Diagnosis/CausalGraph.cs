using System.Collections.Immutable;
using ChatOpsBot.Domain.Diagnosis.Faults;

namespace ChatOpsBot.Domain.Diagnosis;

/// <summary>Which fault brings about which other (catalogue, section 3.5). An edge explains a finding; it never removes one.</summary>
public static class CausalGraph
{
    private static readonly ImmutableHashSet<(string Cause, string Consequence)> Edges =
    [
        // A bridge that is down disables its ports, whatever they are set to.
        (BridgeDown.Id, BridgePortBlocked.Id),
        (BridgeDown.Id, BridgeStpForwardDelay.Id),

        // Adding a NIC to the bridge by hand leaves its address behind; what follows on that port is its consequence.
        (NicUplinkAdminDown.Id, BridgePortBlocked.Id),
        (NicUplinkNoCarrier.Id, BridgePortBlocked.Id),

        // A port that is not passing frames at all makes its flags irrelevant.
        (BridgeStpForwardDelay.Id, BridgePortFlags.Id),

        // The switch shuts its port: what is seen here is a link without carrier.
        (SwitchPortSecurity.Id, NicUplinkNoCarrier.Id),
        (SwitchBpduGuard.Id, NicUplinkNoCarrier.Id),
        (BridgeStpForwardDelay.Id, SwitchBpduGuard.Id),

        // Nothing that leaves a host by a dead link, or never leaves it, is answered.
        .. Lead("dhcp.no-answer",
            NicUplinkNoCarrier.Id, NicUplinkAdminDown.Id, "nic.driver-fault", "nic.bond-mode-unsupported", "nic.bond-lacp-broken", "nic.uplink-renamed", "nic.vf-spoofcheck", "nic.wifi-uplink", BridgeDown.Id, BridgeUplinkMissing.Id,
            BridgeStpForwardDelay.Id, SwitchEdgePortDelay.Id, NfForwardDropOnBridge.Id, NfBridgeFamilyDrop.Id, "nf.netdev-or-tc-drop", "nf.conntrack-full", "nf.rpfilter-on-bridge", "nf.host-dhcp-blocked",
            "vlan.not-on-trunk", "vlan.filtering-pvid", "vlan.subif-missing-or-wrong-id", "vlan.subif-steals-from-bridge", DhcpServerFaulty.Id, DhcpPoolExhausted.Id, "bridge.loop-storm"),
        .. Lead("switch.dhcp-snooping", DhcpNoAnswer.Id),

        // A port that is lost takes its address or the bridge's way out with it.
        ("nic.uplink-renamed", BridgeUplinkMissing.Id),
        (BridgeUplinkMissing.Id, "bridge.mac-changed"),
        ("host.manager-took-port", BridgeUplinkMissing.Id),
        ("host.manager-took-port", BridgeVnetDetached.Id),
        ("host.manager-took-port", BridgeUplinkHoldsIp.Id),
        ("host.config-drift", NicUplinkAdminDown.Id),
        ("host.config-drift", "bridge.missing"),
        ("host.config-drift", "vlan.subif-missing-or-wrong-id"),
        ("host.config-drift", "vlan.filtering-pvid"),
        ("kernel.feature-missing", "bridge.missing"),
        ("kernel.feature-missing", "vlan.subif-missing-or-wrong-id"),
        ("kernel.feature-missing", "libvirt.vm-not-running"),
        ("bridge.missing", "libvirt.vm-not-running"),
        ("vlan.subif-missing-or-wrong-id", "libvirt.vm-not-running"),
        ("vlan.subif-missing-or-wrong-id", BridgeUplinkMissing.Id),

        // A loop floods everything and makes addresses wander.
        ("bridge.loop-storm", "addr.duplicate-mac"),
        ("bridge.loop-storm", "nic.link-errors"),

        // Two guests with one hardware address or one client id are given one address.
        ("addr.duplicate-mac", AddrDuplicateIp.Id),
        ("addr.duplicate-mac", DhcpDuplicateClientId.Id),
        (DhcpDuplicateClientId.Id, AddrDuplicateIp.Id),
        (DhcpDuplicateClientId.Id, DhcpNakOrDeclineLoop.Id),

        // Who finds its address in use declines it, and what is declined is set aside until nothing is left.
        (AddrDuplicateIp.Id, DhcpNakOrDeclineLoop.Id),
        (AddrDuplicateIp.Id, DhcpPoolExhausted.Id),
        (DhcpNakOrDeclineLoop.Id, DhcpPoolExhausted.Id),

        // A foreign server gives foreign addresses and refuses those of the right one.
        (DhcpRogueServer.Id, AddrWrongSubnetOrGateway.Id),
        (DhcpRogueServer.Id, DhcpNakOrDeclineLoop.Id),
        (BridgeVnetWrongBridge.Id, AddrWrongSubnetOrGateway.Id),
        ("vlan.filtering-pvid", AddrWrongSubnetOrGateway.Id),
        (DhcpServerFaulty.Id, DhcpPoolExhausted.Id),

        // A guest that is moved or detached is not heard.
        (BridgeVnetDetached.Id, DhcpClientSilent.Id),
        ("guest.link-down", DhcpClientSilent.Id),
        ("bridge.tap-mac-is-guest-mac", OffloadDhcpChecksum.Id),
    ];

    /// <summary>Whether the first fault is a known direct cause of the second.</summary>
    public static bool Explains(string cause, string consequence) => Edges.Contains((cause, consequence));

    private static IEnumerable<(string Cause, string Consequence)> Lead(string consequence, params IEnumerable<string> causes) => causes.Select(cause => (cause, consequence));
}
