using System.Collections.Immutable;
using System.Globalization;
using ChatOpsBot.Application.Probing;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Probes;

namespace ChatOpsBot.Application.Repairs;

/// <summary>Whether a fault's own symptom has turned: the guest's DHCPACK on its tap, or, where that is what the fault took away, the gateway's answer or its echo of a frame of full size.</summary>
/// <param name="probes">Asks the host.</param>
/// <param name="baselines">What was seen from before the steps on.</param>
/// <param name="options">Times.</param>
/// <param name="time">The clock.</param>
public sealed class SymptomCheck(HostProbes probes, RepairBaselines baselines, RepairOptions options, TimeProvider time)
{
    /// <summary>Looks until the symptom has turned or the wait is over.</summary>
    /// <param name="work">The repair.</param>
    /// <param name="view">The host as it was read after the steps.</param>
    /// <param name="behindOther">Another fault is known, so the guest may have no chance yet.</param>
    /// <param name="onNews">Told how far a guest got.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<Proof> LookAsync(RepairWork work, HostView view, bool behindOther, Action<string> onNews, CancellationToken cancellationToken)
    {
        var finding = ProofSubjects.FindingOf(work.Incident.Diagnosis, work.Proposal.Target);
        var guests = ProofSubjects.GuestsOf(view, work);
        if (ProofSubjects.FullSizeOf(view, work) is { } ask)
        {
            return await PingAsync(work, ask, cancellationToken);
        }

        if (finding?.Probe == SymptomProbe.GatewayArp || guests.IsEmpty)
        {
            return await AskGatewayAsync(work, view, cancellationToken);
        }

        if (finding?.Probe == SymptomProbe.GuestArp)
        {
            return await AwaitArpAsync(work, view, guests, cancellationToken);
        }

        var wait = behindOther ? options.AckWaitBehindOtherFault : options.AckWait;
        var kept = baselines.Of(work.Plan.Id).Watch;
        if (kept is { HasEnded: false } || kept?.Seen.AckFor(kept.Request.Guests) is not null)
        {
            return await AwaitAsync(kept, wait, onNews, cancellationToken);
        }

        // After a restart: what came before this moment was not seen.
        await using var watch = AckWatch.Start(probes, work.Host, guests, wait, time);
        return watch is null ? NotSeen(Name(guests), "no guest of it can be listened to") : await AwaitAsync(watch, wait, onNews, cancellationToken);
    }

    /// <summary>Whether the gateway, which answered before the steps, is silent now. <see langword="null"/> when it was not asked before or cannot be asked now.</summary>
    public async Task<Proof?> CompareGatewayAsync(RepairWork work, CancellationToken cancellationToken)
    {
        if (baselines.Of(work.Plan.Id) is not { GatewayAnswered: true, Gateway: { } gateway })
        {
            return null;
        }

        return await baselines.AskAsync(work.Host, gateway, cancellationToken) is { } answers
            ? new($"the gateway {gateway.Target} still answers ARP on {gateway.Link}", answers, answers ? "it answered before and after" : "it answered before the repair and is silent now")
            : null;
    }

    private async Task<Proof> AskGatewayAsync(RepairWork work, HostView view, CancellationToken cancellationToken)
    {
        if (ProofSubjects.GatewayOf(view, work) is not { } gateway)
        {
            return NotSeen("a guest gets its address", "no guest concerned runs on this host, and no gateway is known that could be asked instead");
        }

        var what = $"the gateway {gateway.Target} answers ARP on {gateway.Link}";
        return await baselines.AskAsync(work.Host, gateway, cancellationToken) switch
        {
            true => new(what, true, "it answered"),
            false => NotSeen(what, "nobody answered"),
            null => NotSeen(what, "it could not be asked"),
        };
    }

    private async Task<Proof> PingAsync(RepairWork work, DfAsk ask, CancellationToken cancellationToken)
    {
        var what = string.Create(CultureInfo.InvariantCulture, $"a packet of {ask.Size} bytes that must not be cut reaches {ask.Target} by {ask.Bridge} and comes back");
        return await probes.PingAsync(work.Host, ask, cancellationToken) is var part && DfPing.Read(part) is { } ping
            ? new(what, ping.Passed, ping.Passed ? "it came back" : ping.Said ?? "nothing came back")
            : NotSeen(what, part.ErrorLine is { Length: > 0 } said ? Masking.Mask(said) : "ping said nothing");
    }

    private async Task<Proof> AwaitArpAsync(RepairWork work, HostView view, ImmutableArray<TracedGuest> guests, CancellationToken cancellationToken)
    {
        var what = $"another machine's answer to ARP reaches {string.Join(", ", guests.Take(3).Select(guest => guest.Link))}{(guests.Length > 3 ? ", ..." : "")}";
        var begin = time.GetTimestamp();
        do
        {
            switch (await GuestArp.ListenAsync(probes, work.Host, view, guests, cancellationToken))
            {
                case FactReading<HopArp?>.Known({ } answer):
                    return new(what, true, GuestArp.Told(answer));
                case FactReading<HopArp?>.Missing(var why):
                    return NotSeen(what, $"the host could not be listened to: {Masking.Mask(why)}");
            }
        }
        while (time.GetElapsedTime(begin) < options.AckWait);

        return NotSeen(what, "none was seen: either the guest asks for nothing, or it is not answered");
    }

    private async Task<Proof> AwaitAsync(AckWatch watch, TimeSpan wait, Action<string> onNews, CancellationToken cancellationToken)
    {
        var name = Name(watch.Request.Guests);
        var begin = time.GetTimestamp();
        while (true)
        {
            var left = wait - time.GetElapsedTime(begin);
            var ack = await watch.AckWithinAsync(left < options.ProgressEvery ? left : options.ProgressEvery, cancellationToken);
            if (ack is not null)
            {
                return new($"DHCPACK for {ack.Mac} on {ack.Link}", true, Told(ack));
            }

            if (watch.Missing is { } why)
            {
                return NotSeen(name, $"the host could not be listened to: {Masking.Mask(why)}");
            }

            if (watch.HasEnded || time.GetElapsedTime(begin) >= wait)
            {
                return NotSeen(name, watch.Seen.Reached);
            }

            onNews(watch.Seen.Reached);
        }
    }

    /// <summary>An ACK as people read it.</summary>
    internal static string Told(DhcpMessage ack)
        => $"{ack.Address ?? "an address"}{(ack.Server is { } server ? $" from {server}" : "")}";

    private static Proof NotSeen(string what, string why) => new(what, false, why);

    private static string Name(ImmutableArray<TracedGuest> guests) => guests switch
    {
        [] => "DHCPACK for a guest",
        [var only] => $"DHCPACK for {only.Mac ?? "the guest"} on {only.Link}",
        _ => string.Create(CultureInfo.InvariantCulture, $"DHCPACK for one of {guests.Length} guests ({string.Join(", ", guests.Take(3).Select(guest => guest.Link))}{(guests.Length > 3 ? ", ..." : "")})"),
    };
}
