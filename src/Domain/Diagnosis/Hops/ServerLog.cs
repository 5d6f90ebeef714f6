using System.Collections.Immutable;
using System.Text.RegularExpressions;
using ChatOpsBot.Domain.Evidence;

namespace ChatOpsBot.Domain.Diagnosis.Hops;

/// <summary>What a DHCP server's log line says.</summary>
internal enum ServerWord
{
    /// <summary>An address was offered or given.</summary>
    Gave,

    /// <summary>There was no address left.</summary>
    NoneLeft,

    /// <summary>A lease was refused.</summary>
    Nak,

    /// <summary>A client found its address in use.</summary>
    Decline,

    /// <summary>The server cannot serve.</summary>
    Broken,
}

/// <summary>One line of a DHCP server's log that means something here.</summary>
/// <param name="Word">What it says.</param>
/// <param name="Mac">The client, in lower case; <see langword="null"/> where the line names none.</param>
/// <param name="Address">The address; <see langword="null"/> where it names none.</param>
/// <param name="At">When, by the host's clock; <see langword="null"/> where the log does not say.</param>
/// <param name="Text">The line.</param>
internal sealed record ServerLine(ServerWord Word, string? Mac, string? Address, DateTimeOffset? At, string Text);

/// <summary>The log of DHCP servers on this host: dnsmasq, ISC dhcpd, Kea.</summary>
internal static partial class ServerLog
{
    /// <summary>Older lines say nothing about now.</summary>
    public static readonly TimeSpan Recent = TimeSpan.FromMinutes(10);

    /// <summary>Its lines in order, those that mean something here; empty when no log was read.</summary>
    public static ImmutableArray<ServerLine> Read(HostView view)
        => [.. (view.Optional(ServerEvidence.Source)?.Log?.Entries ?? []).Select(Read).OfType<ServerLine>()];

    /// <summary>Whether a line is of the last minutes; one without a time may be.</summary>
    public static bool IsRecent(HostView view, ServerLine line)
        => line.At is not { } at || (view.Optional(SelfEvidence.Source)?.HostClock ?? view.ObservedAt) - at <= Recent;

    private static ServerLine? Read(LogEntry entry)
    {
        var text = entry.Message;
        ServerWord? word =
            // A failover peer's free leases are another fault, and so is an address range that is not there.
            PeerOrScope().IsMatch(text) ? null
            : NoneLeft().IsMatch(text) ? ServerWord.NoneLeft
            : Broken().IsMatch(text) ? ServerWord.Broken
            : Nak().IsMatch(text) ? ServerWord.Nak
            : Decline().IsMatch(text) ? ServerWord.Decline
            : Gave().IsMatch(text) ? ServerWord.Gave
            : null;
        return word is { } found
            ? new(found, Mac().Match(text) is { Success: true } mac ? mac.Value.ToLowerInvariant() : null, Address().Match(text) is { Success: true } address ? address.Value : null, entry.At,
                text.Length <= 200 ? text : text[..200] + "...")
            : null;
    }

    [GeneratedRegex(@"(?i)peer holds all free leases|unknown network segment", RegexOptions.None, 1000)]
    private static partial Regex PeerOrScope();

    // dnsmasq src/rfc2131.c; ISC server/dhcp.c; Kea messages ALLOC_ENGINE_V4_ALLOC_FAIL and its kin.
    [GeneratedRegex(@"(?i)no address available|no free leases|ALLOC_ENGINE_V4_ALLOC_FAIL", RegexOptions.None, 1000)]
    private static partial Regex NoneLeft();

    [GeneratedRegex(@"(?i)No subnet declaration for|Not configured to listen on any interfaces|Configuration file errors encountered|semicolon expected|failed to (?:bind|create) (?:DHCP|listening)[^\n]*socket|Can't (?:bind to dhcp address|open lease database|create new lease file)|DHCP4_CONFIG_LOAD_FAIL|DHCP4_INIT_FAIL|DHCPSRV_NO_SOCKETS_OPEN|DHCPSRV_OPEN_SOCKET_FAIL|No space left on device", RegexOptions.None, 1000)]
    private static partial Regex Broken();

    [GeneratedRegex(@"(?i)\bDHCPNAK\b|DHCP4_[A-Z_]*NAK|sending NAK", RegexOptions.None, 1000)]
    private static partial Regex Nak();

    [GeneratedRegex(@"(?i)\bDHCPDECLINE\b|DHCP4_DECLINE|abandoning IP address|\babandoned\b", RegexOptions.None, 1000)]
    private static partial Regex Decline();

    [GeneratedRegex(@"\bDHCPOFFER\b|\bDHCPACK\b|DHCP4_LEASE_ALLOC|DHCP4_LEASE_OFFER|DHCP4_LEASE_ADVERT", RegexOptions.None, 1000)]
    private static partial Regex Gave();

    [GeneratedRegex(@"(?<![0-9A-Fa-f:])(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}(?![0-9A-Fa-f:])", RegexOptions.None, 1000)]
    private static partial Regex Mac();

    [GeneratedRegex(@"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d./])", RegexOptions.None, 1000)]
    private static partial Regex Address();
}
