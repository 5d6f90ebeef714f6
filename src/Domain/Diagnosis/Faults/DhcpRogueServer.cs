using System.Collections.Immutable;
using ChatOpsBot.Domain.Diagnosis.Hops;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Probes;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// A second DHCP server hands out addresses of a foreign subnet. A failover pair, or two relays of one server, hand out the same subnet and router. Source: catalogue dhcp.rogue-server; RFC 2131;
/// https://gist.github.com/joaoportela/e302483ee1fc7420526a22f37c4a61c0.
/// </summary>
public static class DhcpRogueServer
{
    /// <summary>Fault id.</summary>
    public const string Id = "dhcp.rogue-server";

    private static FaultArticle Article { get; } = new()
    {
        What = "A second DHCP server on the same network hands out addresses of another subnet; who wins changes from boot to boot.",
        DecidedBy = "OFFERs with different server ids, from different hardware addresses, for different subnets or routers; the forwarding table tells whether one sits behind a guest's port.",
        ConfusedWith = ["addr.wrong-subnet-or-gateway", "dhcp.nak-or-decline-loop", "bridge.vnet-wrong-bridge"],
        RepairedBy = "A guest of this host that runs the server is taken off the network (virsh domif-setlink down) or its UDP source port 67 is dropped; another machine is found by its hardware address.",
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = DiagnosisRule.OverTopology(Id, Article, (view, topology) => Verdict.Join(topology.Bridges.Select(bridge => Judge(view, topology, bridge))));

    private static Verdict Judge(HostView view, HostTopology topology, GuestBridge bridge)
    {
        var servers = ServersOn(view, topology, bridge);
        var own = view.Optional(AddressEvidence.Source)?.Of(bridge.Name).FirstOrDefault(address => address.Family == "inet");
        if (servers.Length >= 2)
        {
            var foreign = servers.Where(server => servers.Any(other => other.Source != server.Source && other.IsOtherNetwork(server))).ToArray();
            if (foreign.Length < 2)
            {
                return Verdict.Ruled(Id, $"{servers.Length} DHCP servers answer on {bridge.Name}, but they hand out the same network: a failover pair or two relays");
            }

            var rogue = Culprit(foreign, own);
            var certain = rogue?.Tap is not null && foreign.Any(other => other != rogue && other.Tap is null);
            return Verdict.From([Found(view, bridge, foreign, rogue ?? foreign[0], rogue is not null, certain ? Certainty.Certain : Certainty.Likely)]);
        }

        // The only one that answers is a guest, and what it hands out is not what the host lives in.
        return servers is [{ Tap: not null } alone] && own is not null && alone.Address is not null && ProbeText.SameSubnet(alone.Address, own.Address, own.PrefixLength) == false
            ? Verdict.From([Found(view, bridge, servers, alone, knowsWhich: true, Certainty.Likely)])
            : Verdict.Clear;
    }

    private static ImmutableArray<Server> ServersOn(HostView view, HostTopology topology, GuestBridge bridge)
    {
        var taps = topology.GuestsOf(bridge).Select(port => port.Link.Name).ToHashSet(StringComparer.Ordinal);
        var uplinks = bridge.Uplinks.Select(link => link.Name).ToHashSet(StringComparer.Ordinal);
        var offers = (view.Probes.DhcpOn(bridge.Name)?.Offers ?? []).Select(offer => (offer.Server, offer.Source, offer.Address, offer.Mask, offer.Router, Came: (string?)null));
        var seen = (view.Probes.Trace?.Messages ?? []).Where(message => message is { Out: false, Type: "OFFER" or "ACK", Source: not null } && (taps.Contains(message.Link) || uplinks.Contains(message.Link)))
            // Never null: the source is asked for above.
            .Select(message => (message.Server, Source: message.Source!, message.Address, message.Mask, message.Router, Came: (string?)message.Link));
        return
        [
            .. from entry in offers.Concat(seen)
               where entry.Server is not null
               group entry by (entry.Server, entry.Source) into same
               let came = same.Select(entry => entry.Came).FirstOrDefault(link => link is not null)
                   ?? view.Optional(FdbEvidence.Source)?.Entries.FirstOrDefault(entry => entry.Mac == same.Key.Source && entry.Bridge == bridge.Name)?.Device
               select new Server(
                   same.Key.Server ?? "", same.Key.Source, same.Select(entry => entry.Address).FirstOrDefault(address => address is not null), same.Select(entry => ProbeText.Bits(entry.Mask)).FirstOrDefault(bits => bits is not null),
                   same.Select(entry => entry.Router).FirstOrDefault(router => router is not null), came is not null && taps.Contains(came) ? came : null),
        ];
    }

    private static Server? Culprit(Server[] servers, InterfaceAddress? own)
    {
        var behindTap = servers.Where(server => server.Tap is not null).ToArray();
        var foreign = servers.Where(server => own is not null && server.Address is not null && ProbeText.SameSubnet(server.Address, own.Address, own.PrefixLength) == false).ToArray();
        return foreign.Length == 1 ? foreign[0] : behindTap.Length == 1 ? behindTap[0] : null;
    }

    private static Finding Found(HostView view, GuestBridge bridge, IReadOnlyCollection<Server> servers, Server rogue, bool knowsWhich, Certainty certainty)
    {
        var topology = (view.Topology as FactReading<HostTopology>.Known)?.Value;
        var guest = rogue.Tap is null ? null : topology?.GuestPorts.FirstOrDefault(port => port.Link.Name == rogue.Tap);
        return new()
        {
            Id = Id,
            Subject = rogue.Tap ?? rogue.Source,
            Bridge = bridge.Name,
            Scope = Scope.Bridge,
            Certainty = certainty,
            Summary = knowsWhich
                ? $"{(guest is null ? rogue.Source : $"{guest.Guest} on {rogue.Tap}")} runs a DHCP server ({rogue.Id}) on {bridge.Name} that hands out a foreign network"
                : $"{servers.Count} DHCP servers on {bridge.Name} hand out different networks",
            Because = [.. servers.Select(server => new EvidenceLine(view.Probes.DhcpOn(bridge.Name) is null ? ProbeSections.Trace : ProbeSections.Dhcp,
                $"{bridge.Name}: server {server.Id} at {server.Source}{(server.Tap is { } tap ? $" behind {tap}" : "")} offers {server.Address ?? "an address"}, router {server.Router ?? "none"}"))],
            Question = rogue.Tap is { } port
                ? $"Is {guest?.Guest ?? port} meant to serve DHCP? If not, it can be taken off the network: virsh domif-setlink {guest?.Guest ?? "GUEST"} {port} down (D1)."
                : $"Which of the servers {string.Join(" and ", servers.Select(server => $"{server.Id} ({server.Source})"))} is not meant to be there? {SwitchPort.Of(view, bridge)} leads to those that are not on this host.",
            Risk = Risk.D1,
        };
    }

    /// <summary>A server as it was heard.</summary>
    private sealed record Server(string Id, string Source, string? Address, int? Bits, string? Router, string? Tap)
    {
        public bool IsOtherNetwork(Server other)
            => Id != other.Id && ((Address is not null && other.Address is not null && (Bits ?? other.Bits) is { } bits && ProbeText.SameSubnet(Address, other.Address, bits) == false)
                || (Router is not null && other.Router is not null && Router != other.Router));
    }
}
