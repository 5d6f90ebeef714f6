using System.Text;
using System.Text.Json.Nodes;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.FakeSlack;
using Xunit;

namespace ChatOpsBot.Slack.Tests.Ingress;

/// <summary>What comes in over HTTP. One bot for the whole class: nothing here lets it do anything.</summary>
public class HttpIngressTests(HttpIngressTests.OneBot shared) : IClassFixture<HttpIngressTests.OneBot>
{
    private const string FormType = "application/x-www-form-urlencoded";

    public static TheoryData<string, string, string> Routes => new()
    {
        { "/slack/commands", FormType, "command=%2Fbridge&text=help&team_id=T1&user_id=U1&channel_id=C1&trigger_id=1.a&api_app_id=A0FAKE" },
        { "/slack/interactivity", FormType, "payload=%7B%22type%22%3A%22shortcut%22%2C%22api_app_id%22%3A%22A0FAKE%22%2C%22team%22%3A%7B%22id%22%3A%22T1%22%7D%2C%22user%22%3A%7B%22id%22%3A%22U1%22%7D%7D" },
        { "/slack/events", "application/json", """{"type":"url_verification","challenge":"c","token":"x"}""" },
    };

    private SlackBench Bench => shared.Bench ?? throw new InvalidOperationException("not started");

    private SlackPeople People => Bench.Slack.Sender;

    [Theory]
    [MemberData(nameof(Routes))]
    [Trait("Requirement", "SL-1")]
    [Trait("Requirement", "SEC-1")]
    public async Task Route_SignedOrNot_IsLetInOrRefused(string path, string media, string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        Assert.Equal(200, (await People.PostAsync(path, bytes, media)).Status);
        Assert.Equal(401, (await People.PostAsync(path, bytes, media, request => request.Headers.Remove("X-Slack-Signature"))).Status);
        Assert.Equal(401, (await People.PostAsync(path, bytes, media, secret: "another-secret-altogether")).Status);
        Assert.Equal(401, (await People.PostAsync(path, bytes, media, at: Bench.Time.GetUtcNow().AddSeconds(-310))).Status);
        Assert.Equal(401, (await People.PostAsync(path, bytes, media, at: Bench.Time.GetUtcNow().AddSeconds(310))).Status);
        Assert.Equal(401, (await People.PostAsync(path, bytes, media, Twice("X-Slack-Signature"))).Status);
        Assert.Equal(401, (await People.PostAsync(path, bytes, media, Twice("X-Slack-Request-Timestamp"))).Status);
    }

    [Theory]
    [MemberData(nameof(Routes))]
    [Trait("Requirement", "SL-4")]
    [Trait("Requirement", "SEC-3")]
    public async Task Route_SameSignedRequestAgain_IsRefused(string path, string media, string body)
    {
        var at = Bench.Time.GetUtcNow().AddSeconds(-77);
        Assert.Equal(200, (await People.PostAsync(path, Encoding.UTF8.GetBytes(body), media, at: at)).Status);
        Assert.Equal(401, (await People.PostAsync(path, Encoding.UTF8.GetBytes(body), media, at: at)).Status);
        Assert.Equal(200, (await People.PostAsync(path, Encoding.UTF8.GetBytes(body), media, at: at.AddSeconds(1))).Status);
    }

    [Theory]
    [MemberData(nameof(Routes))]
    [Trait("Requirement", "SL-3")]
    public async Task Route_OtherContentType_IsRefused(string path, string media, string body)
        => Assert.Equal(400, (await People.PostAsync(path, Encoding.UTF8.GetBytes(body), media == FormType ? "application/json" : FormType, at: Bench.Time.GetUtcNow().AddSeconds(-250))).Status);

    [Fact]
    [Trait("Requirement", "SL-1")]
    public async Task Events_SignedUrlVerification_EchoesTheChallenge()
    {
        var answer = await People.PostAsync("/slack/events", """{"type":"url_verification","challenge":"3eZbrw1aB","more":1}"""u8.ToArray(), "application/json");
        Assert.Equal(200, answer.Status);
        Assert.Equal("3eZbrw1aB", JsonNode.Parse(answer.Body)?["challenge"]?.GetValue<string>());
    }

