using System.Text.Json;

namespace ChatOpsBot.Domain.Transcripts;

/// <summary>Finds the blobs that an event refers to by walking its JSON, so that events of a newer version are covered too.</summary>
public static class BlobReferences
{
    /// <summary>The hashes named in a stored body; none when it is no JSON.</summary>
    public static IReadOnlyCollection<string> In(ReadOnlyMemory<byte> body)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        try
        {
            using var document = JsonDocument.Parse(body);
            Walk(document.RootElement, found);
        }
        catch (JsonException)
        {
            // A damaged body is reported by the chain; it just names no blob.
        }

        return found;
    }

    private static void Walk(JsonElement element, SortedSet<string> found)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
            {
                Walk(item, found);
            }
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in element.EnumerateObject())
            {
                if (member.NameEquals("sha256") && member.Value.ValueKind == JsonValueKind.String)
                {
                    found.Add(member.Value.GetString() ?? "");
                }

                Walk(member.Value, found);
            }
        }
    }
}
