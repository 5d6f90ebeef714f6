using System.Text.RegularExpressions;

namespace ChatOpsBot.Domain.Runbooks;

/// <summary>
/// The only thing a runbook can do with a value: put it where <c>{name}</c> stands. Values are not looked at again, so one that holds braces stays
/// as it is. The text behind <c>sh -c</c> is constant: values reach a shell as its positional arguments, never as its program.
/// </summary>
public static partial class Placeholders
{
    /// <summary>The names that a text holds, in order.</summary>
    public static IEnumerable<string> In(string text) => Pattern().Matches(text).Select(match => match.Groups[1].Value);

    /// <summary>The text with values in place; a name without a value stays, which the reader of runbooks refuses beforehand.</summary>
    public static string Fill(string text, IReadOnlyDictionary<string, string> values)
        => Pattern().Replace(text, match => values.TryGetValue(match.Groups[1].Value, out var value) ? value : match.Value);

    /// <summary>The argument vector with values in place.</summary>
    public static IEnumerable<string> Fill(IReadOnlyList<string> vector, IReadOnlyDictionary<string, string> values)
        => vector.Select((argument, index) => IsShellText(vector, index) ? argument : Fill(argument, values));

    /// <summary>Whether that argument is the program of a shell.</summary>
    public static bool IsShellText(IReadOnlyList<string> vector, int index)
        => index >= 2 && vector[index - 1] == "-c" && IsShell(vector[0]) && vector.Take(index - 1).Skip(1).All(option => option.StartsWith('-') && option != "-c");

    private static bool IsShell(string program) => program is "sh" or "/bin/sh" or "bash" or "/bin/bash" or "dash" or "/bin/dash";

    [GeneratedRegex(@"\{([a-z][a-z0-9-]*)\}")]
    private static partial Regex Pattern();
}
