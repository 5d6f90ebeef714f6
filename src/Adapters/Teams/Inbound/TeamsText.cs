using System.Collections.Immutable;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace ChatOpsBot.Adapters.Teams.Inbound;

/// <summary>Turns what Teams makes of a typed line back into the line.</summary>
internal static partial class TeamsText
{
    /// <summary>
    /// The line: without mentions of the bot, other people's mentions as their ids, entities as characters, any white space as one blank. A mark without its entity is plain text,
    /// and an entity whose text is no mark takes nothing away: it could hold the command itself.
    /// </summary>
    /// <param name="text">As it came.</param>
    /// <param name="mentions">The mention entities.</param>
    /// <param name="bot">The bot's own id.</param>
    public static string Line(string text, ImmutableArray<TeamsMention> mentions, string? bot)
    {
        var marks = mentions.Where(mention => Mark().IsMatch(mention.Text)).DistinctBy(mention => mention.Text).ToDictionary(mention => mention.Text, mention => mention.Mentioned, StringComparer.Ordinal);
        var line = new StringBuilder();
        for (var at = 0; at < text.Length;)
        {
            // Each place is looked at once: what is put in may look like a mark itself, and must not be taken for one.
            var mark = text[at] == '<' ? marks.Keys.FirstOrDefault(mark => string.CompareOrdinal(text, at, mark, 0, mark.Length) == 0) : null;
            if (mark is null)
            {
                line.Append(text[at++]);
                continue;
            }

            line.Append(marks[mark] == bot ? " " : $" {marks[mark]} ");
            at += mark.Length;
        }

        var plain = new StringBuilder();
        foreach (var rune in WebUtility.HtmlDecode(line.ToString()).EnumerateRunes())
        {
            if (!Rune.IsWhiteSpace(rune))
            {
                plain.Append(rune);
            }
            else if (plain.Length > 0 && plain[^1] != ' ')
            {
                plain.Append(' ');
            }
        }

        return plain.ToString().Trim();
    }

    [GeneratedRegex(@"\A<at(?: [^<>]*)?>[^<>]*</at>\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Mark();
}
