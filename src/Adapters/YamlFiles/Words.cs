using System.Text.RegularExpressions;

namespace ChatOpsBot.Adapters.YamlFiles;

/// <summary>What the words of an inventory may look like: all of them reach command lines, chat or file names later.</summary>
internal static partial class Words
{
    private const int LongestName = 253;

    public static (string What, string Remedy)? Name(string text)
        => NamePattern().IsMatch(text) && text.Length <= LongestName
            ? null
            : ($"{Shown.Quote(text)} is not a name that can be typed in chat", "use letters, digits, dots, dashes and underscores; begin with a letter or digit");

    public static (string What, string Remedy)? Address(string text)
        => text.StartsWith('[') ? ($"{Shown.Quote(text)} has brackets", "write the IPv6 address without them; the port goes under port:")
            : HostAndPort().Match(text) is { Success: true } both ? ($"{Shown.Quote(text)} holds a port", $"write address: {both.Groups[1].Value} and port: {both.Groups[2].Value}")
            : text.Contains('@') ? ($"{Shown.Quote(text)} holds a user", "write the user under user:")
            : AddressPattern().IsMatch(text) && text.Length <= LongestName ? null
            : ($"{Shown.Quote(text)} is not a DNS name, IP address or ssh_config alias", "use letters, digits, dots, dashes, underscores and, for IPv6, colons");

    public static (string What, string Remedy)? User(string text)
        => UserPattern().IsMatch(text) ? null : ($"{Shown.Quote(text)} is not a login name", "use the name of an account on the host, without spaces and not beginning with a dash");

    /// <summary>The kernel's own rule for interface names, a little narrower: they are shown in chat, too.</summary>
    public static (string What, string Remedy)? Link(string text)
        => LinkPattern().IsMatch(text) ? null : ($"{Shown.Quote(text)} is not an interface name", "use at most 15 letters, digits, dots, dashes and underscores");

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]*\z")]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"\A([A-Za-z0-9._-]+):([0-9]{1,5})\z")]
    private static partial Regex HostAndPort();

    [GeneratedRegex(@"\A[A-Za-z0-9:][A-Za-z0-9._:%-]*\z")]
    private static partial Regex AddressPattern();

    [GeneratedRegex(@"\A[A-Za-z0-9_.][A-Za-z0-9_.@\\$-]{0,127}\z")]
    private static partial Regex UserPattern();

    [GeneratedRegex(@"\A(?!\.{1,2}\z)[A-Za-z0-9_.][A-Za-z0-9_.-]{0,14}\z")]
    private static partial Regex LinkPattern();
}
