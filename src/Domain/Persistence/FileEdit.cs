using System.Collections.Immutable;
using ChatOpsBot.Domain.Evidence;

namespace ChatOpsBot.Domain.Persistence;

/// <summary>Who looks at a changed file on the host before it is put in place.</summary>
public enum FileCheck
{
    /// <summary>Nobody: its manager has no means to, or they are not installed.</summary>
    None,

    /// <summary><c>ifup --no-act</c> over all files, the changed one in its place.</summary>
    Ifup,

    /// <summary><c>netplan generate --root-dir</c> on a copy.</summary>
    Netplan,

    /// <summary><c>nmcli --offline</c> on the one profile.</summary>
    Nmcli,
}

/// <summary>One file and its new text.</summary>
/// <param name="Path">Full path.</param>
/// <param name="Old">Its text; <see langword="null"/> when it is not there yet.</param>
/// <param name="New">Its new text.</param>
/// <param name="Check">Who checks it.</param>
public sealed record FileEdit(string Path, string? Old, string New, FileCheck Check)
{
    /// <summary>What reading the file prints before: its hash, or <c>none</c>.</summary>
    public string Before => Old is null ? "none" : ConfigurationFile.HashOf(Old);

    /// <summary>What reading it prints afterwards.</summary>
    public string After => ConfigurationFile.HashOf(New);

    /// <summary>Name without folder.</summary>
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    /// <summary>Folder without the slash at its end.</summary>
    public string Folder => Path[..Path.LastIndexOf('/')];
}

/// <summary>What became of the question which file has to say what.</summary>
public abstract record EditOutcome
{
    private EditOutcome()
    {
    }

    /// <summary>These files, complete and read back.</summary>
    /// <param name="Manager">Whose files they are.</param>
    /// <param name="Edits">Never empty.</param>
    public sealed record Edited(string Manager, ImmutableArray<FileEdit> Edits) : EditOutcome
    {
        /// <summary>What a person has to know besides; empty when nothing.</summary>
        public string Remark { get; init; } = "";
    }

    /// <summary>The configuration says so already.</summary>
    /// <param name="Where">File or files that say it.</param>
    public sealed record Already(string Where) : EditOutcome;

    /// <summary>It cannot be told, so nothing is written.</summary>
    /// <param name="Why">A sentence part.</param>
    /// <param name="Remedy">What a person can do.</param>
    public sealed record CannotTell(string Why, string Remedy) : EditOutcome;
}
