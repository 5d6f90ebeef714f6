using System.Collections.Immutable;
using ChatOpsBot.Domain.Approvals;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Runbooks;

namespace ChatOpsBot.Domain.Incidents;

/// <summary>The root finding that a plan repairs.</summary>
/// <param name="Fault">Fault id.</param>
/// <param name="Subject">The object that the finding names.</param>
/// <param name="Certainty">How sure the finding is; decides whether a repair without a visible cure is kept.</param>
public sealed record RepairTarget(string Fault, string Subject, Certainty Certainty);

/// <summary>A person's yes.</summary>
/// <param name="By">Who.</param>
/// <param name="At">When.</param>
public sealed record Approval(PersonId By, DateTimeOffset At);

/// <summary>A plan with what it needs and what it has got.</summary>
public sealed record Proposal
{
    /// <summary>The observation it was made from, counted from 1.</summary>
    public required int Generation { get; init; }

    /// <summary>How often approvals were asked for this plan; more than 1 when the policy in force at begin no longer accepted the first ones.</summary>
    public int Attempt { get; init; } = 1;

    /// <summary>The plan.</summary>
    public required Plan Plan { get; init; }

    /// <summary>Its hash; a decision counts only when it names this one.</summary>
    public required string PlanHash { get; init; }

    /// <summary>What it repairs; <see langword="null"/> for a runbook that a person asked for.</summary>
    public RepairTarget? Target { get; init; }

    /// <summary>What the policy asks for.</summary>
    public required ApprovalRequirement Requirement { get; init; }

    /// <summary>Whether its approvers were reminded.</summary>
    public bool Reminded { get; init; }

    /// <summary>Who approved so far, each person once.</summary>
    public ImmutableArray<Approval> Approvals { get; init; } = [];

    /// <summary>Who let it be carried out alone; <see langword="null"/> when it was approved as the policy asks for.</summary>
    public PersonId? AloneBy { get; init; }
}

/// <summary>A repair that was committed on the host.</summary>
/// <param name="Plan">What was done.</param>
/// <param name="Target">What it repaired.</param>
/// <param name="Proven">Whether the fault's own symptom was seen to turn.</param>
public sealed record CommittedRepair(Plan Plan, RepairTarget? Target, bool Proven);
