using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using ChatOpsBot.ChatContract.Benches;
using ChatOpsBot.Domain.Cards;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.FakeSlack;
using Xunit;

namespace ChatOpsBot.ChatContract.Surfaces;

/// <summary>Slack: slash commands and buttons in a channel.</summary>
public sealed class SlackUnderTest : ChatUnderTest
{
    private const string Channel = "C1";

    private readonly SlackBench _bench;

    private SlackUnderTest(SlackBench bench) => _bench = bench;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> Ways { get; } = new Dictionary<string, string>
    {
        ["Check_OfAHost_ShowsOneCardThatFollows"] = "`/bridge check host42`; one message, changed in place",
        ["Help_SaysWhatTheAskerMayDo"] = "for the asker's eyes only",
        ["BadInput_IsAnsweredWithTheRemedy"] = "for the asker's eyes only",
        ["Stranger_IsRefusedAndToldWhatToDo"] = "by team and user id",
        ["Approve_BySecondPerson_BeginsTheRepair"] = "button on the card",
        ["Approve_OfAProbe_SaysWhatIsSentAndGoesOn"] = "button on the card",
        ["Approve_ByTheAsker_NeedsASecondPerson"] = "told so at the press",
        ["Approve_ByOutsiders_IsRefused"] = "told so at the press",
        ["Press_OfAnyButton_ByOutsiders_IsRefused"] = "each refused and answered",
        ["Deny_WithAReason_EndsTheIncidentAndKeepsTheReason"] = "button, then a form",
        ["Press_OfAReplacedPlan_DecidesNothing"] = "told so at the press",
        ["Press_Twice_DecidesOnce"] = "the second is told who decided",
        ["Press_AfterARestart_StillWorks"] = "buttons stay good",
        ["Cancel_EndsTheIncident"] = "button or command",
        ["Note_IsInTheTranscript"] = "`/bridge note`",
        ["Transcript_IsThereWithItsHead"] = "file in the thread; summary by command",
        ["HostileWords_AreReadAndNeverTakeEffect"] = "rich text, escaped",
        ["LongOutput_IsNeverCutSilently"] = "the rest as a file",
    };

    internal override ChatBench Bench => _bench;

    private SlackWorkspace Workspace => _bench.Workspace;

    /// <summary>Starts it.</summary>
    public static async Task<ChatUnderTest> StartAsync() => new SlackUnderTest(await SlackBench.StartAsync());

    /// <inheritdoc/>
    public override async Task<string> SayAsync(string person, string line) => (await _bench.SayAsync(BenchConfiguration.SlackOf(person), line, Channel)).Text;

    /// <inheritdoc/>
    public override async Task<string> CardAsync(IncidentId id, string holds) => TextOf(await _bench.CardAsync(message => IsCard(message, id) && TextOf(message).Contains(holds, StringComparison.Ordinal), Channel));

    /// <inheritdoc/>
    public override Task<int> CardsAsync(IncidentId id) => Task.FromResult(Workspace.Messages().Count(message => IsCard(message, id)));

    /// <inheritdoc/>
    public override async Task<HeldButton> HoldAsync(IncidentId id, string action)
    {
        var card = await _bench.CardAsync(message => IsCard(message, id) && message.AllText.Contains($"cob.{action}", StringComparison.Ordinal), Channel);
        return new(id, action, (card, (JsonObject)SlackBench.Button(card, action).DeepClone()));
    }

