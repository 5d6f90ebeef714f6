using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using ChatOpsBot.Acceptance.Tests.Lab;
using ChatOpsBot.Acceptance.Tests.Slack;
using ChatOpsBot.FakeSlack;
using Microsoft.Data.Sqlite;
using Xunit;

namespace ChatOpsBot.Acceptance.Tests.Crash;

/// <summary>One incident lived through by people in Slack while the service may end at any moment: what is acknowledged must come to something, and what is not is said again.</summary>
/// <param name="town">Slack and its people.</param>
/// <param name="service">The service.</param>
/// <param name="host">The host of the lab.</param>
/// <param name="earlyEnds">States in which the incident may end before people could do what they would.</param>
internal sealed class CrashRun(SlackTown town, KillableService service, string host, IReadOnlyList<string> earlyEnds)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(180);

    private readonly ConcurrentQueue<string> _asked = new();
    private readonly ConcurrentQueue<string> _pressed = new();

    /// <summary>Answers that somebody did not get, and those that came twice.</summary>
    public IEnumerable<(string User, int Missing, int TooMany)> Unanswered => _asked.GroupBy(user => user).Select(asked => (asked.Key, Math.Max(0, asked.Count() - Answers(asked.Key)), Math.Max(0, Answers(asked.Key) - asked.Count())));

    /// <summary>The host.</summary>
    public string Host => host;

    /// <summary>Ann asks for a check; ends when the card of the incident is there.</summary>
    public async Task CheckAsync()
    {
        Assert.Contains("I-1", await SayAsync(SlackTown.Ann, $"check {host}"), StringComparison.Ordinal);
        await CardAsync(_ => true);
    }

    /// <summary>Somebody types a command, and again when Slack says that it did not arrive; what is answered.</summary>
    public Task<string> SayAsync(string user, string text) => SendAsync("slash_commands", town.Slack.Sender.Slash(user, SlackTown.Channel, text), user);

    /// <summary>Somebody presses a button of the card once one is there that was not pressed before; what is answered, or nothing when the incident has ended before it came to that.</summary>
    public async Task<string> PressAsync(string user, string action)
    {
        JsonObject? found = null;
        FakeMessage? card = null;
        var begin = TimeProvider.System.GetTimestamp();
        while (found is null)
        {
            card = Cards().FirstOrDefault(card => (found = Button(card, action)) is not null);
            if (found is null && earlyEnds.Contains(await ReadAsync("SELECT state FROM incidents WHERE id = 1")))
            {
                return "";
            }

            Check(begin, () => $"a button {action}; there is {string.Join("\n", Cards().Select(card => card.AllText))}");
            await PauseAsync(50);
        }

        _pressed.Enqueue(Value(found));
        return await SendAsync("interactive", town.Slack.Sender.Press(user, card?.Channel ?? "", card?.Ts ?? "", card?.Thread, found), user);
    }

    /// <summary>Waits until the first plan is done and another waits for approval.</summary>
    public async Task NextPlanAsync()
    {
        var begin = TimeProvider.System.GetTimestamp();
        while (await ReadAsync("SELECT (SELECT count(*) FROM incident_events WHERE type = 'plan-proposed.v1') || ' ' || state FROM incidents WHERE id = 1") is var now && now != "2 awaiting-approval")
        {
            Check(begin, () => $"the second plan; there is {now}");
            await PauseAsync(100);
        }
    }

    /// <summary>The card, once it is as wanted.</summary>
    public async Task<FakeMessage> CardAsync(Func<FakeMessage, bool> wanted)
    {
        FakeMessage? found = null;
        await UntilAsync(() => (found = Cards().FirstOrDefault(wanted)) is not null, () => $"the card; there is {string.Join("\n", Cards().Select(card => card.AllText))}");
        return found ?? throw new InvalidOperationException("no card");
    }

    /// <summary>Presses every button that is left on the cards; each has to be answered.</summary>
    public async Task PressAllAsync()
    {
        foreach (var card in Cards())
        {
            foreach (var button in Buttons(card).Where(button => button["url"] is null))
            {
                Assert.NotEmpty(await SendAsync("interactive", town.Slack.Sender.Press(SlackTown.Bob, card.Channel, card.Ts, card.Thread, button), SlackTown.Bob));
            }
        }
    }

    /// <summary>Waits until the incident has one of these states; the guest asks for its address meanwhile, as one that boots does.</summary>
    public async Task<string> StateAsync(params string[] states)
    {
        var begin = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var state = await ReadAsync("SELECT state FROM incidents WHERE id = 1");
            if (states.Contains(state))
            {
                return state;
            }

            Check(begin, () => $"the incident is {state}, not {string.Join(" or ", states)}");
            if (state is "verifying" or "watching")
            {
                await LabFixture.LabAsync("lease", host, "vm1", "--timeout", "3");
            }

            await PauseAsync(100);
        }
    }

    /// <summary>Waits until nothing is left to be told or done. (A reminder that is due later is not told, and may be left.)</summary>
    public async Task QuietAsync()
    {
        var begin = TimeProvider.System.GetTimestamp();
        while (await ReadAsync("SELECT (SELECT count(*) FROM outbox WHERE open = 1 AND lane <> 'timer') + (SELECT count(*) FROM inbox WHERE done = 0)") is var left && left != "0")
        {
            Check(begin, () => $"{left} things are still to be done");
            await PauseAsync(100);
        }
    }

    /// <summary>Messages that say what another says already, files included.</summary>
    public int SaidTwice()
        => town.Slack.Workspace.Messages(SlackTown.Channel).GroupBy(message => (message.Thread, Said: message.Files.Count > 0 ? "a file" : Key(message) ?? message.Text)).Sum(group => group.Count() - 1);

    /// <summary>The messages that stand for the incident; more than one is a message too many.</summary>
    public IReadOnlyList<FakeMessage> Cards() => [.. town.Slack.Workspace.Messages(SlackTown.Channel).Where(message => $"{Key(message)} ".StartsWith("card I-1 ", StringComparison.Ordinal))];

    private static string? Key(FakeMessage message) => message.Metadata?["event_payload"]?["key"]?.GetValue<string>();

    private static IEnumerable<JsonObject> Buttons(FakeMessage card) => (card.Blocks ?? []).Where(block => block?["type"]?.GetValue<string>() == "actions")
        .SelectMany(block => block?["elements"]?.AsArray() ?? []).OfType<JsonObject>();

    private static string Value(JsonObject button) => button["value"]?.ToJsonString() ?? "";

    private JsonObject? Button(FakeMessage card, string action) => Buttons(card)
        .FirstOrDefault(button => button["action_id"]?.GetValue<string>().StartsWith($"cob.{action}", StringComparison.Ordinal) == true && !_pressed.Contains(Value(button)));

    // After a crash an answer comes as a message of its own, for the address that answers a trigger is kept in memory only.
    private int Answers(string user) => town.Slack.Workspace.Ephemerals.Count(answer => answer.User == user);

    private async Task<string> SendAsync(string type, JsonObject payload, string user)
    {
        var before = Answers(user);
        var envelope = Guid.NewGuid().ToString();
        var begin = TimeProvider.System.GetTimestamp();
        while (true)
        {
            await UntilAsync(() => town.Slack.Sockets.Open > 0, () => "a service that listens");
            try
            {
                await town.Slack.Sockets.SendAsync(type, (JsonObject)payload.DeepClone(), envelope);
                break;
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                Check(begin, () => $"nobody acknowledges: {failure.Message}");
                await PauseAsync(100);
            }
        }

        _asked.Enqueue(user);
        await UntilAsync(() => Answers(user) > before, () => $"an answer to {payload["text"] ?? payload["actions"]}");
        return town.Slack.Workspace.Ephemerals.Last(answer => answer.User == user).Text;
    }

    // While the disk is away nothing can be read; whoever waits looks again.
    private async Task<string> ReadAsync(string sql)
    {
        try
        {
            using var connection = new SqliteConnection($"Data Source={town.Folder.Database};Mode=ReadOnly;Pooling=False");
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            return Convert.ToString(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken), System.Globalization.CultureInfo.InvariantCulture) ?? "";
        }
        catch (SqliteException failure)
        {
            return $"not readable: {failure.Message}";
        }
    }

    private async Task UntilAsync(Func<bool> condition, Func<string> what)
    {
        var begin = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Check(begin, what);
            await PauseAsync(50);
        }
    }

    private void Check(long begin, Func<string> what)
    {
        Assert.True(service.Failure is null, service.Failure?.Message);
        Assert.True(TimeProvider.System.GetElapsedTime(begin) < s_patience, $"waited in vain for {what()}");
    }

    private static Task PauseAsync(int milliseconds) => Task.Delay(TimeSpan.FromMilliseconds(milliseconds), TimeProvider.System, TestContext.Current.CancellationToken);
}
