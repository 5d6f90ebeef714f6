using System.Buffers;
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

    /// <summary>Makes the folder anew.</summary>
    public void Begin()
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder);
    }

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
        using var file = File.Create(Path.Combine(folder, "cases.json"));
        using var json = new Utf8JsonWriter(file, new() { Indented = true, NewLine = "\n" });
        json.WriteStartArray();
        foreach (var (answer, host) in _kept.OrderBy(kept => kept.Answer.Name, StringComparer.Ordinal))
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
            json.WriteStartArray("expected");
            foreach (var ids in answer.Expected)
            {
                json.WriteStringValue(string.Join('|', ids));
            }

            json.WriteEndArray();
            json.WriteString("verdict", answer.Diagnosis.Verdict.ToString().ToLowerInvariant());
            Texts(json, "findings", answer.Diagnosis.Findings.Select(Line));
            json.WriteEndObject();
        }

        json.WriteEndArray();
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
    public static HostSnapshot Clean(HostSnapshot snapshot)
    {
        var sections = snapshot.Sections.ToBuilder();
        foreach (var (id, section) in snapshot.Sections)
        {
            if (id == KernelLogEvidence.Source.Id)
            {
                sections[id] = section with { Parts = [.. section.Parts.Select(part => part with { Stdout = default })] };
            }
            else if (id == OsEvidence.Source.Id)
            {
                sections[id] = section with { Parts = [.. section.Parts.Select(part => part with { Stdout = Encoding.UTF8.GetBytes(Release().Replace(Encoding.UTF8.GetString(part.Stdout.Span), "$1")) })] };
            }
        }

        return snapshot with { Sections = sections.ToImmutable() };
    }

    [GeneratedRegex(@"(?<=osrelease:)([0-9.]+)\S*")]
    private static partial Regex Release();
}
