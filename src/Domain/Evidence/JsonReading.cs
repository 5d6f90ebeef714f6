using System.Text.Json;

namespace ChatOpsBot.Domain.Evidence;

/// <summary>Short words for reading the loosely typed JSON of iproute2, nftables and others: a field that is absent or of another type is <see langword="null"/>.</summary>
internal static class JsonReading
{
    extension(JsonElement element)
    {
        /// <summary>The member of that name when this is an object that has it.</summary>
        public JsonElement? Field(string name)
            => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : null;

        /// <summary>A string member.</summary>
        public string? Text(string name)
            => element.Field(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

        /// <summary>An integer member.</summary>
        public long? Number(string name)
            => element.Field(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number) ? number : null;

        /// <summary>A boolean member; iproute2 also prints 0/1 and "on"/"off".</summary>
        public bool? Flag(string name) => element.Field(name) switch
        {
            { ValueKind: JsonValueKind.True } => true,
            { ValueKind: JsonValueKind.False } => false,
            { ValueKind: JsonValueKind.Number } number => number.TryGetInt64(out var value) ? value != 0 : null,
            { ValueKind: JsonValueKind.String } text => text.GetString() switch { "on" => true, "off" => false, _ => null },
            _ => null,
        };

        /// <summary>The elements of an array member; empty when there is none.</summary>
        public IEnumerable<JsonElement> Items(string name)
            => element.Field(name) is { ValueKind: JsonValueKind.Array } value ? value.EnumerateArray() : [];

        /// <summary>The strings of an array member.</summary>
        public IEnumerable<string> Texts(string name)
            => from item in element.Items(name) where item.ValueKind == JsonValueKind.String select item.GetString()!;
    }

    /// <summary>Parses the text of a tool that prints nothing at all where others print <c>[]</c>.</summary>
    public static JsonDocument ParseOrEmpty(string text)
        => JsonDocument.Parse(string.IsNullOrWhiteSpace(text) ? "[]" : text, new JsonDocumentOptions { MaxDepth = 128 });
}
