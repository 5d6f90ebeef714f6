using ChatOpsBot.Domain.Hosts;

namespace ChatOpsBot.Adapters.Ssh;

/// <summary>How hosts are reached. Section <c>Ssh</c>; the inventory may override each but the last two per host.</summary>
public sealed class SshOptions
{
    /// <summary>Name of the section in the settings.</summary>
    public const string Section = "Ssh";

    /// <summary>Login name; <see langword="null"/> leaves it to <c>ssh_config</c>, then to the account the bot runs as.</summary>
    public string? User { get; set; }

    /// <summary>Private key file; the only key then offered. <see langword="null"/> leaves it to agent and <c>ssh_config</c>.</summary>
    public string? IdentityFile { get; set; }

    /// <summary>Known hosts file; <see langword="null"/> takes that of the account. Keys are always checked strictly.</summary>
    public string? KnownHostsFile { get; set; }

    /// <summary>An <c>ssh_config</c> file, for example with jump hosts; <see langword="null"/> takes the account's and the system's.</summary>
    public string? ConfigFile { get; set; }

    /// <summary>Use of sudo.</summary>
    public SudoUse Sudo { get; set; } = SudoUse.Auto;

    /// <summary>Limit for connecting and logging in.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Limit for one command that names none.</summary>
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Hosts worked on at the same time; further ones wait. Bounds the processes and sockets of the bot.</summary>
    public int MaxConcurrentHosts { get; set; } = 16;

    /// <summary>
    /// Directory for the sockets of warm connections, made with mode 0700. <see langword="null"/> takes <c>chatopsbot</c> in
    /// <c>$XDG_RUNTIME_DIR</c>, for root in <c>/run</c>, else <c>/tmp/chatopsbot-UID</c>. Short, because socket paths end at 108 bytes.
    /// </summary>
    public string? ControlDirectory { get; set; }
}
