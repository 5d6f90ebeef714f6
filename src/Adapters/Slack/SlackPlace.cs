using ChatOpsBot.Domain.Incidents;

namespace ChatOpsBot.Adapters.Slack;

/// <summary>A channel, direct conversation or thread. As a conversation id: <c>slack:T1/C1</c> or <c>slack:T1/C1/1700000000.000100</c>.</summary>
/// <param name="Team">The workspace.</param>
/// <param name="Channel">The channel.</param>
/// <param name="Thread">The message that the thread hangs on; <see langword="null"/> for the channel itself.</param>
internal sealed record SlackPlace(string Team, string Channel, string? Thread)
{
    /// <summary>What conversation ids of this surface begin with.</summary>
    public const string Surface = "slack";

    /// <summary>Whether only two people and the bot are there.</summary>
    public bool IsDirect => Channel.StartsWith('D');

    /// <summary>The id.</summary>
    public ConversationId Id => new($"{Surface}:{Team}/{Channel}{(Thread is null ? "" : $"/{Thread}")}");

    /// <summary>Reads an id; <see langword="null"/> for one of another surface or form.</summary>
    public static SlackPlace? Read(ConversationId id)
    {
        if (id.Value?.StartsWith($"{Surface}:", StringComparison.Ordinal) != true)
        {
            return null;
        }

        return id.Value[(Surface.Length + 1)..].Split('/') switch
        {
            [{ Length: > 0 } team, { Length: > 0 } channel] => new(team, channel, null),
            [{ Length: > 0 } team, { Length: > 0 } channel, { Length: > 0 } thread] => new(team, channel, thread),
            _ => null,
        };
    }
}
