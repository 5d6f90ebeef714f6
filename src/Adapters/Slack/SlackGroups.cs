using System.Text.Json;
using ChatOpsBot.Adapters.Slack.Api;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Policies;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ChatOpsBot.Adapters.Slack;

/// <summary>Members of Slack user groups.</summary>
/// <param name="api">Is asked.</param>
/// <param name="self">Says in which workspace the ids are.</param>
/// <param name="options">The installed workspaces.</param>
/// <param name="log">For operators.</param>
internal sealed class SlackGroups(SlackApi api, SlackIdentity self, IOptions<SlackOptions> options, ILogger<SlackGroups> log) : IGroupDirectory
{
    /// <inheritdoc/>
    public async Task<IReadOnlyCollection<Account>?> MembersAsync(string group, CancellationToken cancellationToken)
    {
        if (await self.AskAsync(cancellationToken) is not { } me)
        {
            return null;
        }

        var reply = await api.CallAsync("usergroups.users.list", [("usergroup", group), ("include_disabled", "false")], cancellationToken);
        if (reply is not SlackReply.Good good
            || good.Body.Member("users") is not { ValueKind: JsonValueKind.Array } users)
        {
            log.GroupNotRead(group, reply is SlackReply.Refused refused ? refused.Error : reply is SlackReply.Limited ? "Slack asks to wait" : "no good answer");
            return null;
        }

        // Ids of people are unique in an organisation, but not between workspaces that have nothing to do with each other.
        IEnumerable<string> teams = me.IsOrganisationWide ? [me.Team, .. options.Value.Teams] : [me.Team];
        return [.. from user in users.EnumerateArray() where user.ValueKind == JsonValueKind.String from team in teams.Distinct() select new Account.Slack(team, user.GetString() ?? "")];
    }
}
