using System.Collections.Immutable;
using System.Globalization;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Domain.Evidence;

namespace ChatOpsBot.Domain.Runbooks;

/// <summary>Facts about what the host is configured to have: bridges, libvirt's networks, limits of the kernel.</summary>
internal static class HostFactsOfRunbooks
{
    private static readonly ImmutableArray<ParameterType> s_name = [ParameterType.Name];

    public static ImmutableArray<RunbookFact> All { get; } =
    [
        new("link-presence", s_name, "`present` or `absent`: whether a link of that name is there", (context, of) => context.Link(of[0]) is null ? "absent" : "present"),
        new("configured-by", s_name, "manager whose files define the bridge: `ifupdown`, `netplan`, `networkd`, `NetworkManager`, else `nobody`", (context, of) =>
            context.View.Read(ConfigEvidence.Source) is FactReading<NetworkIntent>.Missing(var reason)
                ? FactValue.None($"the network configuration was not read: {reason}")
                : context.View.Optional(ConfigEvidence.Source)?.Find(of[0])?.Manager ?? "nobody"),
        new("takes-our-session", s_name, "`yes` when the configuration of the bridge takes a port over which our own session comes, else `no`", (context, of) =>
            context.View.Optional(ConfigEvidence.Source)?.Find(of[0]) is { } configured && BridgeMissing.PortOfOurSession(context.Topology, configured) is not null ? "yes" : "no"),
        new("network-state", s_name, "`active` or `inactive`: libvirt's network of that name", (context, of) => context.View.Read(NetworkEvidence.Source) switch
        {
            FactReading<VirtualNetworkFacts>.Known(var facts) => facts.Networks.FirstOrDefault(network => network.Name == of[0]) is { } network
                ? network.Active ? "active" : "inactive"
                : FactValue.None($"libvirt has no network {of[0]}"),
            FactReading<VirtualNetworkFacts>.Missing(var reason) => FactValue.None($"libvirt's networks were not read: {reason}"),
            _ => FactValue.None("there is no libvirt here"),
        }),
        new("neighbour-limits", [], "gc_thresh1 to gc_thresh3 of the IPv4 neighbour table, with blanks between", (context, _) => Limits(context, 1)),
        new("neighbour-limits-raised", [], "four times these", (context, _) => Limits(context, 4)),
    ];

    private static FactValue Limits(FactContext context, long factor)
        => context.View.Optional(SysctlEvidence.Source)?.NeighbourThresholds is { Length: 3 } limits && limits.All(limit => limit is > 0 and < 100_000_000)
            ? string.Join(' ', limits.Select(limit => (limit * factor).ToString(CultureInfo.InvariantCulture)))
            : FactValue.None("the limits of the neighbour table are not shown here", "raise net.ipv4.neigh.default.gc_thresh1 to gc_thresh3 by hand");
}
