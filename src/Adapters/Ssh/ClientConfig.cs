using System.Buffers;
using System.Text;

namespace ChatOpsBot.Adapters.Ssh;

/// <summary>
/// The <c>ssh_config</c> the client is started with. ssh takes the first value it finds, so ours come first and the person's own file is included
/// after them. A file, not options, because the ssh that a ProxyJump starts is given the file only: jump hosts get strict host keys and no
/// prompts too.
/// </summary>
internal static class ClientConfig
{
    private static readonly SearchValues<char> NotLiteral = SearchValues.Create("\"*?[]\\");

    // Dead peers are noticed after 15 s: long enough for a spanning tree to settle, short enough for a person to wait.
    private const string Fixed = """
        IgnoreUnknown SessionType,StdinNull,ForkAfterAuthentication
        BatchMode yes
        StrictHostKeyChecking yes
        UpdateHostKeys no
        VerifyHostKeyDNS no
        NoHostAuthenticationForLocalhost no
        CheckHostIP no
        HashKnownHosts no
        VisualHostKey no
        LogLevel ERROR
        ServerAliveInterval 5
        ServerAliveCountMax 3
        TCPKeepAlive yes
        ControlMaster no
        ControlPath none
        ControlPersist no
        ForwardAgent no
        ForwardX11 no
        ForwardX11Trusted no
        ClearAllForwardings yes
        ExitOnForwardFailure no
        Tunnel no
        RequestTTY no
        EscapeChar none
        RemoteCommand none
        PermitLocalCommand no
        AddKeysToAgent no
        SessionType default
        StdinNull no
        ForkAfterAuthentication no

        """;

    /// <summary>The whole file for a route.</summary>
    public static string TextFor(Route route)
    {
        var text = new StringBuilder(Fixed);
        text.Append("ConnectTimeout ").Append((int)Math.Ceiling(route.ConnectTimeout.TotalSeconds)).Append('\n');
        if (route.KnownHostsFile is { } knownHosts)
        {
            text.Append("UserKnownHostsFile ").Append(Quote(knownHosts)).Append('\n');
        }

        if (route.ConfigFile is { } config)
        {
            // Not the system's then: the same as ssh -F.
            text.Append("Include ").Append('"').Append(config).Append("\"\n");
        }
        else
        {
            text.Append("Include ~/.ssh/config\nInclude /etc/ssh/ssh_config\n");
        }

        return text.ToString();
    }

    /// <summary>A path as one word in which ssh expands nothing.</summary>
    public static string Quote(string path) => $"\"{path.Replace("%", "%%", StringComparison.Ordinal)}\"";

    /// <summary>Why a path cannot be written into the file, or <see langword="null"/>.</summary>
    public static string? PathFault(string path)
    {
        if (path.Length is 0 or > 1024 || path is not (['/', ..] or ['~', '/', ..]))
        {
            return "it is no absolute path";
        }

        return path.AsSpan().ContainsAny(NotLiteral) || path.Contains("${", StringComparison.Ordinal) || path.Any(char.IsControl)
            ? "it has a character that ssh would not take literally"
            : null;
    }
}
