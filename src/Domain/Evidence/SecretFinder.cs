using System.Buffers;

namespace ChatOpsBot.Domain.Evidence;

/// <summary>Finds the secret that a word announces: by the name in front of a value, in INI, YAML, JSON, XML, command lines and log lines.</summary>
internal static class SecretFinder
{
    private static readonly SearchValues<char> ArgumentEnds = SearchValues.Create(" \t\n\0\"");
    private static readonly SearchValues<char> ObjectEnds = SearchValues.Create("}\n\0");

    private const int LongestName = 64;
    private const int LongestTag = 1024;

    /// <summary>The secret announced at this place, or <see langword="null"/>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="position">Where the announcing word begins.</param>
    /// <param name="noNameBefore">Up to here the names are known to announce nothing; one name may hold several such words.</param>
    public static FoundSecret? Find(string text, int position, ref int noNameBefore) => text[position] switch
    {
        ':' => SecretShapes.UrlPasswordAt(text, position),
        '-' => SecretShapes.PrivateKeyAt(text, position),
        _ => SecretShapes.TokenAt(text, position) ?? ByName(text, position, ref noNameBefore) ?? Bearer(text, position),
    };

    private static FoundSecret? Bearer(string text, int position)
        => string.Compare(text, position, "bearer ", 0, "bearer ".Length, StringComparison.OrdinalIgnoreCase) == 0 ? SecretShapes.BearerAt(text, position) : null;

    private static FoundSecret? ByName(string text, int position, ref int noNameBefore)
    {
        if (position < noNameBefore)
        {
            return null;
        }

        var start = position;
        while (start > 0 && position - start < LongestName && IsNameCharacter(text[start - 1]))
        {
            start--;
        }

        var end = position;
        while (end < text.Length && end - position < LongestName && IsNameCharacter(text[end]))
        {
            end++;
        }

        noNameBefore = end;
        if (end - start >= LongestName)
        {
            return null;
        }

        var name = Normalize(text.AsSpan(start, end - start));
        var kind = SecretName.KindOf(name);
        if (name == "secret" && QemuSecret(text, start, end) is { } data)
        {
            return data;
        }

        if (kind == SecretNameKind.None)
        {
            return null;
        }

        if (start > 0 && text[start - 1] == '<')
        {
            return kind == SecretNameKind.Strong ? InElement(text, name, end) : null;
        }

        return start > 0 && text[start - 1] == '[' && name.EndsWith("secrets", StringComparison.Ordinal) ? IniSection(text, end) : Value(text, start, end, kind);
    }

    private static FoundSecret? Value(string text, int start, int end, SecretNameKind kind)
    {
        var isLineFirst = IsFirstOfLine(text, start, out var indent);
        var at = end;
        while (at < text.Length && at - end < SecretValue.MostBackslashes && text[at] == '\\')
        {
            at++;
        }

        var isQuotedName = at < text.Length && text[at] is '"' or '\'';
        if (isQuotedName)
        {
            at++;
        }

        var afterName = at;
        at = SecretValue.SkipBlanks(text, at);
        if (at < text.Length && text[at] is ':' or '=')
        {
            at = SecretValue.SkipBlanks(text, at + 1);
            return kind switch
            {
                SecretNameKind.Header => SecretValue.UpToQuoteOrLine(text, at),
                SecretNameKind.Weak => isLineFirst && !isQuotedName ? SecretValue.Assigned(text, at, true, indent, false) : null,
                _ => SecretValue.Assigned(text, at, isLineFirst && !isQuotedName, indent, isQuotedName),
            };
        }

        if (kind != SecretNameKind.Strong || isQuotedName || at >= text.Length)
        {
            return null;
        }

        // "wpa-psk SECRET", "secret \"...\"", "--password SECRET", also with NUL in between as in /proc/PID/cmdline.
        if (at > afterName && (isLineFirst || text[at] is '"' or '\''))
        {
            return SecretValue.Assigned(text, at, isLineFirst, indent, false);
        }

        var isFlag = start > 0 && text[start] == '-';
        return isFlag && (at > afterName || text[at] == '\0') ? SecretValue.Bare(text, text[at] == '\0' ? at + 1 : at) : null;
    }

    // NetworkManager keeps the secrets of a VPN under names of the plugin's choice.
    private static FoundSecret? IniSection(string text, int nameEnd)
    {
        if (nameEnd >= text.Length || text[nameEnd] != ']')
        {
            return null;
        }

        var next = text.IndexOf("\n[", nameEnd, StringComparison.Ordinal);
        var end = next < 0 ? text.Length : next;
        return end > nameEnd + 2 ? new FoundSecret(nameEnd + 1, end, "\n" + Masking.Mark + "\n") : null;
    }

    private static FoundSecret? InElement(string text, string name, int nameEnd)
    {
        var limit = Math.Min(text.Length, nameEnd + LongestTag);
        var close = text.AsSpan(nameEnd, limit - nameEnd).IndexOf('>');
        if (close < 0)
        {
            return new FoundSecret(nameEnd, SecretValue.EndOfLine(text, nameEnd), "");
        }

        close += nameEnd;
        if (text[close - 1] == '/')
        {
            return name == "secret" && close - 1 > nameEnd ? new FoundSecret(nameEnd, close - 1, "") : null;
        }

        var end = text.IndexOf('<', close);
        end = end < 0 ? text.Length : end;
        return end > close + 1 && !text.AsSpan(close + 1, end - close - 1).IsWhiteSpace()
            ? new FoundSecret(close + 1, end)
            : null;
    }

    // QEMU: "-object secret,id=x,data=SECRET" and {"qom-type":"secret",...,"data":"SECRET"}.
    private static FoundSecret? QemuSecret(string text, int start, int end)
    {
        if (end >= text.Length || start == 0 || text[end] is not (',' or '"' or '\\') || text[start - 1] is '<')
        {
            return null;
        }

        var window = text.AsSpan(end, Math.Min(text.Length - end, LongestTag));
        var stop = window.IndexOfAny(text[end] == ',' ? ArgumentEnds : ObjectEnds);
        window = stop < 0 ? window : window[..stop];
        var plain = window.IndexOf(",data=");
        if (plain >= 0)
        {
            var at = end + plain + ",data=".Length;
            var length = text.AsSpan(at, end + window.Length - at).IndexOf(',');
            return new FoundSecret(at, length < 0 ? end + window.Length : at + length);
        }

        var key = window.IndexOf("data");
        if (key <= 0 || window[key - 1] != '"')
        {
            return null;
        }

        var colon = window[key..].IndexOf(':');
        return colon < 0 ? null : SecretValue.Assigned(text, SecretValue.SkipBlanks(text, end + key + colon + 1), false, 0, true);
    }

    private static bool IsFirstOfLine(string text, int start, out int indent)
    {
        var at = start;
        while (at > 0 && start - at < LongestName && text[at - 1] is ' ' or '\t' or '-')
        {
            at--;
        }

        indent = start - at;
        return at == 0 || text[at - 1] == '\n';
    }

    private static bool IsNameCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.';

    private static string Normalize(ReadOnlySpan<char> name)
        => string.Create(Length(name), name, static (target, source) =>
        {
            var at = 0;
            foreach (var c in source)
            {
                if (char.IsAsciiLetterOrDigit(c))
                {
                    target[at++] = char.ToLowerInvariant(c);
                }
            }
        });

    private static int Length(ReadOnlySpan<char> name)
    {
        var length = 0;
        foreach (var c in name)
        {
            length += char.IsAsciiLetterOrDigit(c) ? 1 : 0;
        }

        return length;
    }
}
