using System.Text.Encodings.Web;
using System.Text.Json;
using ChatOpsBot.Application.Commands;
using ChatOpsBot.Application.Json;
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
        DiagnosisJson.Write(json, diagnosis);
    }

    /// <summary>Writes the answer about a host that could not be read: the same members, empty, and <c>error</c>.</summary>
    public static void Write(Stream output, CheckOutcome.Unreachable unreachable)
    {
        using var json = new Utf8JsonWriter(output, s_options);
        json.WriteStartObject();
        DiagnosisJson.WriteHead(json, unreachable.Host, unreachable.At, unreachable.Duration, OverallVerdict.Unreachable);
        json.WriteNull("primary");
        foreach (var list in (string[])["findings", "rejected", "notRead", "guests"])
        {
            json.WriteStartArray(list);
            json.WriteEndArray();
        }

        json.WriteStartObject("error");
        json.WriteString("kind", DiagnosisJson.Word(unreachable.Kind));
        json.WriteString("message", unreachable.Message);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
