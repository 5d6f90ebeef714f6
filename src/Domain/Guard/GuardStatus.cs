namespace ChatOpsBot.Domain.Guard;

/// <summary>How it stands with a plan on its host.</summary>
public enum GuardStatus
{
    /// <summary>The host cannot say: the plan was begun, but what it wrote down is gone or damaged.</summary>
    Unknown,

    /// <summary>Nothing was done.</summary>
    NotBegun,

    /// <summary>The watchdog counts; no step has run.</summary>
    Armed,

    /// <summary>A step runs, or failed and waits for revert or the watchdog: see <see cref="GuardReport.StepsRunning"/>.</summary>
    Applying,

    /// <summary>Every step has run and was checked.</summary>
    Applied,

    /// <summary>The change is kept.</summary>
    Committed,

    /// <summary>Steps are being taken back.</summary>
    Reverting,

    /// <summary>Every step that ran was taken back, or its link is gone; each checked.</summary>
    Reverted,

    /// <summary>Somebody else changed a value meanwhile; it was left alone. The records name it.</summary>
    RevertConflict,

    /// <summary>A step could not be taken back. The records name it.</summary>
    RevertFailed,

    /// <summary>A value was not as approved; nothing was done. The records name it.</summary>
    Drift,

    /// <summary>Not settled, and the watchdog is dead: nothing happens by itself any more. Revert still works.</summary>
    GuardLost,

    /// <summary>The host has started anew since the plan was made.</summary>
    Rebooted,
}

/// <summary>The words of the program.</summary>
public static class GuardStatusNames
{
    /// <summary>The status as the program and the interface write it, for example <c>revert-conflict</c>.</summary>
    public static string Name(this GuardStatus status) => status switch
    {
        GuardStatus.NotBegun => "not-begun",
        GuardStatus.Armed => "armed",
        GuardStatus.Applying => "applying",
        GuardStatus.Applied => "applied",
        GuardStatus.Committed => "committed",
        GuardStatus.Reverting => "reverting",
        GuardStatus.Reverted => "reverted",
        GuardStatus.RevertConflict => "revert-conflict",
        GuardStatus.RevertFailed => "revert-failed",
        GuardStatus.Drift => "drift",
        GuardStatus.GuardLost => "guard-lost",
        GuardStatus.Rebooted => "rebooted",
        _ => "unknown",
    };

    /// <summary>The status of that name, or <see langword="null"/>.</summary>
    public static GuardStatus? Parse(string name)
        => Enum.GetValues<GuardStatus>().Where(status => status.Name() == name).Select(status => (GuardStatus?)status).FirstOrDefault();
}
