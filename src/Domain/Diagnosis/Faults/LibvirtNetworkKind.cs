using ChatOpsBot.Domain.Evidence;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// The guest runs on a network of another kind than it is meant to: on libvirt's NAT network or QEMU's user network instead of the bridge, so it has
/// 192.168.122.x or 10.0.2.15. A NAT guest is no fault in itself; that the stored definition names a bridge is what tells.
/// Source: catalogue libvirt.network-kind; libvirt docs/formatdomain.rst, docs/formatnetwork.rst.
/// </summary>
public static class LibvirtNetworkKind
{
    /// <summary>Fault id.</summary>
    public const string Id = "libvirt.network-kind";

    private static FaultArticle Article { get; } = new()
    {
        What = "The guest runs on a NAT, routed, isolated or user network instead of the bridge, so it has 192.168.122.x or 10.0.2.15 and not an address of the LAN.",
        DecidedBy = "The live definition has type user, or a network whose forward mode is nat, route or none, while the stored definition of the same NIC names a bridge. A guest with another NIC on a bridge is in order.",
        ConfusedWith = ["bridge.vnet-wrong-bridge", "dhcp.rogue-server", "addr.wrong-subnet-or-gateway"],
        RepairedBy = "The source of the NIC changed (virsh update-device GUEST nic.xml --live), or the guest shut off and started from its stored definition.",
        Messages = ["10.0.2.15", "192.168.122."],
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = new(Id, Article, view => view.Read(DomainEvidence.Source) is FactReading<GuestFacts>.Known(var guests)
        ? Verdict.Join(from guest in guests.Guests where guest.IsRunning from nic in guest.Interfaces select Judge(view, guest, nic))
        : Verdict.Clear);

    private static Verdict Judge(HostView view, Guest guest, GuestInterface nic)
    {
        var network = nic.SourceNetwork is null ? null : view.Optional(NetworkEvidence.Source)?.Networks.FirstOrDefault(candidate => candidate.Name == nic.SourceNetwork);
        var kind = nic.Type == "user" ? "QEMU's user network" : network is { HasNoUplinkByDesign: true } ? $"network {network.Name} (forward mode {network.ForwardMode ?? "none"})" : null;
        if (kind is null)
        {
            return Verdict.Clear;
        }

        if (nic.PersistentBridge is not { } meant)
        {
            return Verdict.Ruled(Id, $"{guest.Name} is on {kind}, and nothing says that it should be on a bridge");
        }

        return guest.Interfaces.Any(other => other != nic && other is { Type: "bridge" })
            ? Verdict.Ruled(Id, $"{guest.Name} is on {kind} with one NIC and on a bridge with another")
            : Verdict.From([Found(guest, nic, kind, meant)]);
    }

    private static Finding Found(Guest guest, GuestInterface nic, string kind, string meant) => new()
    {
        Id = Id,
        Subject = nic.Target ?? nic.Mac ?? guest.Name,
        Bridge = meant,
        Scope = Scope.Guest,
        Certainty = Certainty.Certain,
        Summary = $"{guest.Name} runs on {kind}, but its stored definition has it on {meant}",
        Because =
        [
            new("e.dom", $"{guest.Name}: live type {nic.Type}{(nic.SourceNetwork is { } name ? $", source network {name}" : "")}"),
            new("e.dom", $"{guest.Name}: stored source bridge {meant}"),
        ],
        Question = $"May {guest.Name} be moved to {meant}? virsh update-device with the NIC {nic.Mac} from its stored definition (virsh dumpxml --inactive), or shut it off and start it again:"
            + " both interrupt it for seconds.",
        Risk = Risk.D1,
        Touches = nic.Target is { } tap ? [tap] : [],
    };
}
