using System.Collections.Immutable;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Incidents;

namespace ChatOpsBot.Application.Effects;

/// <summary>Performs one kind of effect. It may be called again for an effect that it has performed already: after a crash, after a lost claim.</summary>
public interface IEffectHandler
{
    /// <summary>The stored names it performs, see <see cref="EffectCodec"/>.</summary>
    IReadOnlyCollection<string> Names { get; }

    /// <summary>Performs it. An exception counts as <see cref="EffectOutcome.Retry"/>.</summary>
    Task<EffectOutcome> PerformAsync(EffectTask task, CancellationToken cancellationToken);
}

/// <summary>An effect to perform.</summary>
/// <param name="Effect">What.</param>
/// <param name="Incident">The incident as it is now, which may be further than when the effect was stored.</param>
/// <param name="Failures">How often it failed before.</param>
public sealed record EffectTask(Effect Effect, IncidentView Incident, int Failures)
{
    /// <summary>How often it was begun before, also when a crash left no trace of how that ended.</summary>
    public int EarlierTries { get; init; }

    /// <summary>The worker's claim on it; <see langword="null"/> only where none was needed to get it.</summary>
    public EffectClaim? Claim { get; init; }
}

/// <summary>How performing went.</summary>
public abstract record EffectOutcome
{
    private EffectOutcome()
    {
    }

    /// <summary>Performed. The events are stored in one transaction with its end, so there is no moment at which one is known and not the other.</summary>
    /// <param name="Events">What it brought; an event that is no longer accepted is dropped and said in the log.</param>
    public sealed record Done(params ImmutableArray<IncidentEvent> Events) : EffectOutcome;

    /// <summary>Goes on later, behind what else waits in its lane.</summary>
    /// <param name="After">How much later.</param>
    public sealed record Again(TimeSpan After) : EffectOutcome;

    /// <summary>Failed, but may work later. Holds up its lane meanwhile.</summary>
    /// <param name="Why">A sentence without secrets.</param>
    /// <param name="After">When the other side said how long to wait; else the worker's back-off.</param>
    public sealed record Retry(string Why, TimeSpan? After = null) : EffectOutcome;

    /// <summary>Failed for good.</summary>
    /// <param name="Why">A sentence without secrets.</param>
    public sealed record GiveUp(string Why) : EffectOutcome;
}
