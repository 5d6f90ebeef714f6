using System.Collections.Immutable;
using ChatOpsBot.Domain.Diagnosis.Hops;
using ChatOpsBot.Domain.Evidence;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// The guest never asks: no driver, a renamed NIC, a configuration for another hardware address. A guest that holds a lease is silent too, so silence counts only where the guest has never sent
/// anything, or its agent says that it has no address. Source: catalogue dhcp.client-silent; https://bugs.launchpad.net/cloud-init/+bug/1766287/comments/5.
/// </summary>
public static class DhcpClientSilent
{
    /// <summary>Fault id.</summary>
    public const string Id = "dhcp.client-silent";

    // Shorter silence is nothing.
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(9);

    private static FaultArticle Article { get; } = new()
    {
        What = "The guest never asks for an address: no driver for its NIC, the NIC has another name than the guest's configuration says, the configuration is for another hardware address, or no client runs.",
        DecidedBy = "A trace hears no frame from the guest, its tap's receive counter stands still, and the guest has never sent any or its agent reports no address.",
        ConfusedWith = ["guest.link-down", "libvirt.vm-not-running", "bridge.vnet-detached", "dhcp.no-answer"],
        RepairedBy = "Inside the guest: driver, name or match of the NIC. From outside its link can be taken down and up, which makes most clients ask again (guest/nudge-link, D1).",
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = new(Id, Article, view => Verdict.Join(GuestHops.Of(view).Select(guest => Judge(view, guest))));

    private static Verdict Judge(HostView view, GuestHops guest)
    {
        if (guest.End != HopEnd.Silent || guest.Waited < Enough || view.Probes.Trace is not { } trace || IsPaused(view, guest) || !guest.Port.Link.HasCarrier || guest.Port.Definition is { LinkDown: true })
        {
            return Verdict.Clear;
        }

        var tap = guest.Port.Link.Name;
        if (Agent(view, guest) is { } reported)
        {
            return reported.All(entry => entry.Mac != guest.Mac)
                ? Found(guest, Certainty.Likely, "the guest shows no NIC with this hardware address: it has no driver for it", new("e.agent", $"{guest.Port.Guest}: no interface has {guest.Mac}"))
                : reported.Any(entry => entry.Mac == guest.Mac && entry.Address is { } address && !address.StartsWith("fe80:", StringComparison.OrdinalIgnoreCase) && !address.StartsWith("169.254.", StringComparison.Ordinal))
                    ? Verdict.Ruled(Id, $"{guest.Port.Guest} has an address")
                    : Found(guest, Certainty.Likely, "the guest has the NIC but no address, and does not ask for one: its configuration does not match",
                        new("e.agent", $"{guest.Port.Guest}: {reported.FirstOrDefault(entry => entry.Mac == guest.Mac)?.Interface ?? "its NIC"} has no address"));
        }

        if (trace.Speaking.Contains(tap) || view.Again(LinkEvidence.Source)?.Find(tap) is { } later && later.RxPackets != guest.Port.Link.RxPackets)
        {
            return Verdict.Ruled(Id, $"{guest.Port.Guest} sends frames, so it is not silent");
        }

        if (HasAddress(view, guest))
        {
            return Verdict.Ruled(Id, $"{guest.Port.Guest} holds an address and need not ask");
        }

        if (guest.Port.Link.RxPackets == 0)
        {
            return Found(guest, Certainty.Likely, "it has not sent a single frame since its tap was made", new("e.link", $"{tap}: rx packets 0"));
        }

        // It spoke once. Only whoever asks about this guest knows that it should have an address.
        var isAsked = view.Focus.Guest is { } name && (name == guest.Port.Guest || name == tap);
        var isForgotten = view.Optional(FdbEvidence.Source)?.Entries.Any(entry => entry.Mac == guest.Mac && entry.IsLearned) == false;
        return isAsked && isForgotten
            ? Found(guest, Certainty.Possible, "no frame, and the bridge has forgotten its hardware address", new("e.fdb", $"{guest.Bridge.Name}: no entry for {guest.Mac}"))
            : Verdict.Clear;
    }

    private static Verdict Found(GuestHops guest, Certainty certainty, string why, EvidenceLine line) => Verdict.From(
    [
        new()
        {
            Id = Id,
            Subject = guest.Port.Link.Name,
            Bridge = guest.Bridge.Name,
            Scope = Scope.Guest,
            Certainty = certainty,
            Summary = $"{guest.Port.Guest} is silent, likely inside the guest: {why}",
            Because = [guest.Line, line],
            Question = $"What does {guest.Port.Guest} show on its console: is there a NIC with {guest.Mac ?? "its hardware address"}, under which name, and does the guest's configuration name that one? "
                + $"Taking its link down and up makes most clients ask again: run {Cards.Nudge.Runbook} (D1).",
            Risk = Risk.D1,
        },
    ]);

    private static bool IsPaused(HostView view, GuestHops guest)
        => view.Optional(DomainEvidence.Source)?.Guests.Any(known => known.Name == guest.Port.Guest && known.State is not ("running" or "idle")) == true;

    private static ImmutableArray<AgentAddress>? Agent(HostView view, GuestHops guest)
        => guest.Mac is not null && view.Optional(DomainEvidence.Source)?.Guests.FirstOrDefault(known => known.Name == guest.Port.Guest) is { } domain
            && view.Optional(AgentEvidence.Source)?.Find(domain.Uuid) is { Addresses.IsEmpty: false } agent ? agent.Addresses : null;

    private static bool HasAddress(HostView view, GuestHops guest)
        => guest.Mac is { } mac
            && (view.Optional(NeighbourEvidence.Source)?.Entries.Any(entry => entry.Mac == mac && !entry.States.Contains("FAILED") && !entry.Address.StartsWith("fe80:", StringComparison.Ordinal)) == true
                || view.Optional(ServerEvidence.Source)?.Leases.Any(lease => lease.Mac == mac && lease.State == "active" && (lease.Expires is not { } until || until > view.ObservedAt)) == true
                || view.Probes.Arp.Any(owners => owners.Macs.Contains(mac)));
}
