using ChatOpsBot.Domain.Hosts;

namespace ChatOpsBot.Application.Configuration;

/// <summary>What the configuration is read from.</summary>
public sealed record ConfigurationFiles
{
    /// <summary>Absolute path of the inventory.</summary>
    public required string Inventory { get; init; }

    /// <summary>Absolute path of the policy.</summary>
    public required string Policy { get; init; }

    /// <summary>Absolute path of the folder with the runbooks.</summary>
    public required string Runbooks { get; init; }

    /// <summary>The service's own use of sudo, filled into hosts that name none: who reads a host looks at the host alone.</summary>
    public SudoUse Sudo { get; init; } = SudoUse.Auto;

    /// <summary>Time to decide on a plan where the policy names none.</summary>
    public TimeSpan UsualTimeToDecide { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How often the files are looked at.</summary>
    public TimeSpan LookEvery { get; init; } = TimeSpan.FromSeconds(2);
}
