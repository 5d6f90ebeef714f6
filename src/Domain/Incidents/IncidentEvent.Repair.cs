using System.Collections.Immutable;

namespace ChatOpsBot.Domain.Incidents;

/// <content>What happens while a repair is carried out, and what the service itself reports.</content>
public abstract partial record IncidentEvent
{
    /// <summary>The guard on the host reported.</summary>
    /// <param name="At">When.</param>
    /// <param name="PlanId">The plan it reported on.</param>
    /// <param name="Report">What it said.</param>
    public sealed record GuardReported(DateTimeOffset At, string PlanId, GuardReport Report) : IncidentEvent;

    /// <summary>A command of the plan was run on the host.</summary>
    /// <param name="At">When.</param>
    /// <param name="PlanId">The plan.</param>
    /// <param name="Step">Which step, counted from 1.</param>
    /// <param name="Part">Which of its commands.</param>
    /// <param name="Argv">The exact command.</param>
    /// <param name="ExitCode">Its exit code.</param>
    /// <param name="Output">What it printed, masked.</param>
    public sealed record StepReported(DateTimeOffset At, string PlanId, int Step, StepPart Part, ImmutableArray<string> Argv, int ExitCode, StoredOutput Output)
        : IncidentEvent;

    /// <summary>The repair was judged over a new connection.</summary>
    /// <param name="At">When.</param>
    /// <param name="PlanId">The plan.</param>
    /// <param name="Outcome">The judgement.</param>
    /// <param name="Proofs">What it rests on.</param>
    /// <param name="OtherRoots">Roots that the same look at the host found besides, as <c>id subject</c>.</param>
    public sealed record Verified(
        DateTimeOffset At, string PlanId, VerifyOutcome Outcome, ImmutableArray<Proof> Proofs, ImmutableArray<string> OtherRoots) : IncidentEvent;

    /// <summary>While watching, the guest was seen to get its address.</summary>
    /// <param name="At">When.</param>
    /// <param name="Evidence">What was seen, for example the DHCPACK on its tap.</param>
    public sealed record AckSeen(DateTimeOffset At, string Evidence) : IncidentEvent;

    /// <summary>The time of the watch is over.</summary>
    /// <param name="At">When.</param>
    /// <param name="Generation">The observation that the watch belongs to.</param>
    public sealed record WatchElapsed(DateTimeOffset At, int Generation) : IncidentEvent;

    /// <summary>A repair, or its revert, brought no outcome in time.</summary>
    /// <param name="At">When.</param>
    /// <param name="Generation">The observation that the plan comes from.</param>
    /// <param name="Attempt">The round of approvals.</param>
    /// <param name="OfRevert">Whether the revert was waited for.</param>
    public sealed record RepairOverdue(DateTimeOffset At, int Generation, int Attempt, bool OfRevert) : IncidentEvent;

    /// <summary>The service gave up an effect after its last try.</summary>
    /// <param name="At">When.</param>
    /// <param name="Generation">The observation during which the effect was asked for.</param>
    /// <param name="Effect">Its stable name.</param>
    /// <param name="Lane">Its lane.</param>
    /// <param name="Why">What went wrong at last.</param>
    public sealed record EffectGivenUp(DateTimeOffset At, int Generation, string Effect, string Lane, string Why) : IncidentEvent;

    /// <summary>A stored event that this program cannot read: of a newer version, or damaged. Its bytes stay as they are.</summary>
    /// <param name="At">Always the beginning of time: the moment is inside the body.</param>
    /// <param name="Type">The stored type name.</param>
    /// <param name="Body">The stored bytes.</param>
    /// <param name="Why">A sentence for people.</param>
    public sealed record Unknown(DateTimeOffset At, string Type, ReadOnlyMemory<byte> Body, string Why) : IncidentEvent;
}

/// <summary>Which command of a step.</summary>
public enum StepPart
{
    /// <summary>Reads the value before or after.</summary>
    Read,

    /// <summary>Makes the change.</summary>
    Run,

    /// <summary>Takes the change back.</summary>
    Undo,
}

/// <summary>The three outcomes of a verification. One that did not run is <see cref="Worse"/>, never a pass.</summary>
public enum VerifyOutcome
{
    /// <summary>The predicate is still true, management was lost, or a probe that passed before fails now.</summary>
    Worse,

    /// <summary>The predicate is clear and the fault's own symptom probe passes.</summary>
    Done,

    /// <summary>The predicate is clear, nothing is worse, but the symptom was not seen to turn.</summary>
    Kept,
}

/// <summary>One thing that verification looked at.</summary>
/// <param name="What">For example <c>DHCPACK for 52:54:00:aa:bb:01 on vnet0</c>.</param>
/// <param name="Passed">Whether it holds.</param>
/// <param name="Text">What was seen.</param>
public sealed record Proof(string What, bool Passed, string Text);
