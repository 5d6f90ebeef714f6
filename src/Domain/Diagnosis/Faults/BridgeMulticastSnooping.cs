using System.Globalization;
using System.Net;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// Multicast snooping keeps neighbour solicitations from a guest: IPv4 is fine, IPv6 dies after minutes. A suspect only, and only where a querier exists
/// (without one the kernel floods) and a guest that speaks IPv6 lacks its group; the proof is an experiment.
/// Source: catalogue bridge.multicast-snooping; https://sobrelinux.info/questions/26913/ipv6-does-not-work-over-bridge , https://westermo.github.io/2022/02/17/bridge-igmp-snooping .
/// </summary>
public static class BridgeMulticastSnooping
{
    /// <summary>Fault id.</summary>
    public const string Id = "bridge.multicast-snooping";

    private static FaultArticle Article { get; } = new()
    {
        What = "Multicast snooping of the bridge keeps neighbour solicitations and router advertisements from a guest: IPv4 works, IPv6 vanishes after minutes.",
        DecidedBy = "Snooping is on, a querier is seen behind a port, and a guest that speaks IPv6 is not in the group its address needs. A suspect only: IPv6 that works after mcast_snooping 0 proves it. Without a querier the kernel floods, and it cannot be this.",
        ConfusedWith = ["nf.nwfilter-drop", "addr.stale-arp-after-move", "bridge.port-flags"],
        RepairedBy = "ip link set BRIDGE type bridge mcast_snooping 0, or mcast_querier 1 on one bridge of the network. It has to hold for longer than 260 s.",
        Messages = ["neighbour discovery", "Destination unreachable: Address unreachable"],
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = DiagnosisRule.OverTopology(Id, Article, (view, topology) => Verdict.Join(topology.Bridges.SelectMany(bridge => Judge(view, topology, bridge))));

    private static IEnumerable<Verdict> Judge(HostView view, HostTopology topology, GuestBridge bridge)
    {
        if (bridge.Link is not { IsUp: true, Bridge: { MulticastSnooping: true } })
        {
            return [];
        }

        if (view.Optional(MdbEvidence.Source) is not { } groups)
        {
            // Where no guest is known to speak IPv6, nothing can be missed.
            return view.WhyMissing(MdbEvidence.Source) is { } why && topology.GuestsOf(bridge).Any(guest => AddressesOf(view, guest.Mac).Any())
                ? [Verdict.CannotTell(Id, MdbEvidence.Source.Id, why)]
                : [];
        }

        if (groups.RouterPorts.FirstOrDefault(port => port.Bridge == bridge.Name) is not { } querier)
        {
            return [Verdict.Ruled(Id, $"no querier is seen in {bridge.Name}, so multicast is flooded")];
        }

        return from guest in topology.GuestsOf(bridge)
               where guest.Link.Name != querier.Port && guest.Mac is not null
               from address in AddressesOf(view, guest.Mac).Take(1)
               where !groups.Entries.Any(entry => entry.Bridge == bridge.Name && entry.Port == guest.Link.Name && IsGroupOf(entry.Group, address))
               select Verdict.From([Suspect(bridge, guest, querier, address)]);
    }

    /// <summary>IPv6 addresses that the host itself has seen the guest use.</summary>
    private static IEnumerable<IPAddress> AddressesOf(HostView view, string? mac)
        => from neighbour in view.Optional(NeighbourEvidence.Source)?.Entries ?? []
           where neighbour.Mac == mac && neighbour.Address.Contains(':') && !neighbour.States.Contains("FAILED")
           let address = IPAddress.TryParse(neighbour.Address, out var parsed) ? parsed : null
           where address is not null
           select address;

    /// <summary>The solicited-node group: ff02::1:ff and the last three octets of the address.</summary>
    private static bool IsGroupOf(string group, IPAddress address)
    {
        var octets = address.GetAddressBytes();
        return IPAddress.TryParse(group, out var parsed) && parsed.GetAddressBytes() is { Length: 16 } found && octets.Length == 16
            && found[0] == 0xff && found[11] == 1 && found[12] == 0xff && found.AsSpan(13).SequenceEqual(octets.AsSpan(13));
    }

    private static Finding Suspect(GuestBridge bridge, GuestPort guest, MulticastRouterPort querier, IPAddress address) => new()
    {
        Id = Id,
        Subject = bridge.Name,
        Bridge = bridge.Name,
        Scope = Scope.Guest,
        Certainty = Certainty.Possible,
        Summary = string.Create(CultureInfo.InvariantCulture, $"{bridge.Name} may keep neighbour solicitations for {address} from {guest.Link.Name}: a querier is there, and the guest is not in its group"),
        Because =
        [
            new("e.link", $"{bridge.Name}: mcast_snooping 1"),
            new("e.mdb", $"{bridge.Name}: querier behind {querier.Port}"),
            new("e.mdb", $"{guest.Link.Name}: not in the group of {address}"),
        ],
        Question = $"Does IPv6 of {guest.Guest} work after: ip link set {bridge.Name} type bridge mcast_snooping 0? If it goes on for more than 5 minutes, snooping was it;"
            + $" ip link set {bridge.Name} type bridge mcast_snooping 1 takes it back.",
        Risk = Risk.D0,
        Touches = [bridge.Name],
    };
}
