using System.Buffers;

namespace ChatOpsBot.Domain.Evidence;

/// <summary>Where the value behind a secret's name ends, in INI, YAML, JSON and plain text.</summary>
internal static class SecretValue
{
    /// <summary>Quotes inside strings inside strings wear backslashes; more of them than this are no quote of ours.</summary>
    public const int MostBackslashes = 16;

    private const int MostBlanks = 64;

    private static readonly SearchValues<char> HeaderEnds = SearchValues.Create("\"'\\\r\n\0");

    /// <summary>The value that stands here, in the form that the surroundings say; <see langword="null"/> when there is none.</summary>
    public static FoundSecret? Assigned(string text, int at, bool isLineValue, int indent, bool isJson)
    {
        var quote = at;
        while (quote < text.Length && quote - at < MostBackslashes && text[quote] == '\\')
        {
            quote++;
        }

        if (quote < text.Length && text[quote] is '"' or '\'')
        {
            return Quoted(text, at, quote);
        }

        if (isJson)
        {
            return JsonScalar(text, at);
        }

        if (!isLineValue)
        {
            return Bare(text, at);
        }

        return at < text.Length && text[at] is '|' or '>' ? IndentedBlock(text, at, indent) : UpToEndOfLine(text, at);
    }

    // The closing quote wears as many backslashes as the opening one; without one in the line the rest of the line is taken.
    private static FoundSecret? Quoted(string text, int opener, int quote)
    {
        var closer = text.AsSpan(opener, quote + 1 - opener);
        var start = quote + 1;
        var end = start;
        while (end < text.Length && text[end] is not ('\n' or '\0') && !text.AsSpan(end).StartsWith(closer))
        {
            end += closer.Length == 1 && text[end] == '\\' ? 2 : 1;
        }

        end = Math.Min(end, text.Length);
        return end == start ? null : new FoundSecret(start, end);
    }

    private static FoundSecret? JsonScalar(string text, int at)
    {
        var end = at;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '-' or '+' or '.'))
        {
            end++;
        }

        return end > at && (char.IsAsciiDigit(text[at]) || text[at] == '-') ? new FoundSecret(at, end, "\"***\"") : null;
    }

    /// <summary>A value without quotes, up to a blank or what ends an argument.</summary>
    public static FoundSecret? Bare(string text, int at)
    {
        var end = at;
        while (end < text.Length && text[end] is > ' ' and not ('"' or '\'' or '<' or '>' or '&'))
        {
            // In a string of JSON, \n ends the value and \\ is a backslash of it.
            if (text[end] == '\\' && (end + 1 >= text.Length || text[end + 1] != '\\'))
            {
                break;
            }

            end += text[end] == '\\' ? 2 : 1;
        }

        return end > at ? new FoundSecret(at, Math.Min(end, text.Length)) : null;
    }

    private static FoundSecret? UpToEndOfLine(string text, int at)
    {
        var end = EndOfLine(text, at);
        while (end > at && text[end - 1] is ' ' or '\t' or '\r')
        {
            end--;
        }

        return end > at && text[at] is not ('{' or '[') ? new FoundSecret(at, end) : null;
    }

    /// <summary>A header's value: up to the quote around it or the end of the line.</summary>
    public static FoundSecret? UpToQuoteOrLine(string text, int at)
    {
        if (at < text.Length && text[at] is '"' or '\'')
        {
            return Quoted(text, at, at);
        }

        var length = text.AsSpan(at).IndexOfAny(HeaderEnds);
        return length == 0 || at == text.Length ? null : new FoundSecret(at, length < 0 ? text.Length : at + length);
    }

    // YAML's "password: |" and the deeper lines after it.
    private static FoundSecret? IndentedBlock(string text, int at, int indent)
    {
        var start = EndOfLine(text, at);
        var end = start;
        while (end < text.Length)
        {
            var line = end + 1;
            var first = line;
            while (first < text.Length && text[first] is ' ' or '\t')
            {
                first++;
            }

            var isBlank = first >= text.Length || text[first] is '\n' or '\r';
            if (!isBlank && first - line <= indent)
            {
                break;
            }

            end = EndOfLine(text, Math.Min(line, text.Length));
        }

        return end > start ? new FoundSecret(start, end, "\n" + new string(' ', indent + 2) + Masking.Mark) : null;
    }

    /// <summary>The next character that is no blank.</summary>
    public static int SkipBlanks(string text, int at)
    {
        var limit = Math.Min(text.Length, at + MostBlanks);
        while (at < limit && text[at] is ' ' or '\t')
        {
            at++;
        }

        return at;
    }

    /// <summary>The end of the line, or of the argument in a command line with NULs.</summary>
    public static int EndOfLine(string text, int at)
    {
        var length = text.AsSpan(at).IndexOfAny('\n', '\0');
        return length < 0 ? text.Length : at + length;
    }
}
