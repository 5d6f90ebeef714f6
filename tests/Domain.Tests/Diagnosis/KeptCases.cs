using System.Collections.Immutable;
using System.IO.Compression;
using System.Text.Json;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Hosts;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

/// <summary>A case of tests/Benchmarks/diagnosis.sh or tests/lab/uml.sh as it was read from a real host of the lab, with what was there and what the bot said.</summary>
/// <param name="Name">Name of the case.</param>
/// <param name="Kind"><c>single</c>, <c>double</c> or <c>healthy</c>.</param>
/// <param name="HasRoot">Whether all rows could be read.</param>
/// <param name="Expected">Fault ids that were there; alternatives in one text, separated by a bar.</param>
/// <param name="Verdict">What the bot said.</param>
/// <param name="Findings">What it found: id, subject and certainty, and the root that explains it.</param>
/// <param name="Host">The inventory's entry.</param>
/// <param name="Named">Causes outside the host that have to be named beside what it can tell.</param>
public sealed record KeptCase(string Name, string Kind, bool HasRoot, ImmutableArray<string> Expected, ImmutableArray<string> Named, string Verdict, ImmutableArray<string> Findings, HostEntry Host)
{
    /// <summary>What was read.</summary>
    public HostSnapshot Snapshot() => KeptCases.Load(Name);

    /// <summary>The findings of a diagnosis, written as <see cref="Findings"/> are.</summary>
    public static ImmutableArray<string> Lines(ChatOpsBot.Domain.Diagnosis.Diagnosis diagnosis)
        => [.. diagnosis.Findings.Select(finding
            => $"{finding.Id} {finding.Subject} {finding.Certainty.ToString().ToLowerInvariant()}{(finding.ConsequenceOf is { } root ? $" of {root}" : "")}")];
}

/// <summary>All kept cases.</summary>
public static class KeptCases
{
    // Kept by tests/Benchmarks/diagnosis.sh, and by tests/lab/uml.sh on a kernel that has VLANs and bonding.
    private static readonly ImmutableArray<string> s_folders = [RepositoryFiles.At("tests", "Fixtures", "diagnosis"), RepositoryFiles.At("tests", "Fixtures", "diagnosis-uml")];
    private static readonly Lazy<ImmutableArray<KeptCase>> s_all = new(ReadAll);

    /// <summary>In the order of their names.</summary>
    public static ImmutableArray<KeptCase> All => s_all.Value;

    /// <summary>Fails with all lines when there are any.</summary>
    public static void AssertNone(IEnumerable<string> wrong)
    {
        string[] lines = [.. wrong];
        Assert.True(lines.Length == 0, $"{lines.Length} cases:\n{string.Join('\n', lines)}");
    }

    /// <summary>One case's snapshot.</summary>
    internal static HostSnapshot Load(string name)
    {
        using var file = File.OpenRead(s_folders.Select(folder => Path.Combine(folder, name + ".json.gz")).First(File.Exists));
        using var gzip = new GZipStream(file, CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        gzip.CopyTo(bytes);
        return SnapshotFile.Read((ReadOnlyMemory<byte>)bytes.ToArray()) is SnapshotFile.Reading.Loaded(var snapshot) ? snapshot : throw new InvalidDataException(name);
    }

    private static ImmutableArray<KeptCase> ReadAll() => [.. s_folders.SelectMany(folder => ReadList(folder)).OrderBy(kept => kept.Name, StringComparer.Ordinal)];

    private static ImmutableArray<KeptCase> ReadList(string folder)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "cases.json")));
        return [.. json.RootElement.EnumerateArray().Select(ReadCase)];
    }

    private static KeptCase ReadCase(JsonElement json)
        => new(
            Text(json, "case"), Text(json, "kind"), json.GetProperty("root").GetBoolean(), Texts(json, "expected"), json.TryGetProperty("named", out _) ? Texts(json, "named") : [], Text(json, "verdict"), Texts(json, "findings"),
            new()
            {
                Name = "host42",
                Address = "192.0.2.42",
                Bridges = Texts(json, "bridges"),
                Uplinks = json.GetProperty("uplinks").EnumerateObject().ToImmutableSortedDictionary(pair => pair.Name, pair => pair.Value.GetString() ?? ""),
            });

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString() ?? throw new InvalidDataException(name);

    private static ImmutableArray<string> Texts(JsonElement json, string name) => [.. json.GetProperty(name).EnumerateArray().Select(text => text.GetString() ?? throw new InvalidDataException(name))];
}
