using ChatOpsBot.Application.Effects;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Incidents;
using Microsoft.Extensions.Logging;

namespace ChatOpsBot.Application.Chat.Delivery;

/// <summary>Sends to a platform so that whatever goes wrong is a value, and says what the effect worker is to do about it.</summary>
internal static class ChatSending
{
    /// <summary>A platform that asks for more is not believed: by then something else will have changed.</summary>
    private static readonly TimeSpan s_longestWait = TimeSpan.FromHours(1);

    /// <summary>Sends. What a platform's code throws may have arrived or not.</summary>
    public static async Task<ChatOutcome> SendAsync(Func<Task<ChatOutcome>> send, ILogger logger, ConversationId conversation, CancellationToken cancellationToken)
    {
        try
        {
            return await send();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception failure)
        {
            // The message may hold a token or an address with one; it is for the log of operators only.
            Log.SurfaceThrew(logger, conversation, failure);
            return new ChatOutcome.Ambiguous($"the chat adapter failed with {failure.GetType().Name}");
        }
    }

    /// <summary>After a failed attempt: whether the message has arrived nevertheless. <see langword="null"/> when it has to be sent.</summary>
    public static async Task<ChatOutcome?> FindAsync(
        IChatSurface surface, ConversationId conversation, string key, int failures, ILogger logger, CancellationToken cancellationToken)
    {
        if (failures == 0 || !surface.Capabilities.FindsOwnMessages)
        {
            return null;
        }

        // Not to know is no reason to keep silent: a message twice is better than none. Only "later" is waited for.
        var found = await SendAsync(() => surface.FindAsync(conversation, key, cancellationToken), logger, conversation, cancellationToken);
        return found is ChatOutcome.Sent or ChatOutcome.Later ? found : null;
    }

    /// <summary>What the effect worker does about a failure that time may mend; <see langword="null"/> for one that it will not.</summary>
    public static EffectOutcome.Retry? Retry(ChatOutcome outcome) => outcome switch
    {
        ChatOutcome.Later later => new(later.Why, later.RetryAfter is { } after ? Within(after) : null),
        ChatOutcome.Ambiguous ambiguous => new($"it is not known whether it arrived: {ambiguous.Why}"),
        _ => null,
    };

    /// <summary>Why it will never arrive.</summary>
    public static string WhyNever(ChatOutcome outcome) => outcome switch
    {
        ChatOutcome.Never never => never.Why,
        ChatOutcome.Gone gone => gone.Why,
        _ => "the platform gave no reason",
    };

    private static TimeSpan Within(TimeSpan after) => after < TimeSpan.Zero ? TimeSpan.Zero : after > s_longestWait ? s_longestWait : after;
}
