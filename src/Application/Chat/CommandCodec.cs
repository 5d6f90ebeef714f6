using System.Text.Json;
using System.Text.Json.Serialization;
using ChatOpsBot.Domain.Approvals;
using ChatOpsBot.Domain.Incidents;

namespace ChatOpsBot.Application.Chat;

/// <summary>Requests and answers as bytes for the inbox. An answer's card is not kept: a repeat gets the text, and the incident's own card is up to date anyway.</summary>
internal static class CommandCodec
{
    public static ReadOnlyMemory<byte> Encode(CommandAnswer answer) => JsonSerializer.SerializeToUtf8Bytes(
        answer switch
        {
            CommandAnswer.Done a => new StoredAnswer("done", a.Text, a.Incident?.Number, null),
            CommandAnswer.NotDone a => new StoredAnswer("not-done", a.Text, a.Incident?.Number, null),
            CommandAnswer.Refused a => new StoredAnswer("refused", a.Text, null, a.Rule),
            CommandAnswer.NotUnderstood a => new StoredAnswer("not-understood", a.Text, null, a.Usage),
            _ => new StoredAnswer("done", answer.Text, null, null),
        },
        CommandJson.Default.StoredAnswer);

    public static CommandAnswer? DecodeAnswer(ReadOnlyMemory<byte>? bytes)
    {
        if (Read(bytes, CommandJson.Default.StoredAnswer) is not { } stored)
        {
            return null;
        }

        IncidentId? incident = stored.Incident is { } number ? new(number) : null;
        return stored.Kind switch
        {
            "done" => new CommandAnswer.Done(stored.Text, incident),
            "refused" => new CommandAnswer.Refused(stored.Text, stored.Extra ?? ""),
            "not-understood" => new CommandAnswer.NotUnderstood(stored.Text, stored.Extra ?? ""),
            _ => new CommandAnswer.NotDone(stored.Text, incident),
        };
    }

    public static ReadOnlyMemory<byte> Encode(CommandRequest request) => JsonSerializer.SerializeToUtf8Bytes(
        new StoredRequest(request.Person?.Value, [.. request.Identities], request.Text, request.Conversation?.Value, null, null, request.Barred, request.Origin), CommandJson.Default.StoredRequest);

    public static ReadOnlyMemory<byte> Encode(ButtonPress press) => JsonSerializer.SerializeToUtf8Bytes(
        new StoredRequest(press.Person?.Value, [], "", press.Conversation?.Value, press.Token, press.Reason, press.Barred, press.Origin), CommandJson.Default.StoredRequest);

    /// <summary>The request or the press that was written down; both <see langword="null"/> when the bytes are none of ours.</summary>
    public static (CommandRequest? Request, ButtonPress? Press) DecodeRequest(ReadOnlyMemory<byte> bytes, string key)
    {
        if (Read(bytes, CommandJson.Default.StoredRequest) is not { } stored)
        {
            return default;
        }

        PersonId? person = stored.Person is { } id ? new(id) : null;
        ConversationId? conversation = stored.Conversation is { } place ? new(place) : null;
        return stored.Token is { } token
            ? (null, new() { Person = person, Token = token, Reason = stored.Reason, Barred = stored.Barred, Origin = stored.Origin, Conversation = conversation, IdempotencyKey = key })
            : (new() { Person = person, Identities = [.. stored.Identities], Text = stored.Text, Barred = stored.Barred, Origin = stored.Origin, Conversation = conversation, IdempotencyKey = key }, null);
    }

    private static T? Read<T>(ReadOnlyMemory<byte>? bytes, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return bytes is { Length: > 0 } some ? JsonSerializer.Deserialize(some.Span, type) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>An answer as it is stored.</summary>
internal sealed record StoredAnswer(string Kind, string Text, long? Incident, string? Extra);

/// <summary>A request or press as it is stored.</summary>
internal sealed record StoredRequest(string? Person, string[] Identities, string Text, string? Conversation, string? Token, string? Reason, string? Barred = null, InboundOrigin? Origin = null);

/// <summary>Source-generated JSON of the above.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(StoredAnswer))]
[JsonSerializable(typeof(StoredRequest))]
internal sealed partial class CommandJson : JsonSerializerContext;
