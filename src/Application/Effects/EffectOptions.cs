namespace ChatOpsBot.Application.Effects;

/// <summary>How effects are performed.</summary>
public sealed class EffectOptions
{
    /// <summary>How often the store is looked at when nothing wakes the worker. A lost wake-up costs this long.</summary>
    public TimeSpan PollEvery { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a claim lasts without being prolonged; after a crash of a node of several the others wait this long. Prolonged each third of it while the effect runs.</summary>
    public TimeSpan ClaimFor { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Effects of the host lane that run at once, each of another incident.</summary>
    public int HostSlots { get; set; } = 32;

    /// <summary>Effects that run at once in one conversation; a hanging conversation holds up no other.</summary>
    public int SlotsPerConversation { get; set; } = 4;

    /// <summary>Effects of the timer lane that run at once.</summary>
    public int TimerSlots { get; set; } = 8;

    /// <summary>Limit for one attempt in the host lane: longer than the 10 minutes that a guard may run.</summary>
    public TimeSpan HostLimit { get; set; } = TimeSpan.FromMinutes(12);

    /// <summary>Limit for one attempt in a chat lane; a peer that accepts and never answers must not hold the lane for ever.</summary>
    public TimeSpan ChatLimit { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Limit for one attempt in the timer lane; it only touches the store.</summary>
    public TimeSpan TimerLimit { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>First wait after a failure; doubled each time.</summary>
    public TimeSpan FirstWait { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait between attempts.</summary>
    public TimeSpan LongestWait { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Attempts in the host lane; with the waits above about 6 minutes, then a human is asked.</summary>
    public int HostTries { get; set; } = 12;

    /// <summary>Attempts in a chat lane; with the waits above about a day, since a chat service can be away for hours.</summary>
    public int ChatTries { get; set; } = 1500;

    /// <summary>Attempts in the timer lane; it depends on nothing but the store, so giving up early would only lose a deadline.</summary>
    public int TimerTries { get; set; } = 10_000;

    /// <summary>What is wrong with the options, each a sentence naming its key; empty when nothing is.</summary>
    public IEnumerable<string> Problems()
    {
        foreach (var (name, value) in new (string, TimeSpan)[]
            {
                (nameof(PollEvery), PollEvery), (nameof(ClaimFor), ClaimFor), (nameof(HostLimit), HostLimit), (nameof(ChatLimit), ChatLimit),
                (nameof(TimerLimit), TimerLimit), (nameof(FirstWait), FirstWait), (nameof(LongestWait), LongestWait),
            })
        {
            if (value <= TimeSpan.Zero)
            {
                yield return $"Scheduling:{name} is {value}; it must be longer than nothing";
            }
        }

        foreach (var (name, value) in new (string, int)[]
            {
                (nameof(HostSlots), HostSlots), (nameof(SlotsPerConversation), SlotsPerConversation), (nameof(TimerSlots), TimerSlots),
                (nameof(HostTries), HostTries), (nameof(ChatTries), ChatTries), (nameof(TimerTries), TimerTries),
            })
        {
            if (value < 1)
            {
                yield return $"Scheduling:{name} is {value}; it must be at least 1";
            }
        }
    }
}
