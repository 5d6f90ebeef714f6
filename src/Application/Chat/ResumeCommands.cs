using ChatOpsBot.Application.Ports;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ChatOpsBot.Application.Chat;

/// <summary>After a start, performs the commands that chats were told are accepted and that a crash kept from being done.</summary>
/// <param name="dispatcher">Performs them.</param>
/// <param name="logger">For operators.</param>
public sealed partial class ResumeCommands(CommandDispatcher dispatcher, ILogger<ResumeCommands> logger) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            if (await dispatcher.ResumeAsync(stoppingToken) is > 0 and var resumed)
            {
                Resumed(logger, resumed);
            }
        }
        catch (StoreException failure)
        {
            // They stay in the inbox; whoever asked will ask again.
            NotResumed(logger, failure);
        }
    }

    [LoggerMessage(2301, LogLevel.Information, "{Count} commands from before the start were performed")]
    private static partial void Resumed(ILogger logger, int count);

    [LoggerMessage(2302, LogLevel.Error, "The store failed; commands from before the start were not performed")]
    private static partial void NotResumed(ILogger logger, Exception failure);
}
