using System.Collections.Immutable;
using System.Text;

namespace ChatOpsBot.Domain.Evidence;

/// <summary>What one section of the collector printed: the raw, masked bytes of each of its parts, never parsed facts.</summary>
/// <param name="Id">The evidence id of the catalogue in lower case, for example <c>e.link</c>.</param>
/// <param name="Parts">The outputs in the order in which the section ran its commands.</param>
public sealed record SectionOutput(string Id, ImmutableArray<PartOutput> Parts)
{
    /// <summary>The part of that name, or <see langword="null"/> when the section did not run it.</summary>
    public PartOutput? Part(string name)
    {
        foreach (var part in Parts)
        {
            if (part.Name == name)
            {
                return part;
            }
        }

        return null;
    }
}

/// <summary>How the run of one part of a section ended.</summary>
public enum PartEnd
{
    /// <summary>The command ran to its end; its exit code says how.</summary>
    Exited,

    /// <summary>The command was stopped at its time limit.</summary>
    TimedOut,

    /// <summary>The output reached its cap; the bytes kept are the first ones.</summary>
    Truncated,

    /// <summary>The command does not exist on the host.</summary>
    NotInstalled,

    /// <summary>The host proves that there is nothing to read; the error text says why.</summary>
    Absent,

    /// <summary>The part needs root and there was no way to become root; the error text says why.</summary>
    NoPrivilege,

    /// <summary>It could not be read, or did not come back, for the reason in the error text.</summary>
    Unread,
}

/// <summary>Output of one command of a section.</summary>
/// <param name="Name">Name of the part within its section; empty for a section with a single command.</param>
/// <param name="End">How it ended.</param>
/// <param name="ExitCode">Exit code of the command, 0 when it was not run.</param>
/// <param name="Stdout">Raw standard output, masked.</param>
/// <param name="Stderr">Raw standard error, masked.</param>
public sealed record PartOutput(string Name, PartEnd End, int ExitCode, ReadOnlyMemory<byte> Stdout, ReadOnlyMemory<byte> Stderr)
{
    /// <summary>Standard output as text; invalid UTF-8 becomes U+FFFD.</summary>
    public string Text => Encoding.UTF8.GetString(Stdout.Span);

    /// <summary>Standard error as one trimmed line of at most 200 characters, for reasons shown to people.</summary>
    public string ErrorLine
    {
        get
        {
            var text = Encoding.UTF8.GetString(Stderr.Span).Trim();
            var end = text.IndexOf('\n');
            var line = end < 0 ? text : text[..end].TrimEnd();
            return line.Length <= 200 ? line : line[..200] + "...";
        }
    }
}
