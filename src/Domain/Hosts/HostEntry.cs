using System.Collections.Immutable;

namespace ChatOpsBot.Domain.Hosts;

/// <summary>One host of the inventory: how to reach it and what is known about its intended layout.</summary>
public sealed record HostEntry
{
    /// <summary>Inventory name; what people type.</summary>
    public required string Name { get; init; }

    /// <summary>DNS name, IP address or <c>ssh_config</c> alias to connect to.</summary>
    public required string Address { get; init; }

    /// <summary>TCP port of sshd; <see langword="null"/> leaves it to <c>ssh_config</c>, then 22.</summary>
    public int? Port { get; init; }

    /// <summary>Login name; <see langword="null"/> leaves it to <see cref="Ssh"/>, then <c>ssh_config</c>.</summary>
    public string? User { get; init; }

    /// <summary>Tags for groups and policy.</summary>
    public ImmutableArray<string> Tags { get; init; } = [];

    /// <summary>Bridges that serve guests; empty means every bridge found.</summary>
    public ImmutableArray<string> Bridges { get; init; } = [];

    /// <summary>Intended uplink port by bridge.</summary>
    public ImmutableSortedDictionary<string, string> Uplinks { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>SSH settings of this host that override the service's own.</summary>
    public SshOverrides Ssh { get; init; } = new();
}

/// <summary>Whether root rows are read through <c>sudo -n</c>.</summary>
public enum SudoUse
{
    /// <summary>When it works; otherwise those rows are reported as not read.</summary>
    Auto,

    /// <summary>Never, even when it would work.</summary>
    Never,

    /// <summary>Always; a refusal is an error of the whole read.</summary>
    Always,
}

/// <summary>Per-host SSH settings; <see langword="null"/> means the setting of the service applies.</summary>
public sealed record SshOverrides
{
    /// <summary>Private key file.</summary>
    public string? IdentityFile { get; init; }

    /// <summary>Known hosts file; keys are always checked strictly.</summary>
    public string? KnownHostsFile { get; init; }

    /// <summary>An <c>ssh_config</c> file, for example with jump hosts.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>Use of sudo.</summary>
    public SudoUse? Sudo { get; init; }

    /// <summary>Limit for connecting and logging in.</summary>
    public TimeSpan? ConnectTimeout { get; init; }

    /// <summary>Limit for one command.</summary>
    public TimeSpan? CommandTimeout { get; init; }
}
