using ChatOpsBot.Support;

namespace ChatOpsBot.Slack.Tests.Fuzzing;

/// <summary>The kept bodies.</summary>
internal static class SlackCorpus
{
    /// <summary>Slash commands: whole forms.</summary>
    public static IReadOnlyList<byte[]> Commands => Folder("commands");

    /// <summary>Presses: the JSON inside the form.</summary>
    public static IReadOnlyList<byte[]> Presses => Folder("presses");

    /// <summary>Forms that were sent: the JSON inside the form.</summary>
    public static IReadOnlyList<byte[]> Forms => Folder("forms");

    /// <summary>Events.</summary>
    public static IReadOnlyList<byte[]> Events => Folder("events");

    /// <summary>Frames of Socket Mode.</summary>
    public static IReadOnlyList<byte[]> Envelopes => Folder("envelopes");

    // The end of a line is the file's, not Slack's.
    private static byte[][] Folder(string name)
        => [.. Directory.EnumerateFiles(RepositoryFiles.At("tests", "Fixtures", "slack-bodies", name)).Order(StringComparer.Ordinal).Select(path => File.ReadAllBytes(path).AsSpan().TrimEnd((byte)'\n').ToArray())];
}
