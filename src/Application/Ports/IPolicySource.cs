using ChatOpsBot.Domain.Policies;

namespace ChatOpsBot.Application.Ports;

/// <summary>The policy in force.</summary>
public interface IPolicySource
{
    /// <summary>The last valid version; <see cref="Policy.Empty"/> before the first.</summary>
    Policy Current { get; }

    /// <summary>Why a newer version of the configuration is not in force; <see langword="null"/> when the newest is.</summary>
    ConfigurationProblem? Problem { get; }
}
