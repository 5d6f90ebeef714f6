using System.Collections.Immutable;
using System.Text.Json;

namespace ChatOpsBot.Domain.Evidence;

/// <summary>The VLAN tables of bridges and their ports; they count only where <c>vlan_filtering</c> is on.</summary>
/// <param name="Entries">In kernel order; empty when no bridge keeps a table.</param>
public sealed record VlanFacts(ImmutableArray<VlanEntry> Entries)
{
    /// <summary>Entries of one port or bridge.</summary>
    public IEnumerable<VlanEntry> Of(string device) => Entries.Where(entry => entry.Device == device);
}

/// <summary>One VLAN or range of VLANs of a port.</summary>
/// <param name="Device">Port, or the bridge itself.</param>
/// <param name="First">First VLAN id.</param>
/// <param name="Last">Last VLAN id; the same for a single VLAN.</param>
/// <param name="IsPvid">Untagged frames that enter belong to it.</param>
/// <param name="IsUntagged">Its frames leave without a tag.</param>
public sealed record VlanEntry(string Device, int First, int Last, bool IsPvid, bool IsUntagged)
{
    /// <summary>Whether the VLAN is in this entry.</summary>
    public bool Holds(int vlan) => vlan >= First && vlan <= Last;
}

/// <summary>E.vlan: VLAN tables of bridge ports.</summary>
public static class VlanEvidence
{
    /// <summary>The evidence row.</summary>
    public static EvidenceSource<VlanFacts> Source { get; } = new("e.vlan", Privilege.Login, [new("vlans", "bridge", "", "vlan show")], Parse);

    private static FactReading<VlanFacts> Parse(SectionOutput section)
        => section
            .Array<IEnumerable<VlanEntry>>("vlans", port => port.Text("ifname") is { } name ? [.. port.Items("vlans").Select(vlan => ReadVlan(name, vlan)).OfType<VlanEntry>()] : null)
            .Then(ports => new VlanFacts([.. ports.SelectMany(entries => entries)]));

    private static VlanEntry? ReadVlan(string device, JsonElement vlan)
    {
        if (vlan.Number("vlan") is not { } first)
        {
            return null;
        }

        var flags = vlan.Texts("flags").ToArray();
        return new VlanEntry(device, (int)first, (int)(vlan.Number("vlanEnd") ?? first), flags.Contains("PVID"), flags.Contains("Egress Untagged"));
    }
}
