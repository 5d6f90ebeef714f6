using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using ChatOpsBot.Domain.Diagnosis;

namespace ChatOpsBot.Application.Json;

/// <summary>The stable JSON form of a diagnosis (schema 1), the same on the command line and over HTTP. Property names and their order are part of the promise.</summary>
public static class DiagnosisJson
{
    /// <summary>Writes a diagnosis as one object.</summary>
    public static void Write(Utf8JsonWriter json, Diagnosis diagnosis)
    {
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
        if (diagnosis.Path is { } path)
        {
            json.WritePropertyName("path");
            TraceJson.Write(json, path);
        }

        json.WriteEndObject();
    }

    /// <summary>Writes the members that every answer about a host begins with, also that about a host that could not be read.</summary>
    public static void WriteHead(Utf8JsonWriter json, string host, DateTimeOffset at, TimeSpan duration, OverallVerdict verdict)
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
    public static string Word<T>(T value)
        where T : struct, Enum
        => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
