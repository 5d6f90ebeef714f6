using System.Text;
using System.Text.RegularExpressions;

namespace ChatOpsBot.Adapters.Slack.Inbound;

/// <summary>Turns what Slack makes of a typed line back into the line.</summary>
internal static partial class SlackText
{
    /// <summary>The line: without the leading mention of the bot; links, people and channels as their labels; entities as characters.</summary>
    /// <param name="text">As it came.</param>
    /// <param name="bot">The bot's own user id; <see langword="null"/> when it is not known yet, then any leading mention counts.</param>
    public static string Line(string text, string? bot)
    {
        var line = LeadingMention().Match(text) is { Success: true } mention && (bot is null || mention.Groups[1].Value == bot) ? text[mention.Length..] : text;
        return Entities(Token().Replace(line, match => Label(match.Groups[1].Value)));
    }

    /// <summary>One inbound token: what the person saw, never a token of ours.</summary>
    private static string Label(string token)
    {
        var bar = token.IndexOf('|', StringComparison.Ordinal);
        var (target, label) = bar < 0 ? (token, "") : (token[..bar], token[(bar + 1)..]);
        return target.Length == 0 ? label : target[0] switch
        {
            '@' => label.Length > 0 ? $"@{label}" : target,
            '#' => label.Length > 0 ? $"#{label}" : target,
            '!' => label.Length > 0 ? label : target[1..],
            // A host name that Slack made a link of.
            _ => label.Length > 0 ? label : target.StartsWith("mailto:", StringComparison.Ordinal) ? target["mailto:".Length..] : target,
        };
    }

    /// <summary>Each entity once; what it becomes is not read again.</summary>
    private static string Entities(string text)
    {
        var plain = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length;)
        {
            var (piece, length) = text.AsSpan(at) switch
            {
                ['&', 'a', 'm', 'p', ';', ..] => ('&', 5),
                ['&', 'l', 't', ';', ..] => ('<', 4),
                ['&', 'g', 't', ';', ..] => ('>', 4),
                _ => (text[at], 1),
            };
            plain.Append(piece);
            at += length;
        }

        return plain.ToString();
    }

    [GeneratedRegex(@"\A\s*<@([A-Z0-9]+)(?:\|[^>]*)?>[\s:,]*", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex LeadingMention();

    [GeneratedRegex(@"<([^<>\n]*)>", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Token();
}
