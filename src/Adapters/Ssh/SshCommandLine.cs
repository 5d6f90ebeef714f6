using System.Globalization;

namespace ChatOpsBot.Adapters.Ssh;

/// <summary>The command lines of the client. What holds for all of them, jump hosts included, is in the file of <see cref="ClientConfig"/>.</summary>
internal static class SshCommandLine
{
    /// <summary>What a master prints on standard output when its socket accepts runs.</summary>
    public const string ReadyMark = "chatops-ready";

    // Ends the master when its standard input ends, that is, with this process at the latest, however it dies.
    private const string Watch = "\"$@\" </dev/null & p=$!; exec >/dev/null 2>&1; read -r x; kill $p; wait $p";

    /// <summary>Runs the bootstrap over the socket of a master, or over a connection of its own when that refuses.</summary>
    public static IReadOnlyList<string> Warm(string ssh, string config, string socket, Route route)
        => [ssh, "-F", config, "-S", socket, .. Login(route), "--", route.Address, Bootstrap.Command];

    /// <summary>Runs the bootstrap over a new connection.</summary>
    public static IReadOnlyList<string> Fresh(string ssh, string config, Route route)
        => [ssh, "-F", config, "-S", "none", .. Login(route), "--", route.Address, Bootstrap.Command];

    /// <summary>Connects, logs in and keeps the connection for others.</summary>
    public static IReadOnlyList<string> Master(string ssh, string config, string socket, Route route)
        =>
        [
            "/bin/sh", "-c", Watch, "chatops", ssh, "-F", config, "-M", "-N", "-S", socket,
            "-o", "PermitLocalCommand=yes", "-o", "LocalCommand=echo " + ReadyMark, .. Login(route), "--", route.Address,
        ];

    /// <summary>Ends a master of another process.</summary>
    public static IReadOnlyList<string> Exit(string ssh, string socket)
        => [ssh, "-F", "/dev/null", "-S", socket, "-O", "exit", "--", "orphan"];

    /// <summary>Gets the host's key written to a file; the login is not attempted.</summary>
    public static IReadOnlyList<string> ReadKey(string ssh, string config, string file, Route route)
        =>
        [
            ssh, "-F", config, "-S", "none", "-o", "IgnoreUnknown=KnownHostsCommand", "-o", "StrictHostKeyChecking=accept-new",
            "-o", "UserKnownHostsFile=" + file, "-o", "GlobalKnownHostsFile=/dev/null", "-o", "KnownHostsCommand=none",
            "-o", "PreferredAuthentications=none", .. Login(route), "--", route.Address, "exit",
        ];

    private static IEnumerable<string> Login(Route route)
    {
        if (route.Port is { } port)
        {
            yield return "-p";
            yield return port.ToString(CultureInfo.InvariantCulture);
        }

        if (route.User is { } user)
        {
            yield return "-l";
            yield return user;
        }

        if (route.IdentityFile is { } identity)
        {
            yield return "-o";
            yield return "IdentityFile=" + ClientConfig.Quote(identity);
            yield return "-o";
            yield return "IdentitiesOnly=yes";
        }
    }
}
