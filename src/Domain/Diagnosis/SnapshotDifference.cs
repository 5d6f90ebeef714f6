using System.Collections.Immutable;
using ChatOpsBot.Domain.Evidence;

namespace ChatOpsBot.Domain.Diagnosis;

/// <summary>What is other on a host than when it was last known to be good: links, their masters and settings, the bridge filter's switches, the kernel.</summary>
public static class SnapshotDifference
{
    private const int Most = 20;

    /// <summary>The differences as changes, for the ranking. What one of the two did not read is no difference.</summary>
    /// <param name="good">The host when it was good.</param>
    /// <param name="now">The host now.</param>
    public static ImmutableArray<RecentChange> Between(HostView good, HostView now)
    {
        var when = $"as of {good.ObservedAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC, when the host was good";
        var changes = new List<RecentChange>();
        if (good.Optional(LinkEvidence.Source) is { } before && now.Optional(LinkEvidence.Source) is { } after)
        {
            changes.AddRange(before.Links.SelectMany(link => OfLink(link, after, when)));
        }

        if (good.Optional(OsEvidence.Source)?.Kernel is { } old && now.Optional(OsEvidence.Source)?.Kernel is { } kernel && old != kernel)
        {
            changes.Add(new(new("history", $"kernel {kernel}: was {old} {when}"), ["kernel.", "nic.uplink-renamed", "nic.driver-fault", "host.config-drift"], []));
        }

        return [.. changes.Take(Most)];
    }

    private static IEnumerable<RecentChange> OfLink(Link old, LinkFacts after, string when)
    {
        if (after.Links.FirstOrDefault(link => link.Name == old.Name) is not { } link)
        {
            // Taps come and go with their guests.
            if (old.Kind != "tun")
            {
                yield return new(new("history", $"{old.Name}: is gone, was there {when}"), ["nic.", "bridge.missing", "bridge.uplink-missing", "host.", "kernel.", "vlan."], [old.Name, .. old.Master is { } last ? [last] : Array.Empty<string>()]);
            }

            yield break;
        }

        if (link.Master != old.Master)
        {
            yield return new(new("history", $"{link.Name}: master {link.Master ?? "none"}, was {old.Master ?? "none"} {when}"), ["bridge.uplink-", "bridge.vnet-", "host.", "nic.uplink-renamed"],
                [link.Name, .. new[] { old.Master, link.Master }.OfType<string>()]);
        }

        if (link.Mtu != old.Mtu)
        {
            yield return new(new("history", $"{link.Name}: mtu {link.Mtu}, was {old.Mtu} {when}"), ["mtu."], [link.Name]);
        }

        if (link.IsUp != old.IsUp)
        {
            yield return new(new("history", $"{link.Name}: {(link.IsUp ? "up" : "down")}, was {(old.IsUp ? "up" : "down")} {when}"), ["nic.uplink-", "bridge.down", "bridge.port-", "bridge.loop-storm"], [link.Name, .. link.Master is { } master ? [master] : Array.Empty<string>()]);
        }

        if (link.Bridge is { } bridge && old.Bridge is { } was && (bridge.StpState, bridge.ForwardDelay, bridge.VlanFiltering, bridge.NfCallIptables) != (was.StpState, was.ForwardDelay, was.VlanFiltering, was.NfCallIptables))
        {
            yield return new(new("history", $"{link.Name}: its bridge settings are other than {when}"), ["bridge.stp-", "bridge.port-blocked", "vlan.", "nf.", "switch.bpdu-guard"], [link.Name]);
        }

        if (link.Port is { } port && old.Port is { } flags && (port with { State = null }) != (flags with { State = null }))
        {
            yield return new(new("history", $"{link.Name}: its port flags are other than {when}"), ["bridge.port-flags"], [link.Name]);
        }
    }
}
