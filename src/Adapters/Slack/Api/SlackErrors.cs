using ChatOpsBot.Application.Ports;

namespace ChatOpsBot.Adapters.Slack.Api;

/// <summary>What Slack's error words mean for a message.</summary>
internal static class SlackErrors
{
    /// <summary>Whether a token is bad or lacks a right: nothing works until an operator acts.</summary>
    public static bool IsAboutToken(string error)
        => error is "invalid_auth" or "not_authed" or "account_inactive" or "token_revoked" or "token_expired" or "missing_scope" or "no_permission" or "org_login_required" or "not_allowed_token_type";

    /// <summary>Whether the blocks were refused, so that the same could arrive in a simpler form.</summary>
    public static bool IsAboutBlocks(string error) => error is "invalid_blocks" or "invalid_blocks_format" or "msg_blocks_too_long" or "invalid_arguments" or "invalid_attachments" or "block_mismatch" or "msg_too_long";

    /// <summary>Whether the bot cannot speak in that place, so that another place has to do.</summary>
    public static bool IsAboutPlace(string error)
        => error is "channel_not_found" or "not_in_channel" or "user_not_in_channel" or "is_archived" or "restricted_action" or "cannot_reply_to_message" or "messages_tab_disabled";

    /// <summary>A reply as the outcome of something sent.</summary>
    /// <param name="reply">The reply.</param>
    /// <param name="place">Where it was to go.</param>
    /// <param name="repeatable">Whether doing it twice does no harm.</param>
    /// <param name="good">The outcome when it arrived.</param>
    public static ChatOutcome Outcome(SlackReply reply, string place, bool repeatable, Func<SlackReply.Good, ChatOutcome> good) => reply switch
    {
        SlackReply.Good arrived => good(arrived),
        SlackReply.Limited limited => new ChatOutcome.Later("Slack asks to wait", limited.After),
        SlackReply.Broken broken when broken.MayHaveArrived && !repeatable => new ChatOutcome.Ambiguous(broken.Why),
        SlackReply.Broken broken => new ChatOutcome.Later(broken.Why),
        SlackReply.Refused { Error: "message_not_found" or "thread_not_found" or "cant_update_message" or "edit_window_closed" } refused => new ChatOutcome.Gone($"Slack: {refused.Error}"),
        SlackReply.Refused refused => new ChatOutcome.Never(Never(refused, place)),
        _ => new ChatOutcome.Ambiguous("an unknown reply"),
    };

    private static string Never(SlackReply.Refused refused, string place) => refused.Error switch
    {
        "channel_not_found" or "not_in_channel" => $"the bot is not in {place} ({refused.Error}); /invite it there",
        "is_archived" => $"{place} is archived; unarchive it or use another channel",
        "missing_scope" => $"the bot token lacks a scope ({refused.Details}); install the app again from deploy/slack/slack-manifest.json",
        _ when IsAboutToken(refused.Error) => $"the bot token does not work ({refused.Error}); doctor tells more",
        _ => $"Slack refused it: {refused.Error} {refused.Details}".TrimEnd(),
    };
}
