using ChatOpsBot.Domain.Diagnosis;

namespace ChatOpsBot.Support;

/// <summary>Short words for tests of rules.</summary>
public static class Verdicts
{
    /// <summary>Looked, and there was nothing to say. Verdicts hold arrays, so two that say the same need not be equal.</summary>
    public static bool IsClear(this Verdict verdict) => verdict.Findings.IsEmpty && verdict.Rejected.IsEmpty && verdict.Undecided.IsEmpty;
}
