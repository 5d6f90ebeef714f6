using System.Collections.Immutable;
using ChatOpsBot.Domain.Approvals;

namespace ChatOpsBot.Domain.Incidents;

/// <summary>What is known of a plan that one person let be carried out alone.</summary>
public sealed record BrokenGlass
{
    /// <summary>Who did so, in order; one incident may see several plans.</summary>
    public required ImmutableArray<PersonId> By { get; init; }

    /// <summary>Why, of the last one.</summary>
    public required string Reason { get; init; }

    /// <summary>The review that the policy asked for then.</summary>
    public required ReviewDuty Review { get; init; }

    /// <summary>When the review has to be done.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>How often it has been asked for.</summary>
    public int Asked { get; init; }

    /// <summary>Who has reviewed it; <see langword="null"/> while that is missing.</summary>
    public PersonId? ReviewedBy { get; init; }
}
