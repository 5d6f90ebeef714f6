using System.Globalization;
using System.Text;
using System.Text.Json;
using ChatOpsBot.Adapters.Slack.Inbound;
using ChatOpsBot.Adapters.Slack.SocketMode;
using ChatOpsBot.FakeSlack;
using ChatOpsBot.Support.Fuzzing;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace ChatOpsBot.Slack.Tests.Fuzzing;

/// <summary>Whatever comes with a good signature or over our own socket is taken, acknowledged without a word, or refused; it never throws. What is taken can be read again.</summary>
public class SlackBodyFuzzTests
{
    private const string FormType = "application/x-www-form-urlencoded";

    [Fact]
    public void Command_AnyForm_IsTakenOrRefused() => Post("slack-command", SlackDoor.Commands, "/slack/commands", FormType, SlackCorpus.Commands, wrap: null, usual: 20_000);

    /// <summary>Slack puts the JSON into a form: here the JSON is spoilt and the form is whole, which reaches deeper than the other way about.</summary>
    [Fact]
    public void Press_AnyPayload_IsTakenOrRefused() => Post("slack-block-actions", SlackDoor.Interactivity, "/slack/interactivity", FormType, SlackCorpus.Presses, "payload=", usual: 20_000);

    [Fact]
    public void Form_AnyPayload_IsTakenOrRefused() => Post("slack-view-submission", SlackDoor.Interactivity, "/slack/interactivity", FormType, SlackCorpus.Forms, "payload=", usual: 20_000);

    [Fact]
    public void Interaction_AnyForm_IsTakenOrRefused()
        => Post("slack-interaction-form", SlackDoor.Interactivity, "/slack/interactivity", FormType, [.. SlackCorpus.Presses.Concat(SlackCorpus.Forms).Select(Escaped)], wrap: null, usual: 20_000);

    [Fact]
    public void Event_AnyBody_IsTakenOrRefused() => Post("slack-event", SlackDoor.Events, "/slack/events", "application/json", SlackCorpus.Events, wrap: null, usual: 20_000);

    [Fact]
    public void Envelope_AnyFrame_IsTakenOrLeftAlone()
    {
        using var bench = new SlackDoorBench();
        Report(Fuzz.Check("slack-envelope", SlackCorpus.Envelopes, input =>
        {
            JsonDocument frame;
            try
            {
                frame = JsonDocument.Parse(input);
            }
            catch (JsonException)
            {
                return; // one unreadable frame is passed over
            }

            using (frame)
            {
                if (frame.RootElement.Text("envelope_id") is { } envelope)
                {
                    _ = Done(SocketConnection.TakeAsync(bench.Receiver, envelope, frame.RootElement)).Body?.Bytes();
                    bench.ReadWhatWasTaken();
                }
            }
        }));
        Assert.True(bench.Taken > 0, "nothing was ever taken: the corpus is not what it says");
    }

    private static void Post(string name, SlackDoor door, string path, string media, IReadOnlyList<byte[]> corpus, string? wrap, int usual)
    {
        using var bench = new SlackDoorBench();
        Report(Fuzz.Check(
            name, corpus,
            input =>
            {
                bench.Time.Advance(TimeSpan.FromSeconds(1));
                var body = wrap is null ? input : [.. Encoding.UTF8.GetBytes(wrap), .. Encoding.UTF8.GetBytes(Uri.EscapeDataString(Encoding.UTF8.GetString(input)))];
                var context = new DefaultHttpContext();
                context.Request.Method = "POST";
                context.Request.Path = path;
                context.Request.ContentType = media;
                context.Request.Body = new MemoryStream(body);
                context.Response.Body = new MemoryStream();
                var at = bench.Time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
                context.Request.Headers["X-Slack-Request-Timestamp"] = at;
                context.Request.Headers["X-Slack-Signature"] = SlackPeople.Sign(SlackWorkspace.Secret, at, body);
                Done(bench.Endpoint.HandleAsync(context, door));
                Assert.Contains(context.Response.StatusCode, new[] { 200, 400, 403, 413 });
                bench.ReadWhatWasTaken();
            },
            usual));
        Assert.True(bench.Taken > 0, "nothing was ever taken: the corpus is not what it says");
    }

    private static byte[] Escaped(byte[] json) => Encoding.UTF8.GetBytes($"payload={Uri.EscapeDataString(Encoding.UTF8.GetString(json))}");

    /// <summary>Nothing here waits for anything, so the task is done; what it threw is thrown.</summary>
    private static void Done(Task task) => task.GetAwaiter().GetResult();

    private static T Done<T>(Task<T> task) => task.GetAwaiter().GetResult();

    private static void Report(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);
}
