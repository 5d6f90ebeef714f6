using System.Collections.Immutable;
using System.Globalization;
using ChatOpsBot.Domain.Evidence;

namespace ChatOpsBot.Domain.Probes;

/// <summary>A spanning-tree frame that was seen.</summary>
/// <param name="Link">Where.</param>
/// <param name="Out">Whether the host sent it.</param>
/// <param name="ForwardDelay">Forward delay that it announces; <see langword="null"/> in frames that have none.</param>
public sealed record HeardBpdu(string Link, bool Out, TimeSpan? ForwardDelay);

/// <summary>What P.lldp heard on uplinks: switches' own words and spanning tree.</summary>
/// <param name="Neighbors">Neighbours by LLDP; switches speak every 30 s, so hearing none proves nothing.</param>
/// <param name="Bpdus">Spanning-tree frames, a few for each link and direction.</param>
public sealed record SwitchTalk(ImmutableArray<LldpNeighbor> Neighbors, ImmutableArray<HeardBpdu> Bpdus)
{
    /// <summary>Reads the lines of <see cref="ProbeProgram.Watch"/> that concern switches; <see langword="null"/> when nobody listened.</summary>
    public static SwitchTalk? Read(PartOutput part)
    {
        var (neighbors, bpdus, begun, ready) = (new Dictionary<string, LldpNeighbor>(StringComparer.Ordinal), ImmutableArray.CreateBuilder<HeardBpdu>(), false, false);
        foreach (var words in ProbeSections.Words(part))
        {
            begun |= words is ["cob-watch", "1"];
            ready |= begun && words is ["ready"];
            switch (words)
            {
                case ["lldp", _, var link, var type, var hex] when begun && Text(type, hex) is { } text:
                    var neighbor = neighbors.GetValueOrDefault(link) ?? new LldpNeighbor { Link = link };
                    neighbors[link] = type switch
                    {
                        "1" => neighbor with { ChassisId = text },
                        "2" => neighbor with { PortId = text },
                        "4" => neighbor with { PortDescription = text },
                        "5" => neighbor with { SystemName = text },
                        "pvid" when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var vlan) => neighbor with { NativeVlan = vlan },
                        _ => neighbor,
                    };
                    break;
                case ["bpdu", _, var link, ("in" or "out") and var way, var delay] when begun:
                    bpdus.Add(new(link, way == "out", int.TryParse(delay, NumberStyles.None, CultureInfo.InvariantCulture, out var units) ? TimeSpan.FromSeconds(units / 256.0) : null));
                    break;
            }
        }

        return ready ? new([.. neighbors.Values], bpdus.ToImmutable()) : null;
    }

    // Values are the switch's own bytes, so they travel as hexadecimal digits.
    private static string? Text(string type, string hex)
    {
        if (hex.Length is 0 or > 400 || hex.Length % 2 != 0 || !hex.All(char.IsAsciiHexDigit))
        {
            return null;
        }

        var bytes = Convert.FromHexString(hex);
        return type switch
        {
            "pvid" => bytes.Length == 2 ? ((bytes[0] << 8) | bytes[1]).ToString(CultureInfo.InvariantCulture) : null,
            "1" or "2" => LldpEvidence.Identity(bytes, macType: (byte)(type == "1" ? 4 : 3)),
            _ => System.Text.Encoding.UTF8.GetString(bytes),
        };
    }
}
