using System.Collections.Immutable;
using ChatOpsBot.Domain.Hosts;
using ChatOpsBot.Domain.Policies;
using ChatOpsBot.Domain.Runbooks;

namespace ChatOpsBot.Application.Ports;

/// <summary>Inventory, policy and runbooks in force. They change together or not at all.</summary>
public interface IConfigurationSource
{
    /// <summary>The last valid version. Take it once per piece of work, so that all of it sees the same.</summary>
    ServiceConfiguration Current { get; }

    /// <summary>Why a newer version is not in force; <see langword="null"/> when the newest is. Shown by <c>/readyz</c>, <c>doctor</c> and the cards.</summary>
    ConfigurationProblem? Problem { get; }

    /// <summary>Asks the chat platforms who is in the groups that the policy names, where that was asked longer ago. Before a judgement; who cannot be asked about does not count.</summary>
    /// <param name="notOlderThan">What was asked within this time is good enough; at a decision nothing is.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task RefreshMembersAsync(TimeSpan notOlderThan, CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>One valid version of the configuration.</summary>
public sealed record ServiceConfiguration
{
    /// <summary>Before anything was read: no hosts, and nobody may do anything.</summary>
    public static ServiceConfiguration None { get; } = new() { Inventory = new([], ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty), Policy = Policy.Empty };

    /// <summary>The hosts.</summary>
    public required Inventory Inventory { get; init; }

    /// <summary>Who may do what.</summary>
    public required Policy Policy { get; init; }

    /// <summary>The runbooks.</summary>
    public RunbookSet Runbooks { get; init; } = RunbookSet.Empty;

    /// <summary>When it came into force.</summary>
    public DateTimeOffset LoadedAt { get; init; }

    /// <summary>A host of the inventory as the policy sees it.</summary>
    public PolicyHost HostOf(string name) => PolicyHost.Of(name, Inventory);
}

/// <summary>A version that was refused.</summary>
/// <param name="At">When.</param>
/// <param name="Faults">All faults of all files, each with place and remedy; never empty.</param>
public sealed record ConfigurationProblem(DateTimeOffset At, ImmutableArray<FileFault> Faults)
{
    /// <summary>One line for footers: the first fault and how many more there are.</summary>
    public override string ToString()
        => $"a changed configuration is not in force: {Faults[0]}{(Faults.Length > 1 ? $" (and {Faults.Length - 1} more)" : "")}";
}
