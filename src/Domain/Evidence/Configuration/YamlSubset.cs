using System.Collections.Immutable;
using System.Text;

namespace ChatOpsBot.Domain.Evidence.Configuration;

/// <summary>
/// Reads the YAML that netplan files are written in: block and flow mappings and sequences, plain and quoted scalars, comments, block scalars.
/// Anything else (anchors, aliases, tags, complex keys, several documents, scalars over several lines) is refused, not guessed at.
/// </summary>
internal sealed class YamlSubset
{
    /// <summary>What stands in the place of a secret.</summary>
    public const string Masked = "***";

    private const int MaxDepth = 32;
    private readonly List<Line> _lines = [];
    private int _at;

    private YamlSubset(ImmutableArray<ConfigLine> lines)
    {
        foreach (var line in lines)
        {
            var text = line.Text.TrimEnd();
            var indent = text.Length - text.TrimStart(' ').Length;
            if (indent < text.Length && text[indent] == '\t' && text.AsSpan(indent).Trim() is not ([] or ['#', ..]))
            {
                throw new FormatException($"{line.Origin}: is indented with a tab");
            }

            _lines.Add(new(indent, text[indent..], line.Origin));
        }
    }

    private sealed record Line(int Indent, string Text, string Origin);

    /// <summary>Reads one document.</summary>
    /// <exception cref="FormatException">It is not YAML of this kind; the message names the place.</exception>
    public static YamlNode? Read(ImmutableArray<ConfigLine> lines)
    {
        var reader = new YamlSubset(lines);
        reader.SkipBlank();
        if (reader.Peek() is { Text: "---" })
        {
            reader._at++;
        }

        var node = reader.Peek() is { } first ? reader.ReadBlock(first.Indent, 0) : null;
        return reader.Peek() is { Text: not "..." } rest ? throw Fault(rest, "is not understood here") : node;
    }

    private Line? Peek()
    {
        SkipBlank();
        return _at < _lines.Count ? _lines[_at] : null;
    }

    private void SkipBlank()
    {
        while (_at < _lines.Count && (_lines[_at].Text.Length == 0 || _lines[_at].Text[0] == '#'))
        {
            _at++;
        }
    }

    private YamlNode ReadBlock(int indent, int depth)
    {
        var first = _lines[_at];
        if (depth > MaxDepth)
        {
            throw Fault(first, "is nested too deeply");
        }

        if (first.Text[0] is '{' or '[')
        {
            return ReadFlow(first.Text, depth);
        }

        return IsItem(first.Text) ? ReadSequence(indent, depth) : ReadMap(indent, depth);
    }

    private YamlNode.Sequence ReadSequence(int indent, int depth)
    {
        var items = new List<YamlNode>();
        var origin = _lines[_at].Origin;
        while (Peek() is { } line && line.Indent == indent && IsItem(line.Text))
        {
            var rest = line.Text[1..].TrimStart(' ');
            if (rest.Length == 0 || rest[0] == '#')
            {
                _at++;
                items.Add(ReadNested(line, indent, depth, allowSameIndent: false));
            }
            else if (IsItem(rest) || FindColon(rest) >= 0)
            {
                // "- to: default": the rest of the line is the first of a block of its own, as far in as it stands.
                var inner = indent + (line.Text.Length - rest.Length);
                _lines[_at] = new(inner, rest, line.Origin);
                items.Add(ReadBlock(inner, depth + 1));
            }
            else
            {
                items.Add(ReadValue(line, rest, indent, depth));
            }
        }

        return new(origin, items);
    }

    private YamlNode.Map ReadMap(int indent, int depth)
    {
        var entries = new List<KeyValuePair<string, YamlNode>>();
        var origin = _lines[_at].Origin;
        while (Peek() is { } line && line.Indent == indent && !IsItem(line.Text) && line.Text is not "...")
        {
            var colon = FindColon(line.Text);
            if (colon < 0)
            {
                throw Fault(line, line.Text[0] is '&' or '*' or '!' or '?' or '\t' ? "uses YAML that is not understood" : "is no key");
            }

            var key = line.Text[..colon].TrimEnd();
            if (key.Length == 0 || key[0] is '&' or '*' or '!' or '?' || key == "<<")
            {
                throw Fault(line, "uses anchors, tags or merge keys");
            }

            var rest = line.Text[(colon + 1)..].TrimStart(' ', '\t');
            if (rest.Length == 0 || rest[0] == '#')
            {
                _at++;
                entries.Add(new(Unquote(line, key), ReadNested(line, indent, depth, allowSameIndent: true)));
            }
            else
            {
                entries.Add(new(Unquote(line, key), ReadValue(line, rest, indent, depth)));
            }
        }

        if (Peek() is { } odd && odd.Indent > indent)
        {
            throw Fault(odd, "is indented in a way that is not understood");
        }

        return new(origin, entries);
    }

