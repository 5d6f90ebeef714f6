using System.Collections.Immutable;
using System.Text.Json.Nodes;
using ChatOpsBot.ChatContract.Benches;
using ChatOpsBot.Domain.Cards;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.FakeConnector;

namespace ChatOpsBot.ChatContract.Surfaces;

/// <summary>Teams: messages and cards with a view for each person.</summary>
public sealed class TeamsUnderTest : ChatUnderTest
{
    private readonly TeamsBench _bench;

    private TeamsUnderTest(TeamsBench bench) => _bench = bench;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> Ways { get; } = new Dictionary<string, string>
    {
        ["Check_OfAHost_ShowsOneCardThatFollows"] = "`@Bridge check host42`; one message, changed in place",
        ["Help_SaysWhatTheAskerMayDo"] = "an answer in the conversation",
        ["BadInput_IsAnsweredWithTheRemedy"] = "an answer in the conversation",
        ["Stranger_IsRefusedAndToldWhatToDo"] = "by tenant and object id",
        ["Approve_BySecondPerson_BeginsTheRepair"] = "*Show my options*, then the button",
        ["Approve_OfAProbe_SaysWhatIsSentAndGoesOn"] = "*Show my options*, then the button",
        ["Approve_ByTheAsker_NeedsASecondPerson"] = "no button in their view; told so at the press",
        ["Approve_ByOutsiders_IsRefused"] = "no view; told so at the press",
        ["Press_OfAnyButton_ByOutsiders_IsRefused"] = "each refused and answered",
        ["Deny_WithAReason_EndsTheIncidentAndKeepsTheReason"] = "button, then a card with a field",
        ["Press_OfAReplacedPlan_DecidesNothing"] = "the card as it is now, and why",
        ["Press_Twice_DecidesOnce"] = "the second is told who decided",
        ["Press_AfterARestart_StillWorks"] = "buttons stay good",
        ["Cancel_EndsTheIncident"] = "button or command",
        ["Note_IsInTheTranscript"] = "`@Bridge note`",
        ["Transcript_IsThereWithItsHead"] = "file in the personal chat; summary and link to the console",
        ["HostileWords_AreReadAndNeverTakeEffect"] = "text runs only",
        ["LongOutput_IsNeverCutSilently"] = "the rest as a file in the personal chat, elsewhere several messages",
    };

    internal override ChatBench Bench => _bench;

    /// <summary>Starts it.</summary>
    public static async Task<ChatUnderTest> StartAsync() => new TeamsUnderTest(await TeamsBench.StartAsync());

    /// <inheritdoc/>
    public override async Task<string> SayAsync(string person, string line) => TeamsBench.Words(await _bench.SayAsync(person, line));

    /// <inheritdoc/>
    public override async Task<string> CardAsync(IncidentId id, string holds) => TeamsBench.Words(await _bench.MessageAsync(message => IsCard(message, id) && TeamsBench.Words(message).Contains(holds, StringComparison.Ordinal), "the card"));

    /// <inheritdoc/>
    public override Task<int> CardsAsync(IncidentId id) => Task.FromResult(_bench.Teams.Messages.Count(message => !message.Deleted && IsCard(message, id)));

    /// <inheritdoc/>
    public override async Task<HeldButton> HoldAsync(IncidentId id, string action)
    {
        var card = await _bench.MessageAsync(message => IsCard(message, id) && TeamsBench.Words(message).Contains("awaiting-approval", StringComparison.Ordinal), "the card");
        return new(id, action, (card.Id, TeamsBench.Button(await _bench.OptionsAsync("bo", card), action == "approve" ? "Approve" : "Deny")));
    }

    /// <inheritdoc/>
    public override async Task<string> PressAsync(string person, HeldButton button, string reason = "")
    {
        var (card, action) = ((string, JsonObject))button.Thing;
        var answer = await _bench.PressAsync(person, action, card);
        if (button.Action == "deny" && TeamsBench.All(answer, "Input.Text").Any())
        {
            answer = await _bench.PressAsync(person, TeamsBench.Button(answer, "Deny"), card, new() { ["f.reason"] = reason });
        }

        return TeamsBench.Said(answer);
    }

    /// <inheritdoc/>
    public override async Task<string> ForgeAsync(string person, HeldButton real, ButtonAction action, string token)
    {
        var (card, shown) = ((string, JsonObject))real.Thing;
        var said = new List<string>();
        foreach (var verb in (string[])["cob.press", "cob.form", "cob.ask", "cob.options"])
        {
            var forged = (JsonObject)shown.DeepClone();
            (forged["verb"], forged["data"]) = (verb, new JsonObject { ["cob"] = verb, ["t"] = token });
            said.Add(TeamsBench.Said(await _bench.PressAsync(person, forged, card, new() { ["f.reason"] = "no" })));
        }

        return string.Join('\n', said);
    }

    /// <inheritdoc/>
    public override async Task<string> DetailsAsync(string person, IncidentId id, Func<string, bool> enough)
    {
        await SayAsync(person, $"status {id}");
        FakeMessage? Offer() => _bench.Teams.Messages.FirstOrDefault(message => message.Activity["attachments"]?[0]?["name"]?.GetValue<string>() == $"{id}.txt");
        var all = "";
        await ChatBench.UntilAsync(() => enough(all = All()) || Offer() is not null, () => $"all of it or the offer of a file; there is {all}");
        if (Offer() is { } offer)
        {
            await _bench.People.SendAsync(_bench.People.Consent(person, offer, takes: true));
        }

        await ChatBench.UntilAsync(() => enough(all = All()), () => $"all of it; there is {all}");
        return all;
    }

    /// <inheritdoc/>
    public override Task<ImmutableArray<string>> LiveAsync(IncidentId id) => Task.FromResult<ImmutableArray<string>>([.. _bench.Teams.Messages.SelectMany(message => Live(message.Activity, ""))]);

    private static bool IsCard(FakeMessage message, IncidentId id)
        => TeamsBench.All(message.Card, "Action.Execute").Any(action => action["title"]?.GetValue<string>() == "Show my options") && TeamsBench.Words(message).Contains($"{id} ", StringComparison.Ordinal);

    /// <summary>Words of hosts and people outside of text runs that the client would read as marks.</summary>
    private static IEnumerable<string> Live(JsonNode? node, string type) => node switch
    {
        JsonObject any => any.SelectMany(member => Live(member.Value, member.Key == "text" ? any["type"]?.ToString() ?? "" : member.Key)),
        JsonArray list => list.SelectMany(item => Live(item, type)),
        JsonValue value when type != "TextRun" && value.TryGetValue<string>(out var text)
            => new[] { "<script", "](https", "<at>", "<b>", "https://evil" }.Where(mark => text.Contains(mark, StringComparison.OrdinalIgnoreCase)).Select(mark => $"{mark} in {type} {text}"),
        _ => [],
    };

    private string All() => string.Join('\n', _bench.Teams.Messages.Select(TeamsBench.Words).Concat(_bench.Teams.Files.Select(file => file.Text)));
}
