using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// A port is up, has carrier and is enslaved, yet blocking or disabled: by spanning tree, by BPDU guard or by hand.
/// Source: catalogue bridge.port-blocked; Linux Documentation/networking/bridge.rst, commit a2e01a65 (BPDU blocking).
/// </summary>
public static class BridgePortBlocked
{
    /// <summary>Fault id.</summary>
    public const string Id = "bridge.port-blocked";

    private static FaultArticle Article { get; } = new()
    {
        What = "A port is up and has carrier, yet it passes nothing: spanning tree or BPDU guard blocks it, or somebody set its state by hand.",
        DecidedBy = "The port has UP and LOWER_UP, and its state is blocking, or disabled; a redundant uplink that blocks while another forwards is spanning tree at work and no fault.",
        ConfusedWith = ["bridge.stp-forward-delay", "bridge.port-flags", "bridge.down"],
        RepairedBy = "bridge link set dev PORT state 3 for a state set by hand; guard off and a bounce of that port for BPDU guard, after the source of the BPDUs is known.",
        Messages = ["BPDU received on blocked port", "entered blocking state"],
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = DiagnosisRule.OverTopology(Id, Article, (_, topology) => Verdict.Join(
        from bridge in topology.Bridges
        from port in bridge.Ports
        where port is { IsUp: true, HasCarrier: true, Port.State: "blocking" or "disabled" }
        select Judge(topology, bridge, port)));

    private static Verdict Judge(HostTopology topology, GuestBridge bridge, Link port)
    {
        if (!bridge.Link.IsUp)
        {
            return Verdict.Ruled(Id, $"{port.Name} is {port.Port?.State} because {bridge.Name} is down");
        }

        var isUplink = bridge.Uplinks.Contains(port);
        if (isUplink && bridge.Uplinks.FirstOrDefault(other => other.Port?.State == "forwarding") is { } active)
        {
            return Verdict.Ruled(Id, $"{port.Name} is {port.Port?.State} while {active.Name} forwards: spanning tree holds a redundant uplink back");
        }

        var isGuest = topology.GuestPorts.Any(guest => guest.Link.Name == port.Name);
        return isUplink || isGuest ? Verdict.From([Blocked(bridge, port, isUplink)]) : Verdict.Clear;
    }

    private static Finding Blocked(GuestBridge bridge, Link port, bool isUplink)
    {
        var guard = port.Port?.Guard == true;
        var byStp = !guard && port.Port?.State == "blocking" && bridge.Link.Bridge?.StpState != 0;
        var why = guard ? "BPDU guard is set on it" : byStp ? "spanning tree blocks it" : "its state was set by hand";
        return new()
        {
            Id = Id,
            Subject = port.Name,
            Bridge = bridge.Name,
            Scope = isUplink ? Scope.Bridge : Scope.Guest,
            Certainty = Certainty.Certain,
            Summary = $"{port.Name} is up and attached to {bridge.Name} but {port.Port?.State}: {why}",
            Because =
            [
                new("e.port", $"{port.Name}: state {port.Port?.State}{(guard ? ", guard on" : "")}"),
                new("e.link", $"{port.Name}: flags UP LOWER_UP, master {bridge.Name}"),
                new("e.link", $"{bridge.Name}: stp_state {bridge.Link.Bridge?.StpState}"),
            ],
            Repair = byStp ? null : guard ? "bridge/clear-bpdu-guard" : "bridge/unblock-port",
            Question = byStp ? $"Spanning tree on {bridge.Name} sees a loop through {port.Name}. Which second path leads to the same network (another uplink, a bridging guest)?" : null,
            Risk = !guard ? Risk.D0 : isUplink ? Risk.D2 : Risk.D1,
            Touches = [port.Name],
        };
    }
}
