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

        // A bridge whose way out is a VLAN device has none while that device is missing.
        (VlanSubifMissingOrWrongId.Id, BridgeUplinkMissing.Id),
    ];

    /// <summary>Whether the first fault is a known direct cause of the second.</summary>
    public static bool Explains(string cause, string consequence) => Edges.Contains((cause, consequence));
}
