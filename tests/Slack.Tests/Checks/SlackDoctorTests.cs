using ChatOpsBot.Adapters.Slack;
using ChatOpsBot.Adapters.Slack.Checks;
using ChatOpsBot.Application.Commands;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Policies;
using ChatOpsBot.FakeSlack;
using Xunit;

namespace ChatOpsBot.Slack.Tests.Checks;

public class SlackDoctorTests
{
    private static readonly Policy s_policy = new()
    {
        Groups = System.Collections.Immutable.ImmutableSortedDictionary<string, PolicyGroup>.Empty
            .Add("network", new() { SlackUserGroups = ["S1", "S404"], Notify = [new ConversationId("slack:T1/C1"), new("slack:T1/C2"), new("slack:T1/CEXT"), new("teams:t/x")] }),
    };

    [Fact]
    public async Task Look_AllIsWell_SaysSoAndPostsNothing()
    {
        await using var slack = await StartAsync();
        var points = await SlackDoctor.LookAsync(Options(slack), s_policy, TimeProvider.System, TestContext.Current.CancellationToken);

        Assert.Equal(
            ["slack bot token", "slack scopes", "slack clock", "slack app token", "slack channel", "slack user group"],
            points.Where(point => point.State == PointState.Good).Select(point => point.Topic).Distinct());
        Assert.Equal(3, points.Count(point => point.State == PointState.Gap));
        Assert.Contains(points, point => point.State == PointState.Gap && point.Text.Contains("not in C2", StringComparison.Ordinal) && point.Remedy == "/invite it there");
        Assert.Contains(points, point => point.State == PointState.Gap && point.Text.Contains("CEXT is shared", StringComparison.Ordinal));
        Assert.Contains(points, point => point.State == PointState.Gap && point.Text.Contains("S404", StringComparison.Ordinal));
        Assert.DoesNotContain(slack.Workspace.Calls, call => call.Method.StartsWith("chat.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Look_SomethingLacks_NamesItWithTheRemedy()
    {
        await using var slack = await StartAsync();
        slack.Scopes = "commands,chat:write";
        var options = Options(slack);
        options.TeamIds = "T9";
        options.AppToken = "xapp-wrong";
        var clock = new StoryTime();
        var points = await SlackDoctor.LookAsync(options, null, clock, TestContext.Current.CancellationToken);

        Assert.Contains(points, point => point.State == PointState.Gap && point.Topic == "slack workspace" && point.Text.Contains("T1", StringComparison.Ordinal));
        Assert.Contains(points, point => point.State == PointState.Gap && point.Topic == "slack scopes" && point.Text.Contains("users:read", StringComparison.Ordinal));
        Assert.Contains(points, point => point.State == PointState.Gap && point.Topic == "slack app token");
        Assert.Contains(points, point => point.Topic == "slack clock");

        options.BotToken = "xoxb-wrong";
        var point = Assert.Single(await SlackDoctor.LookAsync(options, null, clock, TestContext.Current.CancellationToken));
        Assert.Contains("invalid_auth", point.Text);
        options.Mode = SlackMode.Off;
        Assert.Equal(PointState.Note, Assert.Single(await SlackDoctor.LookAsync(options, null, clock, TestContext.Current.CancellationToken)).State);
    }

    private static SlackOptions Options(SlackServer slack) => new()
    {
        Mode = SlackMode.SocketMode, AppId = SlackWorkspace.App, TeamIds = SlackWorkspace.Team, BotToken = SlackWorkspace.BotToken, AppToken = SlackWorkspace.AppToken, ApiBaseUrl = slack.ApiUrl,
    };

    private static async Task<SlackServer> StartAsync()
    {
        var slack = await SlackServer.StartAsync();
        slack.Workspace.Channels["C1"] = new() { ["is_member"] = true };
        slack.Workspace.Channels["C2"] = new() { ["is_member"] = false };
        slack.Workspace.Channels["CEXT"] = new() { ["is_member"] = true, ["is_ext_shared"] = true };
        slack.Workspace.UserGroups["S1"] = ["U1"];
        return slack;
    }
}
