using System.Collections.Immutable;
using System.Diagnostics;

namespace ChatOpsBot.Adapters.Ssh;

/// <summary>The programs and the environment that clients are started with.</summary>
/// <param name="Ssh">Path of the OpenSSH client; <see langword="null"/> when none is installed.</param>
/// <param name="Setsid">Path of setsid, with which a client has no terminal to ask on and Ctrl-C does not reach it; optional.</param>
/// <param name="Variables">All a client is given.</param>
/// <param name="RuntimeDirectory">The account's <c>XDG_RUNTIME_DIR</c>, if it has one.</param>
internal sealed record ClientEnvironment(string? Ssh, string? Setsid, ImmutableDictionary<string, string> Variables, string? RuntimeDirectory)
{
    // What ssh, an agent, Kerberos and a ProxyCommand need; the rest, secrets of the bot among it, is nobody's business.
    private static readonly string[] Passed = ["PATH", "HOME", "USER", "LOGNAME", "SSH_AUTH_SOCK", "KRB5CCNAME", "XDG_RUNTIME_DIR"];

    /// <summary>That of this process.</summary>
    public static ClientEnvironment Own()
    {
        // The environment a child would inherit; cut down here, where children are made.
        var inherited = new ProcessStartInfo().Environment;
        var variables = Passed
            .Where(name => !string.IsNullOrEmpty(inherited.TryGetValue(name, out var value) ? value : null))
            .ToImmutableDictionary(name => name, name => inherited[name] ?? "")
            .SetItem("LC_ALL", "C")
            .SetItem("SSH_ASKPASS_REQUIRE", "never");
        var path = variables.GetValueOrDefault("PATH") ?? "/usr/local/bin:/usr/bin:/bin";
        return new(Find("ssh", path), Find("setsid", path), variables, variables.GetValueOrDefault("XDG_RUNTIME_DIR"));
    }

    private static string? Find(string program, string path)
        => path.Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(directory => Path.Combine(directory, program))
            .FirstOrDefault(File.Exists);
}
