using ChatOpsBot.Application.Guarding;
using Microsoft.Extensions.Logging;

namespace ChatOpsBot.Application.Repairs;

/// <summary>What operators of the bot read about repairs.</summary>
internal static partial class Log
{
    [LoggerMessage(2201, LogLevel.Warning, "{Host}: plan {Plan} was left by an earlier run: {Action}: {Says}")]
    public static partial void Swept(ILogger logger, string host, string plan, SweepAction action, string says);

    [LoggerMessage(2202, LogLevel.Warning, "{Host} could not be asked what it remembers of plans; it is asked again: {Problem}")]
    public static partial void NotSwept(ILogger logger, string host, string problem);

    [LoggerMessage(2203, LogLevel.Error, "The sweep of the hosts could not read the store; it is tried again")]
    public static partial void SweepFailed(ILogger logger, Exception failure);
}
