using System.Collections.Immutable;
using ChatOpsBot.Domain.Evidence;

namespace ChatOpsBot.Domain.Persistence;

/// <summary>One option of a stanza.</summary>
/// <param name="Key">With dashes, whatever the file writes.</param>
/// <param name="Written">As the file writes it.</param>
/// <param name="Value">The rest of the line.</param>
/// <param name="Line">Index of its line.</param>
internal sealed record IfupdownOption(string Key, string Written, string Value, int Line);

/// <summary>A line that begins something, with the options below it.</summary>
/// <param name="Words">Its words.</param>
/// <param name="Line">Index of its line.</param>
/// <param name="Options">In order.</param>
internal sealed record IfupdownStanza(ImmutableArray<string> Words, int Line, List<IfupdownOption> Options)
{
    /// <summary>Index of the last line that belongs to it.</summary>
    public int Last => Options.Count == 0 ? Line : Options[^1].Line;

    public bool IsInterface(string name) => Words is ["iface", var own, ..] && own == name;

    public string Family => Words.Length > 2 ? Words[2] : "";

    public string Method => Words.Length > 3 ? Words[3] : "";
}

/// <summary>A file of interfaces(5) as lines that can be changed one at a time, all others staying as they are.</summary>
internal sealed class IfupdownText
{
    private readonly List<string> _lines;

    public IfupdownText(ConfigurationFile file)
    {
        Path = file.Path;
        _lines = [.. (file.Exact ?? throw new NotEditableException(
            $"{file.Path} could not be read byte for byte (it holds a secret, another encoding or line ends of another system)")).Split('\n')];
        Old = file.Exact;
        Parse();
    }

    public string Path { get; }

    public string Old { get; }

    public string New => string.Join('\n', _lines);

    /// <summary>As of the last change.</summary>
    public List<IfupdownStanza> Stanzas { get; } = [];

    public string Line(int index) => _lines[index];

    public void Replace(int line, string text)
    {
        _lines[line] = text;
        Parse();
    }

    public void Insert(int line, params ReadOnlySpan<string> texts)
    {
        _lines.InsertRange(line, texts);
        Parse();
    }

    public void Remove(int line)
    {
        _lines.RemoveAt(line);
        Parse();
    }

    /// <summary>A paragraph at the end of the file.</summary>
    public void Append(params ReadOnlySpan<string> texts)
    {
        while (_lines is [.., ""])
        {
            _lines.RemoveAt(_lines.Count - 1);
        }

        _lines.AddRange(["", .. texts, ""]);
        Parse();
    }

    /// <summary>The blanks that the options of a stanza begin with.</summary>
    public string Indent(IfupdownStanza stanza)
        => stanza.Options.Count == 0 ? "    " : Blanks(_lines[stanza.Options[0].Line]);

    public static string Blanks(string line) => line[..(line.Length - line.TrimStart().Length)];

    private void Parse()
    {
        Stanzas.Clear();
        for (var i = 0; i < _lines.Count; i++)
        {
            var text = _lines[i].Trim();
            if (text.Length == 0 || text[0] == '#')
            {
                continue;
            }

            // What goes over several lines, and the templates of ifupdown2, stay with those who write such files.
            if (text.EndsWith('\\') || text[0] == '%' || text.Contains("${", StringComparison.Ordinal))
            {
                throw new NotEditableException($"{Path}:{i + 1} goes over several lines or is a template");
            }

            var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words[0] is "auto" or "iface" or "mapping" or "template" or "source" or "source-directory" or "source-dir" or "rename" or "no-auto-down" or "no-scripts"
                || words[0].StartsWith("allow-", StringComparison.Ordinal))
            {
                Stanzas.Add(new([.. words], i, []));
            }
            else if (Stanzas is [.., { Words: ["iface" or "mapping" or "template", ..] } stanza])
            {
                stanza.Options.Add(new(words[0].Replace('_', '-'), words[0], text[words[0].Length..].Trim(), i));
            }
            else
            {
                throw new NotEditableException($"{Path}:{i + 1} belongs to no interface");
            }
        }
    }
}