    // A sequence below a key may stand as far left as the key.
    private YamlNode ReadNested(Line parent, int indent, int depth, bool allowSameIndent)
    {
        if (Peek() is not { } next || !(next.Indent > indent || (allowSameIndent && next.Indent == indent && IsItem(next.Text))))
        {
            return new YamlNode.Scalar(parent.Origin, null);
        }

        // A scalar may stand on the line after its key.
        var isScalar = next.Text[0] is not ('[' or '{' or '?') && !IsItem(next.Text) && FindColon(next.Text) < 0;
        return isScalar ? ReadValue(next, next.Text, indent, depth) : ReadBlock(next.Indent, depth + 1);
    }

    private YamlNode ReadValue(Line line, string rest, int indent, int depth)
    {
        switch (rest[0])
        {
            case '[' or '{':
                return ReadFlow(rest, depth);
            case '|' or '>':
                _at++;
                while (_at < _lines.Count && (_lines[_at].Text.Length == 0 || _lines[_at].Indent > indent))
                {
                    _at++;
                }

                return new YamlNode.Scalar(line.Origin, null);
            // What the collector's masking leaves of a secret is no alias.
            case '*' when rest == Masked:
                break;
            case '&' or '*' or '!' or '@' or '`' or '%':
                throw Fault(line, "uses anchors, aliases or tags");
        }

        _at++;
        if (Peek() is { } next && next.Indent > indent)
        {
            throw Fault(next, "continues a value over several lines");
        }

        return new YamlNode.Scalar(line.Origin, ReadScalar(line, rest));
    }

    private static string ReadScalar(Line line, string text)
    {
        if (text[0] is '"' or '\'')
        {
            var end = EndOfQuote(text, 0);
            return end > 0 && IsCommentOrNothing(text[(end + 1)..]) ? Unquote(line, text[..(end + 1)]) : throw Fault(line, "has a quote that does not end");
        }

        var comment = text.IndexOf(" #", StringComparison.Ordinal);
        return (comment < 0 ? text : text[..comment]).TrimEnd();
    }

    private static bool IsCommentOrNothing(string rest) => rest.Trim() is "" || rest.TrimStart().StartsWith('#');

    private YamlNode ReadFlow(string first, int depth)
    {
        // Flow text may go on over the next lines until its brackets are closed.
        var line = _lines[_at];
        var text = new StringBuilder(first);
        while (true)
        {
            _at++;
            var flow = new YamlFlow(text.ToString(), line.Origin, MaxDepth - depth);
            if (flow.TryRead(out var node))
            {
                return node;
            }

            if (_at >= _lines.Count || _at - _lines.IndexOf(line) > 500)
            {
                throw Fault(line, "has a bracket that does not close");
            }

            text.Append('\n').Append(_lines[_at].Text);
        }
    }

    private static bool IsItem(string text) => text == "-" || text.StartsWith("- ", StringComparison.Ordinal);

    // The colon that ends a key: outside quotes, before a blank or the end.
    private static int FindColon(string text)
    {
        var start = text[0] is '"' or '\'' ? EndOfQuote(text, 0) + 1 : 0;
        if (start == 0 && text[0] is '"' or '\'' or '[' or '{')
        {
            return start > 0 ? text.IndexOf(':', start) : -1;
        }

        for (var i = start; i < text.Length; i++)
        {
            if (text[i] == ':' && (i + 1 == text.Length || text[i + 1] is ' ' or '\t'))
            {
                return i;
            }

            if (text[i] == '#' && i > 0 && text[i - 1] == ' ')
            {
                return -1;
            }
        }

        return -1;
    }

    internal static int EndOfQuote(string text, int start)
    {
        var quote = text[start];
        for (var i = start + 1; i < text.Length; i++)
        {
            if (text[i] == '\\' && quote == '"')
            {
                i++;
            }
            else if (text[i] == quote)
            {
                if (quote == '\'' && i + 1 < text.Length && text[i + 1] == quote)
                {
                    i++;
                    continue;
                }

                return i;
            }
        }

        return -1;
    }

    private static string Unquote(Line line, string text) => Unquote(text) ?? throw Fault(line, "has a quote that does not end");

    /// <summary>The text of a plain or quoted scalar; of the escapes only those of quotes and backslash are resolved.</summary>
    internal static string? Unquote(string text) => text switch
    {
        [] => "",
        ['\'', ..] => EndOfQuote(text, 0) == text.Length - 1 ? text[1..^1].Replace("''", "'", StringComparison.Ordinal) : null,
        ['"', ..] => EndOfQuote(text, 0) == text.Length - 1 ? text[1..^1].Replace("\\\"", "\"", StringComparison.Ordinal).Replace(@"\\", @"\", StringComparison.Ordinal) : null,
        _ => text,
    };

    private static FormatException Fault(Line line, string what) => new($"{line.Origin}: {what}");
}
