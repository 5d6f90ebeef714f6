using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace ChatOpsBot.Domain.Evidence;

/// <summary>E.lldp: what the switches on the other end of the links say about themselves, from lldpd, else from what systemd-networkd kept.</summary>
public static class LldpEvidence
{
    // networkd keeps the frames themselves, one file per link, named by its index.
    private const string Script = """
        sock=
        for f in /run/lldpd.socket /run/lldpd/lldpd.socket /var/run/lldpd.socket; do [ -S "$f" ] && sock=$f && break; done
        set --
        for f in /run/systemd/netif/lldp/*; do [ -f "$f" ] && set -- "$@" "$f"; done
        [ -n "$sock" ] || [ $# -gt 0 ] || { absent 'no LLDP daemon runs here'; return; }
        if [ -n "$sock" ]; then
            [ -w "$sock" ] || { missing "the rights of $sock do not admit this account"; return; }
            part lldpd lldpctl -u "$sock" -f json0
        else
            for f in "$@"; do part "networkd ${f##*/}" cat "$f"; done
        fi
        """;

    /// <summary>The evidence row.</summary>
    public static EvidenceSource<LldpFacts> Source { get; } = new("e.lldp", Privilege.RootIfPossible, Script, Parse);

    private static FactReading<LldpFacts> Parse(SectionOutput section)
    {
        var neighbors = new List<LldpNeighbor>();
        foreach (var part in section.Parts)
        {
            if (SectionProblem.Reason(part) is { } reason)
            {
                return new FactReading<LldpFacts>.Missing(reason);
            }

            if (part.Name == "lldpd")
            {
                neighbors.AddRange(ReadLldpd(part.Text));
            }
            else if (part.Name.StartsWith("networkd ", StringComparison.Ordinal) && int.TryParse(part.Name[9..], out var index))
            {
                neighbors.AddRange(ReadFrames(index, part.Stdout.Span));
            }
        }

        return new FactReading<LldpFacts>.Known(new([.. neighbors]));
    }

    private static List<LldpNeighbor> ReadLldpd(string text)
    {
        using var json = JsonDocument.Parse(text);
        var neighbors = from lldp in json.RootElement.Items("lldp")
                        from link in lldp.Items("interface")
                        where link.Text("name") is not null
                        let chassis = First(link, "chassis")
                        let port = First(link, "port")
                        select new LldpNeighbor
                        {
                            Link = link.Text("name"),
                            ChassisId = Value(chassis, "id"),
                            SystemName = Value(chassis, "name"),
                            SystemDescription = Value(chassis, "descr"),
                            PortId = Value(port, "id"),
                            PortDescription = Value(port, "descr"),
                            NativeVlan = NativeVlanOf(link),
                            Vlans = [.. link.Items("vlan").Select(vlan => int.TryParse(vlan.Text("vlan-id"), out var id) ? id : 0).Where(id => id > 0)],
                        };
        return [.. neighbors];
    }

    private static JsonElement First(JsonElement element, string name) => element.Items(name).FirstOrDefault();

    private static string? Value(JsonElement element, string name) => First(element, name).Text("value");

    // Numbers are strings in this format.
    private static int? NativeVlanOf(JsonElement link)
        => link.Items("vlan").FirstOrDefault(vlan => vlan.Flag("pvid") == true).Text("vlan-id") is { } id && int.TryParse(id, out var value) ? value : null;

    // Each frame follows its length as 64 bits, little-endian.
    private static List<LldpNeighbor> ReadFrames(int index, ReadOnlySpan<byte> bytes)
    {
        var neighbors = new List<LldpNeighbor>();
        while (bytes.Length > 8 && BinaryPrimitives.ReadUInt64LittleEndian(bytes) is var length && length <= (ulong)(bytes.Length - 8))
        {
            if (ReadFrame(index, bytes.Slice(8, (int)length)) is { } neighbor)
            {
                neighbors.Add(neighbor);
            }

            bytes = bytes[(8 + (int)length)..];
        }

        return neighbors;
    }

    // IEEE 802.1AB: 14 bytes of Ethernet header, then type (7 bits), length (9 bits), value.
    private static LldpNeighbor? ReadFrame(int index, ReadOnlySpan<byte> frame)
    {
        if (frame.Length < 16 || BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) != 0x88cc)
        {
            return null;
        }

        var neighbor = new LldpNeighbor { LinkIndex = index };
        var rest = frame[14..];
        while (rest.Length >= 2 && BinaryPrimitives.ReadUInt16BigEndian(rest) is > 0 and var head && rest.Length >= 2 + (head & 0x1ff))
        {
            var value = rest.Slice(2, head & 0x1ff);
            neighbor = (head >> 9) switch
            {
                1 => neighbor with { ChassisId = Identity(value, macType: 4) },
                2 => neighbor with { PortId = Identity(value, macType: 3) },
                4 => neighbor with { PortDescription = Encoding.UTF8.GetString(value) },
                5 => neighbor with { SystemName = Encoding.UTF8.GetString(value) },
                6 => neighbor with { SystemDescription = Encoding.UTF8.GetString(value) },
                // IEEE 802.1 organisation, subtype 1: port VLAN id.
                127 when value.Length >= 6 && value[..4].SequenceEqual((ReadOnlySpan<byte>)[0x00, 0x80, 0xc2, 0x01])
                    => neighbor with { NativeVlan = BinaryPrimitives.ReadUInt16BigEndian(value[4..]) },
                // Subtype 3: VLAN name, one for each VLAN that the switch tells of.
                127 when value.Length >= 6 && value[..4].SequenceEqual((ReadOnlySpan<byte>)[0x00, 0x80, 0xc2, 0x03])
                    => neighbor with { Vlans = neighbor.Vlans.Add(BinaryPrimitives.ReadUInt16BigEndian(value[4..])) },
                _ => neighbor,
            };
            rest = rest[(2 + value.Length)..];
        }

        return neighbor;
    }

    internal static string? Identity(ReadOnlySpan<byte> value, byte macType)
        => value.Length < 2 ? null
            : value[0] == macType && value.Length == 7 ? string.Join(':', value[1..].ToArray().Select(b => b.ToString("x2")))
            : Encoding.UTF8.GetString(value[1..]);
}

/// <summary>LLDP neighbours.</summary>
/// <param name="Neighbors">Empty when the daemon has heard none yet; switches speak every 30 s.</param>
public sealed record LldpFacts(ImmutableArray<LldpNeighbor> Neighbors);

/// <summary>The switch port at the other end of a link, in its own words: display only.</summary>
public sealed record LldpNeighbor
{
    /// <summary>Local interface; <see langword="null"/> when only <see cref="LinkIndex"/> is known.</summary>
    public string? Link { get; init; }

    /// <summary>Index of the local interface, where the source names it by index.</summary>
    public int? LinkIndex { get; init; }

    /// <summary>Chassis id, usually a MAC.</summary>
    public string? ChassisId { get; init; }

    /// <summary>The switch's name.</summary>
    public string? SystemName { get; init; }

    /// <summary>The switch's description.</summary>
    public string? SystemDescription { get; init; }

    /// <summary>Port id.</summary>
    public string? PortId { get; init; }

    /// <summary>Port description.</summary>
    public string? PortDescription { get; init; }

    /// <summary>Untagged VLAN of the switch port, 0 for none.</summary>
    public int? NativeVlan { get; init; }

    /// <summary>VLANs that the switch port names; many switches name none, or only the untagged one.</summary>
    public ImmutableArray<int> Vlans { get; init; } = [];
}
