using System.Collections.Immutable;

namespace ChatOpsBot.Domain.Guard;

/// <summary>What a host says of one plan.</summary>
public sealed record GuardReport
{
    /// <summary>The plan's id.</summary>
    public required string Plan { get; init; }

    /// <summary>How it stands.</summary>
    public required GuardStatus Status { get; init; }

    /// <summary>The step that runs or failed, counted from 1; also when the watchdog is lost. <see langword="null"/> otherwise.</summary>
    public int? Step { get; init; }

    /// <summary>Whether the watchdog lives.</summary>
    public bool WatchdogAlive { get; init; }

    /// <summary>Whether the process that runs the steps, or a command of it, lives.</summary>
    public bool StepsRunning { get; init; }

    /// <summary>The operation was refused; the status is that before and after it.</summary>
    public GuardRefusal? Refusal { get; init; }

    /// <summary>The host's uptime at the answer; the clock of <see cref="GuardRecord.At"/>.</summary>
    public TimeSpan Uptime { get; init; }

    /// <summary>Time until the watchdog fires, negative when it has passed; <see langword="null"/> when none was set.</summary>
    public TimeSpan? Left { get; init; }

    /// <summary>What a person must see (drift, failures, conflicts); of a journal everything. In the order it happened.</summary>
    public ImmutableArray<GuardRecord> Records { get; init; } = [];

    /// <summary>Some records are damaged or cut, for example because <c>/run</c> was full.</summary>
    public bool RecordsDamaged { get; init; }

    /// <summary>The plan keeps others off this host.</summary>
    public bool HoldsHost => Status is GuardStatus.Armed or GuardStatus.Applying or GuardStatus.Applied or GuardStatus.Reverting or GuardStatus.GuardLost;
}

/// <summary>Why an operation was refused.</summary>
/// <param name="Kind">The reason.</param>
/// <param name="Text">The same in words, for a person.</param>
public sealed record GuardRefusal(GuardRefusalKind Kind, string Text);

/// <summary>Reasons to refuse an operation; nothing was changed.</summary>
public enum GuardRefusalKind
{
    /// <summary>A reason that this version does not know.</summary>
    Other,

    /// <summary>Another plan holds the host.</summary>
    Busy,

    /// <summary>The host has seen a higher token: the lease was lost.</summary>
    Fenced,

    /// <summary>It is another machine than the plan was made for.</summary>
    Machine,

    /// <summary>No room or no right to write.</summary>
    CannotWrite,

    /// <summary>The plan did not arrive whole.</summary>
    Garbled,

    /// <summary>The watchdog did not start or is dead.</summary>
    NoWatchdog,

    /// <summary>The steps did not start.</summary>
    NoRunner,

    /// <summary>Another operation holds the lock; try again.</summary>
    Locked,

    /// <summary>The operation makes no sense in this state.</summary>
    State,
}

/// <summary>One thing that happened on the host.</summary>
/// <param name="At">The host's uptime.</param>
/// <param name="Kind">What.</param>
/// <param name="Step">Step, counted from 1; 0 for the plan as a whole.</param>
/// <param name="ExitCode">Exit code of the command, 124 when it ran out of time; 0 where none was run.</param>
/// <param name="Expected">The value or link that should be there; empty where there is nothing to compare.</param>
/// <param name="Found">The value or link that was there, or what a command printed (its last 4000 bytes).</param>
/// <param name="Cut">A text was longer than the 4000 bytes kept of it.</param>
public sealed record GuardRecord(TimeSpan At, GuardRecordKind Kind, int Step, int ExitCode, string Expected, string Found, bool Cut);

/// <summary>Kinds of records.</summary>
public enum GuardRecordKind
{
    /// <summary>One that this version does not know.</summary>
    Other,

    /// <summary>The guard was armed.</summary>
    Armed,

    /// <summary>The host does not let the watchdog lower its oom score; it may be killed when memory runs out.</summary>
    Unprotected,

    /// <summary>The deadline was pushed.</summary>
    Extended,

    /// <summary>A step is about to run.</summary>
    Started,

    /// <summary>A step's command has run.</summary>
    Ran,

    /// <summary>A step failed; no further one was run.</summary>
    Failed,

    /// <summary>A link or value is not as approved; nothing was done.</summary>
    Drift,

    /// <summary>The change was kept.</summary>
    Committed,

    /// <summary>The watchdog's deadline passed.</summary>
    Fired,

    /// <summary>A value was as before already; nothing to take back.</summary>
    Untouched,

    /// <summary>A step's undo has run.</summary>
    Undone,

    /// <summary>The link is gone or its name is another's by now; nothing to take back.</summary>
    Gone,

    /// <summary>Somebody else's value; left alone.</summary>
    Conflict,

    /// <summary>The undo did not bring the value back.</summary>
    UndoFailed,
}
