using ChatOpsBot.Domain.Diagnosis.Hops;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// The switch lets only some hardware addresses pass: the host's is answered, guests' are not; or it shut the port when a new address came. Source: catalogue switch.port-security, sections 3.3 and 3.4.
/// </summary>
public static class SwitchPortSecurity
{
    /// <summary>Fault id.</summary>
    public const string Id = "switch.port-security";

    // In shutdown mode the port falls within moments of the frame from a new address.
    private const double ShutWithinSeconds = 5;

    private static FaultArticle Article { get; } = new()
    {
        What = "The switch port admits a limited number of hardware addresses: the host has network, guests or the second guest have none; in shutdown mode the link drops when a guest starts.",
        DecidedBy = "The DISCOVER leaves the uplink unanswered; P.dhcp gets an OFFER for the host's address and none for a guest's; the host is no virtual machine.",
        ConfusedWith = ["platform.outer-filter", "dhcp.pool-exhausted", "switch.dhcp-snooping", "dhcp.no-answer", "nic.uplink-no-carrier"],
        RepairedBy = "The network team raises the maximum to the number of guests plus one, or lists their addresses; a maximum of 1 cannot work with a bridge.",
        Messages = ["PORT_SECURITY-2-PSECURE_VIOLATION", "psecure-violation error detected", "port-security"],
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = new(Id, Article, view => Verdict.Join([.. Upstream.Of(view).Select(network => Judge(view, network)), ShutDown(view)]));

    private static Verdict Judge(HostView view, Upstream network)
    {
        switch (network.Answer)
        {
            case UpstreamAnswer.Fine:
                return Verdict.Ruled(Id, $"beyond {network.Uplink} every hardware address that asked was answered");
            case UpstreamAnswer.NobodyButGateway or UpstreamAnswer.Nobody or UpstreamAnswer.Deaf when network.Offers is { ForHost: false }:
                return Verdict.Ruled(Id, "the host's own hardware address gets no OFFER either");
            case UpstreamAnswer.OnlySome when network.AnswersStrangers:
                return Verdict.Ruled(Id, $"beyond {network.Uplink} an address that is not the host's was answered too");
            case UpstreamAnswer.OnlySome when SwitchPort.IsVirtual(view) != true:
                return Verdict.From([Found(view, network)]);
            case UpstreamAnswer.OnlySome:
                return Verdict.Ruled(Id, "the host is itself a virtual machine: its platform filters (platform.outer-filter)");
            default:
                return Verdict.Clear;
        }
    }

    /// <summary>Shared with the fault of a virtual host: who is answered, who is not, and how sure that makes it.</summary>
    internal static Certainty CertaintyOf(Upstream network)
        => network.Offers is { ForHost: true, ForGuest: false, WaitedEnough: true } && !network.IsHostsOwnLease ? Certainty.Certain : Certainty.Likely;

    /// <summary>Whose frames are lost.</summary>
    internal static string Who(Upstream network) => network.Unanswered.IsEmpty ? "a guest's hardware address" : string.Join(", ", network.Unanswered.Take(3).Select(guest => guest.Port.Guest));

    private static Finding Found(HostView view, Upstream network) => new()
    {
        Id = Id,
        Subject = network.Uplink,
        Bridge = network.Bridge.Name,
        Scope = Scope.Bridge,
        Certainty = SwitchPort.IsVirtual(view) is null ? Certainty.Likely : CertaintyOf(network),
        Summary = $"Beyond {network.Uplink} DHCP answers one hardware address and not {Who(network)}: the switch port admits only some",
        Because = network.Lines,
        Question = $"How many hardware addresses does {SwitchPort.Of(view, network.Bridge)} admit (port security), and does it ask for 802.1X or MAC authentication? It needs one for each guest and one for the host."
            + (network.IsHostsOwnLease ? " A used-up pool (dhcp.pool-exhausted) looks the same, since the host was only offered the address that it has." : ""),
        Risk = Risk.D0,
    };

    /// <summary>The log of a link that fell right after a guest's port had begun to forward, on a bridge that speaks no spanning tree.</summary>
    private static Verdict ShutDown(HostView view)
        => Verdict.From(LinkFall.After(view, TimeSpan.FromSeconds(ShutWithinSeconds)).Where(fall => fall.Bridge.Link.Bridge?.StpState is 0).Select(fall => new Finding
        {
            Id = Id,
            Subject = fall.Uplink,
            Bridge = fall.Bridge.Name,
            Scope = Scope.Bridge,
            Certainty = Certainty.Likely,
            Summary = $"{fall.Uplink} lost its carrier {GuestHops.Seconds(fall.Between)} after {fall.Trigger}: the switch has shut the port",
            Because = fall.Lines,
            Question = $"Has {SwitchPort.Of(view, fall.Bridge)} been shut by port security (err-disabled)? It needs one hardware address for each guest and one for the host, then the port has to be brought back.",
            Risk = Risk.D0,
        }));
}
