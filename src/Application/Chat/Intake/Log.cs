using Microsoft.Extensions.Logging;

namespace ChatOpsBot.Application.Chat.Intake;

/// <summary>What operators of the bot read about what chats hand in.</summary>
internal static partial class Log
{
    [LoggerMessage(2311, LogLevel.Information, "{Count} items of chats that were not finished are taken up")]
    public static partial void Resumed(ILogger logger, int count);

    [LoggerMessage(2312, LogLevel.Error, "The store failed; what was not finished of chats is not taken up yet")]
    public static partial void NotResumed(ILogger logger, Exception failure);

    [LoggerMessage(2313, LogLevel.Error, "{Surface} {Key} could not be finished; it is taken up again")]
    public static partial void NotFinished(ILogger logger, string surface, string key, Exception failure);

    [LoggerMessage(2314, LogLevel.Warning, "{Surface} {Key} is left alone: that platform is switched off")]
    public static partial void NoHandler(ILogger logger, string surface, string key);

    [LoggerMessage(2315, LogLevel.Warning, "{Surface} {Key} is too old; whoever asked has to ask again")]
    public static partial void TooOld(ILogger logger, string surface, string key);

    [LoggerMessage(2316, LogLevel.Information, "{Surface} {Key} is tried again: {Why}")]
    public static partial void Later(ILogger logger, string surface, string key, string why);

    [LoggerMessage(2317, LogLevel.Error, "{Surface} {Key} failed and is tried again")]
    public static partial void HandlerFailed(ILogger logger, string surface, string key, Exception failure);
}
