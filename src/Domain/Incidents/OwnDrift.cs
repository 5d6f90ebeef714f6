using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Domain.Runbooks;

namespace ChatOpsBot.Domain.Incidents;

/// <summary>
/// A repair of the running host is not in the host's files, so a bridge that was repaired may run otherwise than it is configured. That is what was approved, not a
/// second fault: it is said, and "make it stay" is offered, but nobody is asked which of the two is right.
/// </summary>
public static class OwnDrift
{
    /// <summary>Whether the finding is a difference between files and running host that the plan has made.</summary>
    /// <param name="incident">The incident, with what its host differed in before the first repair.</param>
    /// <param name="plan">A plan of the incident that was applied.</param>
    /// <param name="finding">What was found afterwards.</param>
    public static bool IsMadeBy(Incident incident, Plan plan, Finding finding)
        => finding.Id == HostConfigDrift.Id && !incident.DriftedBefore.Contains(finding.Subject)
            && plan.Steps.Any(step => step.Subject?.Name == finding.Subject || step.Run.Contains(finding.Subject));

    /// <summary>Whether one of the incident's committed repairs has made it.</summary>
    public static bool IsOwn(Incident incident, Finding finding) => incident.Committed.Any(repair => IsMadeBy(incident, repair.Plan, finding));

    /// <summary>What ran otherwise than configured, by that observation.</summary>
    internal static IEnumerable<string> In(Diagnosis.Diagnosis diagnosis) => diagnosis.Findings.Where(finding => finding.Id == HostConfigDrift.Id).Select(finding => finding.Subject);
}
