using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// The bridge device is set down: its guests are cut off, also from each other.
/// Source: catalogue bridge.down; Linux Documentation/networking/bridge.rst.
/// </summary>
public static class BridgeDown
{
    /// <summary>Fault id.</summary>
    public const string Id = "bridge.down";

    private static FaultArticle Article { get; } = new()
    {
        What = "The bridge itself is set down, so its guests are cut off from the network and from each other.",
        DecidedBy = "The bridge lacks the flag UP; its ports then show state disabled.",
        ConfusedWith = ["nic.uplink-no-carrier", "bridge.port-blocked", "libvirt.vm-not-running"],
        RepairedBy = "ip link set BRIDGE up; routes and IPv6 addresses that were lost with it come back when its configuration is applied again. The configuration has to bring it up at boot.",
        Messages = ["entered disabled state"],
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = DiagnosisRule.OverTopology(Id, Article, (_, topology) => Verdict.Join(topology.Bridges.Select(Judge)));

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
