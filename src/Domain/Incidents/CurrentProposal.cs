namespace ChatOpsBot.Domain.Incidents;

/// <summary>The plan that an incident is about at this moment.</summary>
public static class CurrentProposal
{
    /// <summary>The proposal that waits, is carried out, verified or taken back; <see langword="null"/> in every other state.</summary>
    public static Proposal? Of(Incident incident) => incident.State switch
    {
        IncidentState.AwaitingApproval s => s.Proposal,
        IncidentState.Applying s => s.Proposal,
        IncidentState.Verifying s => s.Proposal,
        IncidentState.Reverting s => s.Proposal,
        _ => null,
    };
}
