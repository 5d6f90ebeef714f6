using System.Globalization;
using ChatOpsBot.Application.Guarding;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Hosts;
using ChatOpsBot.Domain.Incidents;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ChatOpsBot.Application.Repairs;

/// <summary>Settles at start what the hosts of our incidents still remember of plans. A host that does not answer is asked again until it does.</summary>
/// <param name="sweep">Settles one host.</param>
/// <param name="store">Knows the incidents.</param>
/// <param name="incidents">Reads them.</param>
/// <param name="configuration">The hosts in force.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">For operators.</param>
public sealed class SweepService(
    GuardSweep sweep, IIncidentStore store, Incidents.IncidentService incidents, IConfigurationSource configuration, TimeProvider time, ILogger<SweepService> logger)
    : BackgroundService
{
    // Plans of older incidents have been settled by their watchdogs long ago.
    private const int NewestIncidents = 1000;

    private const int HostsAtOnce = 8;

    private static readonly TimeSpan First = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>Completes when every host has been settled once.</summary>
    public Task Settled => _settled.Task;

    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        HashSet<string>? left = null;
        for (var wait = First; !stoppingToken.IsCancellationRequested; wait = wait * 2 < Longest ? wait * 2 : Longest)
        {
            try
            {
                left ??= await HostsAsync(stoppingToken);
                left = await SweepAsync(left, stoppingToken);
                if (left.Count == 0)
                {
                    _settled.TrySetResult();
                    return;
                }
            }
            catch (StoreException failure)
            {
                Log.SweepFailed(logger, failure);
            }

            await Task.Delay(wait, time, stoppingToken);
        }
    }

    /// <summary>What the store knows of a plan.</summary>
    internal async Task<PlanClaim> ClaimOfAsync(string planId, CancellationToken cancellationToken)
    {
        // Our plans carry the number of their incident: see ProposePlan.
        var number = planId.StartsWith('i') && planId.Split('-') is [var first, _, _] ? first[1..] : "";
        if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var incident) || await incidents.GetAsync(new(incident), cancellationToken) is not { } view)
        {
            return PlanClaim.Nobodys;
        }

        if (RepairWork.ProposalOf(view.Incident)?.Plan.Id == planId)
        {
            return PlanClaim.Running;
        }

        var proposed = (await store.LoadAsync(view.Incident.Id, 0, cancellationToken)).Select(stored => stored.Read()).OfType<IncidentEvent.PlanProposed>();
        return proposed.Any(e => e.Plan.Id == planId) ? PlanClaim.Over : PlanClaim.Nobodys;
    }

    private async Task<HashSet<string>> HostsAsync(CancellationToken cancellationToken)
        => [.. (await store.ListAsync(new() { Limit = NewestIncidents }, cancellationToken)).Select(line => line.Host)];

    /// <summary>Sweeps the hosts; returns those that are to be swept again.</summary>
    private async Task<HashSet<string>> SweepAsync(HashSet<string> names, CancellationToken cancellationToken)
    {
        var again = new System.Collections.Concurrent.ConcurrentBag<string>();
        var hosts = names.Select(configuration.Current.Inventory.Find).OfType<HostEntry>();
        await Parallel.ForEachAsync(hosts, new ParallelOptions { MaxDegreeOfParallelism = HostsAtOnce, CancellationToken = cancellationToken }, async (host, token) =>
        {
            var swept = await sweep.SettleAsync(host, ClaimOfAsync, token);
            if (swept.Problem is { } problem)
            {
                Log.NotSwept(logger, host.Name, problem);
            }

            foreach (var plan in swept.Plans.Where(plan => plan.Action != SweepAction.Left))
            {
                Log.Swept(logger, host.Name, plan.Plan, plan.Action, plan.Says);
            }

            if (!swept.IsSettled)
            {
                again.Add(host.Name);
            }
        });
        return [.. again];
    }
}
