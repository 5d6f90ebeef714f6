using ChatOpsBot.Application.Effects;
using ChatOpsBot.Application.Guarding;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Incidents;
using GuardStatus = ChatOpsBot.Domain.Guard.GuardStatus;

namespace ChatOpsBot.Application.Repairs;

/// <summary>Takes a repair back, or learns that the host did so by itself. While the host does not answer, it is asked again: the watchdog there needs nobody.</summary>
/// <param name="configuration">The hosts in force.</param>
/// <param name="plans">The guard with lease and journal.</param>
/// <param name="progress">Told what goes on.</param>
public sealed class RevertRepair(IConfigurationSource configuration, PlanGuard plans, ProgressHub progress) : RepairHandler(EffectCodec.RevertRepair, configuration, progress)
{
    /// <inheritdoc/>
    protected override async Task<EffectOutcome> PerformAsync(RepairWork work, CancellationToken cancellationToken)
    {
        Tell(work, "revert", "taking the repair back", 0, work.Plan.Steps.Length);
        var asked = await plans.Guard.StatusAsync(work.Host, work.Plan, cancellationToken);
        if (asked is not GuardReply.Answered(var status, _))
        {
            return PlanGuard.AskAgain(asked);
        }

        if (status.Status is GuardStatus.NotBegun or GuardStatus.Drift or GuardStatus.Committed or GuardStatus.Reverted or GuardStatus.Rebooted or GuardStatus.Unknown)
        {
            return await plans.ReportAsync(work, status, null, cancellationToken);
        }

        var (token, why) = await plans.TokenAsync(work, cancellationToken);
        if (token is not { } held)
        {
            return new EffectOutcome.Retry(why);
        }

        return await plans.Guard.RevertAsync(work.Host, work.Plan, held, cancellationToken) switch
        {
            GuardReply.Answered({ Refusal: null, Status: not (GuardStatus.Armed or GuardStatus.Applying or GuardStatus.Applied or GuardStatus.Reverting) } report, _)
                => await plans.ReportAsync(work, report, null, cancellationToken),
            // Refused, or it still goes on: neither is an outcome.
            var reply => PlanGuard.AskAgain(reply),
        };
    }
}
