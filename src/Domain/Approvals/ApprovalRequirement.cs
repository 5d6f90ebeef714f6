using System.Collections.Immutable;
using ChatOpsBot.Domain.Incidents;

namespace ChatOpsBot.Domain.Approvals;

/// <summary>What the policy in force asked for when a plan was proposed. The transition table counts by it and knows no policy.</summary>
public sealed record ApprovalRequirement
{
    /// <summary>Who may approve, as the policy names them, for example <c>group:network</c>.</summary>
    public required ImmutableArray<string> From { get; init; }

    /// <summary>How many different persons; at least 1.</summary>
    public required int Quorum { get; init; }

    /// <summary>Whether the person who asked for the repair may be one of them.</summary>
    public required bool RequesterMay { get; init; }

    /// <summary>The rule that said so, for people.</summary>
    public required string Rule { get; init; }

    /// <summary>Conversations that are asked and reminded besides the incident's own.</summary>
    public ImmutableArray<ConversationId> Notify { get; init; } = [];
}
