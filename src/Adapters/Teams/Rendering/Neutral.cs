using System.Text;
using ChatOpsBot.Domain.Transcripts;

namespace ChatOpsBot.Adapters.Teams.Rendering;

/// <summary>
/// Text for the places of Teams that parse Markdown and HTML: notifications and fallbacks, where there is no literal carrier. Every character that begins markup there is put
/// as one that looks like it and begins nothing.
/// </summary>
internal static class Neutral
{
    /// <summary>The text, harmless in Markdown, HTML and to link finders.</summary>
    public static string Of(string text, int longest)
    {
        var safe = new StringBuilder(text.Length);
        foreach (var c in Harmless.Line(text))
        {
            safe.Append(c switch
            {
                '<' => '\u2039',
                '>' => '\u203A',
                '[' => '\u2772',
                ']' => '\u2773',
                '*' => '\u2217',
                '_' => '\u02CD',
                '`' => '\u02BC',
                '~' => '\u223C',
                '#' => '\u266F',
                '!' => '\u01C3',
                '|' => '\u00A6',
                '\\' => '\u2216',
                '&' => '\uFF06',
                '{' => '(',
                '}' => ')',
                '@' => '\uFE6B',
                _ => c,
            });
        }

        // Link finders look for these two.
        safe.Replace("://", ":/ /").Replace("www.", "www .").Replace("WWW.", "WWW .");
        return TextCut.At(safe.ToString(), longest);
    }
}
