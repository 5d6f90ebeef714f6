using System.Collections.Immutable;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using ChatOpsBot.Application.Commands;
using ChatOpsBot.Domain.Diagnosis;

namespace ChatOpsBot.Adapters.Console.Json;

/// <summary>The stable JSON form of a check (schema 1). Property names and their order are part of the promise.</summary>
public static class CheckJson
{
    // The default encoder escapes all but plain ASCII. More relaxed ones let bidirectional overrides through, and people print this to terminals.
    private static readonly JsonWriterOptions s_options = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.Default };

    /// <summary>Writes a diagnosis.</summary>
    public static void Write(Stream output, Diagnosis diagnosis)
    {
        using var json = new Utf8JsonWriter(output, s_options);
        json.WriteStartObject();
        WriteHead(json, diagnosis.Host, diagnosis.ObservedAt, diagnosis.Duration, diagnosis.Verdict);
        WritePrimary(json, diagnosis.Primary);
        WriteList(json, "findings", diagnosis.Findings, WriteFinding);
        WriteList(json, "rejected", diagnosis.Rejected, static (json, rejection) =>
        {
            json.WriteString("id", rejection.Id);
            json.WriteString("why", rejection.Why);
        });
        WriteList(json, "notRead", diagnosis.NotRead, static (json, gap) =>
        {
            json.WriteString("section", gap.Section);
            json.WriteString("why", gap.Why);
        });
        WriteList(json, "guests", diagnosis.Guests, WriteGuest);
        json.WriteEndObject();
    }

    /// <summary>Writes the answer about a host that could not be read: the same members, empty, and <c>error</c>.</summary>
    public static void Write(Stream output, CheckOutcome.Unreachable unreachable)
    {
        using var json = new Utf8JsonWriter(output, s_options);
        json.WriteStartObject();
        WriteHead(json, unreachable.Host, unreachable.At, unreachable.Duration, OverallVerdict.Unreachable);
        json.WriteNull("primary");
        foreach (var list in (string[])["findings", "rejected", "notRead", "guests"])
        {
            json.WriteStartArray(list);
            json.WriteEndArray();
        }

        json.WriteStartObject("error");
        json.WriteString("kind", Word(unreachable.Kind));
        json.WriteString("message", unreachable.Message);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteHead(Utf8JsonWriter json, string host, DateTimeOffset at, TimeSpan duration, OverallVerdict verdict)
    {
        json.WriteNumber("schema", 1);
        json.WriteString("host", host);
        json.WriteString("observedAt", at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        json.WriteNumber("durationMs", (long)Math.Max(0, duration.TotalMilliseconds));
        json.WriteString("verdict", Word(verdict));
    }

    private static void WritePrimary(Utf8JsonWriter json, Finding? primary)
    {
        if (primary is null)
        {
            json.WriteNull("primary");
            return;
        }

        json.WriteStartObject("primary");
        json.WriteString("id", primary.Id);
        json.WriteString("subject", primary.Subject);
        json.WriteString("certainty", Word(primary.Certainty));
        json.WriteEndObject();
    }

    private static void WriteFinding(Utf8JsonWriter json, Finding finding)
    {
        json.WriteString("id", finding.Id);
        json.WriteString("subject", finding.Subject);
        json.WriteString("scope", Word(finding.Scope));
        json.WriteString("certainty", Word(finding.Certainty));
        json.WriteString("summary", finding.Summary);
        json.WriteStartArray("because");
        foreach (var line in finding.Because)
        {
            json.WriteStringValue(line.ToString());
        }

        json.WriteEndArray();

        // The finding names its root as "id subject"; the stable form is the id alone.
        json.WriteString("consequenceOf", finding.ConsequenceOf?.Split(' ', 2)[0]);
        json.WriteString("repair", finding.Repair);
        json.WriteString("question", finding.Question);
        json.WriteString("risk", finding.Risk.ToString());
    }

    private static void WriteGuest(Utf8JsonWriter json, GuestLine guest)
    {
        json.WriteString("name", guest.Name);
        json.WriteString("tap", guest.Tap);
        json.WriteString("bridge", guest.Bridge);
        json.WriteString("mac", guest.Mac);
        json.WriteString("address", guest.Address);
    }

    private static void WriteList<T>(Utf8JsonWriter json, string name, ImmutableArray<T> items, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartArray(name);
        foreach (var item in items)
        {
            json.WriteStartObject();
            write(json, item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>An enumeration's word as JSON writes it: <c>certain</c>, <c>hostKeyUnknown</c>.</summary>
    private static string Word<T>(T value)
        where T : struct, Enum
        => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
