using System.Collections.Immutable;
using System.Text.Json;

namespace ChatOpsBot.Domain.Evidence;

/// <summary>The multicast tables of all bridges.</summary>
/// <param name="Entries">Groups and the ports that joined them.</param>
/// <param name="RouterPorts">Ports behind which a multicast router or querier was seen.</param>
public sealed record MdbFacts(ImmutableArray<MdbEntry> Entries, ImmutableArray<MulticastRouterPort> RouterPorts);

/// <summary>One group on one port.</summary>
/// <param name="Bridge">Bridge.</param>
/// <param name="Port">Port; the bridge's own name for the host itself.</param>
/// <param name="Group">Group address.</param>
/// <param name="VlanId">VLAN, or <see langword="null"/>.</param>
/// <param name="State"><c>temp</c> or <c>permanent</c>.</param>
public sealed record MdbEntry(string Bridge, string Port, string Group, int? VlanId, string State);

/// <summary>A port behind which a multicast router is.</summary>
/// <param name="Bridge">Bridge.</param>
/// <param name="Port">Port.</param>
public sealed record MulticastRouterPort(string Bridge, string Port);

/// <summary>E.mdb: multicast tables of bridges.</summary>
public static class MdbEvidence
{
    /// <summary>The evidence row.</summary>
    public static EvidenceSource<MdbFacts> Source { get; } = new(
        "e.mdb", Privilege.Login, [new("groups", "bridge", "-d -s", "mdb show")], section => section.Array("groups", ReadTables).Then(Join));

    private static MdbFacts? ReadTables(JsonElement tables) => new(
        [.. tables.Items("mdb").Select(ReadEntry).OfType<MdbEntry>()],
        [.. ReadRouters(tables)]);

    private static MdbEntry? ReadEntry(JsonElement entry)
        => entry.Text("dev") is { } bridge && entry.Text("port") is { } port && entry.Text("grp") is { } group
            ? new MdbEntry(bridge, port, group, (int?)entry.Number("vid"), entry.Text("state") ?? "")
            : null;

    private static IEnumerable<MulticastRouterPort> ReadRouters(JsonElement tables)
    {
        if (tables.Field("router") is not { ValueKind: JsonValueKind.Object } routers)
        {
            yield break;
        }

        foreach (var bridge in routers.EnumerateObject())
        {
            foreach (var port in routers.Items(bridge.Name))
            {
                if (port.Text("port") is { } name)
                {
                    yield return new MulticastRouterPort(bridge.Name, name);
                }
            }
        }
    }

    private static MdbFacts Join(ImmutableArray<MdbFacts> tables)
        => new([.. tables.SelectMany(table => table.Entries)], [.. tables.SelectMany(table => table.RouterPorts)]);
}
