using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// A port waits out spanning tree's forward delay and passes nothing meanwhile; DHCP and PXE clients give up before it ends.
/// A port that forwards now is no finding, however slow it was to get there. The kernel refuses a delay below 2 s while STP is on.
/// Source: catalogue bridge.stp-forward-delay; https://wiki.libvirt.org/PXE_boot_or_dhcp_on_guest_failed.html (its most common cause).
/// </summary>
public static class BridgeStpForwardDelay
{
    /// <summary>Fault id.</summary>
    public const string Id = "bridge.stp-forward-delay";

    /// <summary>Hundredths of a second from which the delay hurts, by the catalogue; also the least that the kernel allows while STP is on.</summary>
    private const int LeastDelay = 200;

    private static FaultArticle Article { get; } = new()
    {
        What = "A port waits out spanning tree's forward delay and passes nothing meanwhile, so DHCP and PXE clients give up before it ends.",
        DecidedBy = "STP is on, the forward delay is 2 s or more, and the port is listening or learning now.",
        ConfusedWith = ["bridge.port-blocked", "switch.edge-port-delay", "dhcp.no-answer"],
        RepairedBy = "With one uplink STP off, then the delay to 0; with STP needed the shortest delay, 2 s. Written down as bridge_stp off and bridge_fd 0, or the same in netplan or NetworkManager.",
        Messages = ["entered listening state", "entered learning state", "PXE-E51", "PXE-E53"],
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = DiagnosisRule.OverTopology(Id, Article, (_, topology) => Verdict.Join(topology.Bridges.Select(bridge => Judge(topology, bridge))));

    private static Verdict Judge(HostTopology topology, GuestBridge bridge)
    {
        if (bridge.Link.Bridge is not { } settings || !bridge.Link.IsUp)
        {
            return Verdict.Clear;
        }

        var waiting = bridge.Ports.Where(port => port is { IsUp: true, HasCarrier: true, Port.State: "listening" or "learning" }).ToArray();
        if (waiting.Length == 0)
        {
            return settings.StpState != 0 && settings.ForwardDelay >= LeastDelay
                ? Verdict.Ruled(Id, $"STP is on in {bridge.Name}, but no port is listening or learning now")
                : Verdict.Clear;
        }

        if (settings.ForwardDelay < LeastDelay)
        {
            return Verdict.Ruled(Id, $"{waiting[0].Name} is {waiting[0].Port?.State}, but the forward delay of {bridge.Name} is under 2 s");
        }

        return Verdict.From([Waiting(topology, bridge, settings, waiting)]);
    }

    private static Finding Waiting(HostTopology topology, GuestBridge bridge, BridgeSettings settings, Link[] waiting)
    {
        var uplinkWaits = bridge.Uplinks.Any(waiting.Contains);
        var seconds = settings.ForwardDelay / 100.0;
        var hit = string.Join(", ", waiting.Select(port => $"{port.Name} {port.Port?.State}"));
        return new()
        {
            Id = Id,
            Subject = bridge.Name,
            Bridge = bridge.Name,
            Scope = uplinkWaits || topology.GuestsOf(bridge).All(guest => waiting.Contains(guest.Link)) ? Scope.Bridge : Scope.Guest,
            Certainty = Certainty.Certain,
            Summary = $"{hit}: ports of {bridge.Name} pass nothing for {2 * seconds:0.#} s after they come up (forward delay {seconds:0.#} s twice)",
            Because =
            [
                new("e.link", $"{bridge.Name}: stp_state {settings.StpState}, forward_delay {settings.ForwardDelay}"),
                .. waiting.Select(port => new EvidenceLine("e.port", $"{port.Name}: {port.Port?.State}")),
            ],
            Repair = bridge.Uplinks.Length <= 1 ? "bridge/disable-stp" : settings.ForwardDelay > LeastDelay ? "bridge/shorten-forward-delay" : null,
            Question = bridge.Uplinks.Length > 1 && settings.ForwardDelay == LeastDelay
                ? $"{bridge.Name} has {bridge.Uplinks.Length} uplinks, so it needs STP, and its forward delay is the shortest that the kernel allows: can the guests on it wait 4 s for their first answer, or can one uplink be taken out so that STP can be switched off?"
                : null,
            Risk = Risk.D0,
            Touches = [bridge.Name],
        };
    }
}
