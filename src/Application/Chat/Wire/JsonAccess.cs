using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ChatOpsBot.Application.Chat.Wire;

/// <summary>Reads members that may not be there, and writes JSON as chat platforms take it.</summary>
public static class JsonAccess
{
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>A member; <see langword="null"/> when this is no object, or has none of that name, or it is null.</summary>
    public static JsonElement? Member(this JsonElement element, string name)
    {
        try
        {
            return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null ? member : null;
        }
        catch (InvalidOperationException)
        {
            // The name of some member has a \u escape of half a character: valid JSON, but no name.
            return null;
        }
    }

    /// <summary>A text member; <see langword="null"/> when it is missing, empty or something else.</summary>
    public static string? Text(this JsonElement element, string name)
    {
        try
        {
            return element.Member(name) is { ValueKind: JsonValueKind.String } member && member.GetString() is { Length: > 0 } text ? text : null;
        }
        catch (InvalidOperationException)
        {
            // The same in a value.
            return null;
        }
    }

    /// <summary>A member's own name; <see langword="null"/> when it is no text: half a character, or bytes that are no UTF-8.</summary>
    public static string? Label(this JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Whether a member is true.</summary>
    public static bool Flag(this JsonElement element, string name) => element.Member(name) is { ValueKind: JsonValueKind.True };

    /// <summary>The node as bytes; letters of any language stay as they are, which keeps messages below the platforms' limits.</summary>
    public static byte[] Bytes(this JsonNode node)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, s_options))
        {
            node.WriteTo(writer);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The node as text.</summary>
    public static string Json(this JsonNode node) => Encoding.UTF8.GetString(node.Bytes());
}
