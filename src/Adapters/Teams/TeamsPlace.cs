using System.Text.Json.Serialization;
using ChatOpsBot.Domain.Incidents;

namespace ChatOpsBot.Adapters.Teams;

/// <summary>A personal chat, group chat, channel or thread of a channel. As a conversation id: <c>teams:TENANT/19:...</c>; of a test client <c>teams:emulator/...</c>.</summary>
/// <param name="Tenant">The tenant, in lower case.</param>
/// <param name="Conversation">The platform's id of the conversation; a thread has <c>;messageid=...</c> at its end.</param>
internal sealed record TeamsPlace(string Tenant, string Conversation)
{
    /// <summary>What conversation ids of this surface begin with.</summary>
    public const string Surface = "teams";

    private const string ThreadMark = ";messageid=";

    /// <summary>The id.</summary>
    public ConversationId Id => new($"{Surface}:{Tenant}/{Conversation}");

    /// <summary>The conversation without a thread.</summary>
    public string Base => Conversation.IndexOf(ThreadMark, StringComparison.Ordinal) is var at and >= 0 ? Conversation[..at] : Conversation;

    /// <summary>Whether it is a channel itself, in which a message begins a thread.</summary>
    public bool IsChannel => Conversation.StartsWith("19:", StringComparison.Ordinal) && Conversation.EndsWith("@thread.tacv2", StringComparison.Ordinal);

    /// <summary>The thread that hangs on a message of this channel.</summary>
    public string ThreadOf(string message) => $"{Base}{ThreadMark}{message}";

    /// <summary>Reads an id; <see langword="null"/> for one of another surface or form.</summary>
    public static TeamsPlace? Read(ConversationId id)
        => id.Value?.StartsWith($"{Surface}:", StringComparison.Ordinal) == true && id.Value[(Surface.Length + 1)..].Split('/', 2) is [{ Length: > 0 } tenant, { Length: > 0 } conversation]
            ? new(tenant.ToLowerInvariant(), conversation)
            : null;
}

/// <summary>How a conversation is reached without being asked first.</summary>
internal sealed record TeamsReference
{
    /// <summary>The latest address that was verified.</summary>
    public required Uri Service { get; init; }

    /// <summary>Channel id: Teams or a local test client.</summary>
    public required string Channel { get; init; }

    /// <summary>The conversation.</summary>
    public required string Conversation { get; init; }

    /// <summary><c>personal</c>, <c>groupChat</c> or <c>channel</c>.</summary>
    public string? Type { get; init; }

    /// <summary>The tenant.</summary>
    public required string Tenant { get; init; }

    /// <summary>The bot's own id there.</summary>
    public required string Bot { get; init; }

    /// <summary>Who spoke last, by directory object id.</summary>
    public string? User { get; init; }

    /// <summary>Their language.</summary>
    public string? Locale { get; init; }

    /// <summary>Why nothing can be sent there any more; <see langword="null"/> when it can.</summary>
    public string? Dead { get; init; }

    /// <summary>Whether it is a local test client, which knows Action.Submit only.</summary>
    [JsonIgnore]
    public bool IsEmulator => Channel == TeamsProfile.EmulatorChannel;
}

/// <summary>A person's address for views of their own.</summary>
/// <param name="Mri">The platform's id of the person.</param>
internal sealed record TeamsUser(string Mri);

/// <summary>Source-generated JSON of what is remembered.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TeamsReference))]
[JsonSerializable(typeof(TeamsUser))]
internal sealed partial class TeamsPlaceJson : JsonSerializerContext;
