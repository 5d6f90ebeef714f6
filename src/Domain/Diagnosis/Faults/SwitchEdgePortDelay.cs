using ChatOpsBot.Domain.Diagnosis.Hops;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Probes;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// The switch listens and learns for 30 s after the link comes up, and early DHCP questions are lost there. Source: catalogue switch.edge-port-delay; Linux Documentation/networking/bridge.rst.
/// </summary>
public static class SwitchEdgePortDelay
{
    /// <summary>Fault id.</summary>
    public const string Id = "switch.edge-port-delay";

    // Two forward delays of 15 s, and up to 20 s of message age before them.
    private const double BlindSeconds = 50;

    private static FaultArticle Article { get; } = new()
    {
        What = "The switch port is no edge port: for 30 to 50 s after every link-up it forwards nothing, and clients that ask early give up.",
        DecidedBy = "The uplink's carrier came less than 50 s ago, the switch's BPDUs arrive with a forward delay of its own, our bridge runs no spanning tree, and questions leave unanswered.",
        ConfusedWith = ["bridge.stp-forward-delay", "dhcp.no-answer", "nic.link-errors"],
        RepairedBy = "The network team makes it an edge port (PortFast); until then longer timeouts of the clients. Waiting a minute is enough to see it pass.",
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = new(Id, Article, view => Verdict.Join(Upstream.Of(view).Select(network => Judge(view, network))));

    private static Verdict Judge(HostView view, Upstream network)
    {
        if (network.Answer is UpstreamAnswer.Unknown or UpstreamAnswer.Fine or UpstreamAnswer.OnlySome || network.Bridge.Link.Bridge?.StpState is not 0)
        {
            return Verdict.Clear;
        }

        var delay = view.Probes.Switches?.Bpdus.Where(bpdu => !bpdu.Out && network.Bridge.Uplinks.Any(link => link.Name == bpdu.Link)).Select(bpdu => bpdu.ForwardDelay).FirstOrDefault(found => found is not null);
        if (view.Optional(SelfEvidence.Source) is not { UptimeSeconds: > 0 and var now } || LinkFall.CameUpAt(view.Optional(KernelLogEvidence.Source), network.Bridge.Name, network.Uplink) is not { } came
            || now - came is < 0 or > BlindSeconds)
        {
            return delay is null ? Verdict.Clear : Verdict.Ruled(Id, $"{network.Uplink} has been up for longer than {BlindSeconds:0} s, or nothing tells since when");
        }

        // A switch without spanning tree on this port does not hold it back; silence for ten seconds, with a BPDU due every two, is proof enough.
        if (delay is not { } told || told < TimeSpan.FromSeconds(2))
        {
            return Verdict.Ruled(Id, $"no BPDU with a forward delay came in by {network.Uplink}");
        }

        return Verdict.From(
        [
            new()
            {
                Id = Id,
                Subject = network.Uplink,
                Bridge = network.Bridge.Name,
                Scope = Scope.Bridge,
                Certainty = Certainty.Likely,
                Summary = $"{network.Uplink} came up {now - came:0} s before the check, and the switch, which speaks spanning tree, may still be listening and learning",
                Because =
                [
                    new("e.klog", $"{network.Uplink}: up {now - came:0} s before"),
                    new(ProbeSections.Lldp, $"{network.Uplink}: BPDUs of the switch with a forward delay of {GuestHops.Seconds(told)}"),
                    .. network.Lines,
                ],
                Question = $"Is {SwitchPort.Of(view, network.Bridge)} an edge port (PortFast)? Check again in a minute: if guests get addresses then, it is this.",
                Risk = Risk.D0,
            },
        ]);
    }
}
