using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace ChatOpsBot.Domain.Evidence;

/// <summary>Network cards, and other ports that may be uplinks, as the driver sees them.</summary>
/// <param name="Nics">Those that were asked.</param>
/// <param name="Skipped">Names of further ones that were not.</param>
public sealed record NicFacts(ImmutableArray<Nic> Nics, ImmutableArray<string> Skipped)
{
    /// <summary>The card of that name, or <see langword="null"/>.</summary>
    public Nic? Find(string name) => Nics.FirstOrDefault(nic => nic.Name == name);
}

/// <summary>One network card. What the driver does not tell is <see langword="null"/> or not in the dictionary.</summary>
public sealed record Nic
{
    /// <summary>Link name.</summary>
    public required string Name { get; init; }

    /// <summary>Driver.</summary>
    public string? Driver { get; init; }

    /// <summary>Version of its firmware.</summary>
    public string? Firmware { get; init; }

    /// <summary>Bus address.</summary>
    public string? Bus { get; init; }

    /// <summary>Speed in Mbit/s.</summary>
    public int? SpeedMbps { get; init; }

    /// <summary><c>Full</c> or <c>Half</c>.</summary>
    public string? Duplex { get; init; }

    /// <summary>Kind of connector, for example <c>Twisted Pair</c> or <c>FIBRE</c>.</summary>
    public string? Port { get; init; }

    /// <summary>Whether the driver sees a link; a card that is administratively down may say no for that alone.</summary>
    public bool? LinkDetected { get; init; }

    /// <summary>Offloads by their long names, on or off.</summary>
    public ImmutableSortedDictionary<string, bool> Features { get; init; } = ImmutableSortedDictionary<string, bool>.Empty;

    /// <summary>Counters under the driver's own names.</summary>
    public ImmutableSortedDictionary<string, long> Statistics { get; init; } = ImmutableSortedDictionary<string, long>.Empty;

    /// <summary>Fastest speed that the card can run, in Mbit/s; <see langword="null"/> where the driver does not list its modes.</summary>
    public int? BestSpeedMbps { get; init; }

    /// <summary>Whether it is a wireless card.</summary>
    public bool IsWireless { get; init; }

    /// <summary>Whether it is a virtual function of another card (SR-IOV).</summary>
    public bool IsVirtualFunction { get; init; }

    /// <summary>The link of the physical function that it belongs to; <see langword="null"/> when it is none, or the physical function is not visible here.</summary>
    public string? PhysicalFunction { get; init; }

    /// <summary>Its number at the physical function.</summary>
    public int? FunctionNumber { get; init; }

    /// <summary>Alarms and warnings that the optic itself has raised.</summary>
    public ImmutableArray<string> OpticAlarms { get; init; } = [];
}

/// <summary>E.nic: driver, link, offloads, counters and optics.</summary>
public static partial class NicEvidence
{
    /// <summary>
    /// The evidence row. A hundred taps must not cost hundreds of processes: only cards with a device behind them are asked (at most 24), and bridge
    /// ports of another kind whose names are not those that hypervisors and container engines give (at most 4).
    /// </summary>
    public static EvidenceSource<NicFacts> Source { get; } = new(
        "e.nic",
        Privilege.RootIfPossible,
        """
        set --
        others=0
        for dir in /sys/class/net/*; do
            [ -e "$dir/device" ] || continue
            if [ -e "$dir/phy80211" ] || [ -e "$dir/wireless" ]; then put "wifi ${dir##*/}" yes; fi
            if [ -e "$dir/device/physfn" ]; then
                [ -e "$dir/master" ] || continue
                for parent in "$dir"/device/physfn/net/*; do
                    [ -e "$parent" ] || continue
                    for function in "$dir"/device/physfn/virtfn*; do
                        [ "$function" -ef "$dir/device" ] && put "vf ${dir##*/}" "${parent##*/} ${function##*virtfn}"
                    done
                    break
                done
                put "function ${dir##*/}" virtual
            fi
            if [ $# -lt 24 ]; then set -- "$@" "${dir##*/}"; else put "skipped ${dir##*/}" ''; fi
        done
        for dir in /sys/class/net/*; do
            [ -e "$dir/brport" ] && [ ! -e "$dir/device" ] && [ ! -e "$dir/tun_flags" ] || continue
            case ${dir##*/} in veth* | vnet* | tap* | fw* | qv[bo]* | cali* | lxc* | vxlan*) continue ;; esac
            others=$((others + 1))
            if [ "$others" -le 4 ]; then set -- "$@" "${dir##*/}"; else put "skipped ${dir##*/}" ''; fi
        done
        [ $# -gt 0 ] || { absent 'there is no network card'; return; }
        for name; do
            part "link $name" ethtool "$name"
            optic=
            is_root && [ -e "/sys/class/net/$name/device" ] && [ -n "$part_out" ] && grep -q 'Port: FIBRE' "$part_out" && optic=1
            part "driver $name" ethtool -i "$name"
            part "features $name" ethtool -k "$name"
            [ -e "/sys/class/net/$name/device" ] && part "statistics $name" ethtool -S "$name"
            [ -n "$optic" ] && part "optic $name" ethtool -m "$name"
        done
        """,
        Parse);

