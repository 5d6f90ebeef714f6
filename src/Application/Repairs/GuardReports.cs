using System.Collections.Immutable;
using ChatOpsBot.Application.Guarding;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Runbooks;
using Guard = ChatOpsBot.Domain.Guard;

namespace ChatOpsBot.Application.Repairs;

/// <summary>
/// Turns what a host's guard says into what is stored about it. The two differ on purpose: the guard's answer may change with its program, the stored report never.
/// </summary>
public static class GuardReports
{
    /// <summary>The report as an event of the incident.</summary>
    /// <param name="report">What the host says.</param>
    /// <param name="plan">The plan it is about; gives the values their names.</param>
    /// <param name="detail">A sentence part for people; by default what the report itself names.</param>
    public static GuardReport Stored(Guard.GuardReport report, Plan plan, string? detail = null) => new()
    {
        Status = StatusOf(report.Status),
        Step = report.Step,
        Values = [.. report.Records.Select(record => ValueOf(record, plan)).OfType<GuardValue>()],
        Detail = Masking.Mask(detail ?? DetailOf(report)),
    };

    /// <summary>A report that we make ourselves, because nothing was changed and the host was not even asked.</summary>
    public static GuardReport NotBegun(string why) => new() { Status = GuardStatus.NotBegun, Detail = Masking.Mask(why) };

    /// <summary>What a step's record stands for in the transcript; <see langword="null"/> when no command of the plan was run.</summary>
    internal static (StepPart Part, ImmutableArray<string> Argv)? CommandOf(Guard.GuardRecord record, Plan plan)
    {
        if (record.Step < 1 || record.Step > plan.Steps.Length)
        {
            return null;
        }

        var step = plan.Steps[record.Step - 1];
        return record.Kind switch
        {
            Guard.GuardRecordKind.Ran => (StepPart.Run, step.Run),
            Guard.GuardRecordKind.Undone => (StepPart.Undo, step.Undo),
            Guard.GuardRecordKind.UndoFailed or Guard.GuardRecordKind.Conflict or Guard.GuardRecordKind.Drift or Guard.GuardRecordKind.Untouched => (StepPart.Read, step.Read),
            _ => null,
        };
    }

    /// <summary>The host has lost what it wrote down about a plan that was begun: whether it is as before, nobody knows, and that is for a human.</summary>
    private static GuardStatus StatusOf(Guard.GuardStatus status) => status switch
    {
        Guard.GuardStatus.Unknown => GuardStatus.GuardLost,
        Guard.GuardStatus.NotBegun => GuardStatus.NotBegun,
        Guard.GuardStatus.Armed => GuardStatus.Armed,
        Guard.GuardStatus.Applying => GuardStatus.Applying,
        Guard.GuardStatus.Applied => GuardStatus.Applied,
        Guard.GuardStatus.Committed => GuardStatus.Committed,
        Guard.GuardStatus.Reverting => GuardStatus.Reverting,
        Guard.GuardStatus.Reverted => GuardStatus.Reverted,
        Guard.GuardStatus.RevertConflict => GuardStatus.RevertConflict,
        Guard.GuardStatus.RevertFailed => GuardStatus.RevertFailed,
        Guard.GuardStatus.Drift => GuardStatus.Drift,
        Guard.GuardStatus.GuardLost => GuardStatus.GuardLost,
        Guard.GuardStatus.Rebooted => GuardStatus.Rebooted,
        _ => throw new InvalidOperationException($"unexpected status {status}"),
    };

    private static string DetailOf(Guard.GuardReport report) => report switch
    {
        // Without the guard's own word for it, which masking would take for the name of a secret.
        { Refusal: { Kind: Guard.GuardRefusalKind.Fenced } } => "the host was worked on by another bot since, or by this one with a newer database; "
            + "if no other bot works on it, remove /var/lib/chatops/fence on the host and recheck",
        { Refusal: { } refusal } => refusal.Text,
        { Status: Guard.GuardStatus.Unknown } => "the host has lost what it had written down about the plan",
        { Records.IsEmpty: true } => "",
        _ => GuardWording.Of(report),
    };

    private static GuardValue? ValueOf(Guard.GuardRecord record, Plan plan)
    {
        var names = record.Kind is Guard.GuardRecordKind.Drift or Guard.GuardRecordKind.Failed or Guard.GuardRecordKind.Conflict or Guard.GuardRecordKind.UndoFailed
            or Guard.GuardRecordKind.Gone;
        if (!names || record.Step < 1 || record.Step > plan.Steps.Length)
        {
            return null;
        }

        var step = plan.Steps[record.Step - 1];
        return new($"{record.Step} {step.Subject?.Name ?? step.Name}", step.Before, step.After, Masking.Mask(record.Found));
    }
}
