namespace ChatOpsBot.Application.Ports;

/// <summary>At most one plan at a time has a host. The token only grows; the guard on the host refuses a lower one than it has seen.</summary>
public interface IHostLeases
{
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
}
