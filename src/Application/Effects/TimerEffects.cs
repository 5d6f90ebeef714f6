using ChatOpsBot.Domain.Incidents;

namespace ChatOpsBot.Application.Effects;

/// <summary>Turns effects of the timer lane into the events they stand for, once their moment has come.</summary>
/// <param name="time">The clock.</param>
public sealed class TimerEffects(TimeProvider time) : IEffectHandler
{
    /// <inheritdoc/>
    public IReadOnlyCollection<string> Names { get; } = ["remind-approvers.v1", "expire-approval.v1", "end-watch.v1", "end-repair.v1", "remind-review.v1"];

    /// <inheritdoc/>
    public Task<EffectOutcome> PerformAsync(EffectTask task, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return Task.FromResult<EffectOutcome>(task.Effect switch
        {
            // The clock was set back since the row was taken.
            { Due: { } due } when now < due => new EffectOutcome.Again(due - now),
            Effect.RemindApprovers e => new EffectOutcome.Done(new IncidentEvent.ReminderDue(now, e.Generation)),
            Effect.ExpireApproval e => new EffectOutcome.Done(new IncidentEvent.ApprovalExpired(now, e.Generation)),
            Effect.RemindReview e => new EffectOutcome.Done(new IncidentEvent.ReviewDue(now, e.Round)),
            Effect.EndWatch e => new EffectOutcome.Done(new IncidentEvent.WatchElapsed(now, e.Generation)),
            Effect.EndRepair e => new EffectOutcome.Done(new IncidentEvent.RepairOverdue(now, e.Generation, e.Attempt, e.OfRevert)),
            var other => new EffectOutcome.GiveUp($"{EffectCodec.NameOf(other)} is no effect of the timer lane"),
        });
    }
}
