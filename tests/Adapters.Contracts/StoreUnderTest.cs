using ChatOpsBot.Application.Ports;

namespace ChatOpsBot.Adapters.Contracts;

/// <summary>An open store with all its ports.</summary>
public sealed record StoreUnderTest(IIncidentStore Incidents, IEffectOutbox Outbox, IInbox Inbox, ICardIndex Cards, IHostLeases Leases, IRetention Retention, Action Close) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Close();
}
