using System.Collections.Immutable;
using System.Globalization;

namespace ChatOpsBot.Domain.Evidence;

/// <summary>Room on disk, memory and how hard the host is pressed.</summary>
/// <param name="FileSystems">Those that hold <c>/var</c> and <c>/run</c>.</param>
/// <param name="MemoryKiB">Memory of the host.</param>
/// <param name="AvailableKiB">Memory that could be had without swapping.</param>
/// <param name="Pressure">Stalls by resource (<c>cpu</c>, <c>io</c>, <c>memory</c>): percent of the last 10 s in which some task waited; empty on kernels without it.</param>
public sealed record DiskFacts(ImmutableArray<FileSystemRoom> FileSystems, long? MemoryKiB, long? AvailableKiB, ImmutableSortedDictionary<string, double> Pressure);

/// <summary>Room of one file system.</summary>
/// <param name="MountedOn">Mount point.</param>
/// <param name="SizeKiB">Size.</param>
/// <param name="AvailableKiB">Room for ordinary users.</param>
public sealed record FileSystemRoom(string MountedOn, long SizeKiB, long AvailableKiB);

/// <summary>E.disk: disk, memory, pressure.</summary>
public static class DiskEvidence
{
    private const string PressurePath = "/proc/pressure/";

    /// <summary>The evidence row.</summary>
    public static EvidenceSource<DiskFacts> Source { get; } = new(
        "e.disk",
        Privilege.Login,
        """
        part room df -P /var /run
        set -- /proc/meminfo
        for file in /proc/pressure/*; do
            [ -r "$file" ] && set -- "$@" "$file"
        done
        part kernel grep -H '' "$@"
        """,
        Parse);

    private static FactReading<DiskFacts> Parse(SectionOutput section)
    {
        var files = PartReading.LabelledLines(section.Part("kernel")?.Text ?? "");
        var room = section.Part("room");
        var systems = ReadRoom(room?.Text ?? "");
        if (systems.IsEmpty && !files.ContainsKey("/proc/meminfo"))
        {
            return new FactReading<DiskFacts>.Missing((room is null ? null : SectionProblem.Reason(room)) ?? "nothing was printed");
        }

        var memory = files.GetValueOrDefault("/proc/meminfo") ?? [];
        var pressure = files
            .Where(file => file.Key.StartsWith(PressurePath, StringComparison.Ordinal))
            .Select(file => (Resource: file.Key[PressurePath.Length..], Percent: SomeOf(file.Value)))
            .Where(entry => entry.Percent is not null)
            .ToImmutableSortedDictionary(entry => entry.Resource, entry => entry.Percent ?? 0, StringComparer.Ordinal);
        return new FactReading<DiskFacts>.Known(new DiskFacts(systems, Memory(memory, "MemTotal:"), Memory(memory, "MemAvailable:"), pressure));
    }

    // "Filesystem 1024-blocks Used Available Capacity Mounted on"; device and mount point may hold blanks, the four numbers do not.
    private static ImmutableArray<FileSystemRoom> ReadRoom(string text)
    {
        var systems = ImmutableArray.CreateBuilder<FileSystemRoom>();
        foreach (var line in text.Split('\n').Skip(1))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var percent = Array.FindIndex(words, 0, word => word.EndsWith('%') || word == "-");
            if (percent >= 4 && percent < words.Length - 1
                && PartReading.Number(words[percent - 3]) is { } size && PartReading.Number(words[percent - 1]) is { } available)
            {
                systems.Add(new FileSystemRoom(string.Join(' ', words[(percent + 1)..]), size, available));
            }
        }

        return systems.ToImmutable();
    }

    private static long? Memory(List<string> lines, string name)
        => lines.FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal)) is { } line
            ? PartReading.Number(line[name.Length..].Replace("kB", "", StringComparison.Ordinal))
            : null;

    private static double? SomeOf(List<string> lines)
    {
        var some = lines.FirstOrDefault(line => line.StartsWith("some avg10=", StringComparison.Ordinal));
        var value = some?["some avg10=".Length..].Split(' ')[0];
        return double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) ? percent : null;
    }
}
