using System.Text.Json.Nodes;
using ChatOpsBot.FakeSlack;
using ChatOpsBot.Slack.Tests.Support;
using Xunit;

namespace ChatOpsBot.Slack.Tests.Judges;

/// <summary>Whether our fake is a Slack as Slack's own clients see it. Only then do the other tests mean something.</summary>
public class FakeSlackTests
{
    [Fact]
    public async Task Fake_OfficialClients_WorkWithIt()
    {
        NodeTools.Need();
        await using var slack = await SlackServer.StartAsync();
        slack.Workspace.Channels["C1"] = new() { ["is_member"] = true };
        slack.Workspace.Channels["CSLOW"] = new() { ["is_member"] = true };
        var limited = 0;
        slack.Fault = call => call.Method == "chat.postMessage" && call.Arguments.GetValueOrDefault("channel") == "CSLOW" && Interlocked.Increment(ref limited) == 1 ? new FakeFault { Status = 429, RetryAfter = "1" } : null;
        using var clients = NodeTools.Start(["qualify.mjs", slack.ApiUrl]);
        try
        {
            var ready = await clients.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System, TestContext.Current.CancellationToken);
            Assert.True(ready?.StartsWith("ready ", StringComparison.Ordinal) == true, $"{ready} {(ready is null ? await clients.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken) : "")}");
            var seen = JsonNode.Parse(ready?["ready ".Length..] ?? "");
            Assert.Equal("T1", seen?["auth"]?.GetValue<string>());
            Assert.True(seen?["ts"]?.GetValue<bool>());
            Assert.Equal("k", seen?["history"]?.GetValue<string>());
            Assert.True(seen?["file"]?.GetValue<bool>());
            Assert.Equal("channel_not_found", seen?["refused"]?.GetValue<string>());
            Assert.True(seen?["limited"]?.GetValue<bool>());
            Assert.True(seen?["connections"]?.GetValue<int>() >= 1);
            Assert.Equal("file content", System.Text.Encoding.UTF8.GetString(Assert.Single(slack.Workspace.Files.Values).Bytes));
            Assert.Contains(slack.Workspace.Messages("C1"), message => message.Text == "streamed");

            // Bolt over Socket Mode: command, button, event, and again after a refresh.
            await SlackBench.UntilAsync(() => slack.Sockets.Open == 1, "Bolt connects");
            await slack.Sender.SlashAsync("U1", "C1", "check host42");
            await SlackBench.UntilAsync(() => slack.Workspace.Ephemerals.Any(answer => answer.Text == "did check host42"), "Bolt answers");
            await slack.Sockets.SendAsync("interactive", slack.Sender.Press("U1", "C1", "1.1", null, new() { ["action_id"] = "cob.approve.0", ["value"] = "token" }));
            await slack.Sender.MentionAsync("U1", "C1", "help");
            clients.StandardInput.Write("end\n");
            clients.StandardInput.Flush();
            var done = await clients.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, TestContext.Current.CancellationToken);
            var story = JsonNode.Parse(done?["done ".Length..] ?? "");
            Assert.Equal("check host42", story?["commands"]?[0]?.GetValue<string>());
            Assert.Equal("token", story?["actions"]?[0]?.GetValue<string>());
            Assert.Contains("help", story?["events"]?[0]?.GetValue<string>());

            // The official client does that; ours does not.
            Assert.All(slack.Complaints, complaint => Assert.Equal("a token was sent to an upload address", complaint));
        }
        finally
        {
            clients.Kill(entireProcessTree: true);
        }
    }

    [Fact]
    public async Task Fake_Answers_HaveOnlyMembersOfSlacksExamples()
    {
        var folder = NodeTools.BesideCheckout("samples", "slack");
        await using var bench = await SlackBench.StartAsync();
        using var client = new HttpClient();
        var calls = new (string Method, string Form)[]
        {
            ("auth.test", ""), ("chat.postMessage", "channel=C1&text=x"), ("chat.postEphemeral", "channel=C1&user=U1&text=x"), ("conversations.info", "channel=C1"), ("users.info", "user=U1"),
            ("usergroups.users.list", "usergroup=S1"), ("files.getUploadURLExternal", "filename=a&length=1"), ("conversations.replies", "channel=C1&ts=1"),
        };
        foreach (var (method, form) in calls)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(bench.Slack.ApiUrl + method)) { Content = new StringContent(form, System.Text.Encoding.UTF8, "application/x-www-form-urlencoded") };
            request.Headers.Authorization = new("Bearer", SlackWorkspace.BotToken);
            using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
            var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)) as JsonObject ?? [];
            Assert.True(answer["ok"]?.GetValue<bool>(), $"{method} {answer}");
            var example = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, $"api.{method}.json"), TestContext.Current.CancellationToken)) as JsonObject ?? [];
            Assert.All(answer, member => Assert.True(example.ContainsKey(member.Key), $"{method}: {member.Key}"));
        }
    }

    [Fact]
    public async Task Manifest_OfficialSchema_IsValid()
    {
        var schema = NodeTools.BesideCheckout("schemas", "slack-manifest-2.0.0.json");
        var end = await NodeTools.RunAsync("manifest.mjs", "", ChatOpsBot.Support.RepositoryFiles.At("deploy", "slack", "slack-manifest.json"), schema);
        Assert.Equal("""{"valid":true,"errors":[]}""", end.Expect().Trim());
    }
}
