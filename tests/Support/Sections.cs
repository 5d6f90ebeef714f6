using System.Collections.Immutable;
using System.Text;
using ChatOpsBot.Domain.Evidence;

namespace ChatOpsBot.Support;

/// <summary>Makes sections and snapshots for tests.</summary>
public static class Sections
{
    /// <summary>A part that ran to its end.</summary>
    public static PartOutput Part(string name, string stdout, int exitCode = 0, string stderr = "")
        => new(name, PartEnd.Exited, exitCode, Encoding.UTF8.GetBytes(stdout), Encoding.UTF8.GetBytes(stderr));

    /// <summary>A part that ended otherwise.</summary>
    public static PartOutput Part(string name, PartEnd end, string stderr = "", string stdout = "")
        => new(name, end, 0, Encoding.UTF8.GetBytes(stdout), Encoding.UTF8.GetBytes(stderr));

    /// <summary>A section of parts.</summary>
    public static SectionOutput Of(string id, params PartOutput[] parts) => new(id, [.. parts]);

    /// <summary>A section from the files of <c>tests/Fixtures/ID/CASE</c>: part <c>x</c> is <c>x.txt</c>; an underscore in a file name is a blank.</summary>
    public static SectionOutput Fixture(string id, string @case)
        => new(id, [.. Directory.GetFiles(RepositoryFiles.At("tests", "Fixtures", id, @case), "*.txt").Order(StringComparer.Ordinal)
            .Select(file => new PartOutput(Path.GetFileNameWithoutExtension(file).Replace('_', ' '), PartEnd.Exited, 0, File.ReadAllBytes(file), default))]);

    /// <summary>A snapshot of sections.</summary>
    public static HostSnapshot Snapshot(params SectionOutput[] sections)
        => new("host42", new DateTimeOffset(2026, 11, 22, 8, 30, 0, TimeSpan.Zero), TimeSpan.FromMilliseconds(412),
            sections.ToImmutableSortedDictionary(section => section.Id, section => section, StringComparer.Ordinal));

    /// <summary>Reads a snapshot file; a broken one fails the test with its message.</summary>
    public static HostSnapshot Load(string path)
        => SnapshotFile.Read(File.ReadAllBytes(path)) switch
        {
            SnapshotFile.Reading.Loaded(var snapshot) => snapshot,
            SnapshotFile.Reading.Unusable fault => throw new InvalidOperationException($"{path}: {fault.Message}"),
            _ => throw new InvalidOperationException(path),
        };

    /// <summary>Writes a snapshot file.</summary>
    public static void Save(HostSnapshot snapshot, string path) => File.WriteAllBytes(path, SnapshotFile.Write(snapshot));

    /// <summary>The fact; anything else fails the test with what it was.</summary>
    public static T Known<T>(this FactReading<T> reading)
        => reading is FactReading<T>.Known(var value) ? value : throw new InvalidOperationException($"not known: {reading}");
}
