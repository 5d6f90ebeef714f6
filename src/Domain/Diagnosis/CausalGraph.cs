using System.Collections.Immutable;
using ChatOpsBot.Domain.Diagnosis.Faults;

namespace ChatOpsBot.Domain.Diagnosis;

/// <summary>Which fault brings about which other (catalogue, section 3.5). An edge explains a finding; it never removes one.</summary>
public static class CausalGraph
{
    private static readonly ImmutableHashSet<(string Cause, string Consequence)> Edges =
    [
        // A bridge that is down disables its ports, whatever they are set to; a port that passes nothing makes its flags irrelevant.
        (BridgeDown.Id, BridgePortBlocked.Id),
        (BridgeDown.Id, BridgeStpForwardDelay.Id),
        (NicUplinkAdminDown.Id, BridgePortBlocked.Id),
        (NicUplinkNoCarrier.Id, BridgePortBlocked.Id),
        (BridgeStpForwardDelay.Id, BridgePortFlags.Id),

        // The switch shuts its port, a card hangs or LACP keeps a bond down: what is seen here is a link without carrier. Without light an optic raises its alarm.
        (SwitchPortSecurity.Id, NicUplinkNoCarrier.Id),
        (SwitchBpduGuard.Id, NicUplinkNoCarrier.Id),
        (BridgeStpForwardDelay.Id, SwitchBpduGuard.Id),
        (NicDriverFault.Id, NicUplinkNoCarrier.Id),
        (NicBondLacpBroken.Id, NicUplinkNoCarrier.Id),
        (NicUplinkNoCarrier.Id, NicLinkErrors.Id),

        // A card under another name, or one that a manager or the kernel took away, is missing in its bridge, and takes the bridge's address with it.
        (NicUplinkRenamed.Id, BridgeUplinkMissing.Id),
        (NicDriverFault.Id, BridgeUplinkMissing.Id),
        (NicWifiUplink.Id, BridgeUplinkMissing.Id),
        (VlanSubifMissingOrWrongId.Id, BridgeUplinkMissing.Id),
        (HostManagerTookPort.Id, BridgeUplinkMissing.Id),
        (HostManagerTookPort.Id, BridgeVnetDetached.Id),
        (HostManagerTookPort.Id, BridgeUplinkHoldsIp.Id),
        (BridgeUplinkMissing.Id, BridgeMacChanged.Id),

        // What cannot be made is not there, and guests that need it do not start.
        (KernelFeatureMissing.Id, BridgeMissing.Id),
        (KernelFeatureMissing.Id, VlanSubifMissingOrWrongId.Id),
        (KernelFeatureMissing.Id, LibvirtVmNotRunning.Id),
        (KernelFeatureMissing.Id, HostConfigDrift.Id),
        (BridgeMissing.Id, LibvirtVmNotRunning.Id),
        (BridgeMissing.Id, BridgeVnetDetached.Id),
        (VlanSubifMissingOrWrongId.Id, LibvirtVmNotRunning.Id),

        // A configuration that was never right shows at the next boot.
        (HostConfigDrift.Id, BridgeMissing.Id),
        (HostConfigDrift.Id, VlanSubifMissingOrWrongId.Id),
        (HostConfigDrift.Id, VlanFilteringPvid.Id),

        // These say themselves that the host runs otherwise than configured.
        (BridgeStpForwardDelay.Id, HostConfigDrift.Id),
        (BridgePortBlocked.Id, HostConfigDrift.Id),
        (BridgeUplinkHoldsIp.Id, HostConfigDrift.Id),
        (BridgeUplinkMissing.Id, HostConfigDrift.Id),
        (NicUplinkRenamed.Id, HostConfigDrift.Id),
        (BridgeLoopStorm.Id, HostConfigDrift.Id),

        // A loop floods everything and makes addresses wander.
        (BridgeLoopStorm.Id, AddrDuplicateMac.Id),
        (BridgeLoopStorm.Id, NicLinkErrors.Id),

        // Nothing that never leaves the host, or leaves it by a dead link, is answered; without the server's log snooping looks the same.
        .. Lead(DhcpNoAnswer.Id,
            NicUplinkNoCarrier.Id, NicUplinkAdminDown.Id, NicDriverFault.Id, NicBondModeUnsupported.Id, NicBondLacpBroken.Id, NicUplinkRenamed.Id, NicVfSpoofcheck.Id, NicWifiUplink.Id,
            BridgeDown.Id, BridgeUplinkMissing.Id, BridgeStpForwardDelay.Id, BridgeLoopStorm.Id, SwitchEdgePortDelay.Id,
            NfForwardDropOnBridge.Id, NfBridgeFamilyDrop.Id, NfNetdevOrTcDrop.Id, NfConntrackFull.Id, NfRpfilterOnBridge.Id, NfHostDhcpBlocked.Id,
            VlanNotOnTrunk.Id, VlanFilteringPvid.Id, VlanSubifMissingOrWrongId.Id, VlanSubifStealsFromBridge.Id, DhcpServerFaulty.Id, DhcpPoolExhausted.Id),
        (DhcpNoAnswer.Id, SwitchDhcpSnooping.Id),

        // Two guests with one hardware address or one client id are given one address.
        (AddrDuplicateMac.Id, AddrDuplicateIp.Id),
        (AddrDuplicateMac.Id, DhcpDuplicateClientId.Id),
        (DhcpDuplicateClientId.Id, AddrDuplicateIp.Id),
        (DhcpDuplicateClientId.Id, DhcpNakOrDeclineLoop.Id),

        // Who finds its address in use declines it, and what is declined is set aside until nothing is left.
        (AddrDuplicateIp.Id, DhcpNakOrDeclineLoop.Id),
        (AddrDuplicateIp.Id, DhcpPoolExhausted.Id),
        (DhcpNakOrDeclineLoop.Id, DhcpPoolExhausted.Id),
        (DhcpServerFaulty.Id, DhcpPoolExhausted.Id),

        // A foreign server, bridge or VLAN gives foreign addresses and refuses those of the right one.
        (DhcpRogueServer.Id, AddrWrongSubnetOrGateway.Id),
        (DhcpRogueServer.Id, DhcpNakOrDeclineLoop.Id),
        (BridgeVnetWrongBridge.Id, AddrWrongSubnetOrGateway.Id),
        (VlanFilteringPvid.Id, AddrWrongSubnetOrGateway.Id),
        (LibvirtNetworkKind.Id, BridgeVnetWrongBridge.Id),

        // A guest that is moved, detached or unplugged is not heard.
        (BridgeVnetDetached.Id, DhcpClientSilent.Id),
        (GuestLinkDown.Id, DhcpClientSilent.Id),
        (BridgeTapMacIsGuestMac.Id, OffloadDhcpChecksum.Id),
    ];

    /// <summary>Whether the first fault is a known direct cause of the second.</summary>
    public static bool Explains(string cause, string consequence) => Edges.Contains((cause, consequence));

    private static IEnumerable<(string Cause, string Consequence)> Lead(string consequence, params IEnumerable<string> causes) => causes.Select(cause => (cause, consequence));
}
