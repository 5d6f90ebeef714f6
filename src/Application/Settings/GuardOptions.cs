namespace ChatOpsBot.Application.Settings;

/// <summary>How repairs are guarded on the host; section <c>Guard</c>.</summary>
public sealed class GuardOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Guard";

    /// <summary>Least seconds that a watchdog can be given: below, connecting alone would use them up.</summary>
    public const int LeastSeconds = 3;

    /// <summary>Most seconds, also with every extension.</summary>
    public const int MostSeconds = 600;

    /// <summary>Seconds after which the host takes back by itself what nobody has committed.</summary>
    public int DeadlineSeconds { get; set; } = 120;

    /// <summary>The same as a duration.</summary>
    public TimeSpan Deadline => TimeSpan.FromSeconds(DeadlineSeconds);
}
