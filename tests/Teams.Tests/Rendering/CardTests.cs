using System.Text.Json.Nodes;
using ChatOpsBot.Adapters.Teams.Rendering;
using ChatOpsBot.Domain.Cards;
using Xunit;

namespace ChatOpsBot.Teams.Tests.Rendering;

/// <summary>What cards hold: hostile words only where nothing parses them, never more than fits, nothing lost silently.</summary>
public class CardTests
{
    public static readonly string[] Hostile =
    [
        "<b>bold</b>", "**bold**", "_it_", "[your bank](https://evil.example)", "![x](https://evil.example/beacon.png)", "<a href=\"https://evil.example\">x</a>", "<img src=https://evil.example/x.png>", "https://evil.example/x",
        "www.evil.example", "<at>Ann</at>", "<at id=\"0\">everyone</at>", "<script>alert(1)</script>", "&lt;b&gt;", "`code`", "```\nfence\n```", "# heading", "> quote", "- list", "1. list", "~~gone~~", "{{DATE(2026-01-01,SHORT)}}", "${host}",
        "\u001b[31mred\u001b[0m", "\u202eevil", "a\u200bb", "\u0000", "\uD83D", "\\*not\\*", "a|b|c", "ann@example.org",
    ];

    [Fact]
    [Trait("Requirement", "TM-19")]
    [Trait("Requirement", "TM-20")]
    [Trait("Requirement", "TM-21")]
    [Trait("Requirement", "SEC-13")]
    public void EveryRenderer_HostileText_IsOnlyInRunsOrNeutral()
    {
        foreach (var hostile in Hostile)
        {
            foreach (var card in Cards(hostile))
            {
                var message = AdaptiveCards.Message(card, "28:b", "1");
                Assert.Null(message["text"]);
                Assert.Null(message["entities"]);
                Walk(message, (name, parent, text) =>
                {
                    // Texts in runs are literal; ids, verbs and tokens are ours. All else that is shown has to begin nothing.
                    if (parent["type"]?.GetValue<string>() == "TextRun" && name == "text")
                    {
                        Assert.DoesNotContain(text, c => char.IsControl(c) && c is not ('\n' or '\t'));
                        Assert.DoesNotContain('\u202e', text);
                    }
                    else if (name is "summary" or "fallbackText" or "title" or "label" or "placeholder" or "speak")
                    {
                        Assert.DoesNotContain(text, c => "<>[]*_`~#!|\\{}@".Contains(c, StringComparison.Ordinal));
                        Assert.DoesNotContain("://", text);
                        Assert.DoesNotContain("www.", text, StringComparison.OrdinalIgnoreCase);
                    }
                });
                Assert.DoesNotContain("\"TextBlock\"", message.ToJsonString());
                Assert.DoesNotContain("\"FactSet\"", message.ToJsonString());
                Assert.DoesNotContain("\"Image\"", message.ToJsonString());
            }
        }
    }

    [Fact]
    [Trait("Requirement", "SEC-19")]
    public void Links_OnlyThoseOfTheService()
    {
        var card = Card("https://evil.example/x [a](https://evil.example)") with { Footer = [CardText.Of(new TextRun.Link("all about it", new("https://bot.example/incidents/I-1")))] };
        var shown = new AdaptiveCards(person => person.Value).Shared(card, TeamsStyle.Execute, []).Content;
        Assert.Equal(["https://bot.example/incidents/I-1"], TeamsBench.All(shown, "Action.OpenUrl").Select(action => action["url"]?.GetValue<string>()));
    }

