using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using ChatOpsBot.Adapters.Teams.Rendering;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Incidents;

namespace ChatOpsBot.Adapters.Teams.Inbound;

/// <summary>What Teams is told at once.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Body">The answer to an invoke; <see langword="null"/> for an empty body.</param>
internal sealed record TeamsReceipt(int Status, JsonObject? Body)
{
    /// <summary>Acknowledged without a word.</summary>
    public static TeamsReceipt Silent { get; } = new(200, null);
}

/// <summary>What a person did, as it is written down. Holds no secret.</summary>
internal sealed record TeamsItem
{
    /// <summary>The channel: Teams or a local test client.</summary>
    public required string Channel { get; init; }

    /// <summary>The tenant, in lower case.</summary>
    public required string Tenant { get; init; }

    /// <summary>The conversation.</summary>
    public required string Conversation { get; init; }

    /// <summary><c>personal</c>, <c>groupChat</c> or <c>channel</c>.</summary>
    public string? ConversationType { get; init; }

    /// <summary>Who, by the platform's id.</summary>
    public required string User { get; init; }

    /// <summary>Who, by directory object id.</summary>
    public string? UserObject { get; init; }

    /// <summary>The message that was written.</summary>
    public string? Message { get; init; }

    /// <summary>The message that the card is in.</summary>
    public string? CardMessage { get; init; }

    /// <summary>The command line as it came but for secrets; empty for a press.</summary>
    public string Text { get; init => field = Masking.Mask(value); } = "";

    /// <summary>What a button says it does; <see langword="null"/> for a command.</summary>
    public string? Verb { get; init; }

    /// <summary>A button's or form's token.</summary>
    public string? Token { get; init; }

    /// <summary>Whether the button was on the message that all see.</summary>
    public bool Shared { get; init; }

    /// <summary>Whether the client did it by itself.</summary>
    public bool Automatic { get; init; }

    /// <summary>What was filled into a form, by field, without secrets.</summary>
    public Dictionary<string, string>? Answers { get; init => field = value?.ToDictionary(answer => answer.Key, answer => Masking.Mask(answer.Value)); }

    /// <summary>What was checked before it was let in, as a sentence for transcripts.</summary>
    public string Verdict { get; init; } = "";

    /// <summary>How it came in: the platform's ids as they came, and why they were believed.</summary>
    [JsonIgnore]
    public InboundOrigin Origin => new(
        TeamsPlace.Surface,
        new (string Name, string? Value)[]
        {
            ("tenant", Tenant), ("conversation", Conversation), ("channel", Channel), ("user", User), ("object", UserObject), ("activity", Message), ("card", CardMessage),
        }.Where(id => !string.IsNullOrEmpty(id.Value)).ToImmutableSortedDictionary(id => id.Name, id => id.Value ?? "", StringComparer.Ordinal),
        Verdict);

    /// <summary>Where.</summary>
    [JsonIgnore]
    public TeamsPlace Place => new(Tenant, Conversation);

    /// <summary>Whether it is a local test client.</summary>
    [JsonIgnore]
    public bool IsEmulator => Channel == TeamsProfile.EmulatorChannel;

    /// <summary>How buttons are sent there.</summary>
    [JsonIgnore]
    public TeamsStyle Style => IsEmulator ? TeamsStyle.Submit : TeamsStyle.Execute;

    /// <summary>A press or form from what a card sent; the same when it is none of ours.</summary>
    /// <param name="verb">The verb of the action; <see langword="null"/> takes that of the data.</param>
    /// <param name="data">What it carried and what was filled in.</param>
    /// <param name="automatic">Whether the client did it by itself.</param>
    public TeamsItem With(string? verb, JsonElement? data, bool automatic)
    {
        var answers = new Dictionary<string, string>(StringComparer.Ordinal);
        if (data is { ValueKind: JsonValueKind.Object } members)
        {
            foreach (var name in members.EnumerateObject().Select(member => member.Label()).OfType<string>().Where(name => name.StartsWith(TeamsVerbs.Input, StringComparison.Ordinal)).Take(100))
            {
                if (members.Text(name) is { } text)
                {
                    answers[name[TeamsVerbs.Input.Length..]] = text;
                }
            }
        }

        return this with
        {
            Verb = verb ?? data?.Text(TeamsVerbs.Verb),
            Token = data?.Text(TeamsVerbs.Token),
            Shared = data?.Flag(TeamsVerbs.Shared) == true,
            Automatic = automatic,
            Answers = answers,
        };
    }
}

/// <summary>How far an answer in several messages is; not written down.</summary>
internal sealed class TeamsHandle
{
    /// <summary>So many messages of the answer have arrived.</summary>
    public int Sent { get; set; }

    /// <summary>Whether Teams took no offer of a file, so that the words themselves are sent.</summary>
    public bool TakesNoFiles { get; set; }

    /// <summary>Where a file goes that was taken; <see langword="null"/> for anything else. It opens by itself, so it is kept nowhere else.</summary>
    public TeamsUpload? Upload { get; init; }

    /// <summary>Whether the file is there.</summary>
    public bool IsUploaded { get; set; }
}

/// <summary>Where a file goes that its reader took.</summary>
/// <param name="Address">Where the bytes go; a secret.</param>
/// <param name="Shown">Where people find it afterwards.</param>
/// <param name="Name">The name it has there.</param>
/// <param name="Id">The store's id of it.</param>
/// <param name="Type">Ending of its name.</param>
internal sealed record TeamsUpload(Uri Address, string Shown, string Name, string Id, string Type)
{
    private const int Longest = 4000;

    /// <summary>Reads what Teams says about it; <see langword="null"/> when that does not suffice.</summary>
    public static TeamsUpload? Read(JsonElement? info)
        => info?.Text("uploadUrl") is { Length: <= Longest } put && Uri.TryCreate(put, UriKind.Absolute, out var address)
            && info?.Text("contentUrl") is { Length: <= Longest } shown && info?.Text("name") is { Length: <= 300 } name && info?.Text("uniqueId") is { Length: <= 300 } id
            ? new(address, shown, name, id, info?.Text("fileType") is { Length: <= 20 } type ? type : "txt")
            : null;
}

/// <summary>Source-generated JSON of what is written down.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TeamsItem))]
internal sealed partial class TeamsItemJson : JsonSerializerContext
{
    /// <summary>An item as bytes.</summary>
    public static byte[] Encode(TeamsItem item) => JsonSerializer.SerializeToUtf8Bytes(item, Default.TeamsItem);

    /// <summary>An item that was written down; <see langword="null"/> when the bytes are none.</summary>
    public static TeamsItem? Decode(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes.Span, Default.TeamsItem);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
