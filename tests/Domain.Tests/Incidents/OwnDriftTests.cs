using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Diagnosis.Faults;
using ChatOpsBot.Domain.Incidents;
using Xunit;
using static ChatOpsBot.Support.IncidentSamples;

namespace ChatOpsBot.Domain.Tests.Incidents;

public class OwnDriftTests
{
    [Fact]
    public void Observed_OnlyTheDriftThatTheRepairMade_IsWatchedLikeAHealthyHostAndSaid()
    {
        var watching = Then(Repaired(VerifyOutcome.Kept), Fault(2, Drift("br0")));

        Assert.Equal("watching", watching.State.Name);
        Assert.Equal("resolved", Then(watching, new IncidentEvent.AckSeen(At(6), "ack")).State.Name);
        var proven = Then(Repaired(VerifyOutcome.Done, "nf.bridge-family-drop br0"), Fault(2, Drift("br0")));
        Assert.Contains("by the repair, br0 runs otherwise", Assert.IsType<IncidentState.Ended>(proven.State).Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("br0", "br0")]
    [InlineData("br7", "")]
    public void Observed_DriftThatWasThereOrIsElsewhere_IsAskedAbout(string subject, string before)
    {
        var first = before.Length > 0 ? Fault(1, Finding(), Drift(before)) : Fault();
        var repaired = Then(After(Opened, first, Proposed(), Approved(Bo), GuardSaid(GuardStatus.Armed), GuardSaid(GuardStatus.Applied)), Verified(VerifyOutcome.Kept), GuardSaid(GuardStatus.Committed));

        Assert.Equal("escalated", Then(repaired, Fault(2, Drift(subject))).State.Name);
    }

    [Fact]
    public void Observed_DriftAndAnotherRoot_IsNoHealthyHost()
        => Assert.Equal("escalated", Then(Repaired(VerifyOutcome.Kept), Fault(2, Drift("br0"), Finding("switch.port-security", "eno2", repair: null))).State.Name);

    [Fact]
    public void Observed_DriftAndSomethingNotRead_IsNotCalledHealthy()
    {
        var seen = Fault(2, Drift("br0"));
        var blind = seen with { Diagnosis = seen.Diagnosis with { Undecided = [new("nf.bridge-family-drop", "e.nft", "needs root")] } };

        Assert.Equal("escalated", Then(Repaired(VerifyOutcome.Done, "nf.bridge-family-drop br0"), blind).State.Name);
        Assert.Equal("watching", Then(Repaired(VerifyOutcome.Kept), blind).State.Name);
    }

    private static Incident Repaired(VerifyOutcome outcome, params string[] others)
        => Then(After(Opened, Fault(), Proposed(), Approved(Bo), GuardSaid(GuardStatus.Armed), GuardSaid(GuardStatus.Applied)), Verified(outcome, [.. others]), GuardSaid(GuardStatus.Committed));

    private static Incident Then(Incident incident, params ReadOnlySpan<IncidentEvent> events)
    {
        foreach (var happened in events)
        {
            incident = Assert.IsType<Transition.Accepted>(IncidentTransitions.Decide(incident, happened)).Next;
        }

        return incident;
    }

    private static Finding Drift(string subject) => Finding(HostConfigDrift.Id, subject, repair: null) with { Summary = $"{subject} runs otherwise than configured" };
}
