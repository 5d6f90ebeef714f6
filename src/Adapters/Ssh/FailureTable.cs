using System.Collections.Immutable;
using System.Text.RegularExpressions;
using ChatOpsBot.Application.Ports;

namespace ChatOpsBot.Adapters.Ssh;

/// <summary>One kind of message of the OpenSSH client.</summary>
/// <param name="Kind">What it means.</param>
/// <param name="Pattern">How it is recognised.</param>
/// <param name="Sentence">What happened and what helps; the message itself is appended.</param>
internal sealed record FailureRow(ShellFailureKind Kind, Regex Pattern, string Sentence);

/// <summary>
/// What the client's messages mean. Its exit code is 255 for every failure, so its text, in the C locale, is the only source. The messages are those of
/// OpenSSH 8.4 to 9.9 (sshconnect.c, sshconnect2.c, packet.c, clientloop.c, mux.c, readconf.c, ssh.c). Rows are in order: a more telling message comes
/// before one that also follows from it, for "Permission denied" ends every failed login.
/// </summary>
internal static partial class FailureTable
{
    /// <summary>The rows; the first that matches counts.</summary>
    public static ImmutableArray<FailureRow> Rows { get; } =
    [
        new(ShellFailureKind.HostKeyChanged, KeyChanged(), "the host's key is not the one on file"),
        new(ShellFailureKind.HostKeyUnknown, KeyUnknown(), "the host's key is in no known hosts file"),
        new(ShellFailureKind.ClientBroken, LooseKey(), "the private key file is readable by others; run chmod 600 on it"),
        new(ShellFailureKind.ClientBroken, UnreadableKey(), "the private key cannot be used; give the bot a readable key without passphrase, or an agent"),
        new(ShellFailureKind.ClientBroken, BadConfig(), "the SSH client refuses its configuration; correct the file it names"),
        new(ShellFailureKind.ClientBroken, BrokenClient(), "the SSH client cannot work here"),
        new(ShellFailureKind.LoginRefused, NoAgreement(), "client and host have no algorithm in common; update the older one"),
        new(ShellFailureKind.LoginRefused, LoginDenied(), "the login was refused; add the bot's public key to the account's authorized_keys"),
        new(ShellFailureKind.Unreachable, JumpCannotConnect(), "the jump host cannot reach the host"),
        new(ShellFailureKind.HostRefused, JumpForbids(), "the jump host does not allow forwarding; set AllowTcpForwarding there"),
        new(ShellFailureKind.HostRefused, SessionRefused(), "the host refused one more session; raise MaxSessions in its sshd_config, or look for a lack of processes"),
        new(ShellFailureKind.Unreachable, NameUnknown(), "the name cannot be resolved; correct the address in the inventory, or DNS"),
        new(ShellFailureKind.TimedOut, ConnectTimeOut(), "the connection took longer than its limit"),
        new(ShellFailureKind.Unreachable, ConnectRefused(), "no connection; look for power, network, firewall and sshd"),
        new(ShellFailureKind.Unreachable, ClosedBeforeLogin(), "sshd closed the connection before the login; look at MaxStartups and at blocking by fail2ban"),
        new(ShellFailureKind.Unreachable, ConnectionLost(), "the connection was lost"),
        new(ShellFailureKind.HostKeyUnknown, KeyNotVerified(), "a host key on the way could not be verified"),
    ];

    /// <summary>What a text means, with the line that says so; <see langword="null"/> when no row matches.</summary>
    public static (FailureRow Row, string Line)? Find(string text)
    {
        foreach (var row in Rows)
        {
            if (row.Pattern.Match(text) is { Success: true } match)
            {
                return (row, HostText.LineAt(text, match.Index));
            }
        }

        return null;
    }

    [GeneratedRegex(@"REMOTE HOST IDENTIFICATION HAS CHANGED|REVOKED HOST KEY DETECTED|has changed and you have requested strict checking|was revoked and you have requested strict checking")]
    private static partial Regex KeyChanged();

    [GeneratedRegex(@"No \S+ host key is known for ")]
    private static partial Regex KeyUnknown();

    [GeneratedRegex(@"UNPROTECTED PRIVATE KEY FILE|Permissions 0\d+ for '.*' are too open")]
    private static partial Regex LooseKey();

    [GeneratedRegex(@"Load key "".*"": |no such identity: ")]
    private static partial Regex UnreadableKey();

    [GeneratedRegex(@"Bad owner or permissions on |Bad configuration option|bad configuration options|Can't open user config file|command-line: line \d+:|line \d+: (?:Bad|[Mm]issing|[Uu]nsupported|[Ii]nvalid|no argument|keyword)")]
    private static partial Regex BadConfig();

    [GeneratedRegex(@"ControlPath too long|too long for Unix domain socket|unix_listener: |No user exists for uid|Unable to execute |OpenSSL version mismatch|error while loading shared libraries")]
    private static partial Regex BrokenClient();

    [GeneratedRegex(@"Unable to negotiate with |no matching (?:host key type|key exchange method|cipher|MAC) found")]
    private static partial Regex NoAgreement();

    [GeneratedRegex(@"Permission denied \(|Too many authentication failures|Authentication failed\.|No supported authentication methods")]
    private static partial Regex LoginDenied();

    [GeneratedRegex(@"channel \d+: open failed: connect failed: ")]
    private static partial Regex JumpCannotConnect();

    [GeneratedRegex(@"channel \d+: open failed: administratively prohibited(?=[\s\S]*stdio forwarding failed)")]
    private static partial Regex JumpForbids();

    [GeneratedRegex(@"Session open refused by peer|channel \d+: open failed: |(?:exec|shell) request failed on channel ")]
    private static partial Regex SessionRefused();

    [GeneratedRegex(@"Could not resolve host")]
    private static partial Regex NameUnknown();

    [GeneratedRegex(@"connect to host .* port \d+: Connection timed out|timed out during banner exchange|banner exchange: .*timed out|Connection to .* timed out|Connection .* port \d+ timed out|Timeout, server .* not responding")]
    private static partial Regex ConnectTimeOut();

    [GeneratedRegex(@"connect to (?:host|address) .* port \d+: ")]
    private static partial Regex ConnectRefused();

    [GeneratedRegex(@"kex_exchange_identification: |ssh_exchange_identification: |banner exchange: |Not allowed at this time|Exceeded MaxStartups")]
    private static partial Regex ClosedBeforeLogin();

    [GeneratedRegex(@"Connection (?:closed|reset) by |Connection to .* closed|Connection closed by|Connection reset|Broken pipe|Received disconnect from |Disconnected from |[Cc]onnection closed|Timeout, server|read from master failed|Software caused connection abort|Corrupted MAC|packet corrupt")]
    private static partial Regex ConnectionLost();

    [GeneratedRegex(@"Host key verification failed")]
    private static partial Regex KeyNotVerified();
}
