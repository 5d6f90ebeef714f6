using System.Text.Json.Nodes;
using ChatOpsBot.Adapters.Slack;
using ChatOpsBot.Adapters.Slack.Rendering;
using ChatOpsBot.Domain.Cards;
using Xunit;

namespace ChatOpsBot.Slack.Tests.Rendering;

public class EscapingTests
{
    public static readonly string[] Hostile =
    [
        "<!channel>", "<!here|here>", "<!everyone>", "<!subteam^S1>", "<@U1>", "<@U1|bo>", "<#C1>", "<https://evil.example|your bank>", "https://evil.example/x", "<mailto:a@b.example|a>", "&lt;!channel&gt;",
        "&amp;lt;@U1&amp;gt;", "```\n<!channel>\n```", "`<!here>`", "*bold* _it_ ~no~", "> quote", ":boom:", "<!date^1^{date}|x>", "\u001b[31mred\u001b[0m", "\u202e\u2066evil\u2069", "a\u200bb\u2060c\ufeffd", "\u0000\u0007\u0085\u009b", "@channel", "#general", "<<!channel>>",
        "<!channel", "!channel>", "\\<!channel\\>", "%3C!channel%3E", "\uD83D", "</script><script>",
    ];

    [Fact]
    [Trait("Requirement", "SL-31")]
    [Trait("Requirement", "SEC-13")]
    public void EveryRenderer_HostileText_IsOnlyWhereNothingParses()
    {
        foreach (var hostile in Hostile)
        {
            foreach (var message in Messages(hostile))
            {
                // In what Slack parses there is no token of any kind left.
                Assert.DoesNotContain('<', message.Text);
                Assert.DoesNotContain('>', message.Text);
                Walk(message.Blocks, node =>
                {
                    Assert.NotEqual("mrkdwn", node["type"]?.GetValue<string>());
                    Assert.NotEqual("markdown", node["type"]?.GetValue<string>());
                    Assert.NotEqual("section", node["type"]?.GetValue<string>());
                    Assert.NotEqual("context", node["type"]?.GetValue<string>());
                });
            }
        }
    }

    [Fact]
    [Trait("Requirement", "SL-32")]
    public void Mentions_AreMadeFromIdsOfThePolicyOnly()
    {
        var card = Card("<@U9>") with { Summary = CardText.Of(new TextRun.Mention(new("ann")), new TextRun.Mention(new("nobody")), new TextRun.HostOutput("<@U9> <!channel>")) };
        var users = new List<string>();
        Walk(new CardBlocks(person => person.Value == "ann" ? "U1" : null).Render(card, SlackBlocks.Newest).Blocks, node =>
        {
            if (node["type"]?.GetValue<string>() == "user")
            {
                users.Add(node["user_id"]?.GetValue<string>() ?? "");
            }

            Assert.NotEqual("broadcast", node["type"]?.GetValue<string>());
            Assert.NotEqual("usergroup", node["type"]?.GetValue<string>());
        });
        Assert.Equal(["U1"], users);
    }

    [Fact]
    [Trait("Requirement", "SL-33")]
    [Trait("Requirement", "SEC-13")]
    public void EveryRenderer_InvisibleCharacters_AreShownByNumber()
    {
        foreach (var message in Messages("x\u001b[31m\u202e\u200b\u0000\u009b\u2066y"))
        {
            var all = $"{message.Text}{LimitTests.Read(message)}";
            Assert.DoesNotContain(all, c => c != '\n' && (char.IsControl(c) || c is '\u202e' or '\u200b' or '\u2066'));
            Assert.Contains("\\u{1b}", all);
        }
    }

    [Fact]
    [Trait("Requirement", "SL-31")]
    public void Form_HostileLabels_ArePlainText()
    {
        var view = FormView.Render(new("Run <!here>", "Go", "run x", [new FormField.Choice("runbook", "<@U1>", [new("v", "<!channel>")]), new FormField.Line("p", "```")]), "C1", null);
        Walk(view["blocks"], node => Assert.NotEqual("mrkdwn", node["type"]?.GetValue<string>()));
        Assert.Equal("plain_text", view["title"]?["type"]?.GetValue<string>());
    }

    internal static IEnumerable<SlackMessage> Messages(string hostile)
    {
        foreach (var style in Enum.GetValues<SlackBlocks>())
        {
            yield return new CardBlocks(_ => null).Render(Card(hostile), style);
            yield return new CardBlocks(_ => null).Render(Card(hostile), style, unfolded: true);
            yield return new TextMessages(_ => null).Post(CardText.Of(new TextRun.Plain("x "), new TextRun.HostOutput(hostile)), style);
            yield return TextMessages.Plain($"there is no command {hostile}", style);
            yield return TextMessages.Plain($"two\nlines {hostile}", style);
        }
    }

    private static Card Card(string hostile)
    {
        var text = CardText.Host(hostile);
        return new()
        {
            Incident = new(1),
            Seq = 1,
            Title = "I-1 host42",
            Status = "escalated",
            Severity = CardSeverity.Bad,
            Summary = text,
            Body =
            [
                new CardElement.Paragraph(text), new CardElement.Fields([new("Label", text)]), new CardElement.Tasks([new(text, TaskState.Done)]), new CardElement.Table("Guests", ["a"], [[text]]),
                new CardElement.Lines([text]), new CardElement.Path([text, text], 1), new CardElement.Folded("Evidence", [new CardElement.Lines([text])]),
            ],
            Buttons = [new() { Action = ButtonAction.Approve, Token = "t", Label = "Approve", Confirm = new("Risk", text, "Yes", "No") }],
            Footer = [text],
        };
    }

    private static void Walk(JsonNode? node, Action<JsonObject> see)
    {
        if (node is JsonObject map)
        {
            see(map);
            foreach (var (_, value) in map)
            {
                Walk(value, see);
            }
        }
        else if (node is JsonArray list)
        {
            foreach (var item in list)
            {
                Walk(item, see);
            }
        }
    }
}
