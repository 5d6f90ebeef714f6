using System.Collections.Immutable;
using System.Globalization;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Runbooks;

namespace ChatOpsBot.Domain.Cards;

/// <summary>How far the incident is, as a list to tick off.</summary>
internal static class CardChecklist
{
    /// <summary>Place of the plan's first step, after read, approve and arm.</summary>
    private const int StepsBegin = 3;

    /// <summary>Points that an approved probe puts before them.</summary>
    private const int ProbingTasks = 2;

    public static IEnumerable<CardElement> Of(Incident incident, Plan? plan, ImmutableArray<IncidentEvent> history, LiveStep? live)
    {
        if (incident.State is IncidentState.Unopened)
        {
            return [];
        }

        var tasks = ImmutableArray.CreateBuilder<CardTask>();
        tasks.Add(new(CardText.Plain($"Read {incident.Request.Host}"), Reading(incident)));
        if (Probing(incident) is { } probing)
        {
            var waits = incident.State is IncidentState.AwaitingApproval;
            tasks.Add(new(CardText.Of(new TextRun.Plain("Approve "), new TextRun.Code(probing.Plan.Runbook)), waits ? TaskState.Running : TaskState.Done));
            tasks.Add(new(CardText.Plain("Send it and diagnose again"), waits ? TaskState.Pending : incident.ProbesNow is not null && incident.State is IncidentState.Observing { Planning: false } ? TaskState.Running : TaskState.Done));
        }

        if (plan is not null and { Probes: null })
        {
            Repair(tasks, incident, plan, history);
        }
        else if (incident.State is IncidentState.Observing { Planning: true })
        {
            tasks.Add(new(CardText.Plain(incident.AsksForProbes ? "Ask for a probe" : "Plan a repair"), TaskState.Running));
        }

        if (incident.WatchUntil is not null)
        {
            tasks.Add(new(CardText.Plain("See the guest get its address"), incident.State switch
            {
                IncidentState.Ended { End: IncidentEnd.Resolved } => TaskState.Done,
                IncidentState.Watching => TaskState.Running,
                IncidentState.Escalated => TaskState.Failed,
                IncidentState.Ended => TaskState.Skipped,
                _ => TaskState.Pending,
            }));
        }

        if (live is not null && Fits(live, incident.State))
        {
            Mark(tasks, live, plan, StepsBegin + (Probing(incident) is null ? 0 : ProbingTasks));
        }

        return [new CardElement.Tasks(tasks.ToImmutable())];
    }

    /// <summary>Probes that wait, or that were approved.</summary>
    private static Proposal? Probing(Incident incident) => incident.State is IncidentState.AwaitingApproval { Proposal: { Plan.Probes: not null } waiting } ? waiting : incident.Probing;

    /// <summary>News can be older than the state.</summary>
    private static bool Fits(LiveStep live, IncidentState state) => (live.Activity, state) switch
    {
        ("read", IncidentState.Observing { Planning: false }) => true,
        ("plan", IncidentState.Observing { Planning: true }) => true,
        ("begin", IncidentState.Applying { Begun: false }) => true,
        ("apply", IncidentState.Applying { Begun: true }) => true,
        ("verify" or "commit", IncidentState.Verifying) => true,
        ("revert", IncidentState.Reverting) => true,
        ("watch", IncidentState.Watching) => true,
        _ => false,
    };

    private static void Mark(ImmutableArray<CardTask>.Builder tasks, LiveStep live, Plan? plan, int begin)
    {
        if (live.Activity == "apply" && plan is not null && live.Done < plan.Steps.Length && plan.Steps[live.Done].Name == live.Detail)
        {
            // Read, approve and arm come before the steps. Only what nothing else is known about is marked.
            for (var step = 0; step <= live.Done; step++)
            {
                var task = tasks[begin + step];
                tasks[begin + step] = task.State == TaskState.Pending ? task with { State = step < live.Done ? TaskState.Done : TaskState.Running } : task;
            }

            return;
        }

        for (var at = 0; at < tasks.Count; at++)
        {
            if (tasks[at].State == TaskState.Running)
            {
                var count = live.Total > 0 ? string.Create(CultureInfo.InvariantCulture, $", {live.Done} of {live.Total}") : "";
                tasks[at] = tasks[at] with { Text = new([.. tasks[at].Text.Runs, new TextRun.Plain(": "), new TextRun.HostOutput(live.Detail), new TextRun.Plain(count)]) };
                return;
            }
        }
    }

    private static TaskState Reading(Incident incident) => incident.State switch
    {
        IncidentState.Observing { Planning: false } => TaskState.Running,
        IncidentState.Ended { End: IncidentEnd.Unreachable } => TaskState.Failed,
        _ when incident.Diagnosis is null => TaskState.Skipped,
        _ => TaskState.Done,
    };