    [Theory]
    [Trait("Requirement", "SL-2")]
    [Trait("Requirement", "SEC-2")]
    [Trait("Requirement", "IN-2")]
    [InlineData("ssl_check=1", 200)]
    [InlineData("token=x&ssl_check=1", 200)]
    [InlineData("ssl_check=1&command=%2Fbridge&text=check+host42&team_id=T1&user_id=U1&channel_id=C1&trigger_id=smuggled&api_app_id=A0FAKE", 200)]
    [InlineData("ssl_check=0", 401)]
    [InlineData("ssl_check=01", 401)]
    [InlineData("ssl_check=true", 401)]
    [InlineData("ssl_check=1+", 401)]
    [InlineData("ssl_check=%31%00", 401)]
    [InlineData("SSL_CHECK=1", 401)]
    [InlineData("ssl_check=1&ssl_check=0", 401)]
    [InlineData("ssl_check=0&ssl_check=1", 401)]
    [InlineData("ssl_check%5B%5D=1", 401)]
    [InlineData("payload=ssl_check%3D1", 401)]
    public async Task Commands_UnsignedSslCheck_IsAnsweredOnlyWhenExactAndDoesNothing(string body, int status)
    {
        var before = await PendingAsync();
        foreach (var path in new[] { "/slack/commands", "/slack/interactivity" })
        {
            Assert.Equal(status, (await People.PostAsync(path, Encoding.UTF8.GetBytes(body), FormType, Unsigned)).Status);
        }

        Assert.Equal(before, await PendingAsync());
        Assert.DoesNotContain(Bench.Workspace.Messages(), message => message.Text.Contains("host42", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Requirement", "SL-2")]
    public async Task Events_UnsignedSslCheck_IsRefused()
        => Assert.Equal(401, (await People.PostAsync("/slack/events", "ssl_check=1"u8.ToArray(), FormType, Unsigned)).Status);

    [Fact]
    [Trait("Requirement", "IN-1")]
    public async Task Route_BodyTooLargeOrGarbage_IsRefusedBeforeItIsParsed()
    {
        Assert.Equal(413, (await People.PostAsync("/slack/events", new byte[300 * 1024], "application/json", Unsigned)).Status);
        Assert.Equal(401, (await People.PostAsync("/slack/events", "{{{"u8.ToArray(), "application/json", Unsigned)).Status);
        Assert.Equal(400, (await People.PostAsync("/slack/events", "{{{"u8.ToArray(), "application/json")).Status);
        Assert.Equal(400, (await People.PostAsync("/slack/events", "[]"u8.ToArray(), "application/json")).Status);
        Assert.Equal(400, (await People.PostAsync("/slack/events", Encoding.UTF8.GetBytes(new string('[', 100)), "application/json")).Status);
        Assert.Equal(400, (await People.PostAsync("/slack/interactivity", "payload=%7B"u8.ToArray(), FormType)).Status);
        Assert.Equal(400, (await People.PostAsync("/slack/interactivity", "payload=%7B%22type%22%3A%22%5Cud800%22%7D&payload=1"u8.ToArray(), FormType)).Status);
        Assert.Equal(400, (await People.PostAsync("/slack/commands", [0xff, 0xfe], FormType)).Status);
    }

    [Fact]
    [Trait("Requirement", "SEC-1")]
    public async Task Route_GetOrOtherPath_Is404()
    {
        using var client = new HttpClient();
        Assert.Equal(404, (int)(await client.GetAsync(new Uri(Bench.Ingress, "/slack/commands"), TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(404, (await People.PostAsync("/slack/force", "x"u8.ToArray(), FormType)).Status);
    }

    [Theory]
    [Trait("Requirement", "SL-5")]
    [InlineData("T1", "A0FAKE", 200)]
    [InlineData("T2", "A0FAKE", 403)]
    [InlineData("T1", "A0OTHER", 403)]
    [InlineData("", "A0FAKE", 403)]
    [InlineData("T1", "", 403)]
    public async Task Commands_OtherWorkspaceOrApp_AreRefused(string team, string app, int status)
        => Assert.Equal(status, (await People.SlashAsync("U9", "C1", "help", team: team, app: app)).Status);

    [Fact]
    [Trait("Requirement", "SL-5")]
    public async Task Interactivity_OfAnotherApp_IsRefused()
    {
        var press = People.Press("U1", "C1", "1.1", null, new JsonObject { ["action_id"] = "cob.approve.0", ["value"] = "x" });
        press["api_app_id"] = "A0OTHER";
        Assert.Equal(403, (await People.SendAsync("interactive", "/slack/interactivity", press)).Status);
        var happened = await People.EventAsync(new() { ["type"] = "app_mention" }, change: envelope => envelope["api_app_id"] = "A0OTHER");
        Assert.Equal(403, happened.Status);
        happened = await People.EventAsync(new() { ["type"] = "app_mention" }, change: envelope =>
        {
            envelope["team_id"] = "T9";
            envelope["authorizations"] = new JsonArray();
        });
        Assert.Equal(403, happened.Status);
    }

    [Fact]
    [Trait("Requirement", "IN-5")]
    public async Task Anything_Unknown_IsAcknowledgedAndLeftAlone()
    {
        var before = await PendingAsync();
        Assert.Equal(200, (await People.EventAsync(new() { ["type"] = "reaction_added_v9", ["surprise"] = new JsonObject() })).Status);
        Assert.Equal(200, (await People.EventAsync(new() { ["type"] = "reaction_added_v9" })).Status);
        Assert.Equal(200, (await People.EventAsync([], change: envelope => envelope["type"] = "event_of_the_future")).Status);
        foreach (var type in new[] { "shortcut", "message_action", "block_suggestion", "view_closed", "workflow_step_edit" })
        {
            var payload = new JsonObject { ["type"] = type, ["api_app_id"] = SlackWorkspace.App, ["team"] = new JsonObject { ["id"] = "T1" }, ["user"] = new JsonObject { ["id"] = "U1" }, ["new"] = 1 };
            Assert.Equal(200, (await People.SendAsync("interactive", "/slack/interactivity", payload)).Status);
        }

        var press = People.Press("U1", "C1", "1.1", null, new JsonObject { ["action_id"] = "somebody-elses", ["value"] = "x" });
        Assert.Equal(200, (await People.SendAsync("interactive", "/slack/interactivity", press)).Status);
        Assert.Equal(before, await PendingAsync());
        Assert.Single(Bench.Log.Lines, line => line.Contains("reaction_added_v9", StringComparison.Ordinal));
    }

    private static void Unsigned(HttpRequestMessage request)
    {
        request.Headers.Remove("X-Slack-Signature");
        request.Headers.Remove("X-Slack-Request-Timestamp");
    }

    private static Action<HttpRequestMessage> Twice(string header) => request =>
    {
        var value = string.Join("", request.Headers.GetValues(header));
        request.Headers.Remove(header);
        request.Headers.TryAddWithoutValidation(header, [value, value]);
    };

    private async Task<int> PendingAsync()
    {
        await SlackBench.UntilAsync(() => Bench.Get<Application.Chat.Intake.ChatIntake>().Waiting == 0, "the intake is quiet");
        return (await Bench.Get<IInbox>().PendingAsync(1000, CancellationToken.None)).Length + Bench.Workspace.Ephemerals.Count;
    }

    public sealed class OneBot : IAsyncLifetime
    {
        internal SlackBench? Bench { get; private set; }

        public async ValueTask InitializeAsync() => Bench = await SlackBench.StartAsync();

        public async ValueTask DisposeAsync()
        {
            if (Bench is { } bench)
            {
                await bench.DisposeAsync();
            }
        }
    }
}
