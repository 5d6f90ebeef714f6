using System.Collections.Immutable;
using ChatOpsBot.Application.Effects;
using ChatOpsBot.Application.Guarding;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Guard;
using ChatOpsBot.Domain.Incidents;
using GuardReport = ChatOpsBot.Domain.Guard.GuardReport;
using GuardStatus = ChatOpsBot.Domain.Guard.GuardStatus;

namespace ChatOpsBot.Application.Repairs;

/// <summary>
/// What every step of a repair does with the guard: take the host's lease, ask before acting, and bring the host's word into the incident. Nothing here assumes that an
/// operation happened or did not: the host is asked.
/// </summary>
/// <param name="guard">The guard on the hosts.</param>
/// <param name="leases">One plan per host.</param>
/// <param name="steps">The commands for the transcript.</param>
/// <param name="options">Times.</param>
/// <param name="time">The clock.</param>
public sealed class PlanGuard(HostGuard guard, IHostLeases leases, StepRecords steps, RepairOptions options, TimeProvider time)
{
    /// <summary>The guard itself.</summary>
    public HostGuard Guard => guard;

    /// <summary>Time until the watchdog fires.</summary>
    public TimeSpan Deadline => options.GuardDeadline;

    /// <summary>The plan's fencing token; <see langword="null"/> with the reason when another plan has the host.</summary>
    public async Task<(long? Token, string Why)> TokenAsync(RepairWork work, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var taken = work.Claim is { } claim
            ? leases.TakeAsync(work.Host.Name, work.Plan.Id, claim, now, now + options.LeaseFor, cancellationToken)
            : leases.TakeAsync(work.Host.Name, work.Plan.Id, now, now + options.LeaseFor, cancellationToken);
        return await taken switch
        {
            LeaseOutcome.ClaimLost => (null, "another service of the cluster has taken over"),
            LeaseOutcome.Granted(var token) => (token, ""),
            LeaseOutcome.Held held => (null, $"plan {held.PlanId} has the host {work.Host.Name} until {held.Until.ToUniversalTime():HH:mm:ss} UTC"),
            var other => throw new InvalidOperationException($"unexpected outcome {other.GetType().Name}"),
        };
    }

    /// <summary>The host could not be asked, or refused to be: nothing is assumed, it is asked again.</summary>
    public static EffectOutcome AskAgain(GuardReply reply) => new EffectOutcome.Retry(Masking.Mask(GuardWording.Of(reply)));

    /// <summary>The events for how the plan stands now, whatever was expected. A lost watchdog is not reported before the repair was tried to be taken back.</summary>
    public async Task<EffectOutcome> SettleAsync(RepairWork work, GuardReport report, CancellationToken cancellationToken)
    {
        if (report.Status == GuardStatus.GuardLost)
        {
            var (token, why) = await TokenAsync(work, cancellationToken);
            if (token is not { } held)
            {
                return new EffectOutcome.Retry(why);
            }

            switch (await guard.RevertAsync(work.Host, work.Plan, held, cancellationToken))
            {
                case GuardReply.Answered { Report: { Refusal.Kind: GuardRefusalKind.Locked } } locked:
                    return AskAgain(locked);
                case GuardReply.Answered(var after, _):
                    report = after;
                    break;
                case var reply:
                    return AskAgain(reply);
            }
        }

        return await ReportAsync(work, report, null, cancellationToken);
    }

    /// <summary>The commands that were run and the report, as one answer.</summary>
    public async Task<EffectOutcome> ReportAsync(RepairWork work, GuardReport report, string? detail, CancellationToken cancellationToken)
    {
        var ran = await CommandsAsync(work, cancellationToken);
        await ReleaseAsync(work, report, cancellationToken);
        return new EffectOutcome.Done([.. ran, new IncidentEvent.GuardReported(time.GetUtcNow(), work.Plan.Id, GuardReports.Stored(report, work.Plan, detail))]);
    }

    /// <summary>The commands that were run and are not in the incident yet.</summary>
    public Task<ImmutableArray<IncidentEvent>> CommandsAsync(RepairWork work, CancellationToken cancellationToken)
        => steps.NewAsync(work.Host, work.Plan, work.Incident.Id, cancellationToken);

    /// <summary>Gives the host back once the plan does not hold it any more.</summary>
    private async Task ReleaseAsync(RepairWork work, GuardReport report, CancellationToken cancellationToken)
    {
        if (!report.HoldsHost)
        {
            await leases.ReleaseAsync(work.Host.Name, work.Plan.Id, cancellationToken);
        }
    }
}
