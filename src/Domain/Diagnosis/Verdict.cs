using System.Collections.Immutable;

namespace ChatOpsBot.Domain.Diagnosis;

/// <summary>What one rule says about one host. All three lists empty means: looked, and the fault is not there.</summary>
/// <param name="Findings">The fault, once per subject.</param>
/// <param name="Rejected">Why the fault was ruled out where it looked likely, or which look-alikes it rules out.</param>
/// <param name="Undecided">What could not be told.</param>
public sealed record Verdict(ImmutableArray<Finding> Findings, ImmutableArray<Rejection> Rejected, ImmutableArray<Undecided> Undecided)
{
    /// <summary>The fault is not there.</summary>
    public static Verdict Clear { get; } = new([], [], []);

    /// <summary>The fault is not there, for a reason worth showing.</summary>
    public static Verdict Ruled(string id, string why) => new([], [new(id, why)], []);

    /// <summary>The rule lacks evidence.</summary>
    public static Verdict CannotTell(string id, string section, string why) => new([], [], [new(id, section, why)]);

    /// <summary>The fault, once per subject.</summary>
    public static Verdict From(IEnumerable<Finding> findings) => new([.. findings], [], []);

    /// <summary>All that several verdicts say.</summary>
    public static Verdict Join(IEnumerable<Verdict> verdicts)
    {
        var all = verdicts.ToArray();
        return new([.. all.SelectMany(v => v.Findings)], [.. all.SelectMany(v => v.Rejected).Distinct()], [.. all.SelectMany(v => v.Undecided).Distinct()]);
    }
}
