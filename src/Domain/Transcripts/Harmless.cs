using System.Globalization;
using System.Text;

namespace ChatOpsBot.Domain.Transcripts;

/// <summary>Makes text from hosts and chats harmless before it is placed anywhere.</summary>
public static class Harmless
{
    /// <summary>
    /// Shows characters that a reader would not see or that change what others look like: control characters (terminal escapes), invisible and direction-changing
    /// ones. Line ends and tabs stay.
    /// </summary>
    public static string Visible(string text)
    {
        var shown = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is '\n' or '\t')
            {
                shown.Append((char)rune.Value);
            }
            else if (rune.Value == '\r' || Rune.GetUnicodeCategory(rune)
                is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse
                    or UnicodeCategory.OtherNotAssigned)
            {
                shown.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}");
            }
            else
            {
                shown.Append(rune);
            }
        }

        return shown.ToString();
    }

    /// <summary>The same in one line.</summary>
    public static string Line(string text) => Visible(text).Replace('\n', ' ').Replace('\t', ' ');
}
