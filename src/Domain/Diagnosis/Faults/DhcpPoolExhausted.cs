using System.Collections.Immutable;
using System.Globalization;
using ChatOpsBot.Domain.Diagnosis.Hops;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Probes;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Faults;

/// <summary>
/// The server has no free address. Told by its own log or by arithmetic where it runs on this host; from a distance it is only named beside what looks the same.
/// Source: catalogue dhcp.pool-exhausted; https://lists.isc.org/pipermail/dhcp-users/2011-December/014440.html.
/// </summary>
public static class DhcpPoolExhausted
{
    /// <summary>Fault id.</summary>
    public const string Id = "dhcp.pool-exhausted";

    private static FaultArticle Article { get; } = new()
    {
        What = "The DHCP server has no free address: old guests renew, new ones get nothing.",
        DecidedBy = "The server's log says so (no address available, no free leases, ALLOC_ENGINE_V4_ALLOC_FAIL) and it has not given that client one since; or every address of its range is leased.",
        ConfusedWith = ["switch.port-security", "platform.outer-filter", "dhcp.no-answer", "dhcp.nak-or-decline-loop"],
        RepairedBy = "A larger range, a shorter lease, or freeing leases that were abandoned; then a reload of the server.",
        Messages = ["no address available", "no free leases", "ALLOC_ENGINE_V4_ALLOC_FAIL"],
    };

    /// <summary>The rule.</summary>
    public static DiagnosisRule Rule { get; } = DiagnosisRule.OverTopology(Id, Article, Judge);

    private static Verdict Judge(HostView view, HostTopology topology)
    {
        var own = Logged(view, topology) ?? Counted(view, topology);
        if (own is not null)
        {
            return Verdict.From([own]);
        }

        var remote = Upstream.Of(view);
        var suspects = remote.Where(network => (network.Answer == UpstreamAnswer.OnlySome && network.IsHostsOwnLease) || (network.Answer == UpstreamAnswer.NobodyButGateway && network.Offers is not null)).Select(network => new Finding
        {
            Id = Id,
            Subject = network.Bridge.Name,
            Bridge = network.Bridge.Name,
            Scope = Scope.Bridge,
            Certainty = Certainty.Possible,
            Summary = $"New hardware addresses get no OFFER beyond {network.Uplink}: the server may have no free address",
            Because = network.Lines,
            Question = "Does the DHCP server have a free address? Its log says so: \"no address available\" (dnsmasq), \"no free leases\" (ISC), ALLOC_ENGINE_V4_ALLOC_FAIL (Kea).",
            Risk = Risk.D0,
        });
        var fresh = remote.FirstOrDefault(network => network.Offers is { ForHost: true } && !network.IsHostsOwnLease);
        return Verdict.Join([Verdict.From(suspects), fresh is null ? Verdict.Clear : Verdict.Ruled(Id, $"a free address was offered beyond {fresh.Uplink}"), .. topology.Bridges.Select(bridge => OwnUnread(view, topology, bridge))]);
    }

    /// <summary>A server of this host that listens for guests and whose leases were not read: it may have none left, unless it just offered one.</summary>
    private static Verdict OwnUnread(HostView view, HostTopology topology, GuestBridge bridge)
    {
        if (view.WhyMissing(ServerEvidence.Source) is not { } why || !topology.GuestsOf(bridge).Any() || Upstream.Of(view).Any(network => network.Bridge.Name == bridge.Name && network.Offers is { ForHost: true } && !network.IsHostsOwnLease))
        {
            return Verdict.Clear;
        }

        var addresses = view.Optional(AddressEvidence.Source)?.Of(bridge.Name).Where(address => address.Family == "inet").Select(address => address.Address).ToHashSet(StringComparer.Ordinal);
        var listens = view.Optional(SocketEvidence.Source)?.Sockets.Any(socket => !socket.Owners.Any(owner => owner.Program == "dhcrelay")
            && (socket.Device is { } device ? device == bridge.Name : socket.Address == "0.0.0.0" ? addresses is not { Count: 0 } : addresses?.Contains(socket.Address) != false)) == true;
        return listens ? Verdict.CannotTell(Id, ServerEvidence.Source.Id, $"a DHCP server of this host listens for {bridge.Name}, and whether it has addresses left was not read: {why}") : Verdict.Clear;
    }

    private static Finding? Logged(HostView view, HostTopology topology)
    {
        var lines = ServerLog.Read(view);
        var refused = lines.Index().LastOrDefault(entry => entry.Item.Word == ServerWord.NoneLeft && ServerLog.IsRecent(view, entry.Item));
        if (refused.Item is not { } line || lines.Skip(refused.Index + 1).Any(later => later.Word == ServerWord.Gave && (line.Mac is null || later.Mac == line.Mac)))
        {
            return null;
        }

        return Found(BridgeOf(view, topology, line.Text), line.At is null ? Certainty.Likely : Certainty.Certain, "The DHCP server of this host has no free address", [new("e.srv", line.Text)]);
    }

    private static Finding? Counted(HostView view, HostTopology topology)
    {
        if (view.Optional(ServerEvidence.Source) is not { Servers.IsEmpty: false } server)
        {
            return null;
        }

        var now = view.Optional(SelfEvidence.Source)?.HostClock ?? view.ObservedAt;
        ImmutableHashSet<uint> taken =
        [
            .. server.Leases.Where(lease => lease.State is "active" or "abandoned" or "declined" && (lease.Expires is not { } until || until > now)).Select(lease => ProbeText.Number(lease.Address)).OfType<uint>(),
        ];
        foreach (var bridge in topology.Bridges)
        {
            var address = view.Optional(AddressEvidence.Source)?.Of(bridge.Name).FirstOrDefault(entry => entry.Family == "inet");
            var ranges = server.Pools.Where(pool => address is not null && ProbeText.SameSubnet(pool.First, address.Address, address.PrefixLength) == true)
                .Select(pool => (First: ProbeText.Number(pool.First) ?? 1, Last: ProbeText.Number(pool.Last) ?? 0)).Where(range => range.Last >= range.First).ToArray();
            var size = ranges.Sum(range => (long)range.Last - range.First + 1);
            if (size > 0 && size <= taken.Count && ranges.All(range => taken.Count(number => number >= range.First && number <= range.Last) == (long)range.Last - range.First + 1))
            {
                return Found(bridge, Certainty.Certain, "The DHCP server of this host has leased its last address",
                    [new("e.srv", $"{bridge.Name}: {size.ToString(CultureInfo.InvariantCulture)} addresses in its ranges, all leased or set aside")]);
            }
        }

        return null;
    }

    /// <summary>The bridge that a log line names; the only bridge where it names none.</summary>
    internal static GuestBridge? BridgeOf(HostView view, HostTopology topology, string text)
        => topology.Bridges.FirstOrDefault(bridge => text.Contains($"({bridge.Name})", StringComparison.Ordinal) || text.Contains($" {bridge.Name}", StringComparison.Ordinal))
            ?? (topology.Bridges.Length == 1 ? topology.Bridges[0] : null);

    private static Finding Found(GuestBridge? bridge, Certainty certainty, string summary, ImmutableArray<EvidenceLine> because) => new()
    {
        Id = Id,
        Subject = bridge?.Name ?? "dhcp",
        Bridge = bridge?.Name,
        Scope = bridge is null ? Scope.Host : Scope.Bridge,
        Certainty = certainty,
        Summary = summary,
        Because = because,
        Question = "Should the range grow, the lease get shorter, or abandoned leases be freed? The server has to be reloaded after that; guests with a lease do not notice.",
        Risk = Risk.D0,
    };
}
