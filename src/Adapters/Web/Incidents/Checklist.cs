using System.Collections.Immutable;
using ChatOpsBot.Domain.Incidents;

namespace ChatOpsBot.Adapters.Web.Incidents;

/// <summary>How far one point of the way to a repaired host is.</summary>
public enum Mark
{
    /// <summary>Not begun.</summary>
    Open,

    /// <summary>Under way, or waiting for people.</summary>
    Now,

    /// <summary>Done.</summary>
    Done,

    /// <summary>It went wrong, or was refused.</summary>
    Failed,
}

/// <summary>One point.</summary>
/// <param name="Text">What.</param>
/// <param name="Mark">How far.</param>
public sealed record ChecklistItem(string Text, Mark Mark);

/// <summary>The way from question to repaired host, as far as this incident has come, made from its events alone.</summary>
internal static class Checklist
{
    /// <summary>All points; a way that ends early has only those that were gone.</summary>
    public static ImmutableArray<ChecklistItem> Of(IncidentReading reading)
    {
        var incident = reading.Incident;
        var observed = incident.Diagnosis is not null && incident.State is not IncidentState.Observing { Planning: false };
        var items = ImmutableArray.CreateBuilder<ChecklistItem>();
        items.Add(new("Read the host and diagnose", observed ? Mark.Done : MarkOf(incident, now: incident.State is IncidentState.Observing)));
        if (incident.State is IncidentState.Observing { Planning: true })
        {
            items.Add(new("Make a plan", Mark.Now));
        }

        if (reading.Proposed is { } proposed)
        {
            items.Add(new("Make a plan", Mark.Done));
            AddRepair(items, reading, proposed);
        }

        if (incident.State is IncidentState.Watching)
        {
            items.Add(new("Watch for the guest's address", Mark.Now));
        }
        else if (incident.State is IncidentState.Escalated)
        {
            items.Add(new("A human has to act", Mark.Now));
        }

        return items.ToImmutable();
    }

    private static void AddRepair(ImmutableArray<ChecklistItem>.Builder items, IncidentReading reading, IncidentEvent.PlanProposed proposed)
    {
        var state = reading.Incident.State;
        var reports = reading.Events.Select(stored => stored.Read()).ToArray();
        var guard = reports.OfType<IncidentEvent.GuardReported>().Where(e => e.PlanId == proposed.Plan.Id).Select(e => e.Report).ToArray();
        var approved = reading.Decisions.Count(decision => decision.Approved) >= proposed.Requirement.Quorum || reading.Decisions.Any(decision => decision.Alone);
        items.Add(new(
            $"Approval: {reading.Decisions.Count(decision => decision.Approved)} of {proposed.Requirement.Quorum}",
            approved ? Mark.Done : MarkOf(reading.Incident, now: state is IncidentState.AwaitingApproval)));
        if (!approved)
        {
            return;
        }

        if (proposed.Plan.Probes is { } probes)
        {
            items.Add(new($"Send {probes} and diagnose again", state is IncidentState.Observing { Planning: false } ? Mark.Now : Mark.Done));
            return;
        }

        bool Said(params GuardStatus[] statuses) => guard.Any(report => statuses.Contains(report.Status));
        var began = Said(GuardStatus.Armed, GuardStatus.Applying, GuardStatus.Applied, GuardStatus.Committed);
        var applied = Said(GuardStatus.Applied, GuardStatus.Committed);
        items.Add(new("Arm the guard that undoes by itself", began ? Mark.Done : MarkOf(reading.Incident, now: state is IncidentState.Applying)));
        var running = began && !applied && state is IncidentState.Applying;
        foreach (var (index, step) in proposed.Plan.Steps.Index())
        {
            var ran = reports.OfType<IncidentEvent.StepReported>().LastOrDefault(e => e.PlanId == proposed.Plan.Id && e.Step == index + 1 && e.Part == StepPart.Run);
            var mark = applied || ran?.ExitCode == 0 ? Mark.Done : ran is not null ? Mark.Failed : MarkOf(reading.Incident, now: running);
            items.Add(new(step.Name, mark));
            running = running && mark == Mark.Done;
        }

        var verified = reports.OfType<IncidentEvent.Verified>().LastOrDefault(e => e.PlanId == proposed.Plan.Id);
        items.Add(new(
            "Verify over a new connection",
            verified is null ? MarkOf(reading.Incident, now: state is IncidentState.Verifying) : verified.Outcome == VerifyOutcome.Worse ? Mark.Failed : Mark.Done));
        items.Add(state is IncidentState.Reverting || Said(GuardStatus.Reverting, GuardStatus.Reverted, GuardStatus.RevertConflict, GuardStatus.RevertFailed)
            ? new("Take the repair back", Said(GuardStatus.Reverted) ? Mark.Done : Said(GuardStatus.RevertConflict, GuardStatus.RevertFailed, GuardStatus.GuardLost) ? Mark.Failed : Mark.Now)
            : new("Keep the repair", Said(GuardStatus.Committed) ? Mark.Done : MarkOf(reading.Incident, now: state is IncidentState.Verifying { Judged: not null })));
    }

    /// <summary>A point that is not done: under way, still to come, or never to come.</summary>
    private static Mark MarkOf(Incident incident, bool now) => now ? Mark.Now : incident.IsOpen ? Mark.Open : Mark.Failed;
}
