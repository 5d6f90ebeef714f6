using System.Buffers;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using ChatOpsBot.Domain.Evidence.Configuration;

namespace ChatOpsBot.Domain.Evidence;

/// <summary>The configuration files as text, for whoever wants to change one, and what the host has for checking a changed one.</summary>
/// <param name="Network">Files of the network managers.</param>
/// <param name="Settings">Files of sysctl and udev that speak of br_netfilter and its switches.</param>
/// <param name="Programs">Of <c>ifup</c>, <c>netplan</c> and <c>nmcli</c> those that are installed.</param>
/// <param name="Daemons">Of <c>NetworkManager</c> and <c>systemd-network</c> those that run.</param>
public sealed record ConfigurationSources(
    ImmutableArray<ConfigurationFile> Network, ImmutableArray<ConfigurationFile> Settings, ImmutableArray<string> Programs, ImmutableArray<string> Daemons)
{
    private static readonly SearchValues<char> s_hex = SearchValues.Create("0123456789abcdef");

    // nmcli checks a profile without its daemon since this version.
    private static readonly Version s_offline = new(1, 38);

    /// <summary>Nothing was read.</summary>
    public static ConfigurationSources None { get; } = new([], [], [], []);

    /// <summary>Whether nmcli can check a profile without its daemon.</summary>
    public bool NmcliChecksOffline { get; init; }

    /// <summary>Reads the parts of the section; what is not there is left out.</summary>
    internal static ConfigurationSources Read(SectionOutput section, ImmutableArray<ConfigFile> network)
    {
        var words = (section.Part("tools")?.Text ?? "").Split([' ', '\n', '+'], StringSplitOptions.RemoveEmptyEntries);
        var version = (section.Part("nmcliversion")?.Text ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).LastOrDefault() ?? "";
        return new(
            WithHashes(network, section.Part("hashes")),
            section.Part("settings") is { } settings ? WithHashes(ConfigFile.ReadAll(settings.Text), section.Part("settinghashes")) : [],
            [.. words.Where(word => word is "ifup" or "netplan" or "nmcli")],
            [.. words.Where(word => word is "NetworkManager" or "systemd-network")])
        {
            NmcliChecksOffline = Version.TryParse(string.Concat(version.TakeWhile(c => char.IsAsciiDigit(c) || c == '.')), out var known) && known >= s_offline,
        };
    }

    // HASH, two blanks, PATH; a path with odd characters begins with a backslash and stays without a hash.
    private static ImmutableArray<ConfigurationFile> WithHashes(ImmutableArray<ConfigFile> files, PartOutput? part)
    {
        var hashes = (part?.Text ?? "").Split('\n')
            .Where(line => line.Length > 66 && line[64..66] == "  " && line.AsSpan(0, 64).IndexOfAnyExcept(s_hex) < 0)
            .GroupBy(line => line[66..]).ToDictionary(same => same.Key, same => same.First()[..64]);
        return [.. files.Select(file => new ConfigurationFile(file.Path, [.. file.Lines.Select(line => line.Text)], hashes.GetValueOrDefault(file.Path)))];
    }
}

/// <summary>A configuration file.</summary>
/// <param name="Path">Full path.</param>
/// <param name="Lines">Its lines as read, secrets masked.</param>
/// <param name="Sha256">SHA-256 of its bytes, lower-case hex; <see langword="null"/> when it was not read.</param>
public sealed record ConfigurationFile(string Path, ImmutableArray<string> Lines, string? Sha256)
{
    /// <summary>
    /// The text byte for byte, or <see langword="null"/> when what was read is not all of it: a masked secret, another encoding, line ends of another system.
    /// The hash proves it.
    /// </summary>
    public string? Exact { get; } = ExactOf(Lines, Sha256);

    /// <summary>The hash of a text as <c>sha256sum</c> prints it.</summary>
    public static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string? ExactOf(ImmutableArray<string> lines, string? hash)
    {
        var text = string.Join('\n', lines);
        return new[] { text + "\n", text }.FirstOrDefault(candidate => HashOf(candidate) == hash);
    }
}
