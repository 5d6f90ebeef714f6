using System.Collections.Immutable;
using ChatOpsBot.Domain.Diagnosis;

namespace ChatOpsBot.Benchmarks.Accuracy;

/// <summary>What the bot said to a case.</summary>
/// <param name="Case">The question.</param>
/// <param name="User">Who logged in.</param>
/// <param name="Diagnosis">The answer.</param>
/// <param name="Milliseconds">From the command to the finding.</param>
internal sealed record Answer(Case Case, string User, Diagnosis Diagnosis, double Milliseconds)
{
    private static readonly ImmutableArray<string> s_withRoot = ["root", "ops"];

    /// <summary>Name of the question with the user.</summary>
    public string Name => $"{Case.Name}.{User}";

    /// <summary>Whether the whole host could be read, so that an answer is due.</summary>
    public bool HasRoot => s_withRoot.Contains(User);

    /// <summary>Roots that are right, one set for each fault.</summary>
    public ImmutableArray<ImmutableArray<string>> Expected => [.. Case.Faults.Select(fault => Cases.ExpectedOf(fault) ?? [])];

    /// <summary>Findings that nothing else explains and that a repair or a question hangs on.</summary>
    public ImmutableArray<Finding> Roots => [.. Diagnosis.Findings.Where(finding => finding is { ConsequenceOf: null, Certainty: >= Certainty.Likely })];

    /// <summary>Causes outside the host that have to be named although something else is as far as it can tell.</summary>
    public ImmutableArray<string> Named => [.. Case.Faults.Select(Cases.NamedBeside).OfType<string>()];

    /// <summary>Whether the first finding is a fault that is there, or the suspect where there can be no more, and what has to be named beside it is.</summary>
    public bool IsTopRight => !Case.Faults.IsEmpty && Case.Faults.All(Cases.IsSuspectAtMost)
        ? Diagnosis is { Verdict: OverallVerdict.Inconclusive, Findings: [var suspect, ..] } && Expected.Any(ids => ids.Contains(suspect.Id))
        : Diagnosis is { Verdict: OverallVerdict.Fault, Primary: { } primary } && Expected.Any(ids => ids.Contains(primary.Id)) && Named.All(id => Diagnosis.Findings.Any(finding => finding.Id == id));

    /// <summary>Whether the first finding is the very cause, not only the nearest that the host can see of it.</summary>
    public bool IsTopExact => IsTopRight && (Named.IsEmpty || Named.Contains(Diagnosis.Primary?.Id ?? ""));

    /// <summary>Whether every fault is among the findings.</summary>
    public bool HasAll => Expected.All(ids => Diagnosis.Findings.Any(finding => ids.Contains(finding.Id)));

    /// <summary>Roots that are not there.</summary>
    public ImmutableArray<Finding> False => [.. Roots.Where(root => !Expected.Any(ids => ids.Contains(root.Id)))];

    /// <summary>In a line.</summary>
    public override string ToString()
        => $"{Name}: {Diagnosis.Verdict} {string.Join(", ", Diagnosis.Findings.Select(finding => $"{finding.Id} {finding.Subject} {finding.Certainty}{(finding.ConsequenceOf is null ? "" : " (consequence)")}"))}"
            + $" {string.Join(", ", Diagnosis.Undecided.Take(3).Select(undecided => $"[{undecided.RuleId}: {undecided.Section} {undecided.Why}]"))}";
}
