using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Application.Settings;
using ChatOpsBot.Domain.Transcripts;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ChatOpsBot.Application.Retention;

/// <summary>
/// Takes incidents out of the store when they ended longer ago than <c>Storage:RetentionDays</c>. The signed transcript of each is put into the archive first and stays there; what could not
/// be archived stays in the store.
/// </summary>
/// <param name="retention">The store.</param>
/// <param name="transcripts">Puts transcripts together.</param>
/// <param name="archive">Keeps them.</param>
/// <param name="options">How long.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">For operators.</param>
public sealed class RetentionService(
    IRetention retention, TranscriptService transcripts, ITranscriptArchive archive, StorageOptions options, TimeProvider time, ILogger<RetentionService> logger)
    : BackgroundService
{
    private const int AtOnce = 100;

    private static readonly TimeSpan s_every = TimeSpan.FromHours(1);

    /// <summary>Removes what is too old; returns how many incidents.</summary>
    /// <exception cref="StoreException">Store or archive failed; what was removed until then is archived.</exception>
    public async Task<int> CutAsync(CancellationToken cancellationToken)
    {
        if (options.RetentionDays == 0)
        {
            return 0;
        }

        var before = time.GetUtcNow() - TimeSpan.FromDays(options.RetentionDays);
        var removed = 0;
        while (await retention.EndedBeforeAsync(before, AtOnce, cancellationToken) is { IsEmpty: false } old)
        {
            var removedNow = 0;
            foreach (var incident in old)
            {
                // A history that is damaged is archived as it is: whoever checks the file finds the damage.
                if (await transcripts.ReadAsync(incident, cancellationToken) is { } read)
                {
                    await archive.KeepAsync(incident, TranscriptExport.Write(read), cancellationToken);
                    removedNow += await retention.RemoveAsync(incident, cancellationToken) ? 1 : 0;
                }
            }

            removed += removedNow;
            if (removedNow == 0)
            {
                break; // another service removes them at this moment
            }
        }

        await retention.RemoveInboundAsync(before, cancellationToken);
        return removed;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_every, time);
        try
        {
            do
            {
                try
                {
                    if (await CutAsync(stoppingToken) is > 0 and var removed)
                    {
                        Log.Removed(logger, removed, options.RetentionDays);
                    }
                }
                catch (StoreException failure)
                {
                    Log.NotRemoved(logger, failure);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops.
        }
    }
}

/// <summary>What operators of the bot read about it.</summary>
internal static partial class Log
{
    [LoggerMessage(2501, LogLevel.Information, "{Count} incidents that ended more than {Days} days ago were archived and taken out of the store")]
    public static partial void Removed(ILogger logger, int count, int days);

    [LoggerMessage(2502, LogLevel.Error, "Old incidents stay in the store; it is tried again in an hour")]
    public static partial void NotRemoved(ILogger logger, Exception failure);
}
