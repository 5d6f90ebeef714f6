using System.Globalization;
using System.Text;

namespace ChatOpsBot.Application.Chat.Wire;

/// <summary>Cuts text only between whole visible characters.</summary>
public static class TextCut
{
    /// <summary>What is put where something was left out.</summary>
    public const string Mark = "...";

    /// <summary>A text for a place that parses nothing, cut between whole visible characters.</summary>
    public static string At(string text, int longest)
    {
        if (text.Length <= longest)
        {
            return text;
        }

        var kept = new StringBuilder(longest);
        foreach (var piece in Graphemes(text))
        {
            if (kept.Length + piece.Length + Mark.Length > longest)
            {
                break;
            }

            kept.Append(piece);
        }

        return kept.Append(Mark).ToString();
    }

    /// <summary>Cuts a text into pieces of at most so many characters, at line ends where there are some.</summary>
    public static IEnumerable<string> Pieces(string text, int longest)
    {
        var piece = new StringBuilder();
        foreach (var line in Lines(text, longest))
        {
            if (piece.Length > 0 && piece.Length + 1 + line.Length > longest)
            {
                yield return piece.ToString();
                piece.Clear();
            }
            else if (piece.Length > 0)
            {
                piece.Append('\n');
            }

            piece.Append(line);
        }

        if (piece.Length > 0)
        {
            yield return piece.ToString();
        }
    }

    private static IEnumerable<string> Lines(string text, int longest)
    {
        foreach (var line in text.Split('\n'))
        {
            if (line.Length <= longest)
            {
                yield return line;
                continue;
            }

            var part = new StringBuilder();
            foreach (var grapheme in Graphemes(line))
            {
                // One "character" of a thousand accents is cut as well: somewhere it has to end.
                var whole = grapheme.Length <= longest ? grapheme : grapheme[..(char.IsHighSurrogate(grapheme[longest - 1]) ? longest - 1 : longest)];
                if (part.Length + whole.Length > longest)
                {
                    yield return part.ToString();
                    part.Clear();
                }

                part.Append(whole);
            }

            yield return part.ToString();
        }
    }

    /// <summary>The visible characters.</summary>
    public static IEnumerable<string> Graphemes(string text)
    {
        var elements = StringInfo.GetTextElementEnumerator(text);
        while (elements.MoveNext())
        {
            yield return elements.GetTextElement();
        }
    }
}
