using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Topology;

namespace ChatOpsBot.Domain.Diagnosis.Hops;

/// <summary>Whom to ask about the far end of an uplink.</summary>
internal static class SwitchPort
{
    /// <summary>The port by LLDP, as heard by a daemon or by P.lldp; else the uplink's own name.</summary>
    public static string Of(HostView view, GuestBridge bridge)
    {
        var names = bridge.Uplinks.SelectMany(link => new[] { link.Name, link.Lower }).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var links = (view.Topology as FactReading<HostTopology>.Known)?.Value.Links;
        foreach (var bond in bridge.Uplinks.SelectMany(link => new[] { link.Name, link.Lower }).OfType<string>())
        {
            names.UnionWith(links?.Links.Where(link => link.Master == bond && link.PortKind != "bridge").Select(link => link.Name) ?? []);
        }

        var heard = (view.Optional(LldpEvidence.Source)?.Neighbors ?? []).Concat(view.Probes.Switches?.Neighbors ?? [])
            .FirstOrDefault(neighbor => (neighbor.Link ?? links?.Links.FirstOrDefault(link => link.Index == neighbor.LinkIndex)?.Name) is { } name && names.Contains(name));
        var uplink = bridge.Uplinks.FirstOrDefault()?.Name ?? bridge.Name;
        return heard is null
            ? $"the switch port of {uplink}"
            : $"port {heard.PortId ?? heard.PortDescription ?? "unknown"} of {heard.SystemName ?? heard.ChassisId ?? "an unnamed switch"} (by LLDP on {uplink})";
    }

    /// <summary>Whether the host is itself a guest; <see langword="null"/> when nothing says.</summary>
    public static bool? IsVirtual(HostView view) => view.Optional(OsEvidence.Source)?.Virtualization is { } kind ? kind != "none" : null;
}
