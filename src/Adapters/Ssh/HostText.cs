using System.Text;

namespace ChatOpsBot.Adapters.Ssh;

/// <summary>Text from a host or a client, made fit for a sentence: hosts may send anything.</summary>
internal static class HostText
{
    private const int Longest = 300;

    /// <summary>The line around a place.</summary>
    public static string LineAt(string text, int index)
    {
        var from = index == 0 ? 0 : text.LastIndexOf('\n', index - 1) + 1;
        var to = text.IndexOf('\n', index);
        return Printable(text[from..(to < 0 ? text.Length : to)]);
    }

    /// <summary>The first line that is not empty, or nothing.</summary>
    public static string FirstLine(string text)
        => text.Split('\n').Select(Printable).FirstOrDefault(line => line.Length > 0) ?? "";

    /// <summary>The last line that is not empty, or nothing.</summary>
    public static string LastLine(string text)
        => text.Split('\n').Select(Printable).LastOrDefault(line => line.Length > 0) ?? "";

    /// <summary>Without control characters, and of bounded length.</summary>
    public static string Printable(string text)
    {
        var shown = new StringBuilder(Math.Min(text.Length, Longest));
        foreach (var rune in text.Trim().EnumerateRunes())
        {
            if (shown.Length >= Longest)
            {
                return shown.Append("...").ToString();
            }

            var category = Rune.GetUnicodeCategory(rune);
            shown.Append(category is System.Globalization.UnicodeCategory.Control or System.Globalization.UnicodeCategory.Format
                or System.Globalization.UnicodeCategory.LineSeparator or System.Globalization.UnicodeCategory.ParagraphSeparator ? "?" : rune.ToString());
        }

        return shown.ToString();
    }
}
