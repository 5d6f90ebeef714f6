using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// An address stayed on the NIC when it became a bridge port: what arrives for it goes to the bridge, so the host is unreachable or half reachable.
/// Source: catalogue bridge.uplink-holds-ip; VDSM forbids IP on bridge ports (lib/vdsm/network/nmstate/linux_bridge.py).
/// </summary>
public static class BridgeUplinkHoldsIp
{
    /// <summary>Fault id.</summary>
    public const string Id = "bridge.uplink-holds-ip";

    private static FaultArticle Article { get; } = new()
    {
        What = "An address stayed on the NIC when it became a bridge port; what arrives for it goes to the bridge, so the host is unreachable or half reachable.",
        DecidedBy = "The uplink has the bridge as master and carries an IPv4 or a global IPv6 address; fe80:: alone is harmless.",
        ConfusedWith = ["bridge.uplink-missing", "addr.duplicate-ip"],
        RepairedBy = "The address and its routes move from the NIC to the bridge in one step under the guard. The configuration has to name them on the bridge only.",
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = DiagnosisRule.OverTopology(Id, Article, (view, topology) => view.Read(AddressEvidence.Source) switch
    {
        FactReading<AddressFacts>.Known(var addresses) => Verdict.Join(topology.Bridges.SelectMany(bridge => bridge.Uplinks.Select(uplink => Judge(addresses, bridge, uplink)))),
        FactReading<AddressFacts>.Missing(var reason) when topology.Bridges.Any(bridge => !bridge.Uplinks.IsEmpty) => Verdict.CannotTell(Id, "e.addr", reason),
        _ => Verdict.Clear,
    });

    private static Verdict Judge(AddressFacts addresses, GuestBridge bridge, Link uplink)
    {
        // A veth's other end stands in another bridge: only the bridge's own port counts.
        var own = addresses.Of(uplink.Name).Where(address => uplink.Master == bridge.Name).ToArray();
        var held = own.Where(address => address.Family == "inet" || address.Scope == "global").ToArray();
        if (held.Length == 0)
        {
            return own.Length > 0 ? Verdict.Ruled(Id, $"{uplink.Name} has only a link-local IPv6 address, which is harmless") : Verdict.Clear;
        }

        var list = string.Join(", ", held.Select(address => $"{address.Address}/{address.PrefixLength}"));
        return Verdict.From(
        [
            new()
            {
                Id = Id,
                Subject = uplink.Name,
                Bridge = bridge.Name,
                Scope = Scope.Host,
                Certainty = Certainty.Certain,
                Summary = $"{uplink.Name} is a port of {bridge.Name} and still holds {list}; the host cannot use an address there",
                Because = [new("e.addr", $"{uplink.Name}: {list}"), new("e.link", $"{uplink.Name}: master {bridge.Name}")],
                Repair = "bridge/move-address",
                Risk = Risk.D3,
                Probe = SymptomProbe.GatewayArp,
                Touches = [uplink.Name, bridge.Name],
            },
        ]);
    }
}
