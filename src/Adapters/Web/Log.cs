using ChatOpsBot.Domain.Approvals;
using Microsoft.Extensions.Logging;

namespace ChatOpsBot.Adapters.Web;

/// <summary>What operators of the bot read about API and console.</summary>
internal static partial class Log
{
    [LoggerMessage(3003, LogLevel.Error, "a request to {Path} failed")]
    public static partial void RequestFailed(this ILogger log, Exception failure, string path);

    [LoggerMessage(3004, LogLevel.Warning, "a sign-in from {Address} failed")]
    public static partial void SignInFailed(this ILogger log, string address);

    [LoggerMessage(3005, LogLevel.Information, "{Person} signed in from {Address}")]
    public static partial void SignedIn(this ILogger log, PersonId person, string address);

    [LoggerMessage(3006, LogLevel.Warning, "a key of the console's sessions was damaged and is now {File}; whose session it kept has to sign in again")]
    public static partial void KeySetAside(this ILogger log, string file);
}
