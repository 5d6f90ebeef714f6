using System.Collections.Immutable;
using ChatOpsBot.Domain.Probes;

namespace ChatOpsBot.Domain.Diagnosis.Hops;

/// <summary>
/// Lets what frames really did decide over what settings suggest (catalogue, section 3.5): an exchange that passed removes the roots that would have stopped it, one that ends inside the host
/// confirms them, and where nothing explains the end the answer is the segment, the suspects and what was not read.
/// </summary>
internal static class DeadSegment
{
    private static readonly ImmutableArray<string> AtPort =
        ["nf.netdev-or-tc-drop", "nf.nwfilter-drop", "bridge.port-flags", "bridge.port-blocked", "vlan.filtering-pvid", "ovs.port-or-flows"];

    private static readonly ImmutableArray<string> InBridge =
    [
        "nf.forward-drop-on-bridge", "nf.bridge-family-drop", "nf.rpfilter-on-bridge", "nf.conntrack-full", "bridge.port-flags", "vlan.filtering-pvid", "bridge.uplink-missing", "nf.nwfilter-drop", "bridge.port-blocked",
    ];

    private static readonly ImmutableArray<string> BeforeUplink =
        ["bridge.uplink-missing", "bridge.port-blocked", "bridge.port-flags", "nf.bridge-family-drop", "nf.forward-drop-on-bridge", "vlan.filtering-pvid", "nf.netdev-or-tc-drop"];

    private static readonly ImmutableArray<string> AnswerLost =
    [
        "nf.bridge-family-drop", "nf.forward-drop-on-bridge", "nf.nwfilter-drop", "nf.rpfilter-on-bridge", "bridge.port-flags", "bridge.tap-mac-is-guest-mac", "addr.duplicate-mac", "vlan.filtering-pvid", "nf.conntrack-full", "nf.netdev-or-tc-drop",
    ];

    /// <summary>Roots that a whole exchange over the uplink refutes, for its guest and, where they concern the bridge, for the bridge.</summary>
    private static readonly ImmutableHashSet<string> RefutedByPassing =
    [
        .. AtPort, .. InBridge, .. BeforeUplink, .. AnswerLost, "bridge.down", "bridge.vnet-detached", "bridge.stp-forward-delay", "bridge.loop-storm", "nic.uplink-no-carrier", "nic.uplink-admin-down",
        "nic.driver-fault", "nic.bond-lacp-broken", "nic.vf-spoofcheck", "vlan.not-on-trunk", "vlan.subif-missing-or-wrong-id", "vlan.subif-steals-from-bridge", "guest.link-down", "dhcp.no-answer",
        "dhcp.server-faulty", "switch.edge-port-delay",
    ];

    // Neither list has switch.dhcp-snooping: what comes in from a server elsewhere says nothing about the OFFERs that a server on this side sends out.
    /// <summary>Roots between bridge and server, which any OFFER over the uplink refutes. Forwarding inside the bridge is none of them: the host's own frames are not forwarded.</summary>
    private static readonly ImmutableHashSet<string> RefutedByOffer =
    [
        "bridge.down", "bridge.uplink-missing", "nic.uplink-no-carrier", "nic.uplink-admin-down", "nic.driver-fault", "nic.bond-lacp-broken", "dhcp.no-answer", "dhcp.server-faulty", "switch.edge-port-delay",
    ];

    /// <summary>Applies what the probes saw to what the rules said.</summary>
    public static Verdict Apply(HostView view, Verdict all)
    {
        var guests = GuestHops.Of(view);
        if (guests.IsEmpty && view.Probes.Dhcp.IsEmpty)
        {
            return all;
        }

        var rejected = all.Rejected.ToBuilder();
        var findings = all.Findings.Where(finding =>
        {
            if (WhyRefuted(view, guests, finding) is not { } why)
            {
                return true;
            }

            rejected.Add(new(finding.Id, why));
            return false;
        }).ToList();
        var everyGuestPassed = !guests.IsEmpty && guests.All(PassedOverUplink) && Covers(view, guests);
        ImmutableArray<Undecided> undecided = everyGuestPassed ? [.. all.Undecided.Where(open => !RefutedByPassing.Contains(open.RuleId))] : all.Undecided;
        foreach (var group in guests.Where(guest => SuspectsOf(guest.End) is not null).GroupBy(guest => (guest.Bridge.Name, guest.End)))
        {
            // Never null: the group has only ends with suspects.
            Explain(findings, undecided, [.. group], SuspectsOf(group.Key.End)!.Value);
        }

        return new([.. findings], [.. rejected.Distinct()], undecided);
    }

    private static bool PassedOverUplink(GuestHops guest) => guest is { End: HopEnd.Passed, LeftByUplink: true, AnswerFromUplink: true };

    /// <summary>Whether no guest is missing in the trace: one that was not listened to may be the sick one.</summary>
    private static bool Covers(HostView view, ImmutableArray<GuestHops> guests)
        => (view.Topology as Evidence.FactReading<Topology.HostTopology>.Known)?.Value.GuestPorts.All(port => guests.Any(guest => guest.Port == port)) == true;

