using ChatOpsBot.Application.Ports;
using Microsoft.Extensions.Logging;

namespace ChatOpsBot.Application.Configuration;

/// <summary>What operators of the bot read about the configuration.</summary>
internal static partial class Log
{
    [LoggerMessage(2101, LogLevel.Information, "Configuration in force: {Hosts} hosts, {People} people, {Runbooks} runbooks")]
    public static partial void InForce(ILogger logger, int hosts, int people, int runbooks);

    [LoggerMessage(2102, LogLevel.Error, "A changed configuration is not in force: {Fault}")]
    public static partial void Refused(ILogger logger, FileFault fault);
}
