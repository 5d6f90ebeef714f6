using System.Collections.Immutable;

namespace ChatOpsBot.Domain.Evidence.Configuration;

/// <summary>A file of <c>[Section]</c> and <c>Key=Value</c> lines, as systemd and NetworkManager write them.</summary>
/// <param name="Path">Full path.</param>
/// <param name="Entries">All entries in order; sections and keys as written.</param>
internal sealed record IniFile(string Path, ImmutableArray<IniEntry> Entries)
{
    /// <summary>Reads one; lines of other forms are passed over, as those programs do.</summary>
    public static IniFile Read(ConfigFile file)
    {
        var entries = ImmutableArray.CreateBuilder<IniEntry>();
        var section = "";
        for (var i = 0; i < file.Lines.Length; i++)
        {
            var (origin, raw) = file.Lines[i];
            var text = raw.Trim();
            while (text.EndsWith('\\') && i + 1 < file.Lines.Length)
            {
                text = text[..^1].TrimEnd() + " " + file.Lines[++i].Text.Trim();
            }

            var equals = text.IndexOf('=', StringComparison.Ordinal);
            if (text.Length > 1 && text[0] == '[' && text[^1] == ']')
            {
                section = text[1..^1];
            }
            else if (equals > 0 && text[0] is not ('#' or ';'))
            {
                entries.Add(new(section, text[..equals].TrimEnd(), text[(equals + 1)..].Trim(), origin));
            }
        }

        return new(file.Path, entries.ToImmutable());
    }

    /// <summary>Name without folder.</summary>
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    /// <summary>The last value of a key; <see langword="null"/> when it is not there or empty.</summary>
    public string? Last(string section, string key) => All(section, key).LastOrDefault()?.Value;

    /// <summary>All values of a key in order. An empty value takes back those before it.</summary>
    public IEnumerable<IniEntry> All(string section, string key)
    {
        var values = Entries.Where(entry => entry.Section == section && entry.Key == key).ToArray();
        return values[(Array.FindLastIndex(values, entry => entry.Value.Length == 0) + 1)..];
    }

    /// <summary>Where it starts, for files without a better line.</summary>
    public string Origin => Entries.IsEmpty ? Path : Entries[0].Origin;
}

/// <summary>One entry of an <see cref="IniFile"/>.</summary>
/// <param name="Section">Without brackets.</param>
/// <param name="Key">As written.</param>
/// <param name="Value">Trimmed.</param>
/// <param name="Origin">File and line.</param>
internal sealed record IniEntry(string Section, string Key, string Value, string Origin);
