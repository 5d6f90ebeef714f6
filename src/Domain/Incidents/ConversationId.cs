namespace ChatOpsBot.Domain.Incidents;

/// <summary>A place where an incident is shown: a channel, a chat, a terminal. The adapter that made the id understands it.</summary>
/// <param name="Value">Surface and place, for example <c>slack:T1/C1</c>.</param>
public readonly record struct ConversationId(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value;
}
