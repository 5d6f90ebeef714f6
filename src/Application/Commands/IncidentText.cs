using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Incidents;

namespace ChatOpsBot.Application.Commands;

/// <summary>Incidents in plain lines.</summary>
internal static class IncidentText
{
    /// <summary>One line of a list.</summary>
    public static string Line(IncidentLine line)
        => $"{line.Id} {line.Host} {line.State}, opened by {line.OpenedBy} at {line.OpenedAt:u}{(line.EndedAt is { } end ? $", ended at {end:u}" : "")}";

    /// <summary>Where an incident stands.</summary>
    public static string Status(Incident incident)
    {
        var lines = new List<string>
        {
            $"{incident.Id} {incident.Request.Host} is {incident.State.Name}, opened by {incident.OpenedBy} at {incident.OpenedAt:u}",
        };
        if (incident.Diagnosis?.Primary is { } finding)
        {
            lines.Add($"{finding.Summary} ({finding.Id}, {finding.Certainty.ToString().ToLowerInvariant()})");
        }

        if (CurrentProposal.Of(incident) is { } proposal)
        {
            lines.Add(
                $"{(proposal.Plan.Probes is null ? "plan" : "probe")} {proposal.Plan.Runbook}, risk {proposal.Plan.Risk}: {proposal.Approvals.Length} of {proposal.Requirement.Quorum} approvals from "
                + string.Join(", ", proposal.Requirement.From));
        }

        lines.AddRange(incident.State switch
        {
            IncidentState.AwaitingApproval s => [$"to be decided until {s.Proposal.Plan.Expires:u}: approve {incident.Id} or deny {incident.Id}"],
            IncidentState.Watching s => [$"waiting until {s.Until:u} for the guest to get its address"],
            IncidentState.Escalated s => [$"a human has to act: {s.Question}"],
            IncidentState.Reverting s => [s.Why],
            IncidentState.Ended s => [s.Why],
            _ => Enumerable.Empty<string>(),
        });
        if (incident.Problem is { } problem)
        {
            lines.Add(problem);
        }

        return string.Join('\n', lines);
    }
}
