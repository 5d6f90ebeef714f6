namespace ChatOpsBot.Application.Ports;

/// <summary>At most one plan at a time has a host. The token only grows; the guard on the host refuses a lower one than it has seen.</summary>
public interface IHostLeases
{
    /// <summary>
    /// Takes the host for a plan on behalf of whoever performs an effect. Each call gets a higher token, and gets it only while the effect is the caller's: one that was overtaken while it
    /// stood still gets none, and the token that it may have had before is refused by the host as soon as its successor has spoken to it.
    /// </summary>
    /// <param name="host">Inventory name.</param>
    /// <param name="planId">The plan.</param>
    /// <param name="claim">The caller's claim on the effect.</param>
    /// <param name="now">Leases that ended by then are void.</param>
    /// <param name="until">When this one ends.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<LeaseOutcome> TakeAsync(string host, string planId, EffectClaim claim, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken)
        => TakeAsync(host, planId, now, until, cancellationToken);

    /// <summary>Takes the host for a plan. The plan that has it gets the same token again.</summary>
    Task<LeaseOutcome> TakeAsync(string host, string planId, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken);

    /// <summary>Gives the host back; harmless when the plan does not have it.</summary>
    Task ReleaseAsync(string host, string planId, CancellationToken cancellationToken);
}

/// <summary>What taking a host brought.</summary>
public abstract record LeaseOutcome
{
    private LeaseOutcome()
    {
    }

    /// <summary>The plan has the host.</summary>
    /// <param name="Token">Higher than any given for this host before to another plan.</param>
    public sealed record Granted(long Token) : LeaseOutcome;

    /// <summary>Another plan has it.</summary>
    /// <param name="PlanId">Which.</param>
    /// <param name="Until">Until when at the longest.</param>
    public sealed record Held(string PlanId, DateTimeOffset Until) : LeaseOutcome;

    /// <summary>The effect on whose behalf the host was asked for belongs to another worker now.</summary>
    public sealed record ClaimLost : LeaseOutcome;
}
