using System.Text.RegularExpressions;
using ChatOpsBot.Domain.Evidence;

namespace ChatOpsBot.Domain.Persistence;

/// <summary>A key of a YAML file in block style.</summary>
/// <param name="Line">Index of its line.</param>
/// <param name="Indent">Blanks before it.</param>
/// <param name="Inline">What follows the colon, without a comment; empty when the value stands below.</param>
/// <param name="Last">Index of the last line of its value.</param>
internal sealed record NetplanKey(int Line, int Indent, string Inline, int Last);

/// <summary>
/// A netplan file as lines that can be changed one at a time. It finds keys by their indentation; anchors, tags, tabs and texts over several lines are refused, and what it made
/// is read back by the reader of netplan files in any case.
/// </summary>
internal sealed partial class NetplanText
{
    private readonly List<string> _lines;

    public NetplanText(ConfigurationFile file)
    {
        Path = file.Path;
        Old = file.Exact ?? throw new NotEditableException(
            $"{file.Path} could not be read byte for byte (it holds a secret, another encoding or line ends of another system)");
        _lines = [.. Old.Split('\n')];
        var odd = _lines.FindIndex(line => !IsBlank(line) && (line.Contains('\t') || Odd().IsMatch(line)));
        if (odd >= 0)
        {
            throw new NotEditableException($"{Path}:{odd + 1} is written in a way that is not edited (an anchor, a tag, a tab, a text over several lines)");
        }
    }

    public string Path { get; }

    public string Old { get; }

    public string New => string.Join('\n', _lines);

    public string Line(int index) => _lines[index];

    public void Replace(int line, string text) => _lines[line] = text;

    public void Insert(int line, params ReadOnlySpan<string> texts) => _lines.InsertRange(line, texts);

    /// <summary>Takes lines out.</summary>
    public string[] Cut(int first, int last)
    {
        var cut = _lines[first..(last + 1)].ToArray();
        _lines.RemoveRange(first, last - first + 1);
        return cut;
    }

    /// <summary>The key at the end of a path, or <see langword="null"/>.</summary>
    public NetplanKey? Find(params ReadOnlySpan<string> path)
    {
        var (first, last) = (0, _lines.Count - 1);
        NetplanKey? found = null;
        foreach (var name in path)
        {
            found = Keys(first, last).FirstOrDefault(key => key.Name == name).Key;
            if (found is null)
            {
                return null;
            }

            (first, last) = (found.Line + 1, found.Last);
        }

        return found;
    }

    /// <summary>The keys right below one.</summary>
    public IEnumerable<(string Name, NetplanKey Key)> Below(NetplanKey key) => Keys(key.Line + 1, key.Last);

    /// <summary>The blanks that the keys below one begin with; four more than its own when there are none.</summary>
    public string IndentBelow(NetplanKey key)
        => new(' ', Below(key).Select(child => child.Key.Indent).FirstOrDefault(key.Indent + Step()));

    /// <summary>Sets a key with a plain value below another.</summary>
    public void Set(NetplanKey parent, string name, string value)
    {
        if (Below(parent).FirstOrDefault(child => child.Name == name).Key is not { } key)
        {
            AddBelow(parent, $"{name}: {value}");
            return;
        }

        if (key.Inline.Length == 0 || key.Inline[0] is '{' or '[')
        {
            throw new NotEditableException($"{Path}:{key.Line + 1} has no plain value");
        }

        var line = _lines[key.Line];
        var at = line.IndexOf(':', StringComparison.Ordinal) + 1;
        _lines[key.Line] = line[..at] + line[at..].Replace(key.Inline, value, StringComparison.Ordinal);
    }

    /// <summary>Adds a line at the end of what stands below a key; an empty mapping after the colon makes room for it.</summary>
    public void AddBelow(NetplanKey parent, string text)
    {
        if (parent.Inline is "{}" or "{ }" or "null" or "~")
        {
            var line = _lines[parent.Line];
            _lines[parent.Line] = line[..(line.IndexOf(':', StringComparison.Ordinal) + 1)];
        }
        else if (parent.Inline.Length > 0)
        {
            throw new NotEditableException($"{Path}:{parent.Line + 1} is written on one line");
        }

        _lines.Insert(parent.Last + 1, IndentBelow(parent) + text);
    }

    private int Step() => Keys(0, _lines.Count - 1).SelectMany(top => Below(top.Key).Select(child => child.Key.Indent - top.Key.Indent)).FirstOrDefault(2);

    private IEnumerable<(string Name, NetplanKey Key)> Keys(int first, int last)
    {
        var indent = -1;
        for (var i = first; i <= last; i++)
        {
            var line = _lines[i];
            if (IsBlank(line) || line.TrimEnd() is "---" or "...")
            {
                continue;
            }

            var own = line.Length - line.TrimStart(' ').Length;
            indent = indent < 0 ? own : indent;
            if (own == indent && KeyLine().Match(line) is { Success: true } match)
            {
                yield return (match.Groups["key"].Value, new(i, own, match.Groups["value"].Value.Trim(), End(i, own, last)));
            }
        }
    }

    // A list may stand as far left as its key. Comments and empty lines after the last value are nobody's.
    private int End(int key, int indent, int last)
    {
        var end = key;
        for (var i = key + 1; i <= last; i++)
        {
            if (IsBlank(_lines[i]))
            {
                continue;
            }

            var own = _lines[i].Length - _lines[i].TrimStart(' ').Length;
            if (own < indent || (own == indent && !_lines[i].AsSpan(own).StartsWith("- ") && _lines[i].AsSpan(own) is not "-"))
            {
                break;
            }

            end = i;
        }

        return end;
    }

    private static bool IsBlank(string line) => line.AsSpan().Trim() is [] or ['#', ..];

    [GeneratedRegex("""^ *(?<quote>["']?)(?<key>[^\s"':#{}\[\],&*!|>%@`-][^"':#{}\[\],]*)\k<quote>\s*:(?:\s+(?<value>[^#\s](?:[^#]|(?<=\S)#)*))?(?:\s*(?:\s#.*)?)$""", RegexOptions.None, 1000)]
    private static partial Regex KeyLine();

    [GeneratedRegex("""(?:^|[\s:\[{,-]\s*)[&*!][A-Za-z0-9_!]|:\s+[|>][-+0-9]*\s*(?:#.*)?$|^\s*\?\s|^\s*<<\s*:""", RegexOptions.None, 1000)]
    private static partial Regex Odd();
}
