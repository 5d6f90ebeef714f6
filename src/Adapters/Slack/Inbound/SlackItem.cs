using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using ChatOpsBot.Domain.Evidence;

namespace ChatOpsBot.Adapters.Slack.Inbound;

/// <summary>The way by which something came.</summary>
internal enum SlackDoor
{
    /// <summary>Slash commands.</summary>
    Commands,

    /// <summary>Buttons, forms, shortcuts.</summary>
    Interactivity,

    /// <summary>Events.</summary>
    Events,
}

/// <summary>What Slack is told at once.</summary>
/// <param name="Status">As HTTP status; over a socket only 200 is acknowledged.</param>
/// <param name="Body">The immediate answer, for example what is wrong with a form.</param>
internal sealed record SlackReceipt(int Status, JsonObject? Body)
{
    /// <summary>Acknowledged without a word.</summary>
    public static SlackReceipt Silent { get; } = new(200, null);
}

/// <summary>What kind of thing a person did.</summary>
internal enum SlackAct
{
    /// <summary>Typed a slash command; the answer is for their eyes.</summary>
    Command,

    /// <summary>Mentioned the bot; the answer goes to the thread.</summary>
    Mention,

    /// <summary>Wrote to the bot directly.</summary>
    Direct,

    /// <summary>Pressed a button.</summary>
    Press,

    /// <summary>Sent a form.</summary>
    Form,
}

/// <summary>What a person did, as it is written down. Holds no secret: what expires soon or answers without a token is in <see cref="SlackHandle"/>.</summary>
internal sealed record SlackItem
{
    /// <summary>What was done.</summary>
    public required SlackAct Act { get; init; }

    /// <summary>The workspace that the app was reached through.</summary>
    public required string Team { get; init; }

    /// <summary>Organisation on Enterprise Grid.</summary>
    public string? Enterprise { get; init; }

    /// <summary>Who, by id.</summary>
    public required string User { get; init; }

    /// <summary>The person's own workspace, when it was said.</summary>
    public string? UserTeam { get; init; }

    /// <summary>Where; empty when Slack did not say.</summary>
    public string Channel { get; init; } = "";

    /// <summary>In which thread.</summary>
    public string? Thread { get; init; }

    /// <summary>The message that was written, or that the button is on.</summary>
    public string? Message { get; init; }

    /// <summary>The text of a command, as it came but for secrets.</summary>
    public string Text { get; init => field = Masking.Mask(value); } = "";

    /// <summary>A button's or a form's token.</summary>
    public string? Token { get; init; }

    /// <summary>What was filled into a form, by field, without secrets.</summary>
    public Dictionary<string, string>? Answers { get; init => field = value?.ToDictionary(answer => answer.Key, answer => Masking.Mask(answer.Value)); }

    /// <summary>Slack's id of the event, where it has one.</summary>
    public string? EventId { get; init; }

    /// <summary>What was checked before it was let in, as a sentence for transcripts.</summary>
    public string Verdict { get; init; } = "";

    /// <summary>Whether Slack said that the channel is shared with another company.</summary>
    public bool External { get; init; }
}

/// <summary>What is not written down.</summary>
/// <param name="ResponseUrl">Answers without a token; 30 minutes, five times.</param>
/// <param name="Trigger">Opens a form; about three seconds, once.</param>
internal sealed record SlackHandle(Uri? ResponseUrl, string? Trigger);

/// <summary>Source-generated JSON of what is written down.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SlackItem))]
internal sealed partial class SlackItemJson : JsonSerializerContext
{
    /// <summary>An item as bytes.</summary>
    public static byte[] Encode(SlackItem item) => JsonSerializer.SerializeToUtf8Bytes(item, Default.SlackItem);

    /// <summary>An item that was written down; <see langword="null"/> when the bytes are none.</summary>
    public static SlackItem? Decode(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes.Span, Default.SlackItem);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
