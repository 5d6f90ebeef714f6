using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// The uplink is up but has no carrier: cable, optic or switch port. The bridge itself stays up as long as one tap is, so it is not asked.
/// Source: catalogue nic.uplink-no-carrier; Linux Documentation/networking/operstates.rst.
/// </summary>
public static class NicUplinkNoCarrier
{
    /// <summary>Fault id.</summary>
    public const string Id = "nic.uplink-no-carrier";

    private static FaultArticle Article { get; } = new()
    {
        What = "The uplink is up but hears nothing from the far end: cable, optic or switch port.",
        DecidedBy = "The uplink has the flags UP and NO-CARRIER and its port is disabled; the bridge itself stays up as long as one tap is.",
        ConfusedWith = ["nic.uplink-admin-down", "nic.bond-lacp-broken", "switch.bpdu-guard"],
        RepairedBy = "No command mends it: cable, optic and switch port have to be looked at; LLDP names the port that was heard last.",
        Messages = ["Link is Down", "link down"],
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = DiagnosisRule.OverTopology(Id, Article, (view, topology) => Verdict.Join(topology.Bridges.Select(bridge => Judge(view, topology, bridge))));

    private static Verdict Judge(HostView view, HostTopology topology, GuestBridge bridge)
    {
        var verdicts = bridge.Uplinks.Select(uplink => Judge(view, topology, bridge, uplink));
        var live = bridge.Uplinks.FirstOrDefault(uplink => uplink.HasCarrier);
        return live is null
            ? Verdict.Join(verdicts)
            : Verdict.Ruled(Id, $"{live.Name} has LOWER_UP");
    }

    private static Verdict Judge(HostView view, HostTopology topology, GuestBridge bridge, Link uplink)
    {
        var below = NicUplinkAdminDown.LowerDevices(topology, uplink).ToArray();
        if (!uplink.Flags.Contains("NO-CARRIER") || below.Any(device => !device.IsUp))
        {
            return Verdict.Clear;
        }

        // Below a VLAN device or a bond the real socket is the thing to look at.
        var device = below.LastOrDefault(candidate => candidate.Flags.Contains("NO-CARRIER")) ?? uplink;

        // A switch that guards against our spanning tree takes the carrier away: then that is what happened, and this what it looks like.
        var isGuarded = SwitchBpduGuard.Rule.Judge(view).Findings.Any(guard => guard.Subject == uplink.Name);
        return new(
            [
                new()
                {
                    Id = Id,
                    Subject = device.Name,
                    Bridge = bridge.Name,
                    Scope = Scope.Bridge,
                    Certainty = isGuarded ? Certainty.Likely : Certainty.Certain,
                    Summary = $"{device.Name}, the uplink of {bridge.Name}, has no carrier: cable, optic or switch port",
                    Because =
                    [
                        new("e.link", $"{device.Name}: flags UP NO-CARRIER, operstate {device.OperState}"),
                        new("e.link", $"{uplink.Name}: master {bridge.Name}{(uplink.Port?.State is { } state ? $", port {state}" : "")}"),
                    ],
                    Question = $"Does the far end of {device.Name}{FarEnd(view, device)} have power and link? Check cable, optic and the switch port, and whether the switch shut the port "
                        + "(port security, BPDU guard).",
                    Risk = Risk.D2,
                    Touches = [device.Name],
                },
            ],
            [new(NicUplinkAdminDown.Id, $"{device.Name} is set up (flag UP)")],
            []);
    }

    /// <summary>The switch port that was heard last on that link; daemons keep it for a while after the carrier has gone.</summary>
    private static string FarEnd(HostView view, Link device)
    {
        var heard = view.Optional(LldpEvidence.Source)?.Neighbors.FirstOrDefault(neighbor => neighbor.Link == device.Name || neighbor.LinkIndex == device.Index);
        return heard is null ? "" : $" (by LLDP port {heard.PortId ?? heard.PortDescription ?? "unknown"} of {heard.SystemName ?? heard.ChassisId ?? "an unnamed switch"})";
    }
}
