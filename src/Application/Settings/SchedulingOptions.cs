using ChatOpsBot.Application.Effects;
using ChatOpsBot.Domain.Incidents;

namespace ChatOpsBot.Application.Settings;

/// <summary>Times and amounts of the work on incidents; section <c>Scheduling</c>.</summary>
public sealed class SchedulingOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Scheduling";

    /// <summary>How often the store is asked for due work when nothing wakes the service; a lost wake-up costs this long.</summary>
    public TimeSpan PollEvery { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Hosts that are observed or repaired at once.</summary>
    public int HostSlots { get; set; } = 32;

    /// <summary>How long a request for approval is open when the policy's rule names no time.</summary>
    public TimeSpan ApprovalExpires { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>How long a committed repair is watched for the guest's address before a human is asked.</summary>
    public TimeSpan WatchFor { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>After a crash the other services wait this long before they go on with what the dead one had; a third of it is how often a living one says that it lives.</summary>
    private static readonly TimeSpan s_claimAmongSeveral = TimeSpan.FromSeconds(8);

    /// <summary>The settings as the effect worker takes them.</summary>
    /// <param name="storage">Which store: alone on SQLite, claims of a service that died are void at the next start, so that they may be long.</param>
    public EffectOptions ToEffects(StorageProvider storage)
        => storage == StorageProvider.Postgres
            ? new() { PollEvery = PollEvery, HostSlots = HostSlots, ClaimFor = s_claimAmongSeveral }
            : new() { PollEvery = PollEvery, HostSlots = HostSlots };

    /// <summary>The settings as an incident takes them when it is opened.</summary>
    public IncidentLimits ToLimits() => new() { WatchFor = WatchFor };
}
