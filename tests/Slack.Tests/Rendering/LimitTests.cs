using System.Collections.Immutable;
using System.Text;
using ChatOpsBot.Adapters.Slack;
using ChatOpsBot.Adapters.Slack.Rendering;
using ChatOpsBot.Domain.Cards;
using ChatOpsBot.FakeSlack;
using Xunit;

namespace ChatOpsBot.Slack.Tests.Rendering;

public class LimitTests
{
    private static readonly string[] s_pieces =
        ["eno2", " ", "\n", "&", "<", ">", "<!channel>", "```", "*bold*", "\u001b[31mred", "\u202eevil", "e\u0301\u0301\u0301", "\U0001F469\u200D\U0001F469\u200D\U0001F467", "\ud83d", "0123456789", "&amp;", "\r\n", "\u00a0"];

    /// <summary>Cards of up to ten times every limit, made from numbers so that a failure can be repeated.</summary>
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 60)];

    [Theory]
    [MemberData(nameof(Seeds))]
    [Trait("Requirement", "SL-29")]
    [Trait("Requirement", "SL-30")]
    public void Card_OfAnySize_KeepsTheLimitsAndSaysWhatIsMissing(int seed)
    {
        var card = Card(new Random(seed));
        foreach (var style in Enum.GetValues<SlackBlocks>())
        {
            foreach (var unfolded in new[] { false, true })
            {
                var message = new CardBlocks(_ => "U1").Render(card, style, unfolded);
                Assert.InRange(message.Text.Length, 1, BlockLimits.Text);
                if (message.Blocks is { } blocks)
                {
                    Assert.Null(BlockRules.Problem(blocks, classicOnly: style == SlackBlocks.Classic));
                    Assert.InRange(blocks.Count, 2, 50);
                }

                var shown = Read(message);
                if (message.Rest is { } rest)
                {
                    Assert.Contains(style == SlackBlocks.Text ? "Not all of it fits" : "do not fit into a message", shown);
                    Assert.All(card.Body.Select(CardWords.PlainOf), part => Assert.Contains(part, rest));
                }
                else if (unfolded && style == SlackBlocks.Classic)
                {
                    // Nothing was left out, so every line is there.
                    Assert.All(Lines(card), line => Assert.Contains(line, shown));
                }
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3999)]
    [InlineData(4001)]
    [InlineData(50_000)]
    [Trait("Requirement", "SL-29")]
    public void Answer_OfAnyLength_ShowsBeginningAndEndAndKeepsTheWhole(int length)
    {
        var text = string.Concat(Enumerable.Range(0, length).Select(at => at % 40 == 39 ? '\n' : (char)('a' + (at % 26))));
        var message = TextMessages.Plain(text, SlackBlocks.Classic);
        Assert.Null(BlockRules.Problem(message.Blocks ?? [], classicOnly: true));
        if (length <= BlockLimits.Text)
        {
            Assert.Null(message.Rest);
            Assert.Contains(text.Trim('\n'), Read(message));
        }
        else
        {
            Assert.Equal(text, message.Rest);
            Assert.Contains(text[..30], Read(message));
            Assert.Contains(text[^30..], Read(message));
            Assert.Contains("the file has all of it", Read(message));
        }
    }

    [Theory]
    [Trait("Requirement", "SL-29")]
    [InlineData("a<b", 5, "a...")]
    [InlineData("a<b", 6, "a&lt;b")]
    [InlineData("<<<<<<", 12, "&lt;&lt;...")]
    [InlineData("ab\U0001F469\u200D\U0001F469cd", 6, "ab...")]
    public void Escape_Cut_NeverSplitsAnEntityOrACharacter(string text, int longest, string expected)
    {
        var cut = Mrkdwn.Escape(text.Replace("\u200D", "", StringComparison.Ordinal), longest);
        Assert.Equal(expected, cut);
        Assert.True(cut.Length <= longest);
    }

    [Fact]
    [Trait("Requirement", "SL-29")]
    public void Pieces_OfAnything_JoinToTheWhole()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var text = Words(random, random.Next(1, 400), broken: false);
            var pieces = TextCut.Pieces(text, 100).ToArray();
            Assert.All(pieces, piece => Assert.InRange(piece.Length, 0, 100));
            Assert.Equal(text.Replace("\n", "", StringComparison.Ordinal), string.Concat(pieces).Replace("\n", "", StringComparison.Ordinal));
            Assert.All(pieces, piece => Assert.False(piece.Length > 0 && (char.IsLowSurrogate(piece[0]) || char.IsHighSurrogate(piece[^1]))));
        }
    }

    internal static string Read(SlackMessage message)
    {
        var text = new StringBuilder(message.Blocks is null ? message.Text.Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal) : "");
        void Walk(System.Text.Json.Nodes.JsonNode? node)
        {
            switch (node)
            {
                case System.Text.Json.Nodes.JsonObject map:
                    foreach (var (name, value) in map)
                    {
                        if (name is "text" or "title" or "fallback" && value is System.Text.Json.Nodes.JsonValue word)
                        {
                            text.Append(word.GetValue<string>()).Append('\n');
                        }
                        else
                        {
                            Walk(value);
                        }
                    }

                    break;
                case System.Text.Json.Nodes.JsonArray list:
                    foreach (var item in list)
                    {
                        Walk(item);
                    }

                    break;
            }
        }

        Walk(message.Blocks);
        return text.ToString();
    }

    internal static string Words(Random random, int count, bool broken = true)
        => string.Concat(Enumerable.Range(0, count).Select(_ => s_pieces[random.Next(s_pieces.Length)]).Where(piece => broken || piece != "\ud83d"));

    private static IEnumerable<string> Lines(Card card) => card.Body.OfType<CardElement.Lines>().SelectMany(lines => lines.Items).Select(line => line.ToString()).Where(line => !line.Contains('\n') && line.Length is > 0 and < 1000);

    private static Card Card(Random random)
    {
        var scale = random.Next(1, 11);
        CardText Text(int most) => CardText.Of(new TextRun.HostOutput(Words(random, random.Next(0, most))), new TextRun.Plain(" "), new TextRun.Mention(new("ann")), new TextRun.Time(DateTimeOffset.UnixEpoch));
        CardElement Element(int depth) => random.Next(depth > 0 ? 7 : 6) switch
        {
            0 => new CardElement.Paragraph(Text(60 * scale)),
            1 => new CardElement.Fields([.. Enumerable.Range(0, random.Next(1, 3 * scale)).Select(_ => new CardField("Label", Text(20)))]),
            2 => new CardElement.Tasks([.. Enumerable.Range(0, random.Next(1, 5 * scale)).Select(at => new CardTask(Text(10), (TaskState)(at % 6)))]),
            3 => new CardElement.Table("Guests", ["guest", "tap"], [.. Enumerable.Range(0, random.Next(1, 15 * scale)).Select(_ => (ImmutableArray<CardText>)[Text(5), Text(5)])]),
            4 => new CardElement.Lines([.. Enumerable.Range(0, random.Next(1, 20 * scale)).Select(_ => Text(30))]),
            5 => new CardElement.Path([.. Enumerable.Range(0, random.Next(1, 8)).Select(_ => Text(5))], 2),
            _ => new CardElement.Folded("Evidence", [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Element(0))]),
        };
        return new()
        {
            Incident = new(42),
            Seq = 7,
            Title = random.Next(4) == 0 ? $"I-42 {new string('h', 300)}" : "I-42 host42",
            Status = "escalated",
            Severity = (CardSeverity)random.Next(4),
            Summary = Text(100 * scale),
            Body = [.. Enumerable.Range(0, random.Next(0, 8 * scale)).Select(_ => Element(1))],
            Buttons =
            [
                new()
                {
                    Action = ButtonAction.Approve, Token = new string('t', 68), Label = new string('A', 200), Style = ButtonStyle.Primary, Confirm = new(new string('T', 300), Text(400), new string('Y', 99), "No"),
                },
                new() { Action = ButtonAction.Deny, Token = "t", Label = "Deny", Style = ButtonStyle.Danger, AsksForReason = true },
            ],
            Footer = [Text(20)],
        };
    }
}
