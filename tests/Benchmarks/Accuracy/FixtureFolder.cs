using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Hosts;

namespace ChatOpsBot.Benchmarks.Accuracy;

/// <summary>Keeps what was read in each case, so that tests can ask the same questions again without a lab.</summary>
/// <param name="folder">Where; emptied first.</param>
internal sealed partial class FixtureFolder(string folder)
{
    private readonly List<(Answer Answer, HostEntry Host)> _kept = [];
    private JsonDocument? _others;

    /// <summary>Makes the folder anew, or leaves in it what is not asked again.</summary>
    public void Begin(bool keepsOthers)
    {
        if (keepsOthers && File.Exists(List))
        {
            _others = JsonDocument.Parse(File.ReadAllBytes(List));
            return;
        }

        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder);
    }

    private string List => Path.Combine(folder, "cases.json");

    /// <summary>Keeps one read, cleaned.</summary>
    public void Keep(Answer answer, HostSnapshot clean, HostEntry host)
    {
        var buffer = new ArrayBufferWriter<byte>();
        SnapshotFile.Write(clean, buffer);
        using (var file = File.Create(Path.Combine(folder, $"{answer.Name}.json.gz")))
        using (var gzip = new GZipStream(file, CompressionLevel.SmallestSize))
        {
            gzip.Write(buffer.WrittenSpan);
        }

        _kept.Add((answer, host));
    }

    /// <summary>Writes the list of cases, each with what is there and what the bot says to it.</summary>
    public void End()
    {
        var asked = _kept.Select(kept => kept.Answer.Name).ToHashSet(StringComparer.Ordinal);
        var entries = _kept.Select(kept => (kept.Answer.Name, Write: (Action<Utf8JsonWriter>)(json => Entry(json, kept.Answer, kept.Host))))
            .Concat((_others?.RootElement.EnumerateArray() ?? []).Select(entry => (Name: entry.GetProperty("case").GetString() ?? "", Write: (Action<Utf8JsonWriter>)entry.WriteTo))
                .Where(entry => !asked.Contains(entry.Name)));
        using var file = File.Create(List);
        using var json = new Utf8JsonWriter(file, new() { Indented = true, NewLine = "\n" });
        json.WriteStartArray();
        foreach (var entry in entries.OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            entry.Write(json);
        }

        json.WriteEndArray();
    }

    private static void Entry(Utf8JsonWriter json, Answer answer, HostEntry host)
    {
        json.WriteStartObject();
        json.WriteString("case", answer.Name);
        json.WriteString("kind", answer.Case.Kind.ToString().ToLowerInvariant());
        json.WriteBoolean("root", answer.HasRoot);
        Texts(json, "bridges", host.Bridges);
        json.WriteStartObject("uplinks");
        foreach (var (bridge, uplink) in host.Uplinks)
        {
            json.WriteString(bridge, uplink);
        }

        json.WriteEndObject();
        Texts(json, "expected", answer.Expected.Select(ids => string.Join('|', ids)));
        if (!answer.Named.IsEmpty)
        {
            Texts(json, "named", answer.Named);
        }

        json.WriteString("verdict", answer.Diagnosis.Verdict.ToString().ToLowerInvariant());
        Texts(json, "findings", answer.Diagnosis.Findings.Select(Line));
        json.WriteEndObject();
    }

    /// <summary>A finding as the list of cases shows it.</summary>
    private static string Line(Finding finding)
        => $"{finding.Id} {finding.Subject} {finding.Certainty.ToString().ToLowerInvariant()}{(finding.ConsequenceOf is { } root ? $" of {root}" : "")}";

    private static void Texts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    /// <summary>Hosts of the lab share the kernel of the machine they run on: its log and its name are not theirs, and nobody else's business.</summary>
    /// <param name="snapshot">What was read.</param>
    /// <param name="logSince">Seconds since boot from which on the log counts as this host's; <see langword="null"/> for none of it.</param>
    public static HostSnapshot Clean(HostSnapshot snapshot, double? logSince)
    {
        var sections = snapshot.Sections.ToBuilder();
        foreach (var (id, section) in snapshot.Sections)
        {
            if (id == KernelLogEvidence.Source.Id)
            {
                sections[id] = section with { Parts = [.. section.Parts.Select(part => part with { Stdout = Since(part.Stdout, logSince) })] };
            }
            else if (id == OsEvidence.Source.Id)
            {
                sections[id] = section with { Parts = [.. section.Parts.Select(part => part with { Stdout = Encoding.UTF8.GetBytes(Release().Replace(Encoding.UTF8.GetString(part.Stdout.Span), "$1")) })] };
            }
        }

        return snapshot with { Sections = sections.ToImmutable() };
    }

    private static ReadOnlyMemory<byte> Since(ReadOnlyMemory<byte> log, double? since)
        => since is null ? default : Encoding.UTF8.GetBytes(string.Concat(Encoding.UTF8.GetString(log.Span).Split('\n')
            .Where(line => LoggedAt().Match(line) is { Success: true } at && double.Parse(at.Groups[1].Value, CultureInfo.InvariantCulture) >= since).Select(line => line + "\n")));

    [GeneratedRegex(@"^<\d+>\[ *(\d+\.\d+)\] .*(?:br0|eno2|vnet0)")]
    private static partial Regex LoggedAt();

    [GeneratedRegex(@"(?<=osrelease:)([0-9.]+)\S*")]
    private static partial Regex Release();
}
