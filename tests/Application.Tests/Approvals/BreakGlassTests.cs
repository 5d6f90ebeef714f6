using ChatOpsBot.Application.Chat;
using ChatOpsBot.Application.Tests.Chat;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Policies;
using ChatOpsBot.Support;
using Xunit;
using static ChatOpsBot.Support.IncidentSamples;

namespace ChatOpsBot.Application.Tests.Approvals;

/// <summary>One person acting alone: named by the policy, with a reason, once, and never without the review of another.</summary>
public class BreakGlassTests
{
    private readonly ChatBench _bench = new();

    public BreakGlassTests()
        => _bench.Policy = _bench.Policy with
        {
            People = _bench.Policy.People.Add(new() { Id = Cy, Name = "Cy", Groups = ["leads"] }),
            Groups = _bench.Policy.Groups.SetItem("leads", new() { Notify = [new("slack:T1/C9")] }),
        };

    [Fact]
    public async Task BreakGlass_ByWhomThePolicyNames_BeginsTheRepairAndTellsWhoHasToReviewIt()
    {
        var id = await _bench.WaitingAsync(quorum: 2);

        Assert.IsType<CommandAnswer.Refused>(await _bench.SayAsync(Bo, $"break-glass {id} now"));
        Assert.IsType<CommandAnswer.NotUnderstood>(await _bench.SayAsync(PolicySamples.Lea, $"break-glass {id}"));
        var done = Assert.IsType<CommandAnswer.Done>(await _bench.SayAsync(PolicySamples.Lea, $"break-glass {id} rack 3 is offline"));

        Assert.Contains("has to review it within 24 hours", done.Text, StringComparison.Ordinal);
        var incident = await _bench.IncidentAsync(id);
        Assert.Equal(PolicySamples.Lea, Assert.IsType<IncidentState.Applying>(incident.State).Proposal.AloneBy);
        Assert.Contains(new("slack:T1/C9"), incident.Conversations);
        Assert.IsType<CommandAnswer.NotDone>(await _bench.SayAsync(PolicySamples.Lea, $"break-glass {id} rack 3 is offline"));
        Assert.Single(await _bench.EventsAsync(id), e => e is IncidentEvent.GlassBroken { Reason: "rack 3 is offline" });
    }

    [Fact]
    public async Task Review_IsForAnotherReviewerOnce_AlsoAfterTheEnd()
    {
        var id = await _bench.WaitingAsync();
        await _bench.SayAsync(PolicySamples.Lea, $"break-glass {id} rack 3 is offline");
        Assert.IsType<CommandAnswer.NotDone>(await _bench.SayAsync(Cy, $"review {id} right"));
        await _bench.ApplyAsync(id, GuardSaid(GuardStatus.NotBegun) with { At = _bench.Now });
        await _bench.SayAsync(Ann, $"cancel {id}");
        Assert.False((await _bench.IncidentAsync(id)).IsOpen);

        Assert.IsType<CommandAnswer.Refused>(await _bench.SayAsync(Bo, $"review {id} right"));
        Assert.Contains("somebody else", Assert.IsType<CommandAnswer.NotDone>(await _bench.SayAsync(PolicySamples.Lea, $"review {id} right")).Text, StringComparison.Ordinal);
        Assert.IsType<CommandAnswer.Done>(await _bench.SayAsync(Cy, $"review {id} right"));
        Assert.Contains("reviewed by cy", Assert.IsType<CommandAnswer.NotDone>(await _bench.SayAsync(Cy, $"review {id} again")).Text, StringComparison.Ordinal);
        Assert.Equal(Cy, (await _bench.IncidentAsync(id)).Glass?.ReviewedBy);
    }

    [Fact]
    public void ReviewDue_IsAskedForUntilSomebodyHasReviewed()
    {
        var incident = States().Single(state => state.Row == "resolved, what was done alone is not reviewed").Incident;
        var (first, asked) = Ring(incident, 1);
        Assert.Equal(incident.Conversations, asked.OfType<Effect.AskForReview>().Select(ask => ask.Conversation));
        Assert.Equal(first.Glass?.Until, Assert.Single(asked.OfType<Effect.RemindReview>()).When);
        Assert.IsType<Transition.Refused>(IncidentTransitions.Decide(first, new IncidentEvent.ReviewDue(At(6), 1)));

        var (second, again) = Ring(first, 2);
        Assert.Contains(again, effect => effect is Effect.AskForReview { Round: 2 });
        var reviewed = Assert.IsType<Transition.Accepted>(IncidentTransitions.Decide(second, new IncidentEvent.GlassReviewed(At(8), Bo, "right"))).Next;
        Assert.False(IncidentTransitions.IsWanted(reviewed, new Effect.RemindReview(3, At(9))));
        Assert.IsType<Transition.Refused>(IncidentTransitions.Decide(reviewed, new IncidentEvent.ReviewDue(At(9), 3)));

        static (Incident Next, IReadOnlyList<Effect> Effects) Ring(Incident incident, int round)
        {
            Assert.True(IncidentTransitions.IsWanted(incident, new Effect.RemindReview(round, At(6))));
            var accepted = Assert.IsType<Transition.Accepted>(IncidentTransitions.Decide(incident, new IncidentEvent.ReviewDue(At(6), round)));
            return (accepted.Next, accepted.Effects);
        }
    }

    [Fact]
    public void JudgeBegin_WhoActedAloneMayNoLonger_IsNotAllowed()
    {
        var question = new PolicyQuestion { Person = Ann, Command = PolicyCommand.Check, Host = PolicySamples.Host(), Risk = Domain.Diagnosis.Risk.D2 };
        Assert.IsType<ApprovalJudgement.Enough>(PolicyJudge.JudgeBegin(_bench.Policy, question, [PolicySamples.Lea], PolicySamples.Lea));
        Assert.IsType<ApprovalJudgement.NotAllowed>(PolicyJudge.JudgeBegin(_bench.Policy with { BreakGlass = null }, question, [PolicySamples.Lea], PolicySamples.Lea));
        Assert.IsType<ApprovalJudgement.NotAllowed>(PolicyJudge.JudgeBegin(_bench.Policy with { Rules = [] }, question, [PolicySamples.Lea], PolicySamples.Lea));
    }
}