    private static string? WhyRefuted(HostView view, ImmutableArray<GuestHops> guests, Finding finding)
    {
        if (guests.FirstOrDefault(guest => PassedOverUplink(guest) && RefutedByPassing.Contains(finding.Id) && Concerns(finding, guest)) is { } passed)
        {
            return $"the exchange of {passed.Port.Guest} passed: {passed.Way}";
        }

        // What is certain from settings stays: the question may have left by another way than the one that is broken.
        if (finding.Certainty < Certainty.Certain
            && guests.FirstOrDefault(guest => guest.End == HopEnd.Upstream && BeforeUplink.Contains(finding.Id) && finding.Scope == Scope.Guest && finding.Subject == guest.Port.Link.Name) is { } left)
        {
            return $"the question of {left.Port.Guest} left the host: {left.Way}";
        }

        var offer = RefutedByOffer.Contains(finding.Id) && finding.Bridge is { } bridge ? view.Probes.DhcpOn(bridge)?.Offers.FirstOrDefault() : null;
        return offer is not null && CameByUplink(view, finding.Bridge, offer) ? $"a DISCOVER from {finding.Bridge} was answered by {offer.Server ?? offer.Source}" : null;
    }

    /// <summary>A fault of the guest itself or of its whole bridge; a bridge-wide root cannot be where one of its guests is healthy.</summary>
    private static bool Concerns(Finding finding, GuestHops guest)
        => finding.Scope == Scope.Guest
            ? finding.Subject == guest.Port.Link.Name || finding.Subject == guest.Mac
            : finding.Bridge == guest.Bridge.Name && finding.Scope == Scope.Bridge;

    /// <summary>A server behind a guest's port says nothing about the uplink.</summary>
    private static bool CameByUplink(HostView view, string? bridge, DhcpOffer offer)
        => view.Topology is Evidence.FactReading<Topology.HostTopology>.Known(var topology)
            && topology.Bridge(bridge)?.Uplinks.Any(uplink => uplink.Name == offer.Link
                || view.Optional(Evidence.FdbEvidence.Source)?.Entries.Any(entry => entry.Mac == offer.Source && entry.Device == uplink.Name) == true
                || view.Probes.Trace?.Messages.Any(message => message is { Out: false, Type: "OFFER" } && message.Link == uplink.Name && message.Source == offer.Source) == true) == true;

    private static ImmutableArray<string>? SuspectsOf(HopEnd end) => end switch
    {
        HopEnd.AtPort => AtPort,
        HopEnd.InBridge => InBridge,
        HopEnd.BeforeUplink => BeforeUplink,
        HopEnd.AnswerLost => AnswerLost,
        _ => null,
    };

    private static void Explain(List<Finding> findings, ImmutableArray<Undecided> undecided, ImmutableArray<GuestHops> guests, ImmutableArray<string> suspects)
    {
        var unexplained = new List<GuestHops>();
        foreach (var guest in guests)
        {
            var confirmed = findings.FindIndex(finding => suspects.Contains(finding.Id)
                && (finding.Scope == Scope.Guest ? finding.Subject == guest.Port.Link.Name || finding.Subject == guest.Mac : finding.Bridge is null || finding.Bridge == guest.Bridge.Name));
            if (confirmed < 0)
            {
                unexplained.Add(guest);
            }
            else
            {
                findings[confirmed] = findings[confirmed] with { Because = findings[confirmed].Because.Add(guest.Line) };
            }
        }

        if (unexplained.Count == 0)
        {
            return;
        }

        // Suspects whose evidence is missing come first: those that were read have been looked at and found clear.
        string[] ordered = [.. suspects.OrderByDescending(id => undecided.Any(open => open.RuleId == id))];
        var unread = undecided.Where(open => suspects.Contains(open.RuleId)).Select(open => $"{open.Section} ({open.Why})").Distinct().Take(4).ToArray();
        var first = unexplained[0];
        findings.Add(new()
        {
            Id = ordered[0],
            Subject = unexplained.Count == 1 ? first.Port.Link.Name : first.Bridge.Name,
            Bridge = first.Bridge.Name,
            Scope = unexplained.Count == 1 ? Scope.Guest : Scope.Bridge,
            Certainty = Certainty.Possible,
            Summary = $"{Places(first)}; what stops it there is not known",
            Because = [.. unexplained.Take(3).Select(guest => guest.Line)],
            Question = $"What drops it {Where(first)}? Suspects: {string.Join(", ", ordered)}. "
                + (unread.Length > 0 ? $"Not read or not understood: {string.Join("; ", unread)}." : "All that the bot can read of them was read and shows nothing."),
            Risk = Risk.D0,
        });
    }

    private static string Places(GuestHops guest) => guest.End switch
    {
        HopEnd.AnswerLost => $"The DHCP answer for {guest.Port.Guest} comes in by the uplink of {guest.Bridge.Name} and does not reach {guest.Port.Link.Name}",
        _ => $"The DHCP question of {guest.Port.Guest} dies {Where(guest)}",
    };

    private static string Where(GuestHops guest) => guest.End switch
    {
        HopEnd.AtPort => $"on the port {guest.Port.Link.Name}, before the bridge {guest.Bridge.Name} sees it",
        HopEnd.InBridge => $"between input and output of {guest.Bridge.Name}",
        HopEnd.BeforeUplink => $"between {guest.Bridge.Name} and its uplink",
        _ => $"between the uplink of {guest.Bridge.Name} and {guest.Port.Link.Name}",
    };
}
