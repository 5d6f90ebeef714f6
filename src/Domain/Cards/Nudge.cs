using ChatOpsBot.Domain.Incidents;

namespace ChatOpsBot.Domain.Cards;

/// <summary>What is offered when all is repaired but the guest does not ask for an address: its link is taken down and up for a second.</summary>
public static class Nudge
{
    /// <summary>The runbook that does it.</summary>
    public const string Runbook = "guest/nudge-link";

    /// <summary>Its parameter.</summary>
    public const string Parameter = "guest";

    /// <summary>The guest to nudge; <see langword="null"/> when it is not worth it, or not clear which.</summary>
    public static string? GuestOf(Incident incident) => incident switch
    {
        { State: not IncidentState.Escalated } or { WatchUntil: null } or { Committed.IsEmpty: true } => null,
        { Request.Focus.Guest: { } asked } => asked,
        { Diagnosis.Guests: [var only] } => only.Name,
        _ => null,
    };
}
