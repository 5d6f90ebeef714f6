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

        // A card under another name, or one that a manager or the kernel took away, is missing in its bridge.
        (NicUplinkRenamed.Id, BridgeUplinkMissing.Id),
        (NicDriverFault.Id, BridgeUplinkMissing.Id),
        (NicWifiUplink.Id, BridgeUplinkMissing.Id),
        (HostManagerTookPort.Id, BridgeUplinkMissing.Id),
        (HostManagerTookPort.Id, BridgeVnetDetached.Id),
        (BridgeUplinkMissing.Id, BridgeMacChanged.Id),

        // Without light an optic raises its alarm; a hanging card or a bond that LACP keeps down has no carrier.
        (NicUplinkNoCarrier.Id, NicLinkErrors.Id),
        (NicDriverFault.Id, NicUplinkNoCarrier.Id),
        (NicBondLacpBroken.Id, NicUplinkNoCarrier.Id),

        // What cannot be made is not there, and guests that need it do not start.
        (KernelFeatureMissing.Id, BridgeMissing.Id),
        (KernelFeatureMissing.Id, LibvirtVmNotRunning.Id),
        (BridgeMissing.Id, LibvirtVmNotRunning.Id),
        (BridgeMissing.Id, BridgeVnetDetached.Id),
        (KernelFeatureMissing.Id, HostConfigDrift.Id),

        // A guest started on another network has its tap on that network's bridge.
        (LibvirtNetworkKind.Id, BridgeVnetWrongBridge.Id),

        // In a storm addresses seem to wander, and a second uplink that nobody configured is what made it.
        (BridgeLoopStorm.Id, AddrDuplicateMac.Id),
        (BridgeLoopStorm.Id, HostConfigDrift.Id),

        // These say themselves that the host runs otherwise than configured.
        (BridgeStpForwardDelay.Id, HostConfigDrift.Id),
        (BridgePortBlocked.Id, HostConfigDrift.Id),
        (BridgeUplinkHoldsIp.Id, HostConfigDrift.Id),
        (BridgeUplinkMissing.Id, HostConfigDrift.Id),
        (NicUplinkRenamed.Id, HostConfigDrift.Id),
    ];

    /// <summary>Whether the first fault is a known direct cause of the second.</summary>
    public static bool Explains(string cause, string consequence) => Edges.Contains((cause, consequence));
}
