using System.Globalization;
using System.Text.Json;
using ChatOpsBot.Application.Commands;
using ChatOpsBot.Domain.FramePath;

namespace ChatOpsBot.Application.Json;

/// <summary>The stable JSON form of a trace (schema 1). Property names and their order are part of the promise.</summary>
public static class TraceJson
{
    /// <summary>Writes an answer that was found.</summary>
    public static void Write(Utf8JsonWriter json, TraceOutcome.Traced traced, string guest, TraceAnswer.Followed followed)
    {
        json.WriteStartObject();
        Head(json, traced.Host, guest, traced.At, traced.Duration, DiagnosisJson.Word(followed.Verdict));
        json.WriteStartArray("paths");
        foreach (var path in followed.Paths)
        {
            Write(json, path);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Writes that the host could not be read: no path, and <c>error</c>.</summary>
    public static void Write(Utf8JsonWriter json, string host, string guest, DateTimeOffset at, TimeSpan duration, string kind, string message)
    {
        json.WriteStartObject();
        Head(json, host, guest, at, duration, "unreachable");
        json.WriteStartArray("paths");
        json.WriteEndArray();
        json.WriteStartObject("error");
        json.WriteString("kind", kind);
        json.WriteString("message", message);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Writes one path as an object.</summary>
    public static void Write(Utf8JsonWriter json, GuestTrace path)
    {
        json.WriteStartObject();
        json.WriteString("guest", path.Guest);
        json.WriteString("tap", path.Tap);
        json.WriteString("mac", path.Mac);
        json.WriteString("bridge", path.Bridge);
        json.WriteString("uplink", path.Uplink);
        json.WriteString("verdict", DiagnosisJson.Word(path.Verdict));
        Leg(json, "discover", path.Discover);
        Leg(json, "offer", path.Offer);
        json.WriteEndObject();
    }

    private static void Head(Utf8JsonWriter json, string host, string guest, DateTimeOffset at, TimeSpan duration, string verdict)
    {
        json.WriteNumber("schema", 1);
        json.WriteString("host", host);
        json.WriteString("guest", guest);
        json.WriteString("observedAt", at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        json.WriteNumber("durationMs", (long)Math.Max(0, duration.TotalMilliseconds));
        json.WriteString("verdict", verdict);
    }

    private static void Leg(Utf8JsonWriter json, string name, PathLeg? leg)
    {
        if (leg is null)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        json.WriteString("frame", leg.Frame);
        json.WriteString("verdict", DiagnosisJson.Word(leg.Verdict));
        if (leg.Break is { } at)
        {
            json.WriteNumber("break", at);
        }
        else
        {
            json.WriteNull("break");
        }

        json.WriteStartArray("hops");
        foreach (var hop in leg.Hops)
        {
            json.WriteStartObject();
            json.WriteString("device", hop.Device);
            json.WriteString("stage", hop.Stage);
            json.WriteString("does", hop.Does);
            json.WriteString("verdict", DiagnosisJson.Word(hop.Verdict));
            json.WriteString("evidence", hop.Evidence?.ToString());
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
