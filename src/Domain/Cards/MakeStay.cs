using System.Collections.Immutable;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Runbooks;

namespace ChatOpsBot.Domain.Cards;

/// <summary>What is offered after a repair of the running host was committed: a plan of its own that writes it into the right configuration file.</summary>
/// <param name="Runbook">The runbook that does it.</param>
/// <param name="Parameter">Its parameter; <see langword="null"/> for none.</param>
/// <param name="Link">The parameter's value.</param>
public sealed record MakeStay(string Runbook, string? Parameter, string? Link)
{
    /// <summary>The offers of an incident, the last repair first; none while it is open, since a host has one incident at a time.</summary>
    public static ImmutableArray<MakeStay> Of(Incident incident)
        => incident.State is IncidentState.Ended ? [.. incident.Committed.Select(repair => Of(repair.Plan)).OfType<MakeStay>().Reverse().Distinct()] : [];

    /// <summary>The offer of a committed repair; <see langword="null"/> when it cannot be made to stay by a file, or when it is one that was.</summary>
    public static MakeStay? Of(Plan plan)
    {
        if (!Domain.Runbooks.Runbook.Keepable.Contains(plan.Runbook))
        {
            return null;
        }

        var runbook = $"persist/{plan.Runbook[(plan.Runbook.LastIndexOf('/') + 1)..]}";
        return Domain.Runbooks.Runbook.ParameterToKeep(plan.Runbook) is not { } parameter ? new(runbook, null, null)
            : plan.Steps.Select(step => step.Subject?.Name).OfType<string>().FirstOrDefault() is { } link ? new(runbook, parameter, link)
            : null;
    }

    /// <summary>The line that a person types.</summary>
    public string Command(string host) => Parameter is null ? $"run {Runbook} {host}" : $"run {Runbook} {host} \"{Parameter}={Link}\"";
}
