using System.Collections.Immutable;
using ChatOpsBot.Domain.Diagnosis.Hops;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Probes;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// The switch drops DHCP answers from ports that it does not trust. Without the server's log it is only named beside dhcp.no-answer; with a server on this side of the port, whose OFFERs leave
/// and never arrive, it is likely. Source: catalogue switch.dhcp-snooping.
/// </summary>
public static class SwitchDhcpSnooping
{
    /// <summary>Fault id.</summary>
    public const string Id = "switch.dhcp-snooping";

    private static FaultArticle Article { get; } = new()
    {
        What = "DHCP snooping on the switch drops answers that come in by a port it does not trust: static addresses work, DHCP does not.",
        DecidedBy = "A server on this host or its guests sends OFFERs out by the uplink and the remote client asks again; or nobody is answered while the gateway lives and the server's log shows its OFFER.",
        ConfusedWith = ["dhcp.no-answer", "switch.port-security", "dhcp.server-faulty"],
        RepairedBy = "The network team trusts the port that faces the server, or changes its option 82 policy.",
        Messages = ["DHCP_SNOOPING-5-DHCP_SNOOPING_UNTRUSTED_PORT", "DHCP_SNOOPING"],
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = new(Id, Article, Judge);

    private static Verdict Judge(HostView view)
    {
        var beside = Upstream.Of(view).Where(network => network is { Answer: UpstreamAnswer.NobodyButGateway, Offers: not null }).Select(network => Found(
            view, network.Bridge, Certainty.Possible, $"DHCP is not answered beyond {network.Uplink} although the gateway lives: the switch may drop the answers", network.Lines));
        return Verdict.From([.. Ours(view), .. beside]);
    }

    /// <summary>A remote client whose question came in, whose OFFER left, and who asks the same again.</summary>
    private static IEnumerable<Finding> Ours(HostView view)
    {
        if (view.Probes.Trace is not { } trace || view.Topology is not FactReading<HostTopology>.Known(var topology))
        {
            return [];
        }

        return from bridge in topology.Bridges
               let unheard = (from uplink in bridge.Uplinks
                              from offer in trace.Messages
                              where offer is { Out: true, Type: "OFFER" } && offer.Link == uplink.Name
                                  && trace.Messages.Any(question => question is { Out: false, Type: "DISCOVER" } && question.Link == uplink.Name && question.Mac == offer.Mac && question.After <= offer.After)
                                  && trace.Messages.Count(again => again is { Out: false, Type: "DISCOVER" } && again.Link == uplink.Name && again.Mac == offer.Mac
                                      && again.After > offer.After + TimeSpan.FromMilliseconds(500)) >= 2
                                  && !trace.Messages.Any(next => next is { Out: false, Type: "REQUEST" } && next.Link == uplink.Name && next.Mac == offer.Mac)
                              select offer).ToArray()
               where unheard.Length > 0
               select Found(view, bridge, Certainty.Likely, $"OFFERs of a DHCP server on this side leave by {unheard[0].Link}, and {unheard[0].Mac} asks again as if none had come",
                   [new(ProbeSections.Trace, $"{unheard[0].Link}: OFFER out for {unheard[0].Mac}, then DISCOVER in again")]);
    }

    private static Finding Found(HostView view, GuestBridge bridge, Certainty certainty, string summary, ImmutableArray<EvidenceLine> because) => new()
    {
        Id = Id,
        Subject = bridge.Uplinks.FirstOrDefault()?.Name ?? bridge.Name,
        Bridge = bridge.Name,
        Scope = Scope.Bridge,
        Certainty = certainty,
        Summary = summary,
        Because = because,
        Question = $"Does {SwitchPort.Of(view, bridge)}, or the one that faces the DHCP server, drop DHCP answers (DHCP snooping, untrusted port, option 82)?",
        Risk = Risk.D0,
    };
}
