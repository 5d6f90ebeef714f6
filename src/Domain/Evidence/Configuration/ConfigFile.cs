using System.Collections.Immutable;

namespace ChatOpsBot.Domain.Evidence.Configuration;

/// <summary>A configuration file of the host; empty lines at its end may be lacking.</summary>
/// <param name="Path">Full path.</param>
/// <param name="Lines">In order.</param>
internal sealed record ConfigFile(string Path, ImmutableArray<ConfigLine> Lines)
{
    /// <summary>Name without folder.</summary>
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    /// <summary>Folder without the slash at its end.</summary>
    public string Folder => Path[..Math.Max(0, Path.LastIndexOf('/'))];

    /// <summary>Reads lines of the form <c>PATH NUL number ':' text</c> (<c>grep -nZ</c>); what follows the first NUL of a line is text.</summary>
    public static ImmutableArray<ConfigFile> ReadAll(string output)
    {
        var files = new List<(string Path, ImmutableArray<ConfigLine>.Builder Lines)>();
        foreach (var line in output.Split('\n'))
        {
            var nul = line.IndexOf('\0', StringComparison.Ordinal);
            var colon = nul < 0 ? -1 : line.IndexOf(':', nul);
            if (colon < 0 || !int.TryParse(line.AsSpan(nul + 1, colon - nul - 1), out var number))
            {
                continue;
            }

            var path = line[..nul];
            if (files.Count == 0 || files[^1].Path != path)
            {
                files.Add((path, ImmutableArray.CreateBuilder<ConfigLine>()));
            }

            files[^1].Lines.Add(new($"{path}:{number}", line[(colon + 1)..].TrimEnd('\r')));
        }

        return [.. from file in files select new ConfigFile(file.Path, file.Lines.ToImmutable())];
    }
}

/// <summary>One line of a configuration file.</summary>
/// <param name="Origin">Path and number, as shown to people.</param>
/// <param name="Text">Without line end.</param>
internal readonly record struct ConfigLine(string Origin, string Text);

/// <summary>What the files of one network manager intend.</summary>
/// <param name="Bridges">Bridges they define.</param>
/// <param name="Interfaces">Interfaces they name.</param>
/// <param name="Unread">What was not understood, with place and reason.</param>
internal sealed record ManagerIntent(ImmutableArray<ConfiguredBridge> Bridges, ImmutableArray<string> Interfaces, ImmutableArray<string> Unread)
{
    /// <summary>Nothing.</summary>
    public static ManagerIntent None { get; } = new([], [], []);
}

/// <summary>Words that several configuration languages share.</summary>
internal static class ConfigText
{
    /// <summary>Yes and no as written in configuration files; <see langword="null"/> for other text.</summary>
    public static bool? Switch(string? text) => text?.Trim().ToLowerInvariant() switch
    {
        "yes" or "true" or "on" or "1" or "y" => true,
        "no" or "false" or "off" or "0" or "n" => false,
        _ => null,
    };

    /// <summary>Seconds, with or without an <c>s</c>; <see langword="null"/> for other text.</summary>
    public static double? Seconds(string? text)
        => double.TryParse(text?.Trim().TrimEnd('s'), System.Globalization.NumberStyles.AllowDecimalPoint, System.Globalization.CultureInfo.InvariantCulture, out var value)
            ? value
            : null;

    /// <summary>A shell pattern (<c>* ? [a-z]</c>) as an anchored regular expression.</summary>
    public static string Glob(string pattern)
    {
        var regex = new System.Text.StringBuilder("^");
        for (var i = 0; i < pattern.Length; i++)
        {
            var close = pattern[i] == '[' ? pattern.IndexOf(']', Math.Min(i + 2, pattern.Length)) : -1;
            if (close > 0)
            {
                var set = pattern[(i + 1)..close].Replace(@"\", @"\\", StringComparison.Ordinal).Replace("[", @"\[", StringComparison.Ordinal);
                regex.Append('[').Append(set.StartsWith('!') ? "^" + set[1..] : set).Append(']');
                i = close;
                continue;
            }

            regex.Append(pattern[i] switch
            {
                '*' => ".*",
                '?' => ".",
                var other => System.Text.RegularExpressions.Regex.Escape(other.ToString()),
            });
        }

        return regex.Append('$').ToString();
    }

    /// <summary>Whether a name matches a regular expression that came from a file; one that cannot be used matches nothing.</summary>
    public static bool Matches(string expression, string name)
    {
        try
        {
            return System.Text.RegularExpressions.Regex.IsMatch(name, expression, System.Text.RegularExpressions.RegexOptions.NonBacktracking);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return false;
        }
    }
}
