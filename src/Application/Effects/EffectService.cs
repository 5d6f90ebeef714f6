using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ChatOpsBot.Application.Effects;

/// <summary>Keeps the effect worker going as long as the service lives. At its end it waits for what runs; what was cut off is performed again at the next start.</summary>
/// <param name="worker">The worker.</param>
/// <param name="options">Its times.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">For operators.</param>
public sealed class EffectService(EffectWorker worker, EffectOptions options, TimeProvider time, ILogger<EffectService> logger) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await worker.RunAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                // A service without this loop would look alive and do nothing.
                Log.LoopEnded(logger, failure);
            }

            await Task.WhenAny(Task.Delay(options.FirstWait, time, stoppingToken));
        }
    }
}