    private static void Repair(ImmutableArray<CardTask>.Builder tasks, Incident incident, Plan plan, ImmutableArray<IncidentEvent> history)
    {
        var progress = Progress.Of(incident, plan, history);
        tasks.Add(new(CardText.Of(new TextRun.Plain("Approve "), new TextRun.Code(plan.Runbook)), progress.Approval));
        tasks.Add(new(CardText.Plain("Arm the guard on the host"), progress.Guard));
        foreach (var (index, step) in plan.Steps.Index())
        {
            tasks.Add(new(CardText.Host(step.Name), progress.Steps[index]));
        }

        tasks.Add(new(CardText.Plain("Verify over a new connection"), progress.Verify));
        tasks.Add(new(CardText.Plain("Commit"), progress.Commit));
        if (progress.Revert != TaskState.Skipped)
        {
            tasks.Add(new(CardText.Plain("Take the repair back"), progress.Revert));
        }
    }

    /// <summary>How far one plan is.</summary>
    private sealed record Progress(TaskState Approval, TaskState Guard, ImmutableArray<TaskState> Steps, TaskState Verify, TaskState Commit, TaskState Revert)
    {
        public static Progress Of(Incident incident, Plan plan, ImmutableArray<IncidentEvent> history)
        {
            var mine = CurrentProposal.Of(incident)?.Plan.Id == plan.Id ? incident.State : null;
            var committed = incident.Committed.Any(repair => repair.Plan.Id == plan.Id);
            var begun = committed || mine is IncidentState.Applying { Begun: true } or IncidentState.Verifying || history.Any(e => IsBegun(e, plan.Id));
            var end = incident.State as IncidentState.Ended;
            var approved = begun || committed || mine is IncidentState.Applying or IncidentState.Reverting;
            var verified = history.OfType<IncidentEvent.Verified>().LastOrDefault(e => e.PlanId == plan.Id);
            var over = mine is null;
            return new(
                approved ? TaskState.Done : mine is IncidentState.AwaitingApproval ? TaskState.Running
                    : end?.End is IncidentEnd.Declined or IncidentEnd.Expired ? TaskState.Failed : TaskState.Skipped,
                begun ? TaskState.Done : mine is IncidentState.Applying ? TaskState.Running : over ? TaskState.Skipped : TaskState.Pending,
                [.. plan.Steps.Select((_, index) => StepOf(index + 1, plan, history, incident, committed, over))],
                committed || verified is { Outcome: not VerifyOutcome.Worse } ? TaskState.Done : verified is not null ? TaskState.Failed
                    : mine is IncidentState.Verifying ? TaskState.Running : over || mine is IncidentState.Reverting ? TaskState.Skipped : TaskState.Pending,
                committed ? TaskState.Done : mine is IncidentState.Verifying { Judged: not null } ? TaskState.Running
                    : over || mine is IncidentState.Reverting ? TaskState.Skipped : TaskState.Pending,
                mine is IncidentState.Reverting ? TaskState.Running : end?.End switch
                {
                    IncidentEnd.Reverted when !committed => TaskState.Done,
                    IncidentEnd.RevertFailed when !committed => TaskState.Failed,
                    _ => TaskState.Skipped,
                });
        }

        private static bool IsBegun(IncidentEvent happened, string plan) => happened is IncidentEvent.GuardReported
        {
            Report.Status: GuardStatus.Armed or GuardStatus.Applying or GuardStatus.Applied or GuardStatus.Committed or GuardStatus.Reverted or GuardStatus.Reverting
                or GuardStatus.RevertConflict or GuardStatus.RevertFailed or GuardStatus.GuardLost,
        } report && report.PlanId == plan;

        private static TaskState StepOf(int step, Plan plan, ImmutableArray<IncidentEvent> history, Incident incident, bool committed, bool over)
        {
            if (committed)
            {
                return TaskState.Done;
            }

            var state = TaskState.Pending;
            foreach (var happened in history)
            {
                state = (happened, state) switch
                {
                    (IncidentEvent.StepReported { Part: StepPart.Run } e, _) when e.PlanId == plan.Id && e.Step == step => e.ExitCode == 0 ? TaskState.Done : TaskState.Failed,
                    (IncidentEvent.StepReported { Part: StepPart.Undo } e, _) when e.PlanId == plan.Id && e.Step == step => e.ExitCode == 0 ? TaskState.Undone : TaskState.Failed,
                    (IncidentEvent.GuardReported { Report.Status: GuardStatus.Applying } e, TaskState.Pending) when e.PlanId == plan.Id && e.Report.Step == step => TaskState.Running,
                    (IncidentEvent.GuardReported { Report.Status: GuardStatus.Applied } e, _) when e.PlanId == plan.Id => TaskState.Done,
                    (IncidentEvent.GuardReported { Report.Status: GuardStatus.Reverted } e, not TaskState.Pending) when e.PlanId == plan.Id => TaskState.Undone,
                    _ => state,
                };
            }

            return (state, incident.State) switch
            {
                (TaskState.Pending, IncidentState.Verifying) => TaskState.Done,
                (TaskState.Pending, _) when over => TaskState.Skipped,
                _ => state,
            };
        }
    }
}
