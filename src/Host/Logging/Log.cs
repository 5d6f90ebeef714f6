using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Diagnosis;
using Microsoft.Extensions.Logging;

namespace ChatOpsBot.Host.Logging;

/// <summary>What operators of the bot read about its commands. Event ids are stable.</summary>
internal static partial class Log
{
    [LoggerMessage(100, LogLevel.Information, "Checked {Host}: {Verdict} {Primary} in {Milliseconds:0} ms")]
    public static partial void Checked(this ILogger logger, string host, OverallVerdict verdict, string? primary, double milliseconds);

    [LoggerMessage(101, LogLevel.Information, "Could not read {Host}: {Kind}: {Reason}")]
    public static partial void NotReached(this ILogger logger, string host, ShellFailureKind kind, string reason);
}
