using ChatOpsBot.Application.Approvals;
using ChatOpsBot.Application.Chat;
using ChatOpsBot.Application.Tests.Chat;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Incidents;
using Xunit;
using static ChatOpsBot.Support.PolicySamples;

namespace ChatOpsBot.Application.Tests.Approvals;

/// <summary>Where the policy asks for more than an account of a chat, a yes from there leads to the web console and decides nothing.</summary>
public class StepUpTests
{
    private readonly ChatBench _bench = new();

    public StepUpTests() => _bench.Policy = _bench.Policy with { Approvals = [_bench.Policy.Approvals[0], _bench.Policy.Approvals[1] with { StepUp = true }] };

    [Fact]
    public async Task Approve_InAChat_IsToldTheLink_AndDecidesOnlyWhereOneIsSignedIn()
    {
        var id = await _bench.WaitingAsync(Risk.D3);
        var hash = Assert.IsType<IncidentState.AwaitingApproval>((await _bench.IncidentAsync(id)).State).Proposal.PlanHash;

        var told = Assert.IsType<CommandAnswer.Refused>(await _bench.SayAsync(Bo, $"approve {id}"));
        Assert.Equal("approvals[1]", told.Rule);
        Assert.Contains($"http://127.0.0.1:8080/incidents/{id}?plan={hash[..16]}&for=bo", told.Text, StringComparison.Ordinal);
        Assert.IsType<IncidentState.AwaitingApproval>((await _bench.IncidentAsync(id)).State);

        var decided = await _bench.Decisions.DecideAsync(
            new(new DecisionSubject.OfIncident(id), Bo, Decision.Approve) { SignedIn = true }, TestContext.Current.CancellationToken);
        Assert.IsType<DecisionOutcome.Decided>(decided);
    }

    [Fact]
    public async Task Approve_InAChatByWhoMayNot_IsNotToldAnyLink()
        => Assert.DoesNotContain("http", Assert.IsType<CommandAnswer.Refused>(await _bench.SayAsync(Ann, $"approve {await _bench.WaitingAsync(Risk.D3)}")).Text, StringComparison.Ordinal);

    [Fact]
    public async Task Deny_AndBreakGlass_NoNeedsNothing_AndAloneNeedsItToo()
    {
        var id = await _bench.WaitingAsync(Risk.D3);
        Assert.Contains("web console", Assert.IsType<CommandAnswer.Refused>(await _bench.SayAsync(Lea, $"break-glass {id} now")).Text, StringComparison.Ordinal);
        Assert.IsType<CommandAnswer.Done>(await _bench.SayAsync(Bo, $"deny {id}"));
    }
}
