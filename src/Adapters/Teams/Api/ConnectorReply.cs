using System.Text.Json;
using ChatOpsBot.Application.Ports;

namespace ChatOpsBot.Adapters.Teams.Api;

/// <summary>What calling the service brought.</summary>
internal abstract record ConnectorReply
{
    private ConnectorReply()
    {
    }

    /// <summary>Done.</summary>
    /// <param name="Body">The answer; undefined when it was empty.</param>
    public sealed record Good(JsonElement Body) : ConnectorReply
    {
        /// <summary>The service's clock.</summary>
        public DateTimeOffset? Date { get; init; }
    }

    /// <summary>It said no.</summary>
    /// <param name="Status">HTTP status.</param>
    /// <param name="Code">Its word for it.</param>
    public sealed record Refused(int Status, string Code) : ConnectorReply
    {
        /// <summary>Whether the message itself is not there.</summary>
        public bool IsMessageGone => Status == 404 && Code is "ActivityNotFoundInConversation" or "MessageNotFound" or "ActivityNotFound";

        /// <summary>Whether nothing can be sent to that conversation at all.</summary>
        public bool IsPlaceGone => Status is 403 or 404 && !IsMessageGone;
    }

    /// <summary>Too many requests, or not now; it did not arrive.</summary>
    /// <param name="After">When to come back; <see langword="null"/> when it did not say.</param>
    public sealed record Limited(TimeSpan? After) : ConnectorReply;

    /// <summary>Network or service failed.</summary>
    /// <param name="Why">A sentence without secrets.</param>
    /// <param name="MayHaveArrived">Whether the request may have been carried out nevertheless.</param>
    public sealed record Broken(string Why, bool MayHaveArrived) : ConnectorReply;

    /// <summary>The reply as the outcome of something sent.</summary>
    /// <param name="repeatable">Whether doing it twice does no harm.</param>
    /// <param name="good">The outcome when it arrived.</param>
    public ChatOutcome Outcome(bool repeatable, Func<Good, ChatOutcome> good) => this switch
    {
        Good arrived => good(arrived),
        Limited limited => new ChatOutcome.Later("Teams asks to wait", limited.After),
        Broken { MayHaveArrived: true } broken when !repeatable => new ChatOutcome.Ambiguous(broken.Why),
        Broken broken => new ChatOutcome.Later(broken.Why),
        Refused { IsMessageGone: true } refused => new ChatOutcome.Gone($"Teams: {refused.Code}"),
        Refused refused => new ChatOutcome.Never(WhyNever(refused)),
        _ => new ChatOutcome.Ambiguous("an unknown reply"),
    };

    private static string WhyNever(Refused refused) => refused.Code switch
    {
        "BotNotInConversationRoster" or "ConversationNotFound" => $"the bot is not in that conversation ({refused.Code}); add the app there",
        "ConversationBlockedByUser" => "that person has blocked the bot",
        "BotDisabledByAdmin" => "an administrator has disabled the bot in Teams",
        "MessageWritesBlocked" => "nobody may write there any more",
        "BotNotRegistered" or "Unauthorized" => $"Teams does not take the bot's token ({refused.Code}); doctor tells more",
        _ => $"Teams refused it: HTTP {refused.Status} {refused.Code}".TrimEnd(),
    };
}
