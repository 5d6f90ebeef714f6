using ChatOpsBot.Application.Ports;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace ChatOpsBot.Adapters.YamlFiles;

/// <summary>
/// Reads the plain part of YAML that configuration needs into nodes with positions. Anchors, aliases, tags, merge keys and several documents are
/// refused: nothing needs them, and aliases can blow a small file up to gigabytes.
/// </summary>
internal sealed class YamlTree
{
    private const int DeepestNesting = 16;

    private readonly FaultList _faults;
    private readonly Parser _parser;

    private YamlTree(string text, FaultList faults)
    {
        _faults = faults;
        _parser = new Parser(new StringReader(text));
    }

    /// <summary>Parses one document. The answer is <see langword="null"/> when the text is not YAML at all; faults are added either way.</summary>
    public static YamlNode? Parse(string text, FaultList faults)
    {
        var tree = new YamlTree(text, faults);
        try
        {
            return tree.ReadDocument();
        }
        catch (YamlException e)
        {
            faults.Add(SyntaxFault(text, e, faults));
        }
        catch (Stop)
        {
            // The fault that ended the reading is in the list already.
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or FormatException or OverflowException or IndexOutOfRangeException)
        {
            // YamlDotNet lets a few exceptions of its scanner escape on input that is far from YAML.
            faults.Add((int)tree._parser.Current!.Start.Line, 0, "this is not readable as YAML", "compare it with the example in the documentation");
        }

        return null;
    }

    private YamlNode? ReadDocument()
    {
        Next();                                             // the stream's start
        Next();
        if (_parser.Current is StreamEnd)
        {
            return new YamlScalar(1, 1, "", Quoted: false);
        }

        Next();                                             // the document's start
        var root = ReadNode(1);
        Next();                                             // the document's end
        if (_parser.Current is DocumentStart second)
        {
            _faults.Add((int)second.Start.Line, (int)second.Start.Column, "a second document begins here", "keep one document per file: remove the --- line and what follows");
        }

        return root;
    }

    private YamlNode ReadNode(int depth)
    {
        var current = _parser.Current;
        RefuseExtras(current);
        if (depth > DeepestNesting)
        {
            throw Refuse(current, $"the nesting is deeper than {DeepestNesting} levels", "remove the surplus brackets or indentation");
        }

        var (line, column) = ((int)current!.Start.Line, (int)current.Start.Column);
        switch (current)
        {
            case Scalar scalar:
                Next();
                return new YamlScalar(line, column, scalar.Value, scalar.Style is not ScalarStyle.Plain);
            case SequenceStart:
                return new YamlList(line, column, ReadItems(depth));
            case MappingStart:
                return new YamlMap(line, column, ReadEntries(depth));
            default:
                throw Refuse(current, "a value was expected here", "write the value or remove the key");
        }
    }

    private List<YamlNode> ReadItems(int depth)
    {
        var items = new List<YamlNode>();
        Next();
        while (_parser.Current is not SequenceEnd)
        {
            items.Add(ReadNode(depth + 1));
        }

        Next();
        return items;
    }

    private List<KeyValuePair<YamlScalar, YamlNode>> ReadEntries(int depth)
    {
        var entries = new List<KeyValuePair<YamlScalar, YamlNode>>();
        var seen = new Dictionary<string, YamlScalar>();
        Next();
        while (_parser.Current is not MappingEnd)
        {
            var keyNode = ReadNode(depth + 1);
            var value = ReadNode(depth + 1);
            if (keyNode is not YamlScalar key)
            {
                _faults.Add(keyNode, $"a key has to be a word, this is {keyNode.Kind}", "put a text with braces or brackets in quotes");
            }
            else if (seen.TryGetValue(key.Text, out var first))
            {
                _faults.Add(key, $"the key {Shown.Quote(key.Text)} stands here a second time (first in line {first.Line})", "keep one of the two");
            }
            else
            {
                seen.Add(key.Text, key);
                entries.Add(new(key, value));
            }
        }

        Next();
        return entries;
    }

    private void RefuseExtras(ParsingEvent? current)
    {
        if (current is AnchorAlias alias)
        {
            throw Refuse(alias, $"*{alias.Value} is an alias, which this file may not use", "write the value out");
        }

        if (current is NodeEvent { Anchor.IsEmpty: false } anchored)
        {
            throw Refuse(anchored, $"&{anchored.Anchor.Value} is an anchor, which this file may not use", "remove it and write the value out where it is needed");
        }

        if (current is NodeEvent { Tag.IsEmpty: false } tagged && tagged is not Scalar { Tag.IsNonSpecific: true })
        {
            throw Refuse(tagged, $"{tagged.Tag} is a tag, which this file may not use", "remove it; put a text that begins with ! in quotes");
        }
    }

    private Stop Refuse(ParsingEvent? at, string what, string remedy)
    {
        _faults.Add((int)(at?.Start.Line ?? 0), (int)(at?.Start.Column ?? 0), what, remedy);
        return new Stop();
    }

    private void Next() => _parser.MoveNext();

    private static FileFault SyntaxFault(string text, YamlException e, FaultList faults)
    {
        // A tab in the indentation is the usual reason, and the parser then names anything but the tab.
        var lines = text.Split('\n');
        for (var i = 0; i < Math.Min(lines.Length, e.Start.Line + 1); i++)
        {
            var indentation = lines[i].AsSpan(0, lines[i].Length - lines[i].AsSpan().TrimStart().Length);
            if (indentation.Contains('\t') && indentation.Length < lines[i].TrimEnd().Length)
            {
                return new(faults.File, i + 1, indentation.IndexOf('\t') + 1, "a tab is used as indentation", "indent with spaces");
            }
        }

        var remedy = e.Message.Contains("invalid mapping", StringComparison.Ordinal) || e.Message.Contains("':'", StringComparison.Ordinal)
            ? "check the indentation and the colons of this and the line before; put texts with a colon in quotes"
            : "check the indentation, brackets and quotes of this and the line before";
        return new(faults.File, (int)e.Start.Line, (int)e.Start.Column, $"this is not valid YAML: {Shown.Line(e.Message.TrimEnd('.'), 200)}", remedy);
    }

    /// <summary>Ends the reading after a fault that makes the rest meaningless; never leaves this class.</summary>
    private sealed class Stop : Exception;
}
