using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using ChatOpsBot.Application.Wording;
using ChatOpsBot.Domain.Evidence;
using Microsoft.AspNetCore.Http;

namespace ChatOpsBot.Adapters.Web.Api;

/// <summary>Reads the small JSON objects that the API takes. Whatever is wrong is said with its place; nothing is guessed.</summary>
internal static class RequestBody
{
    /// <summary>No command and no reason is longer; a body beyond it is not read to its end.</summary>
    public const int Largest = 16 * 1024;

    private static readonly JsonDocumentOptions s_options = new() { MaxDepth = 4, AllowDuplicateProperties = false };

    /// <summary>The texts of an object whose members are all known.</summary>
    /// <param name="request">The request.</param>
    /// <param name="usage">What a right body looks like.</param>
    /// <param name="known">The members there may be; each holds a text or null.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<BodyReading> ReadAsync(HttpRequest request, string usage, string[] known, CancellationToken cancellationToken)
    {
        var (body, failure) = await BytesAsync(request, usage, cancellationToken);
        if (body is null)
        {
            return new(null, failure);
        }

        if (!Utf8.IsValid(body.Value.Span))
        {
            return Bad("the body is not UTF-8", usage);
        }

        try
        {
            using var document = JsonDocument.Parse(body.Value, s_options);
            return Members(document.RootElement, usage, known);
        }
        catch (JsonException e)
        {
            var place = string.Create(CultureInfo.InvariantCulture, $"line {(e.LineNumber ?? 0) + 1}, byte {(e.BytePositionInLine ?? 0) + 1}");
            return Bad($"the body is not valid JSON at {place}: {What(body.Value, e)}", usage);
        }
        catch (InvalidOperationException)
        {
            // A \u escape of half a character: valid JSON, but no text.
            return Bad("the body holds a text that is not valid Unicode", usage);
        }
    }

    private static string What(ReadOnlyMemory<byte> body, JsonException e)
        => body.IsEmpty ? "it is empty"
            : e.Message.Contains("duplicate", StringComparison.OrdinalIgnoreCase) ? "a member is there twice"
            : e.Message.Contains("depth", StringComparison.OrdinalIgnoreCase) ? "it is nested too deeply"
            : "this does not belong here";

    private static BodyReading Members(JsonElement root, string usage, string[] known)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            return Bad($"the body is {Kind(root)} and not an object", usage);
        }

        Dictionary<string, string> texts = [];
        foreach (var member in root.EnumerateObject())
        {
            if (!known.Contains(member.Name))
            {
                return Bad($"the member \"{Short(member.Name)}\" is not known{NearestWord.Hint(member.Name, known)}", usage);
            }

            if (member.Value.ValueKind == JsonValueKind.Null)
            {
                continue;
            }

            if (member.Value.ValueKind != JsonValueKind.String)
            {
                return Bad($"the member \"{member.Name}\" is {Kind(member.Value)} and not a text", usage);
            }

            texts[member.Name] = member.Value.GetString() ?? "";
        }

        return new(texts, null);
    }

    private static async Task<(ReadOnlyMemory<byte>? Body, Answer? Failure)> BytesAsync(HttpRequest request, string usage, CancellationToken cancellationToken)
    {
        var buffer = new byte[Largest + 1];
        var length = 0;
        if (request.ContentLength is not > Largest)
        {
            int read;
            while (length < buffer.Length && (read = await request.Body.ReadAsync(buffer.AsMemory(length), cancellationToken)) > 0)
            {
                length += read;
            }
        }

        return request.ContentLength > Largest || length > Largest
            ? (null, Answer.Error(StatusCodes.Status413PayloadTooLarge, $"the body is larger than {Largest} bytes", usage))
            : (buffer.AsMemory(0, length), null);
    }

    private static BodyReading Bad(string error, string usage) => new(null, Answer.Error(StatusCodes.Status400BadRequest, error, usage));

    private static string Kind(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => "a list",
        JsonValueKind.Object => "an object",
        JsonValueKind.Number => "a number",
        JsonValueKind.String => "a text",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };

    /// <summary>A name as it may be repeated: a secret can have slipped into it.</summary>
    private static string Short(string name)
    {
        var masked = Masking.Mask(name);
        return masked.Length > 40 ? masked[..40] + "..." : masked;
    }
}

/// <summary>What reading a body brought.</summary>
/// <param name="Texts">The members that were there and not null.</param>
/// <param name="Failure">The answer to give instead.</param>
internal sealed record BodyReading(IReadOnlyDictionary<string, string>? Texts, Answer? Failure);
