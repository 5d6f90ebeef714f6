using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Runbooks;
using ChatOpsBot.Support;

namespace ChatOpsBot.Web.Tests.Support;

/// <summary>The samples' story about any host.</summary>
internal static class Stories
{
    public static IncidentEvent.Opened Opened(string host) => IncidentSamples.Opened with { Request = new() { Host = host, Because = "no DHCP" }, Conversation = null };

    public static Plan Plan(string host) => IncidentSamples.Plan(host: host);

    public static IncidentEvent.Observed Observed(string host, OverallVerdict verdict = OverallVerdict.Fault)
        => new(IncidentSamples.At(1), 1, IncidentSamples.Diagnosis(verdict, verdict == OverallVerdict.Fault ? [IncidentSamples.Finding()] : []) with { Host = host }, null);

    /// <summary>All that follows a plan, to the end.</summary>
    public static IncidentEvent[] Repaired(string host = "host42") =>
    [
        IncidentSamples.Approved(IncidentSamples.Bo) with { PlanHash = PlanHash.Of(Plan(host)) },
        IncidentSamples.GuardSaid(GuardStatus.Armed),
        new IncidentEvent.StepReported(
            IncidentSamples.At(3), "i-1-1", 1, StepPart.Run, ["ip", "link", "set", "dev", "eno2", "master", "br0"], 0, new("eno2: added to br0\n", null)),
        IncidentSamples.GuardSaid(GuardStatus.Applied),
        IncidentSamples.Verified(VerifyOutcome.Done),
        IncidentSamples.GuardSaid(GuardStatus.Committed),
    ];
}
