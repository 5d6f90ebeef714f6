using System.Globalization;
using System.Threading.RateLimiting;
using ChatOpsBot.Application.Commands;
using ChatOpsBot.Domain.Policies;

namespace ChatOpsBot.Application.Chat;

/// <summary>
/// Bounds what one person, one conversation and one host can be kept busy with by commands that reach hosts, so that a script gone wrong, or an account in wrong hands, cannot occupy
/// them all. Far above what people do. Decisions, cancelling and reading are never held back.
/// </summary>
public sealed class HostWorkLimits : IDisposable
{
    /// <summary>The rule that a refusal names.</summary>
    public const string Rule = "limits";

    /// <summary>So many at once by one person, and so many more each second.</summary>
    public const int OfPerson = 600;
    private const int OfPersonEachSecond = 5;

    /// <summary>So many at once in one conversation, and so many more each second.</summary>
    public const int OfConversation = 1500;
    private const int OfConversationEachSecond = 10;

    /// <summary>So many traces at the same time by one person. A check is not counted here: it only joins the work on the host's incident, of which there is one.</summary>
    public const int RunningOfPerson = 16;

    /// <summary>So many traces at the same time on one host.</summary>
    public const int RunningOnHost = 4;

    private readonly PartitionedRateLimiter<CommandCall> _often = PartitionedRateLimiter.CreateChained(
        Bucket(call => call.Person?.Value, OfPerson, OfPersonEachSecond), Bucket(call => call.Request.Conversation?.Value, OfConversation, OfConversationEachSecond));

    private readonly PartitionedRateLimiter<(string? Person, string? Host)> _atOnce = PartitionedRateLimiter.CreateChained(
        AtOnce(who => who.Person, RunningOfPerson), AtOnce(who => who.Host, RunningOnHost));

    /// <summary>Performs a command unless there are too many of its kind.</summary>
    /// <param name="command">Which.</param>
    /// <param name="call">By whom and where.</param>
    /// <param name="host">The host that it names.</param>
    /// <param name="perform">Performs it.</param>
    internal async Task<CommandAnswer> WithinAsync(PolicyCommand command, CommandCall call, string? host, Func<Task<CommandAnswer>> perform)
    {
        if (command is not (PolicyCommand.Check or PolicyCommand.Recheck or PolicyCommand.Trace or PolicyCommand.Run))
        {
            return await perform();
        }

        using var counted = _often.AttemptAcquire(call);
        if (!counted.IsAcquired)
        {
            var wait = counted.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : TimeSpan.FromSeconds(1);
            return new CommandAnswer.Refused(
                string.Create(CultureInfo.InvariantCulture, $"these are more looks at hosts than {OfPerson} by you or {OfConversation} in this place in a short time; nothing was done. Try again in {Math.Ceiling(wait.TotalSeconds)} s"), Rule);
        }

        if (command != PolicyCommand.Trace)
        {
            return await perform();
        }

        using var running = _atOnce.AttemptAcquire((call.Person?.Value, host));
        return running.IsAcquired
            ? await perform()
            : new CommandAnswer.Refused(
                $"{RunningOfPerson} traces that you asked for, or {RunningOnHost} on {host ?? "this host"}, are under way; nothing was done. Try again when one of them has ended", Rule);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _often.Dispose();
        _atOnce.Dispose();
    }

    // What comes from nowhere in particular has no place of its own: people there must not use up each other's share.
    private static PartitionedRateLimiter<CommandCall> Bucket(Func<CommandCall, string?> of, int atOnce, int eachSecond) => PartitionedRateLimiter.Create<CommandCall, string>(
        call => of(call) is not { } one ? RateLimitPartition.GetNoLimiter("") : RateLimitPartition.GetTokenBucketLimiter(
            one, _ => new() { TokenLimit = atOnce, TokensPerPeriod = eachSecond, ReplenishmentPeriod = TimeSpan.FromSeconds(1), QueueLimit = 0, AutoReplenishment = true }));

    private static PartitionedRateLimiter<(string? Person, string? Host)> AtOnce(Func<(string? Person, string? Host), string?> of, int limit)
        => PartitionedRateLimiter.Create<(string? Person, string? Host), string>(
            who => of(who) is { } one ? RateLimitPartition.GetConcurrencyLimiter(one, _ => new() { PermitLimit = limit, QueueLimit = 0 }) : RateLimitPartition.GetNoLimiter(""));
}