    [Theory]
    [InlineData(10, 40)]
    [InlineData(400, 40)]
    [InlineData(40, 2000)]
    [Trait("Requirement", "TM-17")]
    public void Card_HoweverLarge_FitsAndSaysWhatIsMissing(int parts, int length)
    {
        var card = Card("x") with
        {
            Body = [.. Enumerable.Range(0, parts).Select(number => (CardElement)new CardElement.Paragraph(CardText.Host($"part{number} {new string('\u4e16', length)}")))],
        };
        var cards = new AdaptiveCards(person => person.Value);
        foreach (var made in new[] { cards.Shared(card, TeamsStyle.Execute, []), cards.Own(card, TeamsStyle.Execute, card.Buttons, new string('n', 5000), "29:a"), cards.Details(card) })
        {
            Assert.True(made.Content.Bytes().Length <= CardBody.MostBytes, $"{made.Content.Bytes().Length} bytes");
            var shown = Enumerable.Range(0, parts).Count(number => TeamsBench.Words(made.Content).Contains($"part{number} ", StringComparison.Ordinal));
            if (shown < parts)
            {
                Assert.Contains("more parts do not fit", TeamsBench.Words(made.Content));
                Assert.All(Enumerable.Range(0, parts), number => Assert.Contains($"part{number} ", made.Rest));
            }
            else
            {
                Assert.Null(made.Rest);
            }
        }

        // A long text comes whole, in pieces that each fit.
        var text = string.Join('\n', Enumerable.Range(0, 3000).Select(number => $"line {number} \u4e16\u754c"));
        var pieces = AdaptiveCards.Texts(text).ToArray();
        Assert.All(pieces, piece => Assert.True(piece.Content.Bytes().Length <= 80_000));
        Assert.Equal(text.Replace("\n", "", StringComparison.Ordinal), string.Concat(pieces.Select(piece => TeamsBench.Words(piece.Content))).Replace("\n", "", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Requirement", "TM-16")]
    public void TestClient_GetsSubmitOnly()
    {
        var card = Card("x");
        var cards = new AdaptiveCards(person => person.Value);
        foreach (var made in new[] { cards.Shared(card, TeamsStyle.Submit, ["29:a"]), cards.Own(card, TeamsStyle.Submit, card.Buttons, null, "29:a") })
        {
            Assert.DoesNotContain("Action.Execute", made.Content.ToJsonString());
            Assert.Null(made.Content["refresh"]);
        }

        var viewers = cards.Shared(card, TeamsStyle.Execute, [.. Enumerable.Range(0, 20).Select(number => $"29:{number}")]).Content["refresh"]?["userIds"] as JsonArray;
        Assert.Equal(AdaptiveCards.MostViewers, viewers?.Count);
    }

    internal static IEnumerable<TeamsCard> Cards(string hostile)
    {
        var cards = new AdaptiveCards(_ => hostile);
        var card = Card(hostile);
        foreach (var style in Enum.GetValues<TeamsStyle>())
        {
            yield return cards.Shared(card, style, ["29:a"]);
            yield return cards.Own(card, style, card.Buttons, hostile, "29:a");
            yield return cards.Question(new(hostile, CardText.Host(hostile), "Yes", "No"), card.Buttons[0], "t", style);
            yield return AdaptiveCards.Form(new("Run", "Go", "run x", [new FormField.Choice("runbook", hostile, [new("v", hostile)]), new FormField.Line("p", hostile), new FormField.Text("q", "x", Required: false)]), style, hostile, "t");
        }

        yield return cards.Details(card);
        foreach (var text in AdaptiveCards.Texts($"there is no command {hostile}").Concat(AdaptiveCards.Texts($"two\nlines {hostile}")).Concat(cards.Post(CardText.Of(new TextRun.Plain("x "), new TextRun.HostOutput(hostile), new TextRun.Mention(new("ann"))))))
        {
            yield return text;
        }
    }

    internal static Card Card(string hostile) => new()
    {
        Incident = new(1),
        Seq = 1,
        Title = "I-1 host42",
        Status = "awaiting-approval",
        Severity = CardSeverity.Warning,
        Summary = CardText.Of(new TextRun.HostOutput(hostile), new TextRun.Mention(new("ann"))),
        Body =
        [
            new CardElement.Paragraph(CardText.Host(hostile)),
            new CardElement.Fields([new("Field", CardText.Of(new TextRun.Code("a/b"), new TextRun.HostOutput(hostile)))]),
            new CardElement.Tasks([new(CardText.Host(hostile), TaskState.Running), new(CardText.Plain("x"), TaskState.Undone)]),
            new CardElement.Table("Guests", ["guest", "tap"], [[CardText.Host(hostile), CardText.Plain("vnet0")]]),
            new CardElement.Path([CardText.Host(hostile), CardText.Plain("b")], 1),
            new CardElement.Lines([CardText.Host(hostile), CardText.Host("  indented")]),
            new CardElement.Folded("Evidence for x", [new CardElement.Lines([.. Enumerable.Range(0, 9).Select(_ => CardText.Host(hostile))])]),
            new CardElement.Folded("Short", [new CardElement.Lines([CardText.Host(hostile)])]),
        ],
        Buttons =
        [
            new() { Action = ButtonAction.Approve, Token = "tokenA", Label = "Approve", Style = ButtonStyle.Primary, Audience = Audience.Approvers },
            new() { Action = ButtonAction.Deny, Token = "tokenB", Label = "Deny", Style = ButtonStyle.Danger, AsksForReason = true },
            new() { Action = ButtonAction.Details, Token = "tokenC", Label = "Details" },
        ],
        Footer = [CardText.Of(new TextRun.Plain("opened by "), new TextRun.Mention(new("ann")), new TextRun.Time(default))],
    };

    private static void Walk(JsonNode? node, Action<string, JsonObject, string> look)
    {
        switch (node)
        {
            case JsonObject any:
                foreach (var (name, value) in any)
                {
                    if (value is JsonValue text && text.TryGetValue<string>(out var words))
                    {
                        look(name, any, words);
                    }

                    Walk(value, look);
                }

                break;
            case JsonArray list:
                foreach (var item in list)
                {
                    Walk(item, look);
                }

                break;
        }
    }
}
