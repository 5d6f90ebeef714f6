using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Probes;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// A guest with an address set by hand asks for a gateway that is not in the network of its bridge. Source: catalogue addr.wrong-subnet-or-gateway; RFC 1122.
/// </summary>
public static class AddrWrongSubnetOrGateway
{
    /// <summary>Fault id.</summary>
    public const string Id = "addr.wrong-subnet-or-gateway";

    private const int Asked = 3;

    private static FaultArticle Article { get; } = new()
    {
        What = "The guest has an address or a gateway of another subnet than its bridge's network: its frames leave and nobody answers.",
        DecidedBy = "On its tap the same ARP question is heard three times without an answer, and the asker or the address asked for lies outside the subnet of the bridge or of what DHCP hands out there.",
        ConfusedWith = ["dhcp.rogue-server", "bridge.vnet-wrong-bridge", "addr.duplicate-ip"],
        RepairedBy = "Inside the guest: the right address, prefix and gateway; or the guest is moved to the bridge that its address belongs to.",
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = DiagnosisRule.OverTopology(Id, Article, (view, topology) => Verdict.Join(
        from bridge in topology.Bridges from port in topology.GuestsOf(bridge) select Judge(view, bridge, port)));

    private static Verdict Judge(HostView view, GuestBridge bridge, GuestPort port)
    {
        var arps = view.Probes.Trace?.Arps.Where(arp => arp.Link == port.Link.Name).ToArray() ?? [];
        var repeated = arps.Where(arp => arp is { Out: false, IsReply: false } && arp.Sender != "0.0.0.0" && arp.Sender != arp.Target && !arp.Sender.StartsWith("169.254.", StringComparison.Ordinal))
            .GroupBy(arp => (arp.Sender, arp.Target)).FirstOrDefault(same => same.Count() >= Asked && !arps.Any(arp => arp is { Out: true, IsReply: true } && arp.Sender == same.Key.Target));
        if (repeated is null || SubnetOf(view, bridge) is not { } subnet)
        {
            return Verdict.Clear;
        }

        var (sender, target) = repeated.Key;
        var (inside, gatewayInside) = (ProbeText.SameSubnet(sender, subnet.Address, subnet.Bits) == true, ProbeText.SameSubnet(target, subnet.Address, subnet.Bits) == true);
        if (inside && gatewayInside)
        {
            return Verdict.Ruled(Id, $"{sender} and {target} are both in the subnet of {bridge.Name}: {target} is right but silent");
        }

        return Verdict.From(
        [
            new()
            {
                Id = Id,
                Subject = port.Link.Name,
                Bridge = bridge.Name,
                Scope = Scope.Guest,
                Certainty = Certainty.Likely,
                Summary = $"{port.Guest} has {sender} and asks in vain for {target}, but the network of {bridge.Name} is {subnet.Address}/{subnet.Bits}",
                Because = [new(ProbeSections.Trace, $"{port.Link.Name}: who has {target}, tell {sender}: asked {repeated.Count()} times, not answered"), new(subnet.From, $"{bridge.Name}: {subnet.Address}/{subnet.Bits}")],
                Question = $"Which address and gateway should {port.Guest} have? {(inside ? $"Its gateway {target}" : $"Its address {sender}")} is of another network than {bridge.Name}; or should it hang on another bridge?",
                Risk = Risk.D1,
                Probe = SymptomProbe.GatewayArp,
            },
        ]);
    }

    /// <summary>The network of a bridge: the host's own address on it, else what a server behind the uplink offers.</summary>
    private static (string Address, int Bits, string From)? SubnetOf(HostView view, GuestBridge bridge)
    {
        if (view.Optional(AddressEvidence.Source)?.Of(bridge.Name).FirstOrDefault(address => address is { Family: "inet", PrefixLength: >= 8 and <= 30 }) is { } own)
        {
            return (own.Address, own.PrefixLength, "e.addr");
        }

        var offer = view.Probes.DhcpOn(bridge.Name)?.Offers.FirstOrDefault(candidate => candidate.Address is not null && ProbeText.Bits(candidate.Mask) is >= 8 and <= 30);
        return offer is { Address: { } given } && ProbeText.Bits(offer.Mask) is { } bits ? (given, bits, ProbeSections.Dhcp) : null;
    }
}
