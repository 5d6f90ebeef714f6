using System.Collections.Immutable;
using ChatOpsBot.Domain.Diagnosis.Faults;

namespace ChatOpsBot.Domain.Diagnosis;

/// <summary>Every fault the bot knows, from the wire upward. Adding a fault is one file, its test and one line here.</summary>
public static class Catalogue
{
    /// <summary>The rules in the order in which their repairs make sense.</summary>
    public static ImmutableArray<DiagnosisRule> All { get; } =
    [
        KernelFeatureMissing.Rule,
        NicDriverFault.Rule,
        NicUplinkRenamed.Rule,
        NicWifiUplink.Rule,
        PlatformOuterFilter.Rule,
        SwitchPortSecurity.Rule,
        SwitchBpduGuard.Rule,
        SwitchEdgePortDelay.Rule,
        NicUplinkAdminDown.Rule,
        NicUplinkNoCarrier.Rule,
        NicLinkErrors.Rule,
        NicBondModeUnsupported.Rule,
        NicBondLacpBroken.Rule,
        NicVfSpoofcheck.Rule,
        BridgeMissing.Rule,
        BridgeDown.Rule,
        HostManagerTookPort.Rule,
        BridgeUplinkMissing.Rule,
        BridgeLoopStorm.Rule,
        BridgeMacChanged.Rule,
        BridgeUplinkHoldsIp.Rule,
        LibvirtVmNotRunning.Rule,
        LibvirtNetworkKind.Rule,
        GuestLinkDown.Rule,
        BridgeVnetDetached.Rule,
        BridgeVnetWrongBridge.Rule,
        BridgeStpForwardDelay.Rule,
        BridgePortBlocked.Rule,
        BridgePortFlags.Rule,
        BridgeTapMacIsGuestMac.Rule,
        AddrDuplicateMac.Rule,
        OvsPortOrFlows.Rule,
        VlanSubifMissingOrWrongId.Rule,
        VlanSubifStealsFromBridge.Rule,
        VlanFilteringPvid.Rule,
        VlanNotOnTrunk.Rule,
        NfNetdevOrTcDrop.Rule,
        NfNwfilterDrop.Rule,
        NfBridgeFamilyDrop.Rule,
        NfConntrackFull.Rule,
        NfRpfilterOnBridge.Rule,
        NfForwardDropOnBridge.Rule,
        NfHostDhcpBlocked.Rule,
        MtuPathMismatch.Rule,
        OffloadDhcpChecksum.Rule,
        DhcpRogueServer.Rule,
        DhcpServerFaulty.Rule,
        DhcpNoAnswer.Rule,
        DhcpPoolExhausted.Rule,
        SwitchDhcpSnooping.Rule,
        DhcpNakOrDeclineLoop.Rule,
        DhcpDuplicateClientId.Rule,
        DhcpClientSilent.Rule,
        AddrDuplicateIp.Rule,
        AddrWrongSubnetOrGateway.Rule,
        AddrStaleArpAfterMove.Rule,
        BridgeMacvtapIsolation.Rule,
        BridgeMulticastSnooping.Rule,
        KernelTableLimit.Rule,
        HostConfigDrift.Rule,
    ];

    private static readonly ImmutableDictionary<string, int> Layers = All.Select((rule, index) => (rule.Id, index)).ToImmutableDictionary(pair => pair.Id, pair => pair.index);

    /// <summary>Position of a fault from the wire upward; lower is nearer to the wire.</summary>
    public static int LayerOf(string id) => Layers.GetValueOrDefault(id, int.MaxValue);
}
