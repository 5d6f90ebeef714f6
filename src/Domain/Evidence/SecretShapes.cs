using System.Collections.Immutable;

namespace ChatOpsBot.Domain.Evidence;

/// <summary>Secrets that are known by their own look, whatever stands around them.</summary>
internal static class SecretShapes
{
    // Prefix and least number of token characters after it.
    private static readonly ImmutableArray<(string Prefix, int Least)> Tokens =
    [
        ("AKIA", 12), ("ASIA", 12),
        ("ghp_", 20), ("gho_", 20), ("ghu_", 20), ("ghs_", 20), ("ghr_", 20), ("github_pat_", 20), ("glpat-", 16),
        ("xoxb-", 10), ("xoxp-", 10), ("xoxa-", 10), ("xoxr-", 10), ("xoxs-", 10), ("xoxe-", 10), ("xoxe.", 10), ("xapp-", 10),
        ("sk_live_", 10), ("eyJhbGci", 20), ("AGE-SECRET-KEY-", 20),
    ];

    /// <summary>How they begin.</summary>
    public static IEnumerable<string> Prefixes => Tokens.Select(token => token.Prefix);

    /// <summary>The token that begins at this place, if one does.</summary>
    public static FoundSecret? TokenAt(string text, int position)
    {
        if (position > 0 && char.IsAsciiLetterOrDigit(text[position - 1]))
        {
            return null;
        }

        foreach (var (prefix, least) in Tokens)
        {
            if (string.CompareOrdinal(text, position, prefix, 0, prefix.Length) != 0)
            {
                continue;
            }

            var end = position + prefix.Length;
            while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '_' or '-' or '.' or '/' or '+' or '='))
            {
                end++;
            }

            return end - position - prefix.Length >= least ? new FoundSecret(position, end) : null;
        }

        return null;
    }

    /// <summary>The body of a private key block whose first line begins here; without an end line it reaches to the end of the text.</summary>
    public static FoundSecret? PrivateKeyAt(string text, int position)
    {
        var head = text.AsSpan(position, Math.Min(text.Length - position, 80));
        const string LastWords = "PRIVATE KEY-----";
        if (!head.StartsWith("-----BEGIN ", StringComparison.Ordinal) || head.IndexOf(LastWords) is not (> 0 and var words))
        {
            return null;
        }

        var start = position + words + LastWords.Length;
        var end = text.IndexOf("-----END ", start, StringComparison.Ordinal);
        return new FoundSecret(start, end < 0 ? text.Length : end);
    }

    /// <summary>The password in a URL whose <c>://</c> stands here.</summary>
    public static FoundSecret? UrlPasswordAt(string text, int position)
    {
        var start = position + "://".Length;
        var colon = -1;
        var at = -1;
        for (var i = start; i < Math.Min(text.Length, start + 1024); i++)
        {
            var c = text[i];
            if (c <= ' ' || c is '"' or '\'' or '<' or '>' or '/' or '?' or '#' or '\\' or '`')
            {
                break;
            }

            if (c == ':' && colon < 0)
            {
                colon = i;
            }
            else if (c == '@')
            {
                at = i;
            }
        }

        return colon >= 0 && at > colon + 1 ? new FoundSecret(colon + 1, at) : null;
    }

    /// <summary>The token after the word <c>Bearer</c> that stands here.</summary>
    public static FoundSecret? BearerAt(string text, int position)
    {
        var start = position + "bearer ".Length;
        var end = start;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '.' or '_' or '~' or '+' or '/' or '=' or '-'))
        {
            end++;
        }

        return end - start >= 8 ? new FoundSecret(start, end) : null;
    }
}
