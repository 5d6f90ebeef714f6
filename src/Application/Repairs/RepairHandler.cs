using ChatOpsBot.Application.Configuration;
using ChatOpsBot.Application.Effects;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Application.Ports;

namespace ChatOpsBot.Application.Repairs;

/// <summary>What the handlers of the host lane have in common: they find host and plan, and clear the live progress when they end.</summary>
/// <param name="name">Stored name of the effect.</param>
/// <param name="configuration">The hosts in force.</param>
/// <param name="progress">Told what goes on.</param>
public abstract class RepairHandler(string name, IConfigurationSource configuration, ProgressHub progress) : IEffectHandler
{
    /// <inheritdoc/>
    public IReadOnlyCollection<string> Names { get; } = [name];

    /// <inheritdoc/>
    public async Task<EffectOutcome> PerformAsync(EffectTask task, CancellationToken cancellationToken)
    {
        var incident = task.Incident.Incident;
        if (configuration.Current.Inventory.Find(incident.Request.Host) is not { } host)
        {
            return new EffectOutcome.Retry($"the inventory has no host {incident.Request.Host} any more; add it again: a plan on it is taken back by the host itself");
        }

        if (RepairWork.ProposalOf(incident) is not { } proposal)
        {
            return new EffectOutcome.Done();
        }

        try
        {
            return await PerformAsync(new RepairWork(incident, host, proposal, task.Failures) { Claim = task.Claim }, cancellationToken);
        }
        finally
        {
            progress.Clear(incident.Id);
        }
    }

    /// <summary>Hosts and policy in force.</summary>
    protected ServiceConfiguration Configuration => configuration.Current;

    /// <summary>Before approvals are judged: who is in a platform's group must be known then, also right after a start.</summary>
    protected Task RefreshMembersAsync(CancellationToken cancellationToken) => configuration.RefreshMembersAsync(GroupMembers.BelievedFor / 2, cancellationToken);

    /// <summary>Does the work.</summary>
    protected abstract Task<EffectOutcome> PerformAsync(RepairWork work, CancellationToken cancellationToken);

    /// <summary>Tells live views.</summary>
    protected void Tell(RepairWork work, string activity, string detail, int done = 0, int total = 0) => progress.Report(new(work.Incident.Id, activity, detail, done, total));
}
