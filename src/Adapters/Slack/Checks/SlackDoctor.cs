using System.Collections.Immutable;
using System.Text.Json;
using ChatOpsBot.Adapters.Slack.Api;
using ChatOpsBot.Application.Commands;
using ChatOpsBot.Domain.Policies;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace ChatOpsBot.Adapters.Slack.Checks;

/// <summary>The part of <c>doctor</c> that looks at Slack: tokens, scopes, channels, clock. Posts nothing.</summary>
public static class SlackDoctor
{
    /// <summary>What the bot cannot do without.</summary>
    public static ImmutableArray<string> NeededScopes { get; } = ["commands", "chat:write", "app_mentions:read", "im:history", "users:read", "usergroups:read", "files:write", "channels:read", "groups:read"];

    /// <summary>What finds an own message again after a failure in which it is not clear whether it arrived.</summary>
    public static ImmutableArray<string> HistoryScopes { get; } = ["channels:history", "groups:history"];

    private static readonly TimeSpan s_clockMayDiffer = TimeSpan.FromSeconds(60);

    /// <summary>Looks.</summary>
    /// <param name="options">The settings in force, secrets included.</param>
    /// <param name="policy">Names channels and groups; <see langword="null"/> when it cannot be read.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<ImmutableArray<Point>> LookAsync(SlackOptions options, Policy? policy, TimeProvider time, CancellationToken cancellationToken)
    {
        if (options.Mode == SlackMode.Off)
        {
            return [new(PointState.Note, "slack", "off; deploy/README.md says how it is set up")];
        }

        using var api = new SlackApi(Options.Create(options), new(options), time, NullLogger<SlackApi>.Instance);
        var points = ImmutableArray.CreateBuilder<Point>();
        var test = await api.CallAsync("auth.test", [], cancellationToken);
        if (test is not SlackReply.Good good)
        {
            points.Add(new(PointState.Gap, "slack bot token", Why(test), test is SlackReply.Refused
                ? "install the app again and copy the Bot User OAuth Token"
                : "let this machine reach slack.com over https, without a web proxy, and look again"));
            return points.ToImmutable();
        }

        points.Add(new(PointState.Good, "slack bot token", $"{good.Body.Text("user")} in {good.Body.Text("team")} ({good.Body.Text("team_id")})"));
        points.AddRange(Team(options, good.Body));
        points.AddRange(Scopes(good.Scopes));
        points.Add(Clock(good.Date, time));
        if (options.Mode == SlackMode.SocketMode)
        {
            points.Add(await api.CallAsAppAsync("apps.connections.open", cancellationToken) is SlackReply.Good
                ? new(PointState.Good, "slack app token", "a connection can be opened")
                : new(PointState.Gap, "slack app token", "no connection can be opened with it", "make an app-level token with the scope connections:write on the page Basic Information, and switch Socket Mode on"));
        }

        if (policy is not null)
        {
            await ChannelsAsync(api, policy, points, cancellationToken);
            await GroupsAsync(api, policy, points, cancellationToken);
        }

        return points.ToImmutable();
    }

    private static IEnumerable<Point> Team(SlackOptions options, JsonElement body)
    {
        var team = body.Text("team_id");
        if (team is not null && !options.Teams.Contains(team) && !(body.Text("enterprise_id") is { } enterprise && options.Teams.Contains(enterprise)))
        {
            yield return new(PointState.Gap, "slack workspace", $"the token is of {team}, which Slack:TeamIds does not name", $"set Slack:TeamIds to [\"{team}\"]");
        }
    }

    private static IEnumerable<Point> Scopes(ImmutableArray<string> scopes)
    {
        if (scopes.IsEmpty)
        {
            return [new(PointState.Note, "slack scopes", "Slack did not say which the token has")];
        }

        var missing = NeededScopes.Except(scopes).ToArray();
        var history = HistoryScopes.Except(scopes).ToArray();
        const string remedy = "update the app from deploy/slack/slack-manifest.json and install it again";
        return
        [
            missing.Length == 0 ? new(PointState.Good, "slack scopes", string.Join(", ", NeededScopes)) : new Point(PointState.Gap, "slack scopes", $"missing: {string.Join(", ", missing)}", remedy),
            .. history.Length == 0 ? Enumerable.Empty<Point>()
                : [new(PointState.Note, "slack scopes", $"without {string.Join(", ", history)} a message may be there twice after a failure in which it is not clear whether it arrived")],
        ];
    }

    private static Point Clock(DateTimeOffset? slack, TimeProvider time)
    {
        if (slack is not { } theirs)
        {
            return new(PointState.Note, "slack clock", "Slack did not tell its time");
        }

        var off = (time.GetUtcNow() - theirs).Duration();
        return off < s_clockMayDiffer
            ? new(PointState.Good, "slack clock", $"{off.TotalSeconds:0} s apart")
            : new(PointState.Gap, "slack clock", $"this machine's clock is {off.TotalSeconds:0} s apart from Slack's; requests further off than 300 s are refused", "timedatectl set-ntp true");
    }

    private static async Task ChannelsAsync(SlackApi api, Policy policy, ImmutableArray<Point>.Builder points, CancellationToken cancellationToken)
    {
        foreach (var place in policy.Groups.Values.SelectMany(group => group.Notify).Distinct().Select(SlackPlace.Read).OfType<SlackPlace>())
        {
            var reply = await api.CallAsync("conversations.info", [("channel", place.Channel)], cancellationToken);
            points.Add(reply switch
            {
                SlackReply.Good good when good.Body.Member("channel") is { } channel && channel.Flag("is_ext_shared")
                    => new(PointState.Gap, "slack channel", $"{place.Channel} is shared with another company; nothing is done from there", "use an internal channel under notify: in the policy"),
                SlackReply.Good good when good.Body.Member("channel") is { } channel && (channel.Flag("is_member") || channel.Flag("is_im"))
                    => new(PointState.Good, "slack channel", $"the bot is in {place.Channel}"),
                _ => new Point(PointState.Gap, "slack channel", $"the bot is not in {place.Channel} ({(reply is SlackReply.Good ? "no member" : Why(reply))})", "/invite it there"),
            });
        }
    }

    private static async Task GroupsAsync(SlackApi api, Policy policy, ImmutableArray<Point>.Builder points, CancellationToken cancellationToken)
    {
        foreach (var (name, group) in policy.Groups.SelectMany(entry => entry.Value.SlackUserGroups.Select(id => (entry.Key, id))))
        {
            var reply = await api.CallAsync("usergroups.users.list", [("usergroup", group)], cancellationToken);
            points.Add(reply is SlackReply.Good good && good.Body.Member("users") is { ValueKind: JsonValueKind.Array } users
                ? new(PointState.Good, "slack user group", $"{group} of {name}: {users.GetArrayLength()} members")
                : new(PointState.Gap, "slack user group", $"{group} of {name} cannot be read ({Why(reply)}), so nobody counts as its member", "correct slackUserGroups: in the policy, or the scope usergroups:read"));
        }
    }

    private static string Why(SlackReply reply) => reply switch
    {
        SlackReply.Refused refused => $"{refused.Error} {refused.Details}".TrimEnd(),
        SlackReply.Broken broken => broken.Why,
        SlackReply.Limited => "Slack asks to wait",
        _ => "no answer",
    };
}
