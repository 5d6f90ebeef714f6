using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using ChatOpsBot.Adapters.Slack.Api;
using ChatOpsBot.Application.Chat;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Approvals;
using ChatOpsBot.Domain.Policies;
using Microsoft.Extensions.Options;

namespace ChatOpsBot.Adapters.Slack.Inbound;

/// <summary>Who did something, and what Slack knows that bars them. What cannot be asked bars.</summary>
/// <param name="api">Is asked.</param>
/// <param name="configuration">Whose account it is.</param>
/// <param name="options">The installed workspaces.</param>
/// <param name="time">The clock.</param>
internal sealed class SlackCallers(SlackApi api, IConfigurationSource configuration, IOptions<SlackOptions> options, TimeProvider time)
{
    private static readonly TimeSpan s_believedFor = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, (DateTimeOffset At, string? Barred)> _asked = new(StringComparer.Ordinal);

    /// <summary>Who did it. By id; names are no identity.</summary>
    public async Task<SlackCaller> FindAsync(SlackItem item, CallerCheck check, CancellationToken cancellationToken)
    {
        var policy = configuration.Current.Policy;
        ImmutableArray<Account.Slack> accounts =
        [
            .. new[] { item.UserTeam, item.Team, item.Enterprise }.OfType<string>().Where(team => team.Length > 0).Distinct().Select(team => new Account.Slack(team, item.User)),
        ];
        var person = accounts.Select(policy.FindOwner).FirstOrDefault(owner => owner is not null)?.Id;
        var barred = item.External ? "this comes from outside: in channels and by people of other companies nothing is done"
            : item.UserTeam is { } team && !IsInstalled(team, item.Enterprise) ? "your account belongs to another workspace: nothing is done from outside"
            : check == CallerCheck.Known || person is null ? null
            : await WhyBarredAsync(item, check == CallerCheck.TrustedNow, cancellationToken);
        return new(person, [.. accounts.Select(account => account.ToString())], barred);
    }

    private async Task<string?> WhyBarredAsync(SlackItem item, bool now, CancellationToken cancellationToken)
        => await AskAsync($"user {item.User}", now, () => UserAsync(item.User, cancellationToken))
            // In a direct conversation there is nobody but them; to ask about it would need one scope more.
            ?? (item.Channel.Length == 0 || item.Channel[0] == 'D' ? null : await AskAsync($"channel {item.Channel}", now, () => ChannelAsync(item.Channel, cancellationToken)));

    /// <summary>Only answers are remembered, not that there was none.</summary>
    private async Task<string?> AskAsync(string key, bool now, Func<Task<(bool Told, string? Barred)>> ask)
    {
        if (!now && _asked.TryGetValue(key, out var known) && time.GetUtcNow() - known.At < s_believedFor)
        {
            return known.Barred;
        }

        var (told, barred) = await ask();
        if (told)
        {
            if (_asked.Count > 10_000)
            {
                _asked.Clear();
            }

            _asked[key] = (time.GetUtcNow(), barred);
        }

        return barred;
    }

    private async Task<(bool Told, string? Barred)> UserAsync(string id, CancellationToken cancellationToken)
        => await api.CallAsync("users.info", [("user", id)], cancellationToken) switch
        {
            SlackReply.Good good when good.Body.Member("user") is { ValueKind: JsonValueKind.Object } user => (true, WhyUser(user)),
            SlackReply.Refused { Error: "user_not_found" or "user_not_visible" } => (true, "Slack does not know your account here: nothing is done"),
            _ => (false, "Slack could not be asked whether your account is a full member, so nothing is done; try again"),
        };

    private string? WhyUser(JsonElement user)
        => user.Flag("deleted") ? "your account is deactivated: nothing is done"
            : user.Flag("is_bot") || user.Flag("is_workflow_bot") ? "bots may not do that"
            : user.Flag("is_restricted") || user.Flag("is_ultra_restricted") ? "guests may not do that"
            : user.Flag("is_stranger") ? "your account belongs to another company: nothing is done from outside"
            : user.Text("team_id") is { } team && !IsInstalled(team, user.Member("enterprise_user")?.Text("enterprise_id")) ? "your account belongs to another workspace: nothing is done from outside"
            : null;

    private async Task<(bool Told, string? Barred)> ChannelAsync(string id, CancellationToken cancellationToken)
        => await api.CallAsync("conversations.info", [("channel", id)], cancellationToken) switch
        {
            SlackReply.Good good when good.Body.Member("channel") is { ValueKind: JsonValueKind.Object } channel
                => (true, channel.Flag("is_ext_shared") || channel.Flag("is_pending_ext_shared") ? "this channel is shared with another company: nothing is done from here" : null),
            SlackReply.Refused { Error: "channel_not_found" or "not_in_channel" }
                => (true, "the bot is not in this conversation, so it cannot tell who else is: /invite it, or ask in a channel that it is in"),
            _ => (false, "Slack could not be asked whether this channel is shared with another company, so nothing is done; try again"),
        };

    private bool IsInstalled(string team, string? enterprise) => options.Value.Teams.Contains(team) || (enterprise is not null && options.Value.Teams.Contains(enterprise));
}

/// <summary>Who did something.</summary>
/// <param name="Person">The person; <see langword="null"/> when the policy knows none.</param>
/// <param name="Identities">The ids, for an administrator.</param>
/// <param name="Barred">Why they may do nothing; <see langword="null"/> when nothing bars.</param>
internal sealed record SlackCaller(PersonId? Person, ImmutableArray<string> Identities, string? Barred);
