using System.Collections.Immutable;
using System.Text.Json;

namespace ChatOpsBot.Adapters.Teams.Inbound;

/// <summary>A mention in a message.</summary>
/// <param name="Text">The markup that stands for it in the text.</param>
/// <param name="Mentioned">Who, by the platform's id.</param>
internal sealed record TeamsMention(string Text, string Mentioned);

/// <summary>An activity as it came, read once; what verifies it and what works on it look at the same.</summary>
internal sealed record TeamsActivity
{
    private const int MostEntities = 50;

    /// <summary><c>message</c>, <c>invoke</c>, ...</summary>
    public string? Type { get; init; }

    /// <summary>Names it within its conversation.</summary>
    public string? Id { get; init; }

    /// <summary>Name of an invoke.</summary>
    public string? Name { get; init; }

    /// <summary>Whether the app was added or removed.</summary>
    public string? Action { get; init; }

    /// <summary>Whether the sender wants all answers in the response to its request.</summary>
    public bool ExpectsReplies { get; init; }

    /// <summary>The channel.</summary>
    public string? Channel { get; init; }

    /// <summary>Where answers go, as it came.</summary>
    public string? ServiceUrl { get; init; }

    /// <summary>Where answers go.</summary>
    public Uri? Service { get; init; }

    /// <summary>Who, by the platform's id.</summary>
    public string? User { get; init; }

    /// <summary>Who, by directory object id in lower case; <see langword="null"/> for bots and test clients.</summary>
    public string? UserObject { get; init; }

    /// <summary>Whether a program says it.</summary>
    public bool IsBot { get; init; }

    /// <summary>Our own id there.</summary>
    public string? Bot { get; init; }

    /// <summary>Whether it is for the bot's eyes only.</summary>
    public bool IsTargeted { get; init; }

    /// <summary><c>personal</c>, <c>groupChat</c> or <c>channel</c>.</summary>
    public string? ConversationType { get; init; }

    /// <summary>All tenants that the activity names, in lower case.</summary>
    public ImmutableArray<string> Tenants { get; init; } = [];

    /// <summary>Where; <see langword="null"/> when it does not say.</summary>
    public TeamsPlace? Place { get; init; }

    /// <summary>The message it belongs to.</summary>
    public string? ReplyTo { get; init; }

    /// <summary>Language.</summary>
    public string? Locale { get; init; }

    /// <summary>The text as it came.</summary>
    public string Text { get; init; } = "";

    /// <summary>Mentions.</summary>
    public ImmutableArray<TeamsMention> Mentions { get; init; } = [];

    /// <summary>What a card sent.</summary>
    public JsonElement? Value { get; init; }

    /// <summary>What was checked before it was let in, as a sentence for transcripts.</summary>
    public string Verdict { get; init; } = "";

    /// <summary>Whether we are among the members who left.</summary>
    public bool BotLeft { get; init; }

    /// <summary>Reads an activity; <see langword="null"/> when it is none.</summary>
    public static TeamsActivity? Read(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object || json.Text("type") is not { } type)
        {
            return null;
        }

        var conversation = json.Member("conversation");
        var channel = json.Text("channelId");

        // Local test clients do not say who we are.
        var bot = json.Member("recipient")?.Text("id") ?? (channel == TeamsProfile.EmulatorChannel ? "bot" : null);
        string?[] named = [conversation?.Text("tenantId"), json.Member("channelData")?.Member("tenant")?.Text("id")];
        ImmutableArray<string> tenants = [.. named.OfType<string>().Select(id => id.ToLowerInvariant()).Distinct()];
        var from = json.Member("from");
        return new()
        {
            Type = type,
            Id = json.Text("id"),
            Name = json.Text("name"),
            Action = json.Text("action"),
            ExpectsReplies = json.Text("deliveryMode") == "expectReplies",
            Channel = channel,
            ServiceUrl = json.Text("serviceUrl"),
            Service = TeamsProfile.ServiceOf(json.Text("serviceUrl")),
            User = from?.Text("id"),
            UserObject = from?.Text("aadObjectId")?.ToLowerInvariant(),
            IsBot = from?.Text("role") is "bot" or "skill" || from?.Text("id")?.StartsWith("28:", StringComparison.Ordinal) == true || (bot is not null && from?.Text("id") == bot),
            Bot = bot,
            IsTargeted = json.Member("recipient")?.Flag("isTargeted") == true,
            ConversationType = conversation?.Text("conversationType"),
            Tenants = tenants,
            Place = conversation?.Text("id") is { } id && (channel == TeamsProfile.EmulatorChannel ? TeamsProfile.EmulatorChannel : tenants.FirstOrDefault()) is { } tenant ? new(tenant, id) : null,
            ReplyTo = json.Text("replyToId"),
            Locale = json.Text("locale"),
            Text = json.Text("text") ?? "",
            Mentions = MentionsOf(json),
            Value = json.Member("value")?.Clone(),
            BotLeft = bot is not null && json.Member("membersRemoved") is { ValueKind: JsonValueKind.Array } left && left.EnumerateArray().Any(member => member.Text("id") == bot),
        };
    }

    private static ImmutableArray<TeamsMention> MentionsOf(JsonElement json)
        => json.Member("entities") is not { ValueKind: JsonValueKind.Array } entities ? [] :
        [
            .. from entity in entities.EnumerateArray().Take(MostEntities)
               where entity.Text("type") == "mention"
               let text = entity.Text("text")
               let mentioned = entity.Member("mentioned")?.Text("id")
               where text is not null && mentioned is not null
               select new TeamsMention(text, mentioned),
        ];
}
