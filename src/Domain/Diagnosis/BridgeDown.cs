using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis;

/// <summary>
/// The bridge device is set down: its guests are cut off, also from each other.
/// Source: catalogue bridge.down; Linux Documentation/networking/bridge.rst.
/// </summary>
public static class BridgeDown
{
    /// <summary>Fault id.</summary>
    public const string Id = "bridge.down";

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = DiagnosisRule.OverTopology(Id, (_, topology) => Verdict.Join(topology.Bridges.Select(Judge)));

    private static Verdict Judge(GuestBridge bridge)
    {
        if (bridge.Link.IsUp)
        {
            return bridge.Link.Flags.Contains("NO-CARRIER")
                ? Verdict.Ruled(Id, $"{bridge.Name} is up; it has no carrier because none of its ports has")
                : Verdict.Clear;
        }

        return Verdict.From(
        [
            new()
            {
                Id = Id,
                Subject = bridge.Name,
                Bridge = bridge.Name,
                Scope = Scope.Bridge,
                Certainty = Certainty.Certain,
                Summary = $"{bridge.Name} is set down, so none of its {bridge.Ports.Length} ports passes a frame",
                Because =
                [
                    new("e.link", $"{bridge.Name}: flags without UP"),
                    .. bridge.Ports.Where(port => port.Flags.Contains("M-DOWN")).Take(3).Select(port => new EvidenceLine("e.link", $"{port.Name}: flag M-DOWN")),
                ],
                Repair = "bridge/raise-bridge",
                Risk = Risk.D0,
                Touches = [bridge.Name],
            },
        ]);
    }
}
