using System.Diagnostics.CodeAnalysis;

namespace ChatOpsBot.Domain.Evidence.Configuration;

/// <summary>Reads a flow value: <c>[a, "b"]</c>, <c>{x: 1, y: [2]}</c>.</summary>
internal sealed class YamlFlow(string text, string origin, int maxDepth)
{
    private int _at;

    /// <summary>Reads the whole text; <see langword="false"/> when it ends before its brackets do.</summary>
    /// <exception cref="FormatException">It is not flow text of this kind.</exception>
    public bool TryRead([NotNullWhen(true)] out YamlNode? node)
    {
        node = ReadValue(0);
        if (node is null)
        {
            return false;
        }

        SkipBlank();
        return _at == text.Length ? true : throw new FormatException($"{origin}: text after a bracket is not understood");
    }

    private YamlNode? ReadValue(int depth)
    {
        SkipBlank();
        if (_at >= text.Length)
        {
            return null;
        }

        if (depth > maxDepth)
        {
            throw new FormatException($"{origin}: is nested too deeply");
        }

        return text[_at] switch
        {
            '[' => ReadSequence(depth),
            '{' => ReadMap(depth),
            '&' or '*' or '!' when !text.AsSpan(_at).StartsWith(YamlSubset.Masked) => throw new FormatException($"{origin}: uses anchors, aliases or tags"),
            _ => ReadScalar() is { } scalar ? new YamlNode.Scalar(origin, scalar.Length == 0 ? null : scalar) : null,
        };
    }

    private YamlNode.Sequence? ReadSequence(int depth)
    {
        var items = new List<YamlNode>();
        _at++;
        while (true)
        {
            if (Ends(']'))
            {
                return new(origin, items);
            }

            if (ReadValue(depth + 1) is not { } item || !Next(']'))
            {
                return null;
            }

            items.Add(item);
        }
    }

    private YamlNode.Map? ReadMap(int depth)
    {
        var entries = new List<KeyValuePair<string, YamlNode>>();
        _at++;
        while (true)
        {
            if (Ends('}'))
            {
                return new(origin, entries);
            }

            if (ReadScalar() is not { } key)
            {
                return null;
            }

            SkipBlank();
            YamlNode? value = new YamlNode.Scalar(origin, null);
            if (_at < text.Length && text[_at] == ':')
            {
                _at++;
                value = ReadValue(depth + 1);
            }

            if (value is null || !Next('}'))
            {
                return null;
            }

            entries.Add(new(key, value));
        }
    }

    private bool Ends(char close)
    {
        SkipBlank();
        if (_at < text.Length && text[_at] == close)
        {
            _at++;
            return true;
        }

        return false;
    }

    // After an item: a comma, or the closing bracket, which is left to be seen again.
    private bool Next(char close)
    {
        SkipBlank();
        if (_at >= text.Length)
        {
            return false;
        }

        if (text[_at] == ',')
        {
            _at++;
            return true;
        }

        return text[_at] == close ? true : throw new FormatException($"{origin}: a comma or bracket is lacking");
    }

    private string? ReadScalar()
    {
        if (_at >= text.Length)
        {
            return null;
        }

        if (text[_at] is '"' or '\'')
        {
            var end = YamlSubset.EndOfQuote(text, _at);
            if (end < 0)
            {
                return null;
            }

            var quoted = YamlSubset.Unquote(text[_at..(end + 1)]);
            _at = end + 1;
            return quoted;
        }

        var start = _at;
        while (_at < text.Length && text[_at] is not (',' or ']' or '}' or '[' or '{' or '\n')
            && !(text[_at] == ':' && (_at + 1 == text.Length || text[_at + 1] is ' ' or '\n' or ',' or '}' or ']')))
        {
            _at++;
        }

        return text[start.._at].Trim();
    }

    private void SkipBlank()
    {
        while (_at < text.Length && (char.IsWhiteSpace(text[_at]) || (text[_at] == '#' && (_at == 0 || char.IsWhiteSpace(text[_at - 1])))))
        {
            _at = text[_at] == '#' ? (text.IndexOf('\n', _at) is >= 0 and var end ? end : text.Length) : _at + 1;
        }
    }
}
