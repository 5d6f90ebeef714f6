using System.Globalization;
using System.Text;

namespace ChatOpsBot.Application.Chat;

/// <summary>Brings a text that a person wrote into one line that shows all it holds.</summary>
public static class OneLine
{
    /// <summary>The text with every kind of white space as a blank and without invisible characters, cut at a length; <see langword="null"/> when nothing is left.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="longest">At most so many characters.</param>
    public static string? Of(string? text, int longest)
    {
        if (text is null)
        {
            return null;
        }

        var line = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune))
            {
                line.Append(line.Length > 0 && line[^1] != ' ' ? " " : "");
            }
            else if (!IsInvisible(rune) && line.Length + rune.Utf16SequenceLength <= longest)
            {
                line.Append(rune);
            }
        }

        return line.ToString().Trim() is { Length: > 0 } left ? left : null;
    }

    /// <summary>Whether a character cannot be seen, or changes what others look like.</summary>
    internal static bool IsInvisible(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.Surrogate;
}
