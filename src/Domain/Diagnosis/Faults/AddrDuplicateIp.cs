using System.Collections.Immutable;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Probes;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// Two machines answer ARP for one address. Virtual router addresses move on purpose, and who answers for addresses that nobody has answers for all (proxy ARP). Source: catalogue addr.duplicate-ip;
/// RFC 5227.
/// </summary>
public static class AddrDuplicateIp
{
    /// <summary>Fault id.</summary>
    public const string Id = "addr.duplicate-ip";

    // RFC 5798: virtual routers; their hardware address has the group's number at its end.
    private static readonly ImmutableArray<string> VirtualRouters = ["00:00:5e:00:01:", "00:00:5e:00:02:"];

    private static FaultArticle Article { get; } = new()
    {
        What = "Two machines use one IP address: connections work now and then, and after a ping of the right one.",
        DecidedBy = "ARP for the address is answered from two hardware addresses; all answers are counted, since arping -D stops at the first. No virtual router, no proxy ARP.",
        ConfusedWith = ["addr.duplicate-mac", "dhcp.duplicate-client-id", "addr.stale-arp-after-move"],
        RepairedBy = "One of the two gets another address, or the DHCP range leaves out what is set by hand.",
        Messages = ["duplicate address * detected", "IPv4 duplicate address", "address already in use", "conflict detected for"],
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = DiagnosisRule.OverTopology(Id, Article, (view, topology) => Verdict.Join(topology.Bridges.Select(bridge => Judge(view, topology, bridge))));

    private static Verdict Judge(HostView view, HostTopology topology, GuestBridge bridge)
    {
        var asked = view.Probes.Arp.Where(owners => owners.Bridge == bridge.Name).ToArray();
        if (asked.Length == 0)
        {
            return Verdict.Clear;
        }

        var own = view.Optional(AddressEvidence.Source)?.Of(bridge.Name).FirstOrDefault(address => address.Family == "inet");
        var unused = ProbePlan.Unused(own, KnownOn(view, bridge)).Where(address => asked.Any(owners => owners.Target == address)).ToHashSet(StringComparer.Ordinal);
        var answerForAll = asked.Where(owners => unused.Contains(owners.Target)).SelectMany(owners => owners.Macs).ToHashSet(StringComparer.Ordinal);
        var verdicts = new List<Verdict>();
        foreach (var owners in asked.Where(owners => !unused.Contains(owners.Target) && owners.Macs.Length > 1))
        {
            string[] macs = [.. owners.Macs.Where(mac => !answerForAll.Contains(mac) && !VirtualRouters.Any(prefix => mac.StartsWith(prefix, StringComparison.Ordinal)))];
            string[] guests = [.. topology.GuestPorts.Where(port => port.Mac is { } mac && macs.Contains(mac)).Select(port => port.Guest).Distinct()];

            // A machine with two NICs in this network answers from both (arp_ignore 0); of guests here it is known which NICs are whose.
            var isOneGuest = guests.Length == 1 && topology.GuestPorts.Count(port => port.Guest == guests[0] && port.Mac is { } mac && macs.Contains(mac)) == macs.Length;
            verdicts.Add((macs.Length > 1, isOneGuest) switch
            {
                (true, false) => Verdict.From([Found(topology, bridge, owners.Target, macs, unused.Count > 0 && guests.Length > 0 ? Certainty.Certain : Certainty.Likely)]),
                (true, true) => Verdict.Ruled(Id, $"{owners.Target} is answered for by {macs.Length} NICs of {guests[0]}"),
                _ => Verdict.Ruled(Id, $"{owners.Target} is answered for by {string.Join(" and ", owners.Macs)}, of which only {(macs.Length == 1 ? "one" : "none")} is no virtual router or proxy"),
            });
        }

        var single = asked.Count(owners => owners.Macs.Length == 1);
        return verdicts.Count > 0 ? Verdict.Join(verdicts) : single > 0 ? Verdict.Ruled(Id, $"each of {single} addresses on {bridge.Name} is answered for by one machine") : Verdict.Clear;
    }

    private static ImmutableArray<string> KnownOn(HostView view, GuestBridge bridge)
        =>
        [
            .. (view.Optional(NeighbourEvidence.Source)?.Entries ?? []).Where(entry => entry.Device == bridge.Name && entry.Mac is not null).Select(entry => entry.Address),
            .. (view.Optional(ServerEvidence.Source)?.Leases ?? []).Where(lease => lease.State == "active").Select(lease => lease.Address),
            .. (view.Optional(AgentEvidence.Source)?.Guests ?? []).SelectMany(guest => guest.Addresses).Select(address => address.Address).OfType<string>(),
            .. new[] { ProbePlan.GatewayOn(view, bridge.Name) }.OfType<string>(),
        ];

    private static Finding Found(HostTopology topology, GuestBridge bridge, string address, string[] macs, Certainty certainty)
    {
        var guest = topology.GuestPorts.FirstOrDefault(port => port.Mac is not null && macs.Contains(port.Mac));
        return new()
        {
            Id = Id,
            Subject = guest?.Link.Name ?? address,
            Bridge = bridge.Name,
            Scope = guest is null ? Scope.Bridge : Scope.Guest,
            Certainty = certainty,
            Summary = $"{address} is used by {macs.Length} machines: {string.Join(" and ", macs.Take(4).Select(mac => topology.GuestPorts.FirstOrDefault(port => port.Mac == mac)?.Guest ?? mac))}",
            Because = [new(ProbeSections.Arp, $"{bridge.Name}: {address} is at {string.Join(" and at ", macs.Take(4))}")],
            Question = $"Which of {string.Join(" and ", macs.Take(4))} is meant to have {address}? The other needs another address, or the DHCP range has to leave it out (D1)."
                + (guest is null ? " If both are one machine with two NICs in this network, it is no fault: Linux answers from both." : ""),
            Risk = Risk.D1,
            Probe = SymptomProbe.GatewayArp,
        };
    }
}
