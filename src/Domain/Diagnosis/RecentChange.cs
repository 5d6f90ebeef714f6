using System.Collections.Immutable;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis;

/// <summary>Something that happened on the host not long ago and is known to bring about some faults.</summary>
/// <param name="Line">What, as evidence.</param>
/// <param name="Faults">Beginnings of the ids of faults that follow such a change.</param>
/// <param name="Objects">Names of the links concerned; empty when it concerns the host as a whole.</param>
public sealed record RecentChange(EvidenceLine Line, ImmutableArray<string> Faults, ImmutableArray<string> Objects)
{
    private const int MostLines = 400;

    // Who writes such a message, and what its doings are known to break.
    private static readonly ImmutableArray<(string Word, ImmutableArray<string> Faults)> Words =
    [
        ("docker", ["nf."]),
        ("containerd", ["nf."]),
        ("firewalld", ["nf."]),
        ("nftables", ["nf."]),
        ("netfilter-persistent", ["nf."]),
        ("ufw", ["nf."]),
        ("NetworkManager", ["host.manager-took-port", "bridge.uplink-", "bridge.vnet-", "nic.uplink-"]),
        ("systemd-networkd", ["host.manager-took-port", "bridge.uplink-", "bridge.vnet-", "nic.uplink-", "bridge.stp-"]),
        ("networking", ["bridge.uplink-", "bridge.vnet-", "bridge.down", "nic.uplink-", "host.config-drift"]),
        ("ifup", ["bridge.uplink-", "bridge.vnet-", "bridge.down", "nic.uplink-"]),
        ("libvirtd", ["bridge.vnet-", "guest.", "libvirt.", "nf.nwfilter-drop"]),
        ("virtqemud", ["bridge.vnet-", "guest.", "libvirt."]),
    ];

    /// <summary>Changes that the host's logs tell of and that came within that time before the read, the latest first.</summary>
    public static ImmutableArray<RecentChange> Read(HostView view, TimeSpan within)
    {
        var changes = new List<(DateTimeOffset At, RecentChange Change)>();
        var now = view.Optional(SelfEvidence.Source)?.HostClock ?? view.ObservedAt;
        foreach (var entry in (view.Optional(ServiceLogEvidence.Source)?.Entries ?? []).TakeLast(MostLines))
        {
            if (entry.At is { } at && now - at >= TimeSpan.Zero && now - at <= within && entry.Unit is { } unit && IsStart(entry.Message)
                && Words.FirstOrDefault(word => unit.Contains(word.Word, StringComparison.OrdinalIgnoreCase)) is { Word: not null } known)
            {
                changes.Add((at, new(new("e.svc", $"{unit}: {Cut(entry.Message)} (at {at.UtcDateTime:HH:mm:ss} UTC)"), known.Faults, [])));
            }
        }

        var uptime = view.Optional(SelfEvidence.Source)?.UptimeSeconds ?? 0;

        // A port that forwards again has nothing to do with what is wrong now.
        var links = (view.Topology as FactReading<HostTopology>.Known)?.Value.Links.Links.Where(link => !link.HasCarrier || link.Master is null || (link.Port is { State: not "forwarding" }))
            .Select(link => link.Name).ToHashSet(StringComparer.Ordinal) ?? [];
        foreach (var entry in (view.Optional(KernelLogEvidence.Source)?.Entries ?? []).TakeLast(MostLines))
        {
            if (entry.UptimeSeconds is { } when && uptime > 0 && uptime - when >= 0 && uptime - when <= within.TotalSeconds
                && (entry.Message.Contains("entered disabled state", StringComparison.Ordinal) || entry.Message.Contains("left promiscuous mode", StringComparison.Ordinal) || entry.Message.Contains("Link is Down", StringComparison.Ordinal)))
            {
                var words = entry.Message.Split([' ', '(', ')', ':', ','], StringSplitOptions.RemoveEmptyEntries);
                ImmutableArray<string> concerned = [.. words.Where(links.Contains).Distinct()];
                if (!concerned.IsEmpty)
                {
                    changes.Add((now - TimeSpan.FromSeconds(uptime - when), new(new("e.klog", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Cut(entry.Message)} ({when:0} s after boot)")), ["bridge.", "nic.", "switch."], concerned)));
                }
            }
        }

        return [.. changes.OrderByDescending(change => change.At).Select(change => change.Change)];
    }

    /// <summary>Whether this change may have brought that finding about.</summary>
    public bool Suits(Finding finding)
        => Faults.Any(prefix => finding.Id.StartsWith(prefix, StringComparison.Ordinal))
            && (Objects.IsEmpty || Objects.Contains(finding.Subject) || finding.Touches.Any(Objects.Contains));

    private static bool IsStart(string message)
        => message.StartsWith("Start", StringComparison.Ordinal) || message.StartsWith("Reload", StringComparison.Ordinal) || message.StartsWith("Restart", StringComparison.Ordinal)
            || message.Contains("deactivat", StringComparison.OrdinalIgnoreCase) || message.Contains("API listen on", StringComparison.Ordinal);

    private static string Cut(string text) => text.Length <= 120 ? text : text[..120] + "...";
}
