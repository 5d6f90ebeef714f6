using System.Collections.Immutable;

namespace ChatOpsBot.Domain.Policies;

/// <summary>What the policy says about a probe.</summary>
public enum ProbeUse
{
    /// <summary>It may be sent.</summary>
    Allow,

    /// <summary>It needs approvals, as a plan of risk D1 does.</summary>
    Approve,

    /// <summary>It is never sent.</summary>
    Deny,
}

/// <summary>Which probes may be sent. A probe that the policy does not name keeps its usual value: those that only listen or ask once are allowed, the others need approvals.</summary>
/// <param name="Uses">What the policy says, by probe id.</param>
public sealed record ProbeRules(ImmutableSortedDictionary<string, ProbeUse> Uses)
{
    /// <summary>What holds for probes that a policy does not name.</summary>
    public static ImmutableSortedDictionary<string, ProbeUse> Usual { get; } = ImmutableSortedDictionary.CreateRange(
        StringComparer.Ordinal,
        [
            KeyValuePair.Create("p.trace", ProbeUse.Allow),
            KeyValuePair.Create("p.arp", ProbeUse.Allow),
            KeyValuePair.Create("p.df", ProbeUse.Allow),
            KeyValuePair.Create("p.lldp", ProbeUse.Allow),
            KeyValuePair.Create("p.dhcp", ProbeUse.Approve),
            KeyValuePair.Create("p.nudge", ProbeUse.Approve),
        ]);

    /// <summary>A policy that names no probe.</summary>
    public static ProbeRules Default { get; } = new(ImmutableSortedDictionary<string, ProbeUse>.Empty);

    /// <summary>What holds for a probe; one that nobody knows is denied.</summary>
    public ProbeUse For(string probe) => Uses.TryGetValue(probe, out var use) ? use : Usual.GetValueOrDefault(probe, ProbeUse.Deny);
}