    private static FactReading<NicFacts> Parse(SectionOutput section)
    {
        var nics = new Dictionary<string, Nic>(StringComparer.Ordinal);
        var skipped = ImmutableArray.CreateBuilder<string>();
        string? failure = null;
        foreach (var part in section.Parts)
        {
            if (part.Name.Split(' ', 2) is not [var kind, var name])
            {
                continue;
            }

            if (kind == "skipped")
            {
                skipped.Add(name);
                continue;
            }

            // What a driver does not support ends with an error code; what it printed by then is true.
            if (part.Stdout.IsEmpty)
            {
                failure ??= kind == "link" ? SectionProblem.Reason(part) : null;
                continue;
            }

            var nic = nics.GetValueOrDefault(name) ?? new Nic { Name = name };
            nics[name] = Add(nic, kind, part.Text);
        }

        return nics.Count == 0
            ? new FactReading<NicFacts>.Missing(failure ?? "no card answered")
            : new FactReading<NicFacts>.Known(new NicFacts([.. nics.Values.OrderBy(nic => nic.Name, StringComparer.Ordinal)], skipped.ToImmutable()));
    }

    private static Nic Add(Nic nic, string kind, string text)
    {
        var lines = Lines(text);
        switch (kind)
        {
            case "link":
                return nic with
                {
                    BestSpeedMbps = BestSpeed(text),
                    SpeedMbps = (int?)PartReading.Number(First(lines, "Speed")?.Replace("Mb/s", "", StringComparison.Ordinal)),
                    Duplex = First(lines, "Duplex") is ("Full" or "Half") and var duplex ? duplex : null,
                    Port = First(lines, "Port"),
                    LinkDetected = First(lines, "Link detected") switch { "yes" => true, null => null, _ => false },
                };
            case "wifi":
                return nic with { IsWireless = true };
            case "function":
                return nic with { IsVirtualFunction = true };
            case "vf":
                var words = text.Trim().Split(' ', 2);
                return nic with { PhysicalFunction = words[0], FunctionNumber = words.Length > 1 ? (int?)PartReading.Number(words[1]) : null };
            case "driver":
                return nic with { Driver = First(lines, "driver"), Firmware = First(lines, "firmware-version"), Bus = First(lines, "bus-info") };
            case "features":
                var features = ImmutableSortedDictionary.CreateBuilder<string, bool>(StringComparer.Ordinal);
                foreach (var (name, value) in lines)
                {
                    if (value.Split(' ', 2)[0] is ("on" or "off") and var state)
                    {
                        features[name] = state == "on";
                    }
                }

                return nic with { Features = features.ToImmutable() };
            case "statistics":
                var statistics = ImmutableSortedDictionary.CreateBuilder<string, long>(StringComparer.Ordinal);
                foreach (var (name, value) in lines)
                {
                    if (PartReading.Number(value) is { } number)
                    {
                        statistics[name] = number;
                    }
                }

                return nic with { Statistics = statistics.ToImmutable() };
            case "optic":
                return nic with { OpticAlarms = [.. lines.Where(IsRaised).Select(line => line.Name)] };
            default:
                return nic;
        }
    }

    // "Supported link modes:   1000baseT/Full" and further modes on the lines below, up to the next key.
    private static int? BestSpeed(string text)
    {
        var start = text.IndexOf("Supported link modes:", StringComparison.Ordinal);
        var end = start < 0 ? -1 : text.IndexOf("Supported pause frame use:", start, StringComparison.Ordinal);
        var speeds = start < 0 || end < 0 ? [] : LinkMode().Matches(text[start..end]).Select(match => (int?)PartReading.Number(match.Groups[1].Value)).OfType<int>().ToArray();
        return speeds.Length == 0 ? null : speeds.Max();
    }

    [GeneratedRegex(@"\b(\d{1,6})base", RegexOptions.None, 1000)]
    private static partial Regex LinkMode();

    private static bool IsRaised((string Name, string Value) line)
        => line.Value == "On" && (line.Name.EndsWith(" alarm", StringComparison.Ordinal) || line.Name.EndsWith(" warning", StringComparison.Ordinal));

    // Names may hold colons, values as well; ethtool puts ": " between them.
    private static List<(string Name, string Value)> Lines(string text)
    {
        var lines = new List<(string, string)>();
        foreach (var line in text.Split('\n'))
        {
            if (line.LastIndexOf(':') is > 0 and var last)
            {
                var colon = line.IndexOf(": ", StringComparison.Ordinal) is > 0 and var spaced ? spaced : last;
                lines.Add((line[..colon].Trim(), line[(colon + 1)..].Trim()));
            }
        }

        return lines;
    }

    private static string? First(List<(string Name, string Value)> lines, string name)
        => lines.FirstOrDefault(line => line.Name == name).Value is { Length: > 0 } value ? value : null;
}
