using ChatOpsBot.Adapters.Slack.Api;

namespace ChatOpsBot.Adapters.Slack;

/// <summary>Who the bot itself is in Slack, asked once.</summary>
/// <param name="api">Is asked.</param>
internal sealed class SlackIdentity(SlackApi api)
{
    private volatile SlackSelf? _known;

    /// <summary>What is known already.</summary>
    public SlackSelf? Known => _known;

    /// <summary>Who the bot is; <see langword="null"/> when Slack cannot be asked.</summary>
    public async Task<SlackSelf?> AskAsync(CancellationToken cancellationToken)
    {
        if (_known is null && await api.CallAsync("auth.test", [], cancellationToken) is SlackReply.Good good
            && good.Body.Text("user_id") is { } user && good.Body.Text("team_id") is { } team)
        {
            _known = new(user, good.Body.Text("bot_id"), team, good.Body.Text("enterprise_id"), good.Body.Flag("is_enterprise_install"));
        }

        return _known;
    }
}

/// <summary>Who the bot is.</summary>
/// <param name="User">Its user id.</param>
/// <param name="Bot">Its bot id.</param>
/// <param name="Team">The workspace of its token.</param>
/// <param name="Enterprise">The organisation.</param>
/// <param name="IsOrganisationWide">Whether it is installed in the whole organisation.</param>
internal sealed record SlackSelf(string User, string? Bot, string Team, string? Enterprise, bool IsOrganisationWide);
