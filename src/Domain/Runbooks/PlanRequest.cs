using System.Collections.Immutable;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Hosts;

namespace ChatOpsBot.Domain.Runbooks;

/// <summary>What a plan is made from.</summary>
public sealed record PlanRequest
{
    /// <summary>The repair.</summary>
    public required Runbook Runbook { get; init; }

    /// <summary>The host as it was read.</summary>
    public required HostSnapshot Snapshot { get; init; }

    /// <summary>The inventory's entry of that host.</summary>
    public required HostEntry Host { get; init; }

    /// <summary>What is to be repaired; <see langword="null"/> for a runbook that a person asked for.</summary>
    public Finding? Finding { get; init; }

    /// <summary>What a person gave as <c>key=value</c>; it goes before what the finding says.</summary>
    public ImmutableSortedDictionary<string, string> Arguments { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>SHA256 fingerprint of the host's SSH key, as OpenSSH prints it; empty for a dry run.</summary>
    public required string HostKeyFingerprint { get; init; }

    /// <summary>Identity of the plan: 1 to 64 of <c>a-z 0-9 -</c>.</summary>
    public required string PlanId { get; init; }

    /// <summary>The plan may not begin after that.</summary>
    public required DateTimeOffset Expires { get; init; }
}
