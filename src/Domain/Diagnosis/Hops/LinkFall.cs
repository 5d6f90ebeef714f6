using System.Collections.Immutable;
using System.Text.RegularExpressions;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Hops;

/// <summary>An uplink without carrier whose fall the kernel's log puts right behind something that the host did.</summary>
/// <param name="Bridge">Its bridge.</param>
/// <param name="Uplink">The uplink.</param>
/// <param name="Trigger">What came before, in words.</param>
/// <param name="Between">The time between.</param>
/// <param name="Lines">Both as evidence.</param>
internal sealed partial record LinkFall(GuestBridge Bridge, string Uplink, string Trigger, TimeSpan Between, ImmutableArray<EvidenceLine> Lines)
{
    /// <summary>Uplinks that are without carrier now and fell within that time after a port began to forward or to listen.</summary>
    public static ImmutableArray<LinkFall> After(HostView view, TimeSpan within)
    {
        if (view.Topology is not FactReading<HostTopology>.Known(var topology) || view.Optional(KernelLogEvidence.Source) is not { } log)
        {
            return [];
        }

        return
        [
            .. from bridge in topology.Bridges
               from uplink in bridge.Uplinks
               where uplink.IsUp && !uplink.HasCarrier
               let fall = Find(topology, log, bridge, uplink.Name, within)
               where fall is not null
               select fall,
        ];
    }

    /// <summary>Seconds since boot at which a link's carrier came last; <see langword="null"/> when the log does not tell.</summary>
    public static double? CameUpAt(LogFacts? log, string bridge, string uplink)
        => log?.Entries.Where(entry => entry.UptimeSeconds is not null && (CarrierUp().IsMatch(entry.Message) ? Names(entry.Message, uplink) : PortState().Match(entry.Message) is { Success: true } port
                && port.Groups[1].Value == bridge && port.Groups[2].Value == uplink && port.Groups[3].Value is "forwarding" or "listening"))
            .Select(entry => entry.UptimeSeconds).LastOrDefault();

    private static LinkFall? Find(HostTopology topology, LogFacts log, GuestBridge bridge, string uplink, TimeSpan within)
    {
        LogEntry? before = null;
        LinkFall? last = null;
        foreach (var entry in log.Entries)
        {
            var port = PortState().Match(entry.Message);
            var isOwn = port.Success && port.Groups[1].Value == bridge.Name;
            if (isOwn && port.Groups[2].Value != uplink && port.Groups[3].Value is "forwarding" or "listening" && topology.GuestPorts.Any(guest => guest.Link.Name == port.Groups[2].Value))
            {
                before = entry;
            }
            else if (isOwn && port.Groups[2].Value == uplink && port.Groups[3].Value == "listening")
            {
                // Spanning tree was switched on.
                before = entry;
            }
            else if (before is { UptimeSeconds: { } began } && entry.UptimeSeconds is { } fell && fell >= began
                && ((isOwn && port.Groups[2].Value == uplink && port.Groups[3].Value == "disabled") || (CarrierDown().IsMatch(entry.Message) && Names(entry.Message, uplink))))
            {
                var between = TimeSpan.FromSeconds(Math.Min(fell - began, 1_000_000));
                last = between <= within
                    ? new(bridge, uplink, PortState().Match(before.Message) is var was && was.Groups[2].Value == uplink ? "it began to listen for spanning tree" : $"{was.Groups[2].Value} began to send", between,
                        [new("e.klog", $"{bridge.Name}: {Cut(before.Message)}"), new("e.klog", $"{uplink}: {Cut(entry.Message)}, {GuestHops.Seconds(between)} later")])
                    : null;
                before = null;
            }
        }

        return last;
    }

    private static bool Names(string message, string link) => Regex.IsMatch(message, $@"(?<![\w.-]){Regex.Escape(link)}(?![\w.-])", RegexOptions.None, TimeSpan.FromSeconds(1));

    private static string Cut(string text) => text.Length <= 160 ? text : text[..160] + "...";

    // Linux net/bridge/br_stp.c, br_log_state: "br0: port 2(vnet0) entered forwarding state".
    [GeneratedRegex(@"(?:^|\s)(\S{1,15}): port \d{1,4}\((\S{1,15})\) entered (\w{1,12}) state", RegexOptions.None, 1000)]
    private static partial Regex PortState();

    [GeneratedRegex(@"(?i)\b(?:link is down|link down|lost carrier)\b", RegexOptions.None, 1000)]
    private static partial Regex CarrierDown();

    [GeneratedRegex(@"(?i)\b(?:link is up|link becomes ready|gained carrier)\b", RegexOptions.None, 1000)]
    private static partial Regex CarrierUp();
}
