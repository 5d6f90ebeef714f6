using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Hosts;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Runbooks;

namespace ChatOpsBot.Application.Repairs;

/// <summary>One plan on one host, as an effect handler works on it.</summary>
/// <param name="Incident">The incident now.</param>
/// <param name="Host">Where.</param>
/// <param name="Proposal">The approved plan.</param>
/// <param name="Failures">How often this effect failed before.</param>
public sealed record RepairWork(Incident Incident, HostEntry Host, Proposal Proposal, int Failures)
{
    /// <summary>The claim under which it is done.</summary>
    public EffectClaim? Claim { get; init; }

    /// <summary>The plan.</summary>
    public Plan Plan => Proposal.Plan;

    /// <summary>The plan that the state of an incident is about; <see langword="null"/> when there is none.</summary>
    public static Proposal? ProposalOf(Incident incident) => incident.State switch
    {
        IncidentState.Applying s => s.Proposal,
        IncidentState.Verifying s => s.Proposal,
        IncidentState.Reverting s => s.Proposal,
        _ => null,
    };
}
