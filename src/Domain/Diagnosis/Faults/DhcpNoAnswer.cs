using ChatOpsBot.Domain.Diagnosis.Hops;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// The question leaves by the uplink and nothing comes back, for any hardware address, while the network itself lives. Never more than likely: which of server, relay and scope it is cannot be
/// seen from here. Source: catalogue dhcp.no-answer; RFC 2131 section 3.
/// </summary>
public static class DhcpNoAnswer
{
    /// <summary>Fault id.</summary>
    public const string Id = "dhcp.no-answer";

    private static FaultArticle Article { get; } = new()
    {
        What = "DHCP questions leave by the uplink and nothing answers them: server down, relay missing, no scope for this subnet.",
        DecidedBy = "A trace sees the DISCOVER leave by the uplink and no answer in 10 s; P.dhcp gets no OFFER for the host's or a guest's address; the gateway answers ARP.",
        ConfusedWith = ["switch.port-security", "platform.outer-filter", "switch.dhcp-snooping", "dhcp.pool-exhausted", "vlan.not-on-trunk", "dhcp.server-faulty"],
        RepairedBy = "Whoever runs the server, the relay (ip helper) or the scope; nothing on this host mends it.",
        Messages = ["No DHCPOFFERS received", "no lease, failing", "DHCPDISCOVER on * interval"],
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = new(Id, Article, view => Verdict.Join(Upstream.Of(view).Select(network => Judge(view, network))));

    private static Verdict Judge(HostView view, Upstream network) => network.Answer switch
    {
        UpstreamAnswer.NobodyButGateway => Verdict.From([Found(view, network, Certainty.Likely, "although the gateway lives")]),
        UpstreamAnswer.Nobody when Asked(network) => Verdict.From([Found(view, network, Certainty.Likely, "the gateway was not asked")]),
        UpstreamAnswer.Deaf => Verdict.From([Found(view, network, Certainty.Possible, "and the gateway is silent too, so the link, the VLAN or the switch port comes before the server")]),
        UpstreamAnswer.OnlySome => Verdict.Ruled(Id, $"beyond {network.Uplink} DHCP answers some hardware addresses"),
        UpstreamAnswer.Fine => Verdict.Ruled(Id, $"DHCP answers beyond {network.Uplink}"),
        _ => Verdict.Clear,
    };

    /// <summary>A guest that asked, or two DISCOVERs of our own: both leave by the uplink.</summary>
    private static bool Asked(Upstream network) => !network.Unanswered.IsEmpty || network.Offers is not null;

    private static Finding Found(HostView view, Upstream network, Certainty certainty, string but) => new()
    {
        Id = Id,
        Subject = network.Uplink,
        Bridge = network.Bridge.Name,
        Scope = Scope.Bridge,
        Certainty = certainty,
        Summary = $"DHCP questions leave by {network.Uplink} and nothing answers, {but}",
        Because = network.Lines,
        Question = certainty == Certainty.Possible
            ? $"Is the VLAN of {network.Bridge.Name} on {SwitchPort.Of(view, network.Bridge)}, and does that port forward? Not even the gateway answers there."
            : $"Does the DHCP server for {network.Bridge.Name} run and have a free address in a scope for this subnet, and does the gateway relay to it (ip helper)? Behind {SwitchPort.Of(view, network.Bridge)}. "
                + (network.Offers is null
                    ? $"Not told apart yet: port security, DHCP snooping and a missing VLAN look the same until the host asks too (check {view.Host.Name} --probe active)."
                    : "DHCP snooping on that port (switch.dhcp-snooping) and a used-up pool (dhcp.pool-exhausted) look the same without the server's log."),
        Risk = Risk.D0,
    };
}
