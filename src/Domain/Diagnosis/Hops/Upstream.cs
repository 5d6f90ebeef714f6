using System.Collections.Immutable;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Probes;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Hops;

/// <summary>What the network beyond an uplink answers whom (catalogue, section 3.4).</summary>
internal enum UpstreamAnswer
{
    /// <summary>Nobody asked, or not long enough.</summary>
    Unknown,

    /// <summary>Everybody who asks is answered.</summary>
    Fine,

    /// <summary>Some hardware addresses are answered, others are not.</summary>
    OnlySome,

    /// <summary>Nobody is answered by DHCP, but the gateway answers ARP.</summary>
    NobodyButGateway,

    /// <summary>Nobody is answered, and whether the gateway lives is not known.</summary>
    Nobody,

    /// <summary>Nobody is answered, not even by the gateway.</summary>
    Deaf,
}

/// <summary>The network beyond one bridge's uplink, as probes and trace show it.</summary>
internal sealed record Upstream
{
    /// <summary>The bridge.</summary>
    public required GuestBridge Bridge { get; init; }

    /// <summary>What is answered.</summary>
    public required UpstreamAnswer Answer { get; init; }

    /// <summary>Guests whose questions left by the uplink and were not answered.</summary>
    public required ImmutableArray<GuestHops> Unanswered { get; init; }

    /// <summary>P.dhcp; <see langword="null"/> when it was not run or not to its end.</summary>
    public required DhcpOffers? Offers { get; init; }

    /// <summary>The gateway that was asked by ARP, with what it said; <see langword="null"/> when none was asked.</summary>
    public required (string Address, bool Answers)? Gateway { get; init; }

    /// <summary>Whether the address offered to the host is one that it has already, so that the offer says nothing about free addresses.</summary>
    public required bool IsHostsOwnLease { get; init; }

    /// <summary>Whether an address that nobody there has seen before is answered as the host's own is: then no filter of addresses keeps a guest from being answered, it is something about that guest.</summary>
    public bool AnswersStrangers => Offers is { ForHost: true, ForGuest: true };

    /// <summary>The evidence as lines.</summary>
    public ImmutableArray<EvidenceLine> Lines
    {
        get
        {
            var lines = ImmutableArray.CreateBuilder<EvidenceLine>();
            lines.AddRange(Unanswered.Take(3).Select(hops => hops.Line));
            if (Offers is { } offers)
            {
                lines.Add(new(ProbeSections.Dhcp, $"{Bridge.Name}: {(offers.ForHost ? "OFFER" : "no OFFER")} for the host's {offers.HostMac} in {GuestHops.Seconds(offers.Waited)}"));
                if (offers.ForGuest is { } guest)
                {
                    lines.Add(new(ProbeSections.Dhcp, $"{Bridge.Name}: {(guest ? "OFFER" : "no OFFER")} for a guest's {offers.GuestMac}"));
                }
            }

            if (Gateway is { } gateway)
            {
                lines.Add(new(ProbeSections.Arp, $"{Bridge.Name}: gateway {gateway.Address} {(gateway.Answers ? "answers" : "is silent")}"));
            }

            return lines.ToImmutable();
        }
    }

    /// <summary>Name of the uplink to speak of.</summary>
    public string Uplink => Bridge.Uplinks.FirstOrDefault()?.Name ?? Bridge.Name;

    /// <summary>The bridges of a host that probes say something about.</summary>
    public static ImmutableArray<Upstream> Of(HostView view)
    {
        if (view.Topology is not FactReading<HostTopology>.Known(var topology) || (view.Probes.Trace is null && view.Probes.Dhcp.IsEmpty))
        {
            return [];
        }

        var hops = GuestHops.Of(view);
        return [.. topology.Bridges.Where(bridge => !bridge.Uplinks.IsEmpty).Select(bridge => Read(view, bridge, [.. hops.Where(guest => guest.Bridge.Name == bridge.Name)]))];
    }

    private static Upstream Read(HostView view, GuestBridge bridge, ImmutableArray<GuestHops> guests)
    {
        ImmutableArray<GuestHops> unanswered = [.. guests.Where(guest => guest.End == HopEnd.Upstream)];
        var offers = view.Probes.DhcpOn(bridge.Name) is { } asked && (asked.WaitedEnough || asked.ForHost) ? asked : null;
        var gateway = ProbePlan.GatewayOn(view, bridge.Name) is { } address && view.Probes.Answers(bridge.Name, address) is { } answers ? (address, answers) : ((string, bool)?)null;
        var own = view.Optional(AddressEvidence.Source)?.Of(bridge.Name).Select(entry => entry.Address).ToHashSet(StringComparer.Ordinal) ?? [];
        return new()
        {
            Bridge = bridge,
            Unanswered = unanswered,
            Offers = offers,
            Gateway = gateway,
            IsHostsOwnLease = offers is not null && offers.Offers.Where(offer => !offer.ToGuest).All(offer => offer.Address is not null && own.Contains(offer.Address)),
            Answer = Judge(guests, unanswered, offers, gateway?.Item2, IsServedHere(view, bridge)),
        };
    }

    /// <summary>Whether a server on this side of the uplink answers: its messages go out by a port of the bridge without having come in by an uplink.</summary>
    private static bool IsServedHere(HostView view, GuestBridge bridge)
    {
        var uplinks = bridge.Uplinks.Select(link => link.Name).ToHashSet(StringComparer.Ordinal);
        var ports = bridge.Ports.Select(link => link.Name).ToHashSet(StringComparer.Ordinal);
        return view.Probes.Trace is { } trace && uplinks.All(trace.Heard) && trace.Messages.Any(sent => sent is { IsFromServer: true, Out: true } && ports.Contains(sent.Link)
            && !trace.Messages.Any(came => came is { IsFromServer: true, Out: false } && came.Mac == sent.Mac && came.Exchange == sent.Exchange && came.Server == sent.Server && uplinks.Contains(came.Link)));
    }

    private static UpstreamAnswer Judge(ImmutableArray<GuestHops> guests, ImmutableArray<GuestHops> unanswered, DhcpOffers? offers, bool? gateway, bool isServedHere)
    {
        var answered = offers is { ForHost: true } or { ForGuest: true } || guests.Any(guest => guest is { AnswerFromUplink: true });

        // A server on this side need not hear what the bridge itself sends, and nobody else needs to answer.
        var refused = (!isServedHere && offers is { WaitedEnough: true } and ({ ForHost: false } or { ForGuest: false })) || !unanswered.IsEmpty;
        return (answered, refused, gateway) switch
        {
            (false, false, _) => UpstreamAnswer.Unknown,
            (true, false, _) => UpstreamAnswer.Fine,
            (true, true, _) => UpstreamAnswer.OnlySome,
            (false, true, true) => UpstreamAnswer.NobodyButGateway,
            (false, true, null) => UpstreamAnswer.Nobody,
            (false, true, false) => UpstreamAnswer.Deaf,
        };
    }
}
