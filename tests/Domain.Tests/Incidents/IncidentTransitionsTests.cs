using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Support;
using Xunit;
using static ChatOpsBot.Support.IncidentSamples;

namespace ChatOpsBot.Domain.Tests.Incidents;

/// <summary>The lines of the table that people rely on, said one by one; the table as a whole is in <see cref="IncidentTableTests"/>.</summary>
public class IncidentTransitionsTests
{
    public static TheoryData<string, IncidentEvent.Approved> Refusals => new()
    {
        { "a second person", Approved(Ann) },
        { "the plan has changed", Approved(Bo) with { PlanHash = "ff" } },
        { "the plan has changed", Approved(Bo, generation: 2) },
        { "too late", Approved(Bo, minutes: 31) },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void Approved_WhenNotAllowed_IsRefusedWithTheReason(string reason, IncidentEvent.Approved approval)
    {
        var refused = Assert.IsType<Transition.Refused>(IncidentTransitions.Decide(After(Opened, Fault(), Proposed()), approval));

        Assert.Contains(reason, refused.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Approved_LastMomentBeforeExpiry_Counts()
        => Assert.IsType<IncidentState.Applying>(After(Opened, Fault(), Proposed(), Approved(Bo) with { At = At(31).AddTicks(-1) }).State);

    [Fact]
    public void Approved_ByTheRequesterWherePolicyLets_Counts()
        => Assert.IsType<IncidentState.Applying>(After(Opened, Fault(), Proposed(1, Requirement(requesterMay: true)), Approved(Ann)).State);

    [Fact]
    public void Approved_QuorumOfTwo_NeedsTwoPersons()
    {
        var once = After(Opened, Fault(), Proposed(1, Requirement(2)), Approved(Bo));

        Assert.Contains("already", Refused(once, Approved(Bo)), StringComparison.Ordinal);
        Assert.IsType<IncidentState.AwaitingApproval>(once.State);
        Assert.IsType<IncidentState.Applying>(Then(once, Approved(Cy)).State);
    }

    [Fact]
    public void Approved_AfterRecheckByAnother_RequesterIsTheOneWhoAskedLast()
    {
        var asked = After(Opened, Fault(), Proposed(), new IncidentEvent.RecheckRequested(At(2), Bo), Fault(2), Proposed(2));

        Assert.Contains("a second person", Refused(asked, Approved(Bo, 2)), StringComparison.Ordinal);
        Assert.IsType<IncidentState.Applying>(Then(asked, Approved(Ann, 2)).State);
    }

    [Fact]
    public void Verified_DoneThenCommitted_IsResolved()
        => Assert.Equal("resolved", Then(Verifying(), Verified(VerifyOutcome.Done), GuardSaid(GuardStatus.Committed)).State.Name);

    [Fact]
    public void Verified_KeptForCertain_CommitsAndObservesAgain()
    {
        var incident = Then(Verifying(), Verified(VerifyOutcome.Kept), GuardSaid(GuardStatus.Committed));

        Assert.Equal("observing", incident.State.Name);
        Assert.False(Assert.Single(incident.Committed).Proven);
    }

    [Fact]
    public void Verified_KeptForLikely_Reverts()
        => Assert.Equal("reverting", Then(After(Opened, Fault(1, Finding(certainty: Certainty.Likely)), Proposed(), Approved(Bo), GuardSaid(GuardStatus.Applied)), Verified(VerifyOutcome.Kept)).State.Name);

    [Fact]
    public void TwoRoots_AreRepairedInOrderWithAnApprovalEach()
    {
        var second = Finding("nf.bridge-family-drop", "br0", Certainty.Certain, "nf/remove-drop");
        var both = After(Opened, Fault(1, Finding(), second));
        Assert.Equal("bridge.uplink-missing", Assert.IsType<IncidentState.Observing>(both.State).Target?.Fault);

        var repaired = Then(both, Proposed(), Approved(Bo), GuardSaid(GuardStatus.Armed), GuardSaid(GuardStatus.Applied), Verified(VerifyOutcome.Kept), GuardSaid(GuardStatus.Committed), Fault(2, second));
        Assert.Equal("nf.bridge-family-drop", Assert.IsType<IncidentState.Observing>(repaired.State).Target?.Fault);

        var asked = Then(repaired, Proposed(2));
        Assert.Equal("awaiting-approval", asked.State.Name);
        Assert.Contains("the plan has changed", Refused(asked, Approved(Bo)), StringComparison.Ordinal);

        var done = Then(asked, Approved(Bo, 2), GuardSaid(GuardStatus.Applied), Verified(VerifyOutcome.Done), GuardSaid(GuardStatus.Committed));
        Assert.Equal("resolved", done.State.Name);
        Assert.Equal(2, done.Committed.Length);
    }

    [Fact]
    public void Observed_RootThatWasRepairedIsBack_IsNotRepairedInACircle()
        => Assert.Contains("is back", Assert.IsType<IncidentState.Escalated>(Then(Kept(), Fault(2)).State).Question, StringComparison.Ordinal);

    [Fact]
    public void Watching_AckSeen_IsResolved_Elapsed_IsEscalated()
    {
        var watching = Then(Kept(), Looked(5, 2, OverallVerdict.Healthy));
        Assert.Equal(At(20), Assert.IsType<IncidentState.Watching>(watching.State).Until);

        Assert.Equal("resolved", Then(watching, new IncidentEvent.AckSeen(At(6), "DHCPACK")).State.Name);
        Assert.Equal("escalated", Then(watching, new IncidentEvent.WatchElapsed(At(20), 2)).State.Name);
    }

    [Fact]
    public void Watching_Recheck_DoesNotProlongTheWatch()
    {
        var again = Then(Kept(), Looked(5, 2, OverallVerdict.Healthy), new IncidentEvent.RecheckRequested(At(12), Bo), Looked(13, 3, OverallVerdict.Healthy));

        Assert.Equal(At(20), Assert.IsType<IncidentState.Watching>(again.State).Until);
    }

    [Fact]
    public void Escalated_RecheckFindsHealthy_IsResolved()
        => Assert.Equal("resolved", After(Opened, Looked(1, 1, OverallVerdict.Inconclusive), new IncidentEvent.RecheckRequested(At(2), Bo), Looked(3, 2, OverallVerdict.Healthy)).State.Name);

    [Theory]
    [InlineData(GuardStatus.Drift)]
    [InlineData(GuardStatus.Rebooted)]
    public void Guard_DriftOrReboot_ObservesAgainAndVoidsThePlan(GuardStatus status)
    {
        var incident = Then(Approving(), GuardSaid(status));

        Assert.Equal(("observing", 2), (incident.State.Name, incident.Generation));
        Assert.Contains("no plan to decide on", Refused(incident, Approved(Cy)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(GuardStatus.RevertConflict, "'9'")]
    [InlineData(GuardStatus.RevertFailed, "'9'")]
    [InlineData(GuardStatus.GuardLost, "'none'")]
    public void Guard_RevertDidNotSucceed_IsRevertFailedNamingTheValues(GuardStatus status, string value)
    {
        var ended = Assert.IsType<IncidentState.Ended>(Then(Verifying(), Verified(VerifyOutcome.Worse), GuardSaid(status)).State);

        Assert.Equal(IncidentEnd.RevertFailed, ended.End);
        Assert.Contains(value, ended.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Cancel_BeforeBegin_EndsIt() => Assert.Equal("cancelled", Then(After(Opened, Fault(), Proposed()), Cancel()).State.Name);

    [Fact]
    public void Cancel_ApprovedButNotYetArmed_NeverArms()
    {
        var reverting = Then(Approving(), Cancel());

        Assert.False(IncidentTransitions.IsWanted(reverting, new Effect.BeginRepair(1, 1)));
        Assert.True(IncidentTransitions.IsWanted(reverting, new Effect.RevertRepair(1, 1)));
        Assert.Equal("cancelled", Then(reverting, GuardSaid(GuardStatus.NotBegun)).State.Name);
    }

    [Fact]
    public void Cancel_WhileApplying_Reverts() => Assert.Equal("reverting", Then(Approving(), GuardSaid(GuardStatus.Armed), Cancel()).State.Name);

    [Fact]
    public void Cancel_CommitWonTheRace_IsTold() => Assert.Single(Then(Verifying(), Cancel(), GuardSaid(GuardStatus.Committed)).Committed);

    [Fact]
    public void Cancel_AfterCommit_IsRefusedAndNamesTheWayBack()
        => Assert.Contains("ip link set dev eno2 nomaster", Refused(Then(Kept(), Looked(5, 2, OverallVerdict.Healthy)), Cancel()), StringComparison.Ordinal);

    [Fact]
    public void Cancel_Escalated_EndsItAlsoAfterCommit()
        => Assert.Equal("cancelled", Then(Kept(), Looked(5, 2, OverallVerdict.Healthy), new IncidentEvent.WatchElapsed(At(20), 2), Cancel()).State.Name);

    [Fact]
    public void Expiry_EndsIt_ReminderAtHalfTimeAsksAgain()
    {
        var accepted = Assert.IsType<Transition.Accepted>(IncidentTransitions.Decide(After(Opened, Fault()), Proposed()));
        Assert.Contains(new Effect.RemindApprovers(1, At(16)), accepted.Effects);
        Assert.Contains(new Effect.ExpireApproval(1, At(31)), accepted.Effects);

        var reminded = Assert.IsType<Transition.Accepted>(IncidentTransitions.Decide(accepted.Next, new IncidentEvent.ReminderDue(At(16), 1)));
        Assert.Contains(new Effect.AskForApproval(Leads, 1, 1, Reminder: true), reminded.Effects);
        Assert.Equal("expired", Then(reminded.Next, new IncidentEvent.ApprovalExpired(At(31), 1)).State.Name);
    }

    [Fact]
    public void ApprovalsVoided_BeforeBegin_AsksAnewAndOldApprovalsAreGone()
    {
        var again = Assert.IsType<IncidentState.AwaitingApproval>(Then(Approving(), new IncidentEvent.ApprovalsVoided(At(3), 1, 1, Requirement(2), "bo left the group")).State);

        Assert.Equal((2, 2), (again.Proposal.Attempt, again.Proposal.Requirement.Quorum));
        Assert.Empty(again.Proposal.Approvals);
    }

    [Fact]
    public void Unreachable_AfterACommittedRepair_AsksAHuman() => Assert.Equal("escalated", Then(Kept(), Looked(5, 2, OverallVerdict.Unreachable)).State.Name);

    [Fact]
    public void Run_ByName_IsPlannedWhateverTheVerdict_AndOnlyOnce()
    {
        var run = Opened with { Request = Opened.Request with { Runbook = new("bridge/persist", System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty) } };
        var planned = After(run, Looked(1, 1, OverallVerdict.Healthy));
        Assert.True(planned.State is IncidentState.Observing { Planning: true, Target: null });

        var after = Then(planned, Proposed(), Approved(Bo), GuardSaid(GuardStatus.Applied), Verified(VerifyOutcome.Kept), GuardSaid(GuardStatus.Committed), Looked(6, 2, OverallVerdict.Healthy));
        Assert.Equal("watching", after.State.Name);
    }

    [Fact]
    public void Join_ShowsItThereToo()
    {
        var joined = Assert.IsType<Transition.Accepted>(IncidentTransitions.Decide(After(Opened), new IncidentEvent.Joined(At(1), Bo, Opened.Request, new("console:bo"))));

        Assert.Contains(new Effect.UpdateCard(new("console:bo")), joined.Effects);
        Assert.Equal("observing", joined.Next.State.Name);
    }

    [Fact]
    public void After_EventOfANewerVersion_KeepsItAndRefusesToGoOn()
    {
        var incident = After(Opened).After(EventCodec.Decode("teleported.v7", "{}"u8.ToArray()));

        Assert.Contains("newer version", Refused(incident, Cancel()), StringComparison.Ordinal);
    }

    private static IncidentEvent.CancelRequested Cancel() => new(At(3), Bo, null);

    private static IncidentEvent.Observed Looked(double minutes, int generation, OverallVerdict verdict) => new(At(minutes), generation, IncidentSamples.Diagnosis(verdict), null);

    private static Incident Approving() => After(Opened, Fault(), Proposed(), Approved(Bo));

    private static Incident Verifying() => Then(Approving(), GuardSaid(GuardStatus.Armed), GuardSaid(GuardStatus.Applied));

    private static Incident Kept() => Then(Verifying(), Verified(VerifyOutcome.Kept), GuardSaid(GuardStatus.Committed));

    private static Incident Then(Incident incident, params ReadOnlySpan<IncidentEvent> events)
    {
        foreach (var happened in events)
        {
            incident = Assert.IsType<Transition.Accepted>(IncidentTransitions.Decide(incident, happened)).Next;
        }

        return incident;
    }

    private static string Refused(Incident incident, IncidentEvent happened) => Assert.IsType<Transition.Refused>(IncidentTransitions.Decide(incident, happened)).Reason;
}
