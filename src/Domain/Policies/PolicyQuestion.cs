using System.Collections.Immutable;
using ChatOpsBot.Domain.Approvals;
using ChatOpsBot.Domain.Diagnosis;

namespace ChatOpsBot.Domain.Policies;

/// <summary>May this person do that there?</summary>
public sealed record PolicyQuestion
{
    /// <summary>Who; <see langword="null"/> when nobody in the policy owns the account.</summary>
    public PersonId? Person { get; init; }

    /// <summary>What.</summary>
    public required PolicyCommand Command { get; init; }

    /// <summary>The command's arguments by name, for example <c>probe</c> = <c>active</c> or <c>runbook</c> = <c>guest/nudge-link</c>.</summary>
    public ImmutableSortedDictionary<string, string> Arguments { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>On which host; <see langword="null"/> for a command about no host in particular, whose answer is filtered host by host.</summary>
    public PolicyHost? Host { get; init; }

    /// <summary>Risk of the plan it is about; <see langword="null"/> while there is none.</summary>
    public Risk? Risk { get; init; }

    /// <summary>Who asked for the incident's current observation, for commands about an incident.</summary>
    public PersonId? Requester { get; init; }
}

/// <summary>What the policy answers.</summary>
public abstract record PolicyAnswer
{
    /// <summary>Name of the rule when nothing allows it.</summary>
    public const string NoRule = "no rule";

    private PolicyAnswer()
    {
    }

    /// <summary>Go ahead.</summary>
    /// <param name="Rule">The rule that allows it.</param>
    public sealed record Allowed(string Rule) : PolicyAnswer;

    /// <summary>No.</summary>
    /// <param name="Rule">The rule that says so, or <see cref="NoRule"/>.</param>
    /// <param name="Sentence">For the person who asked.</param>
    /// <param name="Remedy">What could be done about it.</param>
    public sealed record Refused(string Rule, string Sentence, string Remedy) : PolicyAnswer;

    /// <summary>Only after others, or the person who asked, have agreed to the exact plan.</summary>
    /// <param name="Requirement">Who has to agree.</param>
    /// <param name="Expires">How long they have.</param>
    public sealed record NeedsApprovals(ApprovalRequirement Requirement, TimeSpan Expires) : PolicyAnswer;
}

/// <summary>Whether the approvals that were given suffice under the policy in force.</summary>
public abstract record ApprovalJudgement
{
    private ApprovalJudgement()
    {
    }

    /// <summary>They do.</summary>
    /// <param name="Rule">The rule that they satisfy.</param>
    public sealed record Enough(string Rule) : ApprovalJudgement;

    /// <summary>They do not, but others can be asked.</summary>
    /// <param name="Requirement">What the policy asks for now.</param>
    /// <param name="Why">A sentence for people.</param>
    public sealed record NotEnough(ApprovalRequirement Requirement, string Why) : ApprovalJudgement;

    /// <summary>The policy does not allow it at all any more.</summary>
    /// <param name="Rule">The rule that says so, or <see cref="PolicyAnswer.NoRule"/>.</param>
    /// <param name="Why">A sentence for people.</param>
    public sealed record NotAllowed(string Rule, string Why) : ApprovalJudgement;
}
