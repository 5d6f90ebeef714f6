using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace ChatOpsBot.Domain.Evidence;

/// <summary>The file form of a snapshot: the masked raw bytes of each section, so that a later program can read more out of them.</summary>
public static class SnapshotFile
{
    /// <summary>The version this program writes and reads.</summary>
    public const int Schema = 1;

    /// <summary>Larger files are refused; a read of a host is limited to a quarter of it.</summary>
    public const int LargestFile = 256 * 1024 * 1024;

    private const string Remedy = "write the file anew with: chatopsbot snapshot HOST -o FILE";

    private static readonly JsonWriterOptions s_format = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What reading a file came to.</summary>
    public abstract record Reading
    {
        private Reading()
        {
        }

        /// <summary>The file holds a snapshot.</summary>
        /// <param name="Snapshot">The snapshot.</param>
        public sealed record Loaded(HostSnapshot Snapshot) : Reading;

        /// <summary>It does not.</summary>
        /// <param name="Place">Line and column, or the JSON path of the member.</param>
        /// <param name="Problem">What is wrong there.</param>
        /// <param name="Remedy">What to do.</param>
        public sealed record Unusable(string Place, string Problem, string Remedy) : Reading
        {
            /// <summary>All three as one sentence.</summary>
            public string Message => $"{Place}: {Problem}; {Remedy}";
        }
    }

