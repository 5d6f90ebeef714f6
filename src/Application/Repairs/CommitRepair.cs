using ChatOpsBot.Application.Effects;
using ChatOpsBot.Application.Guarding;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Incidents;
using GuardStatus = ChatOpsBot.Domain.Guard.GuardStatus;

namespace ChatOpsBot.Application.Repairs;

/// <summary>Tells the host to keep the repair. Whether commit or watchdog was faster, the host says; its word is reported.</summary>
/// <param name="configuration">The hosts in force.</param>
/// <param name="plans">The guard with lease and journal.</param>
/// <param name="progress">Told what goes on.</param>
public sealed class CommitRepair(IConfigurationSource configuration, PlanGuard plans, ProgressHub progress) : RepairHandler(EffectCodec.CommitRepair, configuration, progress)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task<EffectOutcome> PerformAsync(RepairWork work, CancellationToken cancellationToken)
    {
        Tell(work, "commit", "telling the host to keep the repair");
        var (token, why) = await plans.TokenAsync(work, cancellationToken);
        if (token is not { } held)
        {
            return new EffectOutcome.Retry(why, Soon);
        }

        // Commit itself asks first, over a new connection: on anything but an applied plan it changes nothing and says how it stands.
        return await plans.Guard.CommitAsync(work.Host, work.Plan, held, cancellationToken) switch
        {
            GuardReply.Answered({ Status: GuardStatus.Applied or GuardStatus.Armed or GuardStatus.Applying }, _) answered => new EffectOutcome.Retry(Masking.Mask(GuardWording.Of(answered)), Soon),
            GuardReply.Answered(var report, _) => await plans.SettleAsync(work, report, cancellationToken),
            var reply => PlanGuard.AskAgain(reply),
        };
    }
}
