using System.Text.RegularExpressions;

namespace ChatOpsBot.Adapters.YamlFiles.Policies;

/// <summary>What the words of a policy may look like.</summary>
internal static partial class PolicyWords
{
    public static (string What, string Remedy)? PersonName(string text)
        => text.Length <= 80 && !text.Any(char.IsControl) ? null : ("the name is longer than 80 characters", "shorten it; it is only shown");

    public static (string What, string Remedy)? PlatformId(string text)
        => PlatformIdPattern().IsMatch(text) ? null : ($"{Shown.Quote(text)} is not an id of the platform", "write the id as whoami shows it, not a name: letters, digits, dashes and underscores");

    public static (string What, string Remedy)? ConversationId(string text)
        => ConversationPattern().IsMatch(text) ? null : ($"{Shown.Quote(text)} is not the id of a conversation", "write the id without blanks, at most 500 characters");

    public static (string What, string Remedy)? Anything(string text) => null;

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9_-]{0,127}\z")]
    private static partial Regex PlatformIdPattern();

    [GeneratedRegex(@"\A[!-~]{1,500}\z")]
    private static partial Regex ConversationPattern();
}
