using System.Collections.Immutable;
using ChatOpsBot.Application.Ports;

namespace ChatOpsBot.Adapters.YamlFiles;

/// <summary>Collects the faults of one file.</summary>
/// <param name="file">Path for the messages.</param>
internal sealed class FaultList(string file)
{
    private readonly List<FileFault> _faults = [];

    public string File { get; } = file;

    public bool IsEmpty => _faults.Count == 0;

    public void Add(FileFault fault) => _faults.Add(fault);

    public void Add(int line, int column, string what, string remedy) => _faults.Add(new(File, line, column, what, remedy));

    public void Add(YamlNode at, string what, string remedy) => Add(at.Line, at.Column, what, remedy);

    public ImmutableArray<FileFault> InFileOrder() => [.. _faults.OrderBy(fault => fault.Line).ThenBy(fault => fault.Column)];
}

/// <summary>Puts text of a file into a message: short, on one line, without control characters.</summary>
internal static class Shown
{
    private const int Longest = 60;

    public static string Quote(string text) => $"\"{Line(text)}\"";

    public static string Line(string text, int longest = Longest)
    {
        var shown = string.Concat(text.Take(longest).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
        return text.Length > longest ? shown + "..." : shown;
    }
}
