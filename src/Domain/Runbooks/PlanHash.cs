using ChatOpsBot.Domain.Diagnosis;

namespace ChatOpsBot.Domain.Runbooks;

/// <summary>The hash that a decision is bound to: any change of the plan is another plan.</summary>
public static class PlanHash
{
    /// <summary>SHA-256 over every field of the plan, lower-case hex.</summary>
    public static string Of(Plan plan)
    {
        using var hash = new CanonicalHash("chatopsbot plan 1");
        hash.Add(plan.Id).Add(plan.Host).Add(plan.HostKeyFingerprint).Add(plan.MachineId).Add(plan.BootId)
            .Add(plan.Runbook).Add(plan.RunbookHash).Add(plan.Fault).Add(plan.FindingHash).Add((long)plan.Risk)
            .Add(plan.BlastRadius).Add(plan.Expires.UtcTicks).Add(plan.Steps.Length);
        foreach (var step in plan.Steps)
        {
            AddStep(hash, step);
        }

        // Only where it says something, so that plans of before keep their hash.
        if (plan.ActivatesNothing || plan.Diff is not null)
        {
            hash.Add(plan.ActivatesNothing ? 1L : 0L).Add(plan.Diff);
        }

        if (plan.Probes is { } probes)
        {
            hash.Add(probes);
        }

        return hash.Finish();
    }

    private static void AddStep(CanonicalHash hash, PlanStep step)
    {
        hash.Add(step.Name).Add(step.Subject is null ? 0L : 1L);
        if (step.Subject is { } subject)
        {
            hash.Add(subject.Name).Add(subject.Index).Add(subject.Address);
        }

        hash.Add(step.Read).Add(step.Before).Add(step.Run).Add(step.After).Add(step.Undo).Add(step.Timeout.Ticks).Add((long)step.Risk);
    }
}

/// <summary>The hash of a finding with the evidence it rests on; part of the plan's hash.</summary>
public static class FindingHash
{
    /// <summary>SHA-256 over every field of the finding, lower-case hex.</summary>
    public static string Of(Finding finding)
    {
        using var hash = new CanonicalHash("chatopsbot finding 1");
        hash.Add(finding.Id).Add(finding.Subject).Add((long)finding.Scope).Add((long)finding.Certainty).Add(finding.Summary)
            .Add(finding.Bridge).Add(finding.Repair).Add(finding.Question).Add((long)finding.Risk).Add((long)finding.Probe)
            .Add(finding.Touches).Add(finding.ConsequenceOf).Add(finding.Because.Length);
        foreach (var line in finding.Because)
        {
            hash.Add(line.Section).Add(line.Text);
        }

        return hash.Finish();
    }
}
