using System.Text.RegularExpressions;
using ChatOpsBot.Domain.Hosts;

namespace ChatOpsBot.Adapters.Ssh;

/// <summary>What decides which connection a run needs; equal routes share one.</summary>
internal sealed record Route(string Address, int? Port, string? User, string? IdentityFile, string? KnownHostsFile, string? ConfigFile, TimeSpan ConnectTimeout);

/// <summary>A host with the settings in force for it: its own, else those of the service.</summary>
internal sealed partial record HostTarget(string Name, Route Route, SudoUse Sudo, TimeSpan CommandTimeout)
{
    public static HostTarget From(HostEntry host, SshOptions options) => new(
        host.Name,
        new Route(
            host.Address,
            host.Port,
            host.User ?? options.User,
            Expand(host.Ssh.IdentityFile ?? options.IdentityFile),
            Expand(host.Ssh.KnownHostsFile ?? options.KnownHostsFile),
            Expand(host.Ssh.ConfigFile ?? options.ConfigFile),
            host.Ssh.ConnectTimeout ?? options.ConnectTimeout),
        host.Ssh.Sudo ?? options.Sudo,
        host.Ssh.CommandTimeout ?? options.CommandTimeout);

    /// <summary>Why no command line can be made of this, or <see langword="null"/>: nothing from a file may be read as an option of ssh.</summary>
    public string? Fault()
    {
        if (!AddressPattern().IsMatch(Route.Address))
        {
            return $"the address of {Name} in the inventory is neither a name nor an IP address";
        }

        if (Route.User is { } user && !IsUserName(user))
        {
            return $"the user of {Name} in the inventory is no login name";
        }

        return new[] { Route.IdentityFile, Route.KnownHostsFile, Route.ConfigFile }
            .Select(path => path is null ? null : ClientConfig.PathFault(path))
            .FirstOrDefault(fault => fault is not null);
    }

    public static bool IsUserName(string user) => UserPattern().IsMatch(user);

    /// <summary>Puts the home directory in place of a leading <c>~/</c>.</summary>
    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(path))]
    public static string? Expand(string? path)
        => path is ['~', '/', ..] ? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + path[1..] : path;

    [GeneratedRegex(@"\A[A-Za-z0-9_:\[][A-Za-z0-9_.:%\[\]-]{0,254}\z")]
    private static partial Regex AddressPattern();

    [GeneratedRegex(@"\A[A-Za-z0-9_.][A-Za-z0-9_.@\\$-]{0,254}\z")]
    private static partial Regex UserPattern();
}
