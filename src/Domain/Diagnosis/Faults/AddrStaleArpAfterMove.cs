using ChatOpsBot.Domain.Diagnosis.Hops;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Probes;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// After a guest was moved here the network still sends its frames to the old place. Source: catalogue addr.stale-arp-after-move; https://majornetwork.net/2024/09/mac-address-move-in-vm-live-migration/.
/// </summary>
public static class AddrStaleArpAfterMove
{
    /// <summary>Fault id.</summary>
    public const string Id = "addr.stale-arp-after-move";

    private static readonly TimeSpan Recent = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(9);

    private static FaultArticle Article { get; } = new()
    {
        What = "After a live migration, a failover or a change of NIC nothing reaches the guest for minutes, until it sends something itself: switches and neighbours still know the old place.",
        DecidedBy = "The guest was migrated here in the last ten minutes, its hardware address is learned on the right tap, it answers ARP from the host, and in ten seconds no frame for it alone arrives. "
            + "Or its DHCP questions leave unanswered, while the host's address and one that nobody knew are answered.",
        ConfusedWith = ["addr.duplicate-ip", "addr.duplicate-mac", "bridge.port-flags"],
        RepairedBy = "QEMU announces the guest (QMP announce-self), or the guest sends one gratuitous ARP.",
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = new(Id, Article, view => Verdict.Join([.. Unanswered(view), .. GuestHops.Of(view).Select(guest => Judge(view, guest))]));

    private static LogEntry? Move(HostView view, GuestHops guest)
    {
        var now = view.Optional(SelfEvidence.Source)?.HostClock ?? view.ObservedAt;
        return view.Optional(ServiceLogEvidence.Source)?.Entries.LastOrDefault(entry => entry.At is { } at && now - at <= Recent
            && entry.Message.Contains("migrat", StringComparison.OrdinalIgnoreCase) && entry.Message.Contains(guest.Port.Guest, StringComparison.Ordinal));
    }

    /// <summary>Answers go to the old place too: of all who ask from here only this guest hears none.</summary>
    private static IEnumerable<Verdict> Unanswered(HostView view)
        => from network in Upstream.Of(view)
           where network.AnswersStrangers
           from guest in network.Unanswered
           let moved = Move(view, guest)
           select Verdict.From(
           [
               new()
               {
                   Id = Id,
                   Subject = guest.Port.Link.Name,
                   Bridge = guest.Bridge.Name,
                   Scope = Scope.Guest,
                   Certainty = moved is null ? Certainty.Possible : Certainty.Likely,
                   Summary = $"Beyond {network.Uplink} everybody is answered but {guest.Port.Guest}: {(moved is null ? "the network may have its hardware address at another place" : "it was migrated here, and the network still knows its old place")}",
                   Because = [.. moved is null ? [] : (EvidenceLine[])[Shown(moved)], .. network.Lines],
                   Question = $"Behind which port does the switch see {guest.Mac ?? "the guest's hardware address"}? If it is another one: {Announce(guest)} "
                       + "If it is this one, the DHCP server has a rule for that address, or another machine has it; if none, the port may take no further one (switch.port-security).",
                   Risk = Risk.D0,
               },
           ]);

    private static EvidenceLine Shown(LogEntry moved) => new("e.svc", moved.Message.Length <= 160 ? moved.Message : moved.Message[..160] + "...");

    private static string Announce(GuestHops guest)
        => $"may the guest be announced anew? On the host: virsh qemu-monitor-command {guest.Port.Guest} '{{\"execute\":\"announce-self\",\"arguments\":{{\"initial\":50,\"max\":550,\"rounds\":5,\"step\":50}}}}' (D0).";

    private static Verdict Judge(HostView view, GuestHops guest)
    {
        var moved = Move(view, guest);
        var unread = view.WhyMissing(ServiceLogEvidence.Source);
        if ((moved is null && unread is null) || view.Probes.Trace is not { } trace || trace.Listened < Enough)
        {
            return Verdict.Clear;
        }

        var tap = guest.Port.Link.Name;
        if (trace.SpokenTo.Contains(tap))
        {
            return Verdict.Ruled(Id, $"frames for {guest.Port.Guest} alone arrive at {tap}");
        }

        var learned = view.Optional(FdbEvidence.Source)?.Entries.Any(entry => entry.Mac == guest.Mac && entry.Device == tap && entry.IsLearned) == true;
        var owners = view.Probes.Arp.FirstOrDefault(answer => guest.Mac is { } mac && answer.Macs.Contains(mac));
        if (!learned || owners is null || !trace.Speaking.Contains(tap))
        {
            return Verdict.Clear;
        }

        return moved is null
            ? Verdict.CannotTell(Id, ServiceLogEvidence.Source.Id, $"{guest.Port.Guest} sends frames and is sent none, and whether it was just migrated here was not read: {unread}")
            : Verdict.From(
            [
                new()
                {
                    Id = Id,
                    Subject = tap,
                    Bridge = guest.Bridge.Name,
                    Scope = Scope.Guest,
                    Certainty = Certainty.Likely,
                    Summary = $"{guest.Port.Guest} was migrated here, sends frames and is sent none: the network still knows its old place",
                    Because =
                    [
                        Shown(moved), new("e.fdb", $"{guest.Mac}: learned on {tap}"),
                        new(ProbeSections.Trace, $"{tap}: frames from the guest, none for it alone in {GuestHops.Seconds(trace.Listened)}"), new(ProbeSections.Arp, $"{owners.Target} answers from {guest.Mac}"),
                    ],
                    Question = $"M{Announce(guest)[1..]}",
                    Risk = Risk.D0,
                    Probe = SymptomProbe.GatewayArp,
                },
            ]);
    }
}
