using ChatOpsBot.Application.Effects;
using ChatOpsBot.Application.Guarding;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Guard;
using ChatOpsBot.Domain.Incidents;
using GuardReport = ChatOpsBot.Domain.Guard.GuardReport;
using GuardStatus = ChatOpsBot.Domain.Guard.GuardStatus;

namespace ChatOpsBot.Application.Repairs;

/// <summary>Lets the host run the steps. A repeat finds out how far they are and runs nothing twice.</summary>
/// <param name="configuration">The hosts in force.</param>
/// <param name="plans">The guard with lease and journal.</param>
/// <param name="baselines">What is looked at before the steps, to compare with afterwards.</param>
/// <param name="progress">Told what goes on.</param>
/// <param name="options">Times.</param>
/// <param name="time">The clock.</param>
public sealed class ApplyRepair(IConfigurationSource configuration, PlanGuard plans, RepairBaselines baselines, ProgressHub progress, RepairOptions options, TimeProvider time)
    : RepairHandler(EffectCodec.ApplyRepair, configuration, progress)
{
    /// <inheritdoc/>
    protected override async Task<EffectOutcome> PerformAsync(RepairWork work, CancellationToken cancellationToken)
    {
        Tell(work, "apply", "asking the host", 0, work.Plan.Steps.Length);
        var asked = await plans.Guard.StatusAsync(work.Host, work.Plan, cancellationToken);
        if (asked is not GuardReply.Answered(var status, _))
        {
            return PlanGuard.AskAgain(asked);
        }

        return status.Status switch
        {
            GuardStatus.Armed => await RunAsync(work, cancellationToken),
            GuardStatus.Applying => await AfterAsync(work, status, cancellationToken),
            _ => await plans.SettleAsync(work, status, cancellationToken),
        };
    }

    private async Task<EffectOutcome> RunAsync(RepairWork work, CancellationToken cancellationToken)
    {
        var (token, why) = await plans.TokenAsync(work, cancellationToken);
        if (token is not { } held)
        {
            return new EffectOutcome.Retry(why);
        }

        // The guest may get its address within a second of the last step: whoever begins to listen afterwards has missed it.
        await baselines.TakeAsync(work, cancellationToken);
        using var finished = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var telling = TellProgressAsync(work, finished.Token);
        try
        {
            return await plans.Guard.ApplyAsync(work.Host, work.Plan, held, cancellationToken) switch
            {
                GuardReply.Answered({ Status: GuardStatus.Armed }, _) or GuardReply.Answered({ Refusal.Kind: GuardRefusalKind.Locked or GuardRefusalKind.Fenced }, _)
                    => new EffectOutcome.Retry("the steps did not start"),
                GuardReply.Answered(var report, _) => await AfterAsync(work, report, cancellationToken),
                var reply => PlanGuard.AskAgain(reply),
            };
        }
        finally
        {
            await finished.CancelAsync();
            await telling;
        }
    }

    private async Task<EffectOutcome> AfterAsync(RepairWork work, GuardReport report, CancellationToken cancellationToken)
    {
        if (report.Status != GuardStatus.Applying)
        {
            return await plans.SettleAsync(work, report, cancellationToken);
        }

        if (report.StepsRunning)
        {
            return new EffectOutcome.Again(TimeSpan.FromSeconds(1));
        }

        // A step failed and waits for us or the watchdog. The commands and the giving up are one answer, so that the transcript shows both.
        var failed = new IncidentEvent.EffectGivenUp(
            time.GetUtcNow(), work.Incident.Generation, EffectCodec.ApplyRepair, Lane.Host.Value, Masking.Mask(GuardWording.Of(report)));
        return new EffectOutcome.Done([.. await plans.CommandsAsync(work, cancellationToken), failed]);
    }

    // Only for people who watch; whatever goes wrong here is not the repair's business.
    private async Task TellProgressAsync(RepairWork work, CancellationToken finished)
    {
        try
        {
            Tell(work, "apply", work.Plan.Steps[0].Name, 0, work.Plan.Steps.Length);
            while (!finished.IsCancellationRequested)
            {
                await Task.Delay(options.ProgressEvery, time, finished);
                if (await plans.Guard.StatusAsync(work.Host, work.Plan, finished) is GuardReply.Answered({ Status: GuardStatus.Applying, Step: { } step }, _)
                    && step >= 1 && step <= work.Plan.Steps.Length)
                {
                    Tell(work, "apply", work.Plan.Steps[step - 1].Name, step - 1, work.Plan.Steps.Length);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The steps have ended.
        }
    }
}
