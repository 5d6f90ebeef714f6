using System.Collections.Immutable;
using ChatOpsBot.Domain.Incidents;

namespace ChatOpsBot.Application.Ports;

/// <summary>The stored effects. Within one incident and lane only the oldest unsettled one is ever handed out; in the timer lane each one that is due.</summary>
public interface IEffectOutbox
{
    /// <summary>Lanes that have something to do now, with how much.</summary>
    Task<ImmutableArray<DueLane>> DueLanesAsync(DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Takes effects of one lane that are due; until the claim ends nobody else gets them.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="now">What is due by now.</param>
    /// <param name="claimUntil">After this moment they are handed out again, unless settled or extended.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<ImmutableArray<TakenEffect>> TakeAsync(Lane lane, DateTimeOffset now, DateTimeOffset claimUntil, int limit, CancellationToken cancellationToken);

    /// <summary>Prolongs a claim. <see langword="false"/> when it is lost; the work must then stop.</summary>
    Task<bool> ExtendAsync(EffectClaim claim, DateTimeOffset claimUntil, CancellationToken cancellationToken);

    /// <summary>Settles an effect without an event. <see langword="false"/> when the claim is lost; nothing was stored then.</summary>
    Task<bool> SettleAsync(EffectSettlement settlement, CancellationToken cancellationToken);
}

/// <summary>A lane with work.</summary>
/// <param name="Lane">Which.</param>
/// <param name="Count">Effects that could be taken now.</param>
public sealed record DueLane(Lane Lane, int Count);

/// <summary>Who holds an effect. A claim that was handed out again has another number, so a worker that wakes up late settles nothing.</summary>
/// <param name="Row">The stored effect.</param>
/// <param name="Number">Counts the times it was taken.</param>
public sealed record EffectClaim(long Row, long Number);

/// <summary>An effect to perform.</summary>
/// <param name="Claim">The claim.</param>
/// <param name="Incident">Its incident.</param>
/// <param name="Lane">Its lane.</param>
/// <param name="Key">Its key.</param>
/// <param name="Name">Its stored name.</param>
/// <param name="Body">Its stored bytes.</param>
/// <param name="Failures">How often it failed so far.</param>
public sealed record TakenEffect(EffectClaim Claim, IncidentId Incident, Lane Lane, string Key, string Name, ReadOnlyMemory<byte> Body, int Failures);

/// <summary>How an attempt at an effect ended.</summary>
/// <param name="Claim">The claim it was made under.</param>
/// <param name="End">How.</param>
/// <param name="At">When.</param>
public sealed record EffectSettlement(EffectClaim Claim, EffectEnd End, DateTimeOffset At)
{
    /// <summary>For <see cref="EffectEnd.Retry"/> and <see cref="EffectEnd.Again"/>: not before.</summary>
    public DateTimeOffset NotBefore { get; init; }

    /// <summary>What went wrong, for <see cref="EffectEnd.Retry"/> and <see cref="EffectEnd.GivenUp"/>; without secrets.</summary>
    public string? Error { get; init; }
}

/// <summary>How an attempt at an effect ended.</summary>
public enum EffectEnd
{
    /// <summary>Performed.</summary>
    Done,

    /// <summary>Failed; stays at the head of its lane and counts as a failure.</summary>
    Retry,

    /// <summary>Goes on later, at the end of its lane, so that others get in between.</summary>
    Again,

    /// <summary>Failed for good.</summary>
    GivenUp,
}
