using Microsoft.Extensions.Logging;

namespace ChatOpsBot.Adapters.Teams;

/// <summary>What operators of the bot read about Teams. No line ever holds a token or words of a request.</summary>
internal static partial class Log
{
    [LoggerMessage(3201, LogLevel.Warning, "a request to /api/messages was refused with {Status}: {Why}")]
    public static partial void Refused(this ILogger log, int status, string why);

    [LoggerMessage(3202, LogLevel.Information, "something from Teams is left alone: {What}")]
    public static partial void Unknown(this ILogger log, string what);

    [LoggerMessage(3203, LogLevel.Error, "the signing keys of {Where} cannot be read: {Why}")]
    public static partial void NoKeys(this ILogger log, string where, string why);

    [LoggerMessage(3204, LogLevel.Error, "something from Teams was not written down and not acknowledged")]
    public static partial void NotWrittenDown(this ILogger log, Exception failure);

    [LoggerMessage(3205, LogLevel.Error, "something a person asked for failed; they were told the mark {Mark}")]
    public static partial void Failed(this ILogger log, string mark, Exception failure);

    [LoggerMessage(3206, LogLevel.Warning, "an answer to {User} in {Conversation} could not be brought: {Why}")]
    public static partial void NotAnswered(this ILogger log, string user, string conversation, string why);

    [LoggerMessage(3207, LogLevel.Error, "nothing can be sent to {Conversation} any more: {Why}")]
    public static partial void Dead(this ILogger log, string conversation, string why);

    [LoggerMessage(3208, LogLevel.Information, "the app was removed from {Conversation}")]
    public static partial void Removed(this ILogger log, string conversation);

    [LoggerMessage(3209, LogLevel.Error, "no token for sending to Teams: {Why}")]
    public static partial void NoToken(this ILogger log, string why);

    [LoggerMessage(3210, LogLevel.Information, "a superseded copy of a card in {Conversation} was removed")]
    public static partial void CopyRemoved(this ILogger log, string conversation);
}
