using Microsoft.Extensions.Logging;

namespace ChatOpsBot.Adapters.Slack;

/// <summary>What operators of the bot read about Slack. No line ever holds a token or a response address.</summary>
internal static partial class Log
{
    [LoggerMessage(3101, LogLevel.Warning, "a request to {Path} was refused: {Why}")]
    public static partial void Refused(this ILogger log, string path, string why);

    [LoggerMessage(3102, LogLevel.Warning, "something from Slack was refused: {Why}")]
    public static partial void NotOurs(this ILogger log, string why);

    [LoggerMessage(3103, LogLevel.Information, "something from Slack is left alone: {What}")]
    public static partial void Unknown(this ILogger log, string what);

    [LoggerMessage(3104, LogLevel.Warning, "Slack refused the blocks of a message ({Error}: {Details}); it is sent as {Style}")]
    public static partial void BlocksRefused(this ILogger log, string error, string details, SlackBlocks style);

    [LoggerMessage(3105, LogLevel.Error, "Slack refuses {Method}: {Why}")]
    public static partial void ApiRefused(this ILogger log, string method, string why);

    [LoggerMessage(3106, LogLevel.Warning, "an answer to {User} in {Channel} could not be brought: {Why}")]
    public static partial void NotAnswered(this ILogger log, string user, string channel, string why);

    [LoggerMessage(3107, LogLevel.Information, "Slack is connected ({Connections} connections of this app)")]
    public static partial void Connected(this ILogger log, int connections);

    [LoggerMessage(3108, LogLevel.Information, "Slack asks for a new connection ({Reason})")]
    public static partial void Refreshing(this ILogger log, string reason);

    [LoggerMessage(3109, LogLevel.Warning, "the connection to Slack is lost ({Why}); the next one in {Wait}")]
    public static partial void ConnectionLost(this ILogger log, string why, TimeSpan wait);

    [LoggerMessage(3110, LogLevel.Critical, "Slack will not connect any more: {Why}")]
    public static partial void SocketEnded(this ILogger log, string why);

    [LoggerMessage(3111, LogLevel.Error, "something from Slack was not written down and not acknowledged; Slack sends it again")]
    public static partial void NotWrittenDown(this ILogger log, Exception failure);

    [LoggerMessage(3113, LogLevel.Error, "something a person asked for failed; they were told the mark {Mark}")]
    public static partial void Failed(this ILogger log, string mark, Exception failure);

    [LoggerMessage(3114, LogLevel.Warning, "Slack did not tell who is in the user group {Group} ({Why}); until it does, the group gives rights to nobody")]
    public static partial void GroupNotRead(this ILogger log, string group, string why);

    [LoggerMessage(3112, LogLevel.Critical, "Slack says that the app was removed or its tokens revoked ({Event})")]
    public static partial void Revoked(this ILogger log, string @event);
}
