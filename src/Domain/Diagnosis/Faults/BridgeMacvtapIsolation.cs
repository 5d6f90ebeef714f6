using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// A guest on a macvtap and its own host never hear each other: frames of a macvtap leave by the card and do not come back to the host's address on it.
/// That is by design and no fault, unless the guest needs the host: here, because the DHCP server of that network runs on the host.
/// Source: catalogue bridge.macvtap-isolation; Red Hat Virtualization Deployment and Administration Guide, "Directly attaching to physical interface".
/// </summary>
public static class BridgeMacvtapIsolation
{
    /// <summary>Fault id.</summary>
    public const string Id = "bridge.macvtap-isolation";

    private static FaultArticle Article { get; } = new()
    {
        What = "A guest on a macvtap reaches the network and not its own host, nor the host the guest; a DHCP server on the host is out of its reach as well. Mode vepa parts guests from each other too.",
        DecidedBy = "The guest's NIC is of type direct with a macvtap, and a DHCP server of this host serves the very card below it.",
        ConfusedWith = ["dhcp.no-answer", "nf.host-dhcp-blocked", "libvirt.network-kind"],
        RepairedBy = "By design: a second NIC of the guest on a bridge, or a macvlan device for the host's own address and its server.",
        Messages = ["Could not open '/dev/tap", "macvtap", "type='direct'"],
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = DiagnosisRule.OverTopology(Id, Article, (view, topology) => Verdict.Join(
        from port in topology.GuestPorts
        let card = port.Link.Kind == "macvtap" ? port.Link.Lower : null
        where card is not null
        select Judge(view, port, card)));

    private static Verdict Judge(HostView view, GuestPort port, string card)
    {
        if (view.Read(SocketEvidence.Source) is not FactReading<DhcpSocketFacts>.Known(var listeners))
        {
            // That a macvtap is there is no symptom, so what was not read here is not missed.
            return Verdict.Clear;
        }

        var own = view.Optional(AddressEvidence.Source)?.Of(card).Where(address => address is { Family: "inet", Scope: "global" }).Select(address => address.Address).ToArray() ?? [];
        var bound = listeners.Sockets.FirstOrDefault(socket => socket.Device == card || own.Contains(socket.Address));
        var open = own.Length == 0 ? null : listeners.Sockets.FirstOrDefault(socket => socket is { Device: null, Address: "0.0.0.0" });
        return (bound ?? open) is { } server
            ? Verdict.From([Found(port, card, server, bound is null ? Certainty.Likely : Certainty.Certain)])
            : Verdict.Ruled(Id, $"{port.Link.Name} and this host do not hear each other over {card}, but no DHCP server here serves it");
    }

    private static Finding Found(GuestPort port, string card, UdpSocket server, Certainty certainty) => new()
    {
        Id = Id,
        Subject = port.Link.Name,
        Scope = Scope.Guest,
        Certainty = certainty,
        Summary = $"{port.Link.Name}{(port.Guest == port.Link.Name ? "" : $" of {port.Guest}")} is a macvtap on {card}, and the DHCP server of that network runs on this host, which it cannot hear",
        Because =
        [
            new("e.link", $"{port.Link.Name}: macvtap, mode {port.Link.MacvtapMode ?? "unknown"}, on {card}"),
            new("e.sock", $"UDP 67 on {server.Device ?? server.Address} by {(server.Owners is [var owner, ..] ? owner.Program : "a program that was not named")}"),
        ],
        Question = $"Should {port.Guest} get a second NIC on a bridge (virsh attach-interface), or should the server move to a macvlan device on {card}? A macvtap never reaches its own host.",
        Risk = Risk.D1,
        Touches = [port.Link.Name],
    };
}
