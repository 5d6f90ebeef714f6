using System.Collections.Immutable;

namespace ChatOpsBot.Domain.Incidents;

/// <summary>What the guard on the host says about one plan.</summary>
public enum GuardStatus
{
    /// <summary>The host could not be asked, so nothing is known.</summary>
    Unknown,

    /// <summary>The guard never began this plan, or refused to; nothing was changed.</summary>
    NotBegun,

    /// <summary>The watchdog runs, no step has.</summary>
    Armed,

    /// <summary>A step is running.</summary>
    Applying,

    /// <summary>Every step ran and its value was checked.</summary>
    Applied,

    /// <summary>The changes stay.</summary>
    Committed,

    /// <summary>The changes are being taken back.</summary>
    Reverting,

    /// <summary>Every value is as it was before.</summary>
    Reverted,

    /// <summary>A value was neither what it was before nor what the plan made it; it was left alone.</summary>
    RevertConflict,

    /// <summary>An undo did not work.</summary>
    RevertFailed,

    /// <summary>At begin a value was no longer what the plan says; nothing was changed.</summary>
    Drift,

    /// <summary>The watchdog died.</summary>
    GuardLost,

    /// <summary>The host has been rebooted since the plan was made.</summary>
    Rebooted,
}

/// <summary>A value that the guard names.</summary>
/// <param name="Subject">Step and thing, for example <c>1 eno2</c>.</param>
/// <param name="Before">Before the plan.</param>
/// <param name="After">What the plan makes it.</param>
/// <param name="Found">What it is.</param>
public sealed record GuardValue(string Subject, string Before, string After, string Found);

/// <summary>One report of the guard.</summary>
public sealed record GuardReport
{
    /// <summary>What the guard says.</summary>
    public required GuardStatus Status { get; init; }

    /// <summary>The step it is about, counted from 1.</summary>
    public int? Step { get; init; }

    /// <summary>The values it names.</summary>
    public ImmutableArray<GuardValue> Values { get; init; } = [];

    /// <summary>A sentence for people; empty when the status says it all.</summary>
    public string Detail { get; init; } = "";
}