    /// <inheritdoc/>
    public override async Task<string> PressAsync(string person, HeldButton button, string reason = "")
    {
        var user = BenchConfiguration.SlackOf(person);
        var (card, action) = ((FakeMessage, JsonObject))button.Thing;
        var (trigger, answered) = (_bench.Slack.Sender.NewTrigger(), Workspace.Ephemerals.Count(answer => answer.User == user));
        Assert.Equal(200, (await _bench.Slack.Sender.PressAsync(user, card, action, trigger)).Status);
        if (button.Action != "deny")
        {
            return (await _bench.AnswerAsync(trigger)).Text;
        }

        await ChatBench.UntilAsync(() => !Workspace.Views.IsEmpty || Workspace.Ephemerals.Any(answer => answer.Trigger == trigger), "a form or an answer");
        if (!Workspace.Views.TryDequeue(out var view))
        {
            return (await _bench.AnswerAsync(trigger)).Text;
        }

        await _bench.Slack.Sender.SubmitAsync(user, view, new Dictionary<string, string> { ["reason"] = reason });
        await ChatBench.UntilAsync(() => Workspace.Ephemerals.Count(answer => answer.User == user) > answered, "an answer");
        return Workspace.Ephemerals.Last(answer => answer.User == user).Text;
    }

    /// <inheritdoc/>
    public override Task<string> ForgeAsync(string person, HeldButton real, ButtonAction action, string token)
    {
        var (card, shown) = ((FakeMessage, JsonObject))real.Thing;
        var button = (JsonObject)shown.DeepClone();
        (button["action_id"], button["value"]) = ($"cob.{action.ToString().ToLowerInvariant()}.0", token);
        return PressAsync(person, new(real.Incident, action == ButtonAction.Deny ? "deny" : "", (card, button)), "no");
    }

    /// <inheritdoc/>
    public override async Task<string> DetailsAsync(string person, IncidentId id, Func<string, bool> enough)
    {
        await SayAsync(person, $"status {id}");
        var all = "";
        await ChatBench.UntilAsync(() => enough(all = All()), () => $"all of it; there is {all}");
        return all;
    }

    /// <inheritdoc/>
    public override Task<ImmutableArray<string>> LiveAsync(IncidentId id)
        => Task.FromResult<ImmutableArray<string>>(
        [
            .. Workspace.Messages().SelectMany(message => Live(message.Blocks).Concat(Marks(message.Text))),
            .. Workspace.Ephemerals.SelectMany(answer => Live(answer.Blocks).Concat(Marks(answer.Text))),
        ]);

    private static bool IsCard(FakeMessage message, IncidentId id) => message.Metadata?["event_payload"]?["key"]?.GetValue<string>() == $"card {id}";

    private static string TextOf(FakeMessage message) => $"{message.Text}\n{Strings(message.Blocks)}";

    private static string Strings(JsonNode? node) => node switch
    {
        JsonObject any => string.Concat(any.Select(member => Strings(member.Value))),
        JsonArray list => string.Concat(list.Select(Strings)),
        JsonValue value when value.TryGetValue<string>(out var text) => text + "\n",
        _ => "",
    };

    /// <summary>Where Slack would see a command, a link or a mention that host or person wrote.</summary>
    private static IEnumerable<string> Live(JsonNode? node) => node switch
    {
        JsonObject any => (any["type"]?.ToString() switch
        {
            "mrkdwn" => Marks(any["text"]?.ToString() ?? ""),
            "markdown" => Marks(any["text"]?.ToString() ?? "", "](https://evil"),
            "broadcast" => ["broadcast"],
            "link" or "image" when any.ToJsonString().Contains("evil.example", StringComparison.Ordinal) => [any.ToJsonString()],
            _ => [],
        }).Concat(any.SelectMany(member => Live(member.Value))),
        JsonArray list => list.SelectMany(Live),
        _ => [],
    };

    private static IEnumerable<string> Marks(string text, params string[] more) => new[] { "<!channel", "<https://evil", "<script" }.Concat(more).Where(mark => text.Contains(mark, StringComparison.OrdinalIgnoreCase)).Select(mark => $"{mark} in {text}");

    private string All() => string.Join('\n',
    [
        .. Workspace.Messages().Select(TextOf), .. Workspace.Ephemerals.Select(answer => $"{answer.Text}\n{Strings(answer.Blocks)}"), .. Workspace.Files.Values.Select(file => Encoding.UTF8.GetString(file.Bytes)),
    ]);
}
