using System.Text.Json.Nodes;
using ChatOpsBot.Domain.Approvals;
using ChatOpsBot.Domain.Cards;

namespace ChatOpsBot.Adapters.Slack.Rendering;

/// <summary>Renders posts and answers.</summary>
/// <param name="account">The Slack user id of a person; <see langword="null"/> when there is none.</param>
internal sealed class TextMessages(Func<PersonId, string?> account)
{
    /// <summary>Lines of a long text that are shown from its beginning and from its end.</summary>
    private const int PreviewLines = 8;

    private const int LongestPreview = 1200;

    private readonly RichText _rich = new(account);

    /// <summary>A post.</summary>
    public SlackMessage Post(CardText text, SlackBlocks style)
    {
        var plain = text.ToString();
        return style == SlackBlocks.Text || plain.Length > BlockLimits.Text
            ? Plain(plain, style)
            : new(Mrkdwn.Escape(plain, BlockLimits.Text), [(JsonNode)RichText.Block(_rich.Section(text))], null);
    }

    /// <summary>The answer to a command: may hold words of hosts and people.</summary>
    public static SlackMessage Plain(string text, SlackBlocks style)
    {
        var short_ = text.Length <= BlockLimits.Text && Mrkdwn.Escape(text).Length <= BlockLimits.Text;
        var shown = short_ ? text : Preview(text);
        var fallback = Mrkdwn.Escape(shown, BlockLimits.Text);
        if (style == SlackBlocks.Text)
        {
            return new(fallback, null, short_ ? null : text);
        }

        var blocks = new JsonArray();
        foreach (var block in shown.Contains('\n') ? CardBlocks.Fixed(shown) : TextCut.Pieces(shown, RichText.LongestText).Select(piece => RichText.Block(RichText.Section(piece))))
        {
            blocks.Add((JsonNode)block);
        }

        return new(fallback, blocks, short_ ? null : text);
    }

    /// <summary>The first and the last lines, with how much is between them.</summary>
    private static string Preview(string text)
    {
        var lines = text.Split('\n');
        var first = TextCut.At(string.Join('\n', lines.Take(PreviewLines)), LongestPreview);
        var last = lines.Length > 2 * PreviewLines ? TextCut.At(string.Join('\n', lines.TakeLast(PreviewLines)), LongestPreview) : "";
        var between = Math.Max(0, lines.Length - (2 * PreviewLines));
        return $"{first}\n[{(between > 0 ? $"{between} more lines" : "more")}: the file has all of it]{(last.Length > 0 ? $"\n{last}" : "")}";
    }
}
