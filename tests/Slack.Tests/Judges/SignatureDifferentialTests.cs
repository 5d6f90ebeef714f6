using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using ChatOpsBot.FakeSlack;
using ChatOpsBot.Slack.Tests.Support;
using Xunit;

namespace ChatOpsBot.Slack.Tests.Judges;

/// <summary>The same requests to Slack's own receiver and to ours.</summary>
public class SignatureDifferentialTests
{
    [Fact]
    [Trait("Requirement", "SL-1")]
    public async Task FiveHundredRequests_GetTheVerdictOfBolt_OrAStricterListedOne()
    {
        NodeTools.Need();
        await using var bench = await SlackBench.StartAsync();
        bench.Time.Move(TimeProvider.System.GetUtcNow() - bench.Time.GetUtcNow());
        var random = new Random(42);
        var requests = Enumerable.Range(0, 500).Select(number => Make(random, number, bench.Time.GetUtcNow())).ToArray();

        var bolt = JsonNode.Parse((await NodeTools.RunAsync("receiver.mjs", string.Join('\n', requests.Select(request => request.Json)) + "\n\n", SlackWorkspace.Secret)).Expect()) as JsonArray ?? [];
        Assert.Equal(500, bolt.Count);
        var accepted = 0;
        for (var at = 0; at < 500; at++)
        {
            var theirs = bolt[at]?.GetValue<int>() ?? 0;
            var answer = await bench.Slack.Sender.PostAsync(requests[at].Path, requests[at].Body, requests[at].Media, message =>
            {
                message.Headers.Remove("X-Slack-Signature");
                message.Headers.Remove("X-Slack-Request-Timestamp");
                foreach (var (name, value) in requests[at].Headers)
                {
                    message.Headers.TryAddWithoutValidation(name, value);
                }
            });
            var isStricter = requests[at].Kind is "future" or "replay";
            Assert.True(isStricter ? answer.Status == 401 : (answer.Status == 200) == (theirs == 200), $"{requests[at].Kind}: Bolt {theirs}, ours {answer.Status}");
            accepted += answer.Status == 200 ? 1 : 0;
        }

        Assert.InRange(accepted, 50, 400);
    }

    private static Request Make(Random random, int number, DateTimeOffset now)
    {
        var kind = new[] { "good", "good", "body", "secret", "old", "edge", "future", "missing", "upper", "version", "nan", "ssl", "challenge" }[random.Next(13)];
        var events = kind == "challenge";
        var body = kind switch
        {
            "ssl" => "ssl_check=1&token=x",
            "challenge" => $$"""{"type":"url_verification","challenge":"{{number}}"}""",
            _ => SlackPeople.Form([("command", "/bridge"), ("text", $"help {number}"), ("team_id", "T1"), ("user_id", "U9"), ("channel_id", "C1"), ("trigger_id", $"{number}.x"), ("api_app_id", SlackWorkspace.App), ("response_url", "http://127.0.0.1:9/none")]),
        };
        var offset = kind switch { "old" => -random.Next(310, 5000), "edge" => -random.Next(1, 280), "future" => random.Next(310, 5000), _ => 0 };
        var timestamp = (now.ToUnixTimeSeconds() + offset).ToString(CultureInfo.InvariantCulture);
        var signature = SlackPeople.Sign(kind == "secret" ? "another-signing-secret" : SlackWorkspace.Secret, timestamp, Encoding.UTF8.GetBytes(body));
        var headers = new Dictionary<string, string> { ["X-Slack-Request-Timestamp"] = kind == "nan" ? "NaN" : timestamp, ["X-Slack-Signature"] = signature };
        switch (kind)
        {
            case "body":
                body += "&more=1";
                break;
            case "missing":
                headers.Remove(random.Next(2) == 0 ? "X-Slack-Signature" : "X-Slack-Request-Timestamp");
                break;
            case "upper":
                headers["X-Slack-Signature"] = "v0=" + signature[3..].ToUpperInvariant();
                break;
            case "version":
                headers["X-Slack-Signature"] = "v1=" + signature[3..];
                break;
            case "ssl":
                headers.Clear();
                break;
        }

        return new(kind, events ? "/slack/events" : "/slack/commands", events ? "application/json" : "application/x-www-form-urlencoded", Encoding.UTF8.GetBytes(body), headers);
    }

    private sealed record Request(string Kind, string Path, string Media, byte[] Body, Dictionary<string, string> Headers)
    {
        public string Json
        {
            get
            {
                var headers = new JsonObject { ["Content-Type"] = Media, ["Content-Length"] = Body.Length.ToString(CultureInfo.InvariantCulture) };
                foreach (var (name, value) in Headers)
                {
                    headers[name] = value;
                }

                return new JsonObject { ["method"] = "POST", ["path"] = Path, ["headers"] = headers, ["body"] = Convert.ToBase64String(Body) }.ToJsonString();
            }
        }
    }
}
