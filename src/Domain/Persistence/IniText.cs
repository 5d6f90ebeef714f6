using ChatOpsBot.Domain.Evidence;

namespace ChatOpsBot.Domain.Persistence;

/// <summary>A file of sections and keys as lines that can be changed one at a time.</summary>
internal sealed class IniText
{
    private readonly List<string> _lines;

    public IniText(ConfigurationFile file)
    {
        Path = file.Path;
        Old = file.Exact ?? throw new NotEditableException(
            $"{file.Path} could not be read byte for byte (it holds a secret, another encoding or line ends of another system)");
        _lines = [.. Old.Split('\n')];
        if (_lines.FindIndex(line => line.TrimEnd().EndsWith('\\')) is >= 0 and var at)
        {
            throw new NotEditableException($"{Path}:{at + 1} goes over several lines");
        }
    }

    public string Path { get; }

    public string Old { get; }

    public string New => string.Join('\n', _lines);

    /// <summary>Sets a key of a section: its last line, or a new one at the end of the section, or a new section.</summary>
    public void Set(string section, string key, string value)
    {
        var (current, header, last, found) = ("", -1, -1, -1);
        for (var i = 0; i < _lines.Count; i++)
        {
            var text = _lines[i].Trim();
            if (text.Length > 1 && text[0] == '[' && text[^1] == ']')
            {
                current = text[1..^1];
                if (current == section)
                {
                    (header, last) = header >= 0 ? throw new NotEditableException($"{Path} has several sections [{section}]") : (i, i);
                }
            }
            else if (current == section && text.Length > 0 && text[0] is not ('#' or ';'))
            {
                last = i;
                found = text.Split('=', 2)[0].TrimEnd() == key ? i : found;
            }
        }

        if (found >= 0)
        {
            var line = _lines[found];
            var at = line.IndexOf('=', StringComparison.Ordinal) + 1;
            _lines[found] = line[..at] + IfupdownText.Blanks(line[at..]) + value;
        }
        else if (header >= 0)
        {
            _lines.Insert(last + 1, $"{key}={value}");
        }
        else
        {
            while (_lines is [.., ""])
            {
                _lines.RemoveAt(_lines.Count - 1);
            }

            _lines.AddRange(["", $"[{section}]", $"{key}={value}", ""]);
        }
    }
}
