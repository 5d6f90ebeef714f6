using ChatOpsBot.Domain.Incidents;
using Microsoft.Extensions.Logging;

namespace ChatOpsBot.Application.Effects;

/// <summary>What operators of the bot read about effects.</summary>
internal static partial class Log
{
    [LoggerMessage(2001, LogLevel.Error, "The store failed; effects wait until it works again")]
    public static partial void StoreFailed(ILogger logger, Exception failure);

    [LoggerMessage(2002, LogLevel.Error, "{Incident}: the end of {Effect} could not be stored; it is performed again")]
    public static partial void NotSettled(ILogger logger, IncidentId incident, string effect, Exception failure);

    [LoggerMessage(2003, LogLevel.Warning, "{Incident}: {Effect} failed; people find the mark {Mark} for it")]
    public static partial void HandlerFailed(ILogger logger, IncidentId incident, string effect, string mark, Exception failure);

    [LoggerMessage(2004, LogLevel.Information, "{Incident}: {Effect} is tried again: {Why}")]
    public static partial void WillRetry(ILogger logger, IncidentId incident, string effect, string why);

    [LoggerMessage(2005, LogLevel.Error, "{Incident}: {Effect} is given up: {Why}")]
    public static partial void GivenUp(ILogger logger, IncidentId incident, string effect, string why);

    [LoggerMessage(2006, LogLevel.Information, "{Incident}: the answer of {Effect} is not wanted any more: {Why}")]
    public static partial void AnswerRefused(ILogger logger, IncidentId incident, string effect, string why);

    [LoggerMessage(2007, LogLevel.Warning, "{Incident}: the claim on {Effect} was lost; another worker has it")]
    public static partial void ClaimLost(ILogger logger, IncidentId incident, string effect);

    [LoggerMessage(2008, LogLevel.Error, "The loop of the effect worker ended; it begins again")]
    public static partial void LoopEnded(ILogger logger, Exception failure);
}
