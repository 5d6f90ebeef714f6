using System.Collections.Immutable;
using ChatOpsBot.Domain.Diagnosis;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Diagnosis;

/// <summary>The questions of tests/Benchmarks/diagnosis.sh, asked again of what the real hosts said then.</summary>
public class KeptCasesTests
{
    [Fact]
    public void Diagnose_EveryKeptCase_SaysWhatItSaidOnTheRealHost()
    {
        var differences =
            from kept in KeptCases.All
            let diagnosis = Diagnostician.Diagnose(kept.Snapshot(), kept.Host, DiagnosisFocus.WholeHost)
            let lines = KeptCase.Lines(diagnosis)
            where !string.Equals(diagnosis.Verdict.ToString(), kept.Verdict, StringComparison.OrdinalIgnoreCase) || !lines.SequenceEqual(kept.Findings)
            select $"{kept.Name}: {diagnosis.Verdict} {string.Join(", ", lines)}; kept was {kept.Verdict} {string.Join(", ", kept.Findings)}";

        KeptCases.AssertNone(differences);
    }

    [Fact]
    public void Kept_HealthyHosts_AreNeverCalledFaulty()
    {
        var healthy = KeptCases.All.Where(kept => kept.Kind == "healthy").ToArray();

        Assert.True(healthy.Length >= 100, $"{healthy.Length} cases");
        KeptCases.AssertNone(healthy.Where(kept => kept.HasRoot ? kept.Verdict != "healthy" : kept.Verdict == "fault").Select(kept => $"{kept.Name}: {kept.Verdict}"));
    }

    [Fact]
    public void Kept_SingleFaultsReadWithRoot_AreNamedFirst()
    {
        var asked = KeptCases.All.Where(kept => kept is { Kind: "single", HasRoot: true }).ToArray();
        var missed = asked.Where(kept => kept.Verdict != (IsSuspectAtMost(kept) ? "inconclusive" : "fault") || !Names(kept.Findings[0], kept.Expected[0]) || !kept.Named.All(id => kept.Findings.Any(finding => Names(finding, id)))).Select(kept => $"{kept.Name}: {kept.Verdict} {string.Join(", ", kept.Findings)}").ToArray();

        Assert.True(asked.Length >= 100, $"{asked.Length} cases");
        Assert.True(missed.Length * 50 <= asked.Length, $"{missed.Length} of {asked.Length} missed:\n{string.Join('\n', missed)}");
    }

    [Fact]
    public void Kept_FalseFindings_AreNeverCertain()
    {
        var wrong =
            from kept in KeptCases.All
            from finding in kept.Findings
            where finding.EndsWith(" certain", StringComparison.Ordinal) && !kept.Expected.Any(expected => Names(finding, expected))
            select $"{kept.Name}: {finding}";

        KeptCases.AssertNone(wrong);
    }

    [Fact]
    public void Kept_DoubleFaultsReadWithRoot_AreBothFound()
    {
        var asked = KeptCases.All.Where(kept => kept is { Kind: "double", HasRoot: true }).ToArray();
        var missed = asked.Where(kept => !kept.Expected.All(expected => kept.Findings.Any(finding => Names(finding, expected)))).Select(kept => $"{kept.Name}: {string.Join(", ", kept.Findings)}").ToArray();

        Assert.True(asked.Length >= 40, $"{asked.Length} cases");
        Assert.True(missed.Length * 10 <= asked.Length, $"{missed.Length} of {asked.Length} missed:\n{string.Join('\n', missed)}");
    }

    /// <summary>By the catalogue only an experiment proves it.</summary>
    private static bool IsSuspectAtMost(KeptCase kept) => kept.Expected is ["bridge.multicast-snooping"];

    private static bool Names(string finding, string expected) => expected.Split('|').Contains(finding.Split(' ')[0]);
}