    /// <summary>Writes a snapshot; reading it back gives the same bytes in every part.</summary>
    public static void Write(HostSnapshot snapshot, IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, s_format);
        json.WriteStartObject();
        json.WriteNumber("schema", Schema);
        json.WriteString("host", snapshot.Host);
        json.WriteString("observedAt", snapshot.ObservedAt.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFZ", CultureInfo.InvariantCulture));
        json.WriteNumber("durationMs", (long)snapshot.Duration.TotalMilliseconds);
        json.WriteStartArray("sections");
        foreach (var section in snapshot.Sections.Values)
        {
            json.WriteStartObject();
            json.WriteString("id", section.Id);
            json.WriteStartArray("parts");
            foreach (var part in section.Parts)
            {
                WritePart(json, part);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Writes a snapshot into memory.</summary>
    public static byte[] Write(HostSnapshot snapshot)
    {
        var output = new ArrayBufferWriter<byte>();
        Write(snapshot, output);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads a file to its end.</summary>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public static Reading Read(Stream stream)
    {
        using var bytes = new MemoryStream();
        var chunk = new byte[128 * 1024];
        int count;
        while ((count = stream.Read(chunk)) > 0)
        {
            if (bytes.Length + count > LargestFile)
            {
                return new Reading.Unusable("whole file", $"it is larger than {LargestFile / 1024 / 1024} MiB", Remedy);
            }

            bytes.Write(chunk, 0, count);
        }

        return Read(bytes.GetBuffer().AsMemory(0, (int)bytes.Length));
    }

    /// <summary>Reads the content of a file. Any content gives a value, never an exception.</summary>
    public static Reading Read(ReadOnlyMemory<byte> content)
    {
        try
        {
            using var json = JsonDocument.Parse(content, new JsonDocumentOptions { MaxDepth = 16 });
            return ReadRoot(json.RootElement);
        }
        catch (JsonException e)
        {
            var place = string.Create(CultureInfo.InvariantCulture, $"line {(e.LineNumber ?? 0) + 1}, byte {(e.BytePositionInLine ?? 0) + 1}");
            return new Reading.Unusable(place, content.IsEmpty ? "the file is empty" : "this is not JSON", Remedy);
        }
        catch (FaultException e)
        {
            return new Reading.Unusable(e.Place, e.Message, e.Remedy);
        }
        catch (InvalidOperationException)
        {
            // Only here does System.Text.Json notice that a string is no valid Unicode.
            return new Reading.Unusable("whole file", "a string is no valid Unicode", Remedy);
        }
    }

    private static void WritePart(Utf8JsonWriter json, PartOutput part)
    {
        json.WriteStartObject();
        json.WriteString("name", part.Name);
        json.WriteString("end", WordOf(part.End));
        json.WriteNumber("exit", part.ExitCode);
        WriteBytes(json, "stdout", part.Stdout.Span);
        WriteBytes(json, "stderr", part.Stderr.Span);
        json.WriteEndObject();
    }

    private static void WriteBytes(Utf8JsonWriter json, string name, ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes))
        {
            json.WriteString(name, bytes);
        }
        else
        {
            json.WriteBase64String(name + "Base64", bytes);
        }
    }

    private static Reading.Loaded ReadRoot(JsonElement root)
    {
        Require(root, JsonValueKind.Object, "$", "an object");
        if (Member(root, "$", "schema", JsonValueKind.Number, "a number") is var schema && (!schema.TryGetInt32(out var version) || version != Schema))
        {
            throw new FaultException("$.schema", $"this program reads schema {Schema}, the file says {schema.GetRawText()}", "use the version of chatopsbot that wrote the file, or " + Remedy);
        }

        var host = Text(root, "$", "host");
        var observed = Member(root, "$", "observedAt", JsonValueKind.String, "a time");
        if (!observed.TryGetDateTimeOffset(out var observedAt))
        {
            throw new FaultException("$.observedAt", "this is no time like 2026-11-22T08:30:00Z", Remedy);
        }

        var duration = Number(root, "$", "durationMs");
        if (duration is < 0 or > int.MaxValue)
        {
            throw new FaultException("$.durationMs", "this is no number of milliseconds", Remedy);
        }

        var sections = ImmutableSortedDictionary.CreateBuilder<string, SectionOutput>(StringComparer.Ordinal);
        var index = 0;
        foreach (var element in Member(root, "$", "sections", JsonValueKind.Array, "an array").EnumerateArray())
        {
            var place = $"$.sections[{index++}]";
            var section = ReadSection(element, place);
            if (!sections.TryAdd(section.Id, section))
            {
                throw new FaultException(place + ".id", $"the section {section.Id} is there twice", Remedy);
            }
        }

        return new Reading.Loaded(new HostSnapshot(host, observedAt, TimeSpan.FromMilliseconds(duration), sections.ToImmutable()));
    }

    private static SectionOutput ReadSection(JsonElement element, string place)
    {
        Require(element, JsonValueKind.Object, place, "an object");
        var id = Text(element, place, "id");
        var parts = ImmutableArray.CreateBuilder<PartOutput>();
        foreach (var part in Member(element, place, "parts", JsonValueKind.Array, "an array").EnumerateArray())
        {
            parts.Add(ReadPart(part, $"{place}.parts[{parts.Count}]"));
        }

        return new SectionOutput(id, parts.ToImmutable());
    }

    private static PartOutput ReadPart(JsonElement element, string place)
    {
        Require(element, JsonValueKind.Object, place, "an object");
        var word = Text(element, place, "end");
        var end = Enum.GetValues<PartEnd>().Where(candidate => WordOf(candidate) == word).Select(candidate => (PartEnd?)candidate).FirstOrDefault()
            ?? throw new FaultException(place + ".end", $"'{Shorten(word)}' is none of {string.Join(", ", Enum.GetValues<PartEnd>().Select(WordOf))}", Remedy);
        var exit = Number(element, place, "exit");
        if (exit is < int.MinValue or > int.MaxValue)
        {
            throw new FaultException(place + ".exit", "this is no exit code", Remedy);
        }

        return new PartOutput(Text(element, place, "name"), end, (int)exit, Bytes(element, place, "stdout"), Bytes(element, place, "stderr"));
    }

    private static byte[] Bytes(JsonElement element, string place, string name)
    {
        if (element.TryGetProperty(name + "Base64", out var encoded))
        {
            return encoded.ValueKind == JsonValueKind.String && encoded.TryGetBytesFromBase64(out var bytes)
                ? bytes
                : throw new FaultException($"{place}.{name}Base64", "this is not base64", Remedy);
        }

        return System.Text.Encoding.UTF8.GetBytes(Text(element, place, name));
    }

    private static long Number(JsonElement element, string place, string name)
        => Member(element, place, name, JsonValueKind.Number, "a number").TryGetInt64(out var number)
            ? number
            : throw new FaultException($"{place}.{name}", "this is no whole number", Remedy);

    // Not null: the kind is checked.
    private static string Text(JsonElement element, string place, string name)
        => Member(element, place, name, JsonValueKind.String, "a string").GetString()!;

    private static JsonElement Member(JsonElement element, string place, string name, JsonValueKind kind, string what)
    {
        if (!element.TryGetProperty(name, out var member))
        {
            throw new FaultException(place, $"'{name}' is not there", Remedy);
        }

        Require(member, kind, $"{place}.{name}", what);
        return member;
    }

    private static void Require(JsonElement element, JsonValueKind kind, string place, string what)
    {
        if (element.ValueKind != kind)
        {
            throw new FaultException(place, $"{what} was expected, not {element.ValueKind.ToString().ToLowerInvariant()}", Remedy);
        }
    }

    private static string WordOf(PartEnd end) => end.ToString().ToLowerInvariant();

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "...";

    // Carries a fault out of the nested reading; it does not leave this file.
    private sealed class FaultException(string place, string problem, string remedy) : Exception(problem)
    {
        public string Place { get; } = place;

        public string Remedy { get; } = remedy;
    }
}
