using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// libvirt holds the link of the guest's NIC down: the guest says "cable unplugged", and the host shows nothing; tap and port look healthy.
/// Source: catalogue guest.link-down; libvirt docs/formatdomain.rst (link state); oVirt/vdsm lib/vdsm/virt/vmdevices/network.py.
/// </summary>
public static class GuestLinkDown
{
    /// <summary>Fault id.</summary>
    public const string Id = "guest.link-down";

    /// <summary>Tag of a host (all guests), or with a colon and a guest's name, that says the link is down on purpose.</summary>
    private const string Quarantine = "quarantine";

    private static FaultArticle Article { get; } = new()
    {
        What = "The hypervisor holds the link of the guest's NIC down: the guest says that its cable is unplugged, while the host's side looks healthy.",
        DecidedBy = "link state down in the guest's live definition (virsh domif-getlink says down). A host tagged quarantine, or quarantine:GUEST, in the inventory has it so on purpose.",
        ConfusedWith = ["dhcp.client-silent", "bridge.vnet-detached", "bridge.port-blocked"],
        RepairedBy = "virsh domif-setlink GUEST TAP up, with --config when the stored definition has it too.",
        Messages = ["NO-CARRIER*eth0", "cable unplugged", "Network cable is unplugged", "link is not ready", "Link is not ready"],
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = DiagnosisRule.OverTopology(Id, Article, (view, topology) =>
        topology.GuestPorts.Any(port => port.Definition is null) && view.Read(DomainEvidence.Source) is FactReading<GuestFacts>.Missing(var reason)
            ? Verdict.CannotTell(Id, "e.dom", reason)
            : Verdict.Join(from port in topology.GuestPorts where port.Definition is { LinkDown: true } select Judge(view, port)));

    private static Verdict Judge(HostView view, GuestPort port)
        => view.Host.Tags.Any(tag => tag == Quarantine || tag == $"{Quarantine}:{port.Guest}")
            ? Verdict.Ruled(Id, $"the link of {port.Guest} is down, and the inventory has it in quarantine")
            : Verdict.From(
            [
                new()
                {
                    Id = Id,
                    Subject = port.Link.Name,
                    Bridge = port.IntendedBridge ?? port.Link.Master,
                    Scope = Scope.Guest,
                    Certainty = Certainty.Certain,
                    Summary = $"libvirt holds the link of {port.Guest} ({port.Link.Name}) down: the guest sees an unplugged cable",
                    Because = [new("e.dom", $"{port.Guest} {port.Link.Name}: link state down")],
                    Repair = "guest/plug-cable",
                    Risk = Risk.D0,
                    Touches = [port.Link.Name],
                },
            ]);
}
