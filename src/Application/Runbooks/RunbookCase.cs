using System.Collections.Immutable;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Hosts;
using ChatOpsBot.Domain.Runbooks;

namespace ChatOpsBot.Application.Runbooks;

/// <summary>An example beside a runbook: a host, and the plan that has to come of it.</summary>
public sealed record RunbookCase
{
    /// <summary>What it shows.</summary>
    public required string Name { get; init; }

    /// <summary>The host as read.</summary>
    public required HostSnapshot Snapshot { get; init; }

    /// <summary>Its entry in the inventory.</summary>
    public required HostEntry Host { get; init; }

    /// <summary>Whether the plan answers what the diagnosis of this host finds; otherwise a person asks for the runbook.</summary>
    public bool FromFinding { get; init; } = true;

    /// <summary>What a person gives.</summary>
    public ImmutableSortedDictionary<string, string> Arguments { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Words that the refusal has to hold; <see langword="null"/> when a plan has to come of it.</summary>
    public string? Impossible { get; init; }

    /// <summary>The risk of the plan, or <see langword="null"/> for any.</summary>
    public Risk? Risk { get; init; }

    /// <summary>The guests that notice, or <see langword="null"/> for any.</summary>
    public ImmutableArray<string>? Guests { get; init; }

    /// <summary>The steps, or <see langword="null"/> for any.</summary>
    public ImmutableArray<ExpectedStep>? Steps { get; init; }
}

/// <summary>What a step has to be; what is <see langword="null"/> may be anything.</summary>
/// <param name="Run">The change.</param>
/// <param name="Undo">The way back.</param>
/// <param name="Read">How it is seen.</param>
/// <param name="Before">Value before.</param>
/// <param name="After">Value after.</param>
/// <param name="Subject">Name of the link.</param>
public sealed record ExpectedStep(ImmutableArray<string>? Run, ImmutableArray<string>? Undo, ImmutableArray<string>? Read, string? Before, string? After, string? Subject);

/// <summary>Runs cases. Pure.</summary>
public static class RunbookCases
{
    /// <summary>Plans a case and compares; empty when all is as expected, else a sentence part for each difference.</summary>
    public static ImmutableArray<string> Run(Runbook runbook, RunbookCase example)
    {
        var finding = example.FromFinding ? FindingFor(runbook, example.Snapshot, example.Host, example.Arguments) : null;
        if (example.FromFinding && finding is null)
        {
            return [$"the diagnosis of this host finds nothing that {runbook.Id} repairs"];
        }

        var outcome = Planner.Plan(new()
        {
            Runbook = runbook,
            Snapshot = example.Snapshot,
            Host = example.Host,
            Finding = finding,
            Arguments = example.Arguments,
            HostKeyFingerprint = "",
            PlanId = "case",
            Expires = DateTimeOffset.MaxValue,
        });
        return (outcome, example.Impossible) switch
        {
            (PlanOutcome.Planned(var plan, _), null) => [.. Compare(plan, example)],
            (PlanOutcome.Planned, _) => ["a plan came of it, and none was expected"],
            (PlanOutcome.Impossible refusal, null) => [$"no plan came of it: {refusal.Message}"],
            (PlanOutcome.Impossible refusal, { } words) => refusal.Message.Contains(words, StringComparison.Ordinal) ? [] : [$"the refusal is: {refusal.Message}"],
            _ => throw new InvalidOperationException($"unexpected outcome {outcome.GetType().Name}"),
        };
    }

    /// <summary>The finding that a runbook would answer on this host: the first one whose repair it is; one that an argument names goes before.</summary>
    public static Finding? FindingFor(Runbook runbook, HostSnapshot snapshot, HostEntry host, IReadOnlyDictionary<string, string> arguments)
    {
        var findings = Diagnostician.Diagnose(snapshot, host, DiagnosisFocus.WholeHost).Findings.Where(finding => finding.Repair == runbook.Id).ToArray();
        return findings.FirstOrDefault(finding => arguments.Values.Contains(finding.Subject)) ?? findings.FirstOrDefault();
    }

    private static IEnumerable<string> Compare(Plan plan, RunbookCase example)
    {
        if (example.Risk is { } risk && risk != plan.Risk)
        {
            yield return $"the risk is {plan.Risk}, not {risk}";
        }

        if (example.Guests is { } guests && !guests.SequenceEqual(plan.BlastRadius))
        {
            yield return $"the guests that notice are {List(plan.BlastRadius)}, not {List(guests)}";
        }

        if (example.Steps is not { } steps)
        {
            yield break;
        }

        if (steps.Length != plan.Steps.Length)
        {
            yield return $"there are {plan.Steps.Length} steps, not {steps.Length}: {string.Join("; ", plan.Steps.Select(step => step.Name))}";
            yield break;
        }

        foreach (var difference in steps.Zip(plan.Steps).SelectMany(pair => Compare(pair.First, pair.Second)))
        {
            yield return difference;
        }
    }

    private static IEnumerable<string> Compare(ExpectedStep expected, PlanStep step)
    {
        foreach (var (name, wanted, got) in new[] { ("run", expected.Run, step.Run), ("undo", expected.Undo, step.Undo), ("read", expected.Read, step.Read) })
        {
            if (wanted is { } vector && !vector.SequenceEqual(got))
            {
                yield return $"{name} of \"{step.Name}\" is {List(got)}, not {List(vector)}";
            }
        }

        foreach (var (name, wanted, got) in new[] { ("before", expected.Before, step.Before), ("after", expected.After, step.After), ("subject", expected.Subject, step.Subject?.Name ?? "") })
        {
            if (wanted is not null && wanted != got)
            {
                yield return $"{name} of \"{step.Name}\" is \"{got}\", not \"{wanted}\"";
            }
        }
    }

    private static string List(IEnumerable<string> texts) => $"[{string.Join(", ", texts.Select(text => $"\"{text}\""))}]";
}
