using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Support;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace ChatOpsBot.Domain.Tests.Incidents;

/// <summary>What holds for any sequence of events, however absurd.</summary>
public class IncidentPropertyTests
{
    private static readonly string[] Names =
    [
        "new", "observing", "awaiting-approval", "applying", "verifying", "reverting", "watching", "escalated",
        "healthy", "resolved", "declined", "expired", "cancelled", "reverted", "revert-failed", "unreachable",
    ];

    [Fact]
    public void Decide_AnySequence_StaysInTheTable() => Check(walk =>
    {
        foreach (var step in walk)
        {
            Assert.Contains(step.After.State.Name, Names);
            Assert.Equal(step.After.IsOpen, step.After.EndedAt is null && step.After.State is not IncidentState.Unopened);
        }
    });

    [Fact]
    public void Decide_Ended_AcceptsNothingButTheReviewOfWhatWasDoneAlone() => Check(walk =>
    {
        foreach (var step in walk.Where(step => step.Before.State is IncidentState.Ended))
        {
            Assert.True(step.Accepted is null || step.Before.Glass is { ReviewedBy: null });
            Assert.Equal(step.Before.State, step.After.State);
        }
    });

    [Fact]
    public void Decide_AnySequence_NeverAsksForTheSameEffectTwice() => Check(walk =>
    {
        // A second effect of the same key would not be stored, and its answer would be waited for in vain.
        var keys = new HashSet<string>();
        foreach (var effect in walk.SelectMany(step => step.Accepted?.Effects ?? []).Where(effect => !effect.Coalesces))
        {
            Assert.True(keys.Add(effect.Key), $"{effect.Key} was asked for before");
        }
    });

    [Fact]
    public void Decide_AnySequence_NothingIsBegunWithoutEnoughPersonsOrOneWhoAnswersForIt() => Check(walk =>
    {
        foreach (var step in walk.Where(step => step.After.State is IncidentState.Applying && step.Before.State is IncidentState.AwaitingApproval))
        {
            var proposal = ((IncidentState.Applying)step.After.State).Proposal;
            Assert.True(proposal.Approvals.All(approval => approval.At < proposal.Plan.Expires));
            Assert.Equal(step.Happened is IncidentEvent.GlassBroken, proposal.AloneBy is not null);
            if (step.Happened is IncidentEvent.GlassBroken broken)
            {
                Assert.Equal(broken.By, proposal.AloneBy);
                Assert.Equal(broken.By, proposal.Approvals.Last().By);
                Assert.True(step.After.Glass is { ReviewedBy: null } glass && glass.By.Contains(broken.By), "nobody is asked to review it");
                continue;
            }

            Assert.True(proposal.Approvals.Select(approval => approval.By).Distinct().Count() >= Math.Max(1, proposal.Requirement.Quorum));
            Assert.True(proposal.Requirement.RequesterMay || proposal.Approvals.All(approval => approval.By != step.After.Requester));
        }
    });

    [Fact]
    public void Decide_AnySequence_WaitsForNothingThatNobodyAnswers() => Check(walk =>
    {
        // Every open state but escalated has an effect or a timer under way that is wanted and ends the wait.
        var asked = new List<Effect>();
        foreach (var step in walk)
        {
            asked.AddRange(step.Accepted?.Effects ?? []);
            if (step.After.State is not (IncidentState.Unopened or IncidentState.Ended or IncidentState.Escalated))
            {
                Assert.Contains(asked, effect => effect is not Effect.InChat && IncidentTransitions.IsWanted(step.After, effect));
            }
        }
    });

    [Fact]
    public void After_StoredEvents_GivesTheSameIncident() => Check(walk =>
    {
        var folded = Incident.Blank(new(1));
        foreach (var step in walk.Where(step => step.Accepted is not null))
        {
            folded = folded.After(EventCodec.Decode(EventCodec.NameOf(step.Happened), EventCodec.Encode(step.Happened)));
            Assert.Null(folded.Problem);
            Assert.Equal((step.After.State.Name, step.After.Generation, step.After.EndedAt), (folded.State.Name, folded.Generation, folded.EndedAt));
        }
    });

    private static void Check(Action<IReadOnlyList<Step>> holds)
    {
        var sample = Gen.Choose(0, 9_999).ListOf(40);
        var property = Prop.ForAll(sample.ToArbitrary(), picks => holds(Walk(picks)));
        property.Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    /// <summary>Follows the picks: mostly events that are accepted now, so that walks get deep, else any event at all.</summary>
    private static List<Step> Walk(IEnumerable<int> picks)
    {
        var incident = Incident.Blank(new(1));
        var walk = new List<Step>();
        foreach (var pick in picks)
        {
            var candidates = IncidentSamples.Events(Math.Max(1, incident.Generation)).Select(sample => sample.Event).ToArray();
            var fitting = candidates.Where(happened => IncidentTransitions.Decide(incident, happened) is Transition.Accepted).ToArray();
            var from = pick % 10 < 8 && fitting.Length > 0 ? fitting : candidates;
            var chosen = from[pick / 10 % from.Length];
            var accepted = IncidentTransitions.Decide(incident, chosen) as Transition.Accepted;
            var next = accepted?.Next ?? incident;
            walk.Add(new(incident, chosen, accepted, next));
            incident = next;
        }

        return walk;
    }

    private sealed record Step(Incident Before, IncidentEvent Happened, Transition.Accepted? Accepted, Incident After);
}
