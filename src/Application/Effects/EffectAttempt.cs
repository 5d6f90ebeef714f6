using ChatOpsBot.Application.Chat.Intake;
using ChatOpsBot.Application.Ports;
using Microsoft.Extensions.Logging;

namespace ChatOpsBot.Application.Effects;

/// <summary>One attempt at an effect: within its limit, prolonging the claim meanwhile, whatever the handler does.</summary>
/// <param name="outbox">Keeps the claim.</param>
/// <param name="options">How long a claim lasts.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">For operators.</param>
internal sealed class EffectAttempt(IEffectOutbox outbox, EffectOptions options, TimeProvider time, ILogger logger)
{
    /// <summary>Performs it. <see langword="null"/> when the claim was lost: then another worker has the effect.</summary>
    /// <param name="handler">What performs it.</param>
    /// <param name="task">What to perform.</param>
    /// <param name="taken">The claim on it.</param>
    /// <param name="limit">How long it may take; longer is <see cref="EffectOutcome.Retry"/>.</param>
    /// <param name="cancellationToken">Shutdown.</param>
    /// <exception cref="OperationCanceledException">Shutdown.</exception>
    public async Task<EffectOutcome?> RunAsync(IEffectHandler handler, EffectTask task, TakenEffect taken, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var span = Metrics.Activities.StartActivity(taken.Name)?.SetTag("incident", taken.Incident.ToString());
        using var deadline = new CancellationTokenSource(limit, time);
        using var lost = new CancellationTokenSource();
        using var all = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, lost.Token, cancellationToken);
        using var finished = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<EffectOutcome>? work = null;
        var keeping = KeepClaimAsync(taken.Claim, lost, finished.Token);
        try
        {
            // A handler that ignores its token must not hold its lane: after the limit it is left behind.
            work = handler.PerformAsync(task, all.Token);
            return await work.WaitAsync(all.Token);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // One that heeds it needs a moment to leave; the store is closed next.
            await Task.WhenAny(work ?? Task.CompletedTask, Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, CancellationToken.None));
            throw;
        }
        catch (OperationCanceledException) when (lost.IsCancellationRequested)
        {
            Log.ClaimLost(logger, taken.Incident, taken.Name);
            return null;
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            return new EffectOutcome.Retry($"it took longer than {limit}");
        }
        catch (Exception failure)
        {
            // After the last try people read this on the card; what failed inside is for operators only.
            var mark = Apology.MarkOf($"{taken.Incident} {taken.Name}");
            Log.HandlerFailed(logger, taken.Incident, taken.Name, mark, failure);
            return new EffectOutcome.Retry($"something failed inside the bot; an operator finds the cause in its log under {mark}");
        }
        finally
        {
            await finished.CancelAsync();
            await keeping;
        }
    }

    private async Task KeepClaimAsync(EffectClaim claim, CancellationTokenSource lost, CancellationToken finished)
    {
        try
        {
            while (!finished.IsCancellationRequested)
            {
                await Task.Delay(options.ClaimFor / 3, time, finished);
                if (!await outbox.ExtendAsync(claim, time.GetUtcNow() + options.ClaimFor, finished))
                {
                    await lost.CancelAsync();
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The effect has ended.
        }
        catch (StoreException failure)
        {
            // Not to be able to prolong is as good as having lost: another may take it.
            Log.StoreFailed(logger, failure);
            await lost.CancelAsync();
        }
    }
}
