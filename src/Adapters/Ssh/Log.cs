using Microsoft.Extensions.Logging;

namespace ChatOpsBot.Adapters.Ssh;

/// <summary>What operators of the bot see; never a command's arguments or output.</summary>
internal static partial class Log
{
    [LoggerMessage(2001, LogLevel.Information, "Connected to {Host} in {Milliseconds} ms")]
    public static partial void MasterOpened(ILogger logger, string host, long milliseconds);

    [LoggerMessage(2002, LogLevel.Warning, "Cannot connect to {Host}: {Problem}")]
    public static partial void MasterFailed(ILogger logger, string host, string problem);

    [LoggerMessage(2003, LogLevel.Information, "The warm connection to {Host} does not answer; connecting anew")]
    public static partial void MasterRetired(ILogger logger, string host);

    [LoggerMessage(2004, LogLevel.Debug, "Closed the connection to {Host}")]
    public static partial void MasterClosed(ILogger logger, string host);

    [LoggerMessage(2005, LogLevel.Warning, "Closed the connection {Socket} that a dead process left")]
    public static partial void OrphanClosed(ILogger logger, string socket);

    [LoggerMessage(2006, LogLevel.Debug, "{Directory} is in use: {Problem}")]
    public static partial void DirectoryInUse(ILogger logger, string directory, string problem);

    [LoggerMessage(2007, LogLevel.Debug, "Run on {Host} ended as {Outcome} after {Milliseconds} ms")]
    public static partial void RunEnded(ILogger logger, string host, string outcome, long milliseconds);
}
