using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace ChatOpsBot.Application.Chat;

/// <summary>A command line taken apart into words. Quotes of every keyboard and chat client hold words together.</summary>
public sealed class CommandLine
{
    /// <summary>More is no command but a paste.</summary>
    public const int Longest = 2000;

    private const string Invocation = "bridge";

    private readonly string _line;
    private readonly ImmutableArray<Word> _words;
    private int _next;

    private CommandLine(string line, ImmutableArray<Word> words)
    {
        _line = line;
        _words = words;
    }

    /// <summary>Whether a word that was taken begins with a quote that nobody closed.</summary>
    public bool HasOpenQuote { get; private set; }

    /// <summary>Whether every word was taken.</summary>
    public bool IsAtEnd => _next >= _words.Length;

    /// <summary>Takes a line apart; a leading mention of the bot by name is left out.</summary>
    /// <param name="text">What came in.</param>
    /// <param name="line">The words; empty for an empty line.</param>
    /// <returns>What is wrong with the line, or <see langword="null"/>.</returns>
    public static string? Read(string text, out CommandLine line)
    {
        line = new("", []);
        if (text.Length > Longest)
        {
            return $"the line has {text.Length} characters, and {Longest} are the most";
        }

        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune))
            {
                clean.Append(' ');
            }
            else if (IsDropped(rune))
            {
                continue;
            }
            else if (OneLine.IsInvisible(rune))
            {
                return string.Create(CultureInfo.InvariantCulture, $"the line holds the invisible character U+{rune.Value:X4}; type it again");
            }
            else
            {
                clean.Append(rune);
            }
        }

        line = new(clean.ToString(), Split(clean.ToString()));
        if (line._words is [var first, ..] && first.Text.TrimStart('/', '@').Equals(Invocation, StringComparison.OrdinalIgnoreCase))
        {
            line._next = 1;
        }

        return null;
    }

    /// <summary>The next word; <see langword="null"/> at the end.</summary>
    public string? Take()
    {
        if (IsAtEnd)
        {
            return null;
        }

        var word = _words[_next++];
        HasOpenQuote |= word.IsOpen;
        return word.Text;
    }

    /// <summary>The next word, left where it is.</summary>
    public string? Peek() => IsAtEnd ? null : _words[_next].Text;

    /// <summary>Whether the next word begins with a quote.</summary>
    public bool IsQuoted => !IsAtEnd && IsQuote(_line[_words[_next].Start]);

    /// <summary>All that follows as it was typed, without quotes around the whole; <see langword="null"/> when nothing follows.</summary>
    public string? TakeRest()
    {
        if (IsAtEnd)
        {
            return null;
        }

        var rest = _line[_words[_next].Start..].Trim();
        _next = _words.Length;
        return rest.Length >= 2 && IsQuote(rest[0]) && IsQuote(rest[^1]) && !rest[1..^1].Any(IsQuote) ? rest[1..^1].Trim() : rest;
    }

    /// <summary>Some clients put these between letters when text is copied or an emoji is chosen; they change nothing.</summary>
    private static bool IsDropped(Rune rune) => rune.Value is 0xAD or (>= 0x200B and <= 0x200D) or 0x2060 or 0xFEFF;

    internal static bool IsQuote(char c) => c is '"' or '\u201C' or '\u201D' or '\u201E' or '\u201F' or '\u00AB' or '\u00BB' or '\uFF02';

    private static ImmutableArray<Word> Split(string line)
    {
        var words = ImmutableArray.CreateBuilder<Word>();
        var word = new StringBuilder();
        var (start, quoted) = (-1, false);
        for (var at = 0; at < line.Length; at++)
        {
            if (line[at] == ' ' && !quoted)
            {
                Close(open: false);
                continue;
            }

            start = start < 0 ? at : start;
            if (IsQuote(line[at]))
            {
                quoted = !quoted;
            }
            else
            {
                word.Append(line[at]);
            }
        }

        Close(open: quoted);
        return words.ToImmutable();

        void Close(bool open)
        {
            if (start >= 0)
            {
                words.Add(new(word.ToString(), start, open));
                word.Clear();
                start = -1;
            }
        }
    }

    private readonly record struct Word(string Text, int Start, bool IsOpen);
}
