using System.Globalization;
using System.Threading.RateLimiting;
using ChatOpsBot.Adapters.Web.Callers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;

namespace ChatOpsBot.Adapters.Web.Security;

/// <summary>How many requests one caller may send; a burst, and then so many a second.</summary>
internal sealed record RateLimits
{
    /// <summary>A known person. Pages load themselves again at each event, several tabs at once.</summary>
    public (int Burst, int PerSecond) Person { get; init; } = (200, 20);

    /// <summary>An address that shows nobody: enough for a sign-in and its mistakes, too few to guess tokens.</summary>
    public (int Burst, int PerSecond) Stranger { get; init; } = (60, 2);
}

/// <summary>Counts the requests of each caller.</summary>
internal static class CallerRate
{
    /// <summary>Name of the limit.</summary>
    public const string Policy = "caller";

    /// <summary>Sets the limit up.</summary>
    public static void Configure(RateLimiterOptions options, RateLimits limits)
    {
        options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        options.OnRejected = (context, _) =>
        {
            var wait = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? Math.Max(1, (int)Math.Ceiling(after.TotalSeconds)) : 1;
            context.HttpContext.Response.Headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
            return ValueTask.CompletedTask;
        };
        options.AddPolicy(Policy, context => Caller.Of(context) is { } caller
            ? Bucket($"person {caller.Id}", limits.Person)
            : Bucket($"address {context.Connection.RemoteIpAddress}", limits.Stranger));
    }

    private static RateLimitPartition<string> Bucket(string key, (int Burst, int PerSecond) limit)
        => RateLimitPartition.GetTokenBucketLimiter(key, _ => new()
        {
            TokenLimit = limit.Burst,
            TokensPerPeriod = limit.PerSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = 0,
        });
}
