namespace ChatOpsBot.Domain.Incidents;

/// <summary>Effects of one incident are performed in order within a lane; no lane waits for another.</summary>
/// <param name="Value"><c>host</c>, <c>timer</c> or <c>chat:</c> and the conversation.</param>
public readonly record struct Lane(string Value)
{
    private const string ChatPrefix = "chat:";

    /// <summary>Everything that talks to the host.</summary>
    public static Lane Host { get; } = new("host");

    /// <summary>Things due at a later moment. Ordered by that moment, so that a far one does not hold up a near one.</summary>
    public static Lane Timer { get; } = new("timer");

    /// <summary>Messages to one conversation.</summary>
    public static Lane Chat(ConversationId conversation) => new(ChatPrefix + conversation.Value);

    /// <summary>Whether this lane talks to people.</summary>
    public bool IsChat => Value.StartsWith(ChatPrefix, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
