using ChatOpsBot.Domain.Diagnosis.Hops;
using ChatOpsBot.Domain.Evidence;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// The host is itself a virtual machine, and its platform drops frames from hardware addresses that it does not know. Source: catalogue platform.outer-filter; sections 3.3 and 3.4.
/// </summary>
public static class PlatformOuterFilter
{
    /// <summary>Fault id.</summary>
    public const string Id = "platform.outer-filter";

    private static FaultArticle Article { get; } = new()
    {
        What = "The KVM host is itself a virtual machine (ESXi, Hyper-V, OpenStack, a cloud), and the outer platform drops frames from its guests' hardware addresses.",
        DecidedBy = "The DISCOVER leaves the uplink; P.dhcp gets an OFFER for the host's address and none for a guest's; the host runs in a hypervisor.",
        ConfusedWith = ["switch.port-security", "dhcp.pool-exhausted", "dhcp.no-answer"],
        RepairedBy = "Outside: promiscuous mode with forged transmits or MAC learning (ESXi), MAC spoofing (Hyper-V), allowed address pairs (Neutron); in a cloud routed addresses. Inside: a NAT or routed network.",
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = new(Id, Article, view => Verdict.Join(Upstream.Of(view).Select(network => Judge(view, network))));

    private static Verdict Judge(HostView view, Upstream network)
    {
        if (network.Answer != UpstreamAnswer.OnlySome)
        {
            return network.Answer == UpstreamAnswer.Fine ? Verdict.Ruled(Id, $"beyond {network.Uplink} every hardware address that asked was answered") : Verdict.Clear;
        }

        if (network.AnswersStrangers)
        {
            return Verdict.Ruled(Id, $"beyond {network.Uplink} an address that is not the host's was answered too");
        }

        if (view.Optional(OsEvidence.Source) is not { Virtualization: { } platform } os || platform == "none")
        {
            return Verdict.Ruled(Id, "the host is no virtual machine, or nothing says that it is");
        }

        return Verdict.From(
        [
            new()
            {
                Id = Id,
                Subject = network.Uplink,
                Bridge = network.Bridge.Name,
                Scope = Scope.Bridge,
                Certainty = SwitchPortSecurity.CertaintyOf(network),
                Summary = $"Beyond {network.Uplink} DHCP answers one hardware address and not {SwitchPortSecurity.Who(network)}, and this host is itself a virtual machine ({platform})",
                Because = network.Lines.Add(new("e.os", $"runs in {platform}{(os.Product is { } product ? $", {product}" : "")}")),
                Question = $"Does the platform below this host ({platform}) let frames from its guests' own hardware addresses pass? ESXi: promiscuous mode and forged transmits, or MAC learning; Hyper-V: MAC address spoofing; "
                    + "OpenStack: allowed address pairs or port security off; a public cloud: not at all, use a routed or NAT network."
                    + (network.IsHostsOwnLease ? " A used-up pool (dhcp.pool-exhausted) looks the same, since the host was only offered the address that it has." : ""),
                Risk = Risk.D0,
            },
        ]);
    }
}
