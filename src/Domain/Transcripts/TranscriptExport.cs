using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using ChatOpsBot.Domain.Incidents;

namespace ChatOpsBot.Domain.Transcripts;

/// <summary>The JSON form of a transcript, schema 1. Bodies are texts and not nested JSON: their exact bytes are what was hashed.</summary>
public static class TranscriptExport
{
    private static readonly ImmutableSortedSet<string> Members = ["schema", "incident", "count", "head", "events", "blobs", "signature"];

    private static readonly ImmutableSortedSet<string> EventMembers = ["seq", "type", "previous", "hash", "body", "bodyBase64"];

    /// <summary>Writes it, indented, in UTF-8.</summary>
    public static byte[] Write(Transcript transcript) => Write(new TranscriptReading.Readable(transcript, transcript.Events.Length, transcript.Head));

    /// <summary>Writes it with the number and the head that its source states, so that a damaged one stays recognisable.</summary>
    public static byte[] Write(TranscriptReading.Readable readable)
    {
        var transcript = readable.Transcript;
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new() { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("schema", 1);
            json.WriteString("incident", transcript.Incident.ToString());
            json.WriteNumber("count", readable.Count);
            json.WriteString("head", readable.Head);
            json.WriteStartArray("events");
            foreach (var stored in transcript.Events)
            {
                WriteEvent(json, stored);
            }

            json.WriteEndArray();
            json.WriteStartObject("blobs");
            foreach (var (hash, bytes) in transcript.Blobs)
            {
                json.WriteBase64String(hash, bytes.Span);
            }

            json.WriteEndObject();
            if (transcript.Signature is { } signature)
            {
                json.WriteStartObject("signature");
                json.WriteString("algorithm", TranscriptSignature.Algorithm);
                json.WriteString("key", signature.Key);
                json.WriteString("value", signature.Value);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    /// <summary>Reads what <see cref="Write(TranscriptReading.Readable)"/> wrote. Members that do not belong there are refused: nothing vouches for them.</summary>
    public static TranscriptReading Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new() { AllowDuplicateProperties = false });
            return ReadRoot(document.RootElement);
        }
        catch (Exception failure) when (failure is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            return new TranscriptReading.Unreadable($"it is not a transcript: {failure.Message}");
        }
    }

    private static TranscriptReading ReadRoot(JsonElement root)
    {
        if (root.GetProperty("schema").GetInt32() is var schema and not 1)
        {
            return new TranscriptReading.Unreadable($"its schema is {schema}; this program reads schema 1");
        }

        if (Foreign(root, Members) is { } foreign)
        {
            return new TranscriptReading.Unreadable($"the member '{foreign}' does not belong in a transcript");
        }

        if (!IncidentId.TryParse(root.GetProperty("incident").GetString(), out var incident))
        {
            return new TranscriptReading.Unreadable("it names no incident");
        }

        var events = ImmutableArray.CreateBuilder<StoredEvent>();
        foreach (var item in root.GetProperty("events").EnumerateArray())
        {
            if (Foreign(item, EventMembers) is { } member)
            {
                return new TranscriptReading.Unreadable($"the member '{member}' does not belong in an event");
            }

            events.Add(new(item.GetProperty("seq").GetInt64(), Text(item, "type"), BodyOf(item), Text(item, "previous"), Text(item, "hash")));
        }

        var blobs = root.TryGetProperty("blobs", out var stored)
            ? stored.EnumerateObject().ToImmutableSortedDictionary(blob => blob.Name, blob => (ReadOnlyMemory<byte>)blob.Value.GetBytesFromBase64())
            : ImmutableSortedDictionary<string, ReadOnlyMemory<byte>>.Empty;
        var signature = root.TryGetProperty("signature", out var signed) ? new TranscriptSignature(Text(signed, "key"), Text(signed, "value")) : null;
        return new TranscriptReading.Readable(new(incident, events.ToImmutable(), blobs, signature), root.GetProperty("count").GetInt64(), Text(root, "head"));
    }

    private static void WriteEvent(Utf8JsonWriter json, StoredEvent stored)
    {
        json.WriteStartObject();
        json.WriteNumber("seq", stored.Seq);
        json.WriteString("type", stored.Type);
        json.WriteString("previous", stored.PreviousHash);
        json.WriteString("hash", stored.Hash);
        if (Utf8.IsValid(stored.Body.Span))
        {
            json.WriteString("body", stored.Body.Span);
        }
        else
        {
            // Only a damaged store has such bytes; replacing them would hide the damage.
            json.WriteBase64String("bodyBase64", stored.Body.Span);
        }

        json.WriteEndObject();
    }

    private static ReadOnlyMemory<byte> BodyOf(JsonElement item)
        => item.TryGetProperty("bodyBase64", out var encoded) ? encoded.GetBytesFromBase64() : Encoding.UTF8.GetBytes(Text(item, "body"));

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString() ?? throw new JsonException($"'{name}' is null");

    private static string? Foreign(JsonElement element, ImmutableSortedSet<string> known)
        => element.EnumerateObject().Select(member => member.Name).FirstOrDefault(name => !known.Contains(name));
}

/// <summary>What reading an exported transcript brought.</summary>
public abstract record TranscriptReading
{
    private TranscriptReading()
    {
    }

    /// <summary>It could be read; nothing was checked yet.</summary>
    /// <param name="Transcript">Its content.</param>
    /// <param name="Count">The number of events that it states.</param>
    /// <param name="Head">The head that it states.</param>
    public sealed record Readable(Transcript Transcript, long Count, string Head) : TranscriptReading;

    /// <summary>It could not.</summary>
    /// <param name="Why">A sentence for people.</param>
    public sealed record Unreadable(string Why) : TranscriptReading;
}
