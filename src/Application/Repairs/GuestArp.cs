using System.Collections.Immutable;
using ChatOpsBot.Application.Probing;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Hosts;
using ChatOpsBot.Domain.Probes;

namespace ChatOpsBot.Application.Repairs;

/// <summary>Whether ARP passes between a guest and other machines: an answer goes out by the guest's tap that this host did not give itself.</summary>
internal static class GuestArp
{
    /// <summary>Listens once, as long as P.trace does.</summary>
    /// <returns>The first such answer; <see langword="null"/> within when there was none.</returns>
    public static async Task<FactReading<HopArp?>> ListenAsync(HostProbes probes, HostEntry host, HostView view, ImmutableArray<TracedGuest> guests, CancellationToken cancellationToken)
    {
        if (DhcpTraceRequest.For(guests, ProbePlan.TraceFor) is not { } usable)
        {
            return new FactReading<HopArp?>.Missing("no guest of it can be listened to");
        }

        // No hardware address is given: the program would end early with the first lease.
        var part = await probes.RunAsync(
            host, "watch", ProbeProgram.Watch, [.. ProbePlan.WatchHead, .. usable.Guests.SelectMany(guest => new[] { "tap", guest.Link, "-" })], ProbePlan.TraceFor, null, cancellationToken);
        var trace = HopTrace.Read(part);
        return trace.Listening ? new FactReading<HopArp?>.Known(Answer(trace, view, usable.Guests)) : new FactReading<HopArp?>.Missing(part.ErrorLine.Length > 0 ? part.ErrorLine : "the probe did not start");
    }

    /// <summary>The answer as people read it.</summary>
    public static string Told(HopArp answer) => $"{answer.Sender} is at {answer.Mac}, seen on {answer.Link}";

    private static HopArp? Answer(HopTrace trace, HostView view, ImmutableArray<TracedGuest> guests)
    {
        var own = (view.Optional(LinkEvidence.Source)?.Links ?? []).Select(link => link.Address).OfType<string>().ToHashSet(StringComparer.OrdinalIgnoreCase);
        return trace.Arps.FirstOrDefault(arp => arp is { Out: true, IsReply: true } && !own.Contains(arp.Mac) && guests.Any(guest => guest.Link == arp.Link));
    }
}
