using System.Collections.Immutable;
using ChatOpsBot.Domain.Diagnosis;

namespace ChatOpsBot.Domain.Runbooks;

/// <summary>What planning came to.</summary>
public abstract record PlanOutcome
{
    private PlanOutcome()
    {
    }

    /// <summary>There is a plan; nothing is left to choose.</summary>
    /// <param name="Plan">For approvers and the guard.</param>
    /// <param name="Preview">For people.</param>
    public sealed record Planned(Plan Plan, PlanPreview Preview) : PlanOutcome;

    /// <summary>There is none.</summary>
    /// <param name="Why">A sentence part without full stop.</param>
    /// <param name="Remedy">What a person can do, a sentence part without full stop.</param>
    public sealed record Impossible(string Why, string Remedy) : PlanOutcome
    {
        /// <summary>The commands that a person with the rights could run instead, each an argument vector; empty when none are known.</summary>
        public ImmutableArray<ImmutableArray<string>> Commands { get; init; } = [];

        /// <summary>Both as one sentence.</summary>
        public string Message => $"{Why}; {Remedy}";
    }
}

/// <summary>What a plan will do, for people; derived from the plan and the snapshot only.</summary>
public sealed record PlanPreview
{
    /// <summary>The runbook's title.</summary>
    public required string Title { get; init; }

    /// <summary>What else comes with the change.</summary>
    public required string Consequence { get; init; }

    /// <summary>Why the risk is what it is, when the topology raised it; else <see langword="null"/>.</summary>
    public string? RaisedBecause { get; init; }

    /// <summary>The probe that will show the cure.</summary>
    public required SymptomProbe Probe { get; init; }

    /// <summary>The values that change as they are, one line each, with what they belong to.</summary>
    public required ImmutableArray<string> Before { get; init; }

    /// <summary>The same lines as they will be.</summary>
    public required ImmutableArray<string> After { get; init; }

    /// <summary>Whether the lines are those of whole files, of which a reader wants to see the neighbourhood of the change only.</summary>
    public bool IsOfFiles { get; init; }

    /// <summary>Steps that are left out because the host is like that already.</summary>
    public ImmutableArray<string> AlreadyDone { get; init; } = [];
}
