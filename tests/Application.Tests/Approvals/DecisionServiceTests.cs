using ChatOpsBot.Application.Approvals;
using ChatOpsBot.Application.Tests.Chat;
using ChatOpsBot.Domain.Approvals;
using ChatOpsBot.Domain.Cards;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Policies;
using ChatOpsBot.Support;
using Xunit;
using static ChatOpsBot.Support.IncidentSamples;

namespace ChatOpsBot.Application.Tests.Approvals;

public class DecisionServiceTests
{
    private readonly ChatBench _bench = new();

    [Fact]
    public async Task FiftyAtOnce_OneDecides()
    {
        var id = await _bench.WaitingAsync(Risk.D0, requesterMay: true);
        var token = TokenOf(ButtonAction.Decide, await _bench.IncidentAsync(id));

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(() => DecideAsync(token, i % 2 == 0 ? Ann : Bo, i % 3 == 0 ? Decision.Deny : Decision.Approve))));

        Assert.Single(outcomes.OfType<DecisionOutcome.Decided>());
        Assert.Equal(49, outcomes.OfType<DecisionOutcome.AlreadyDecided>().Count());
        Assert.Single((await _bench.EventsAsync(id)), e => e is IncidentEvent.Approved or IncidentEvent.Denied);
        Assert.All(outcomes, outcome => Assert.NotEqual("", outcome.Text));
    }

    [Fact]
    public async Task Quorum_CountsPersonsNotPresses()
    {
        _bench.Policy = _bench.Policy with { Approvals = [_bench.Policy.Approvals[0], _bench.Policy.Approvals[1] with { Quorum = 2 }], People = _bench.Policy.People.Add(new() { Id = Cy, Name = "Cy", Groups = ["network"] }) };
        var id = await _bench.WaitingAsync(quorum: 2);
        var token = TokenOf(ButtonAction.Approve, await _bench.IncidentAsync(id));

        Assert.Contains("1 of 2", Assert.IsType<DecisionOutcome.Decided>(await DecideAsync(token, Bo)).Text, StringComparison.Ordinal);
        Assert.IsType<DecisionOutcome.AlreadyDecided>(await DecideAsync(token, Bo));
        Assert.IsType<IncidentState.AwaitingApproval>((await _bench.IncidentAsync(id)).State);
        Assert.Contains("begins", Assert.IsType<DecisionOutcome.Decided>(await DecideAsync(token, Cy)).Text, StringComparison.Ordinal);
        Assert.IsType<IncidentState.Applying>((await _bench.IncidentAsync(id)).State);
    }

    [Fact]
    public async Task Requester_MayNotApproveD2_ButMayD0()
    {
        var id = await _bench.WaitingAsync(Risk.D2);
        var token = TokenOf(ButtonAction.Approve, await _bench.IncidentAsync(id));
        Assert.Equal("approvals[1]", Assert.IsType<DecisionOutcome.NotAllowed>(await DecideAsync(token, Ann)).Rule);
        Assert.Empty((await _bench.EventsAsync(id)).OfType<IncidentEvent.Approved>());

        var other = new ChatBench();
        var small = await other.WaitingAsync(Risk.D0, requesterMay: true);
        Assert.IsType<DecisionOutcome.Decided>(await other.Decisions.DecideAsync(new(new DecisionSubject.OfIncident(small), Ann, Decision.Approve), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task StricterRequirementOfThePlan_HoldsBesideAPolicyThatWasRelaxed()
    {
        var id = await _bench.WaitingAsync(Risk.D2);
        _bench.Policy = _bench.Policy with { Approvals = [_bench.Policy.Approvals[0], _bench.Policy.Approvals[1] with { RequesterMay = true }] };

        var outcome = Assert.IsType<DecisionOutcome.NotAllowed>(await DecideAsync(TokenOf(ButtonAction.Approve, await _bench.IncidentAsync(id)), Ann));

        Assert.Contains("second person", outcome.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PolicyInForceAtThePress_Counts()
    {
        var id = await _bench.WaitingAsync();
        var token = TokenOf(ButtonAction.Approve, await _bench.IncidentAsync(id));
        _bench.Policy = _bench.Policy with { People = [.. _bench.Policy.People.Select(person => person.Id == Bo ? person with { Groups = [] } : person)] };

        Assert.IsType<DecisionOutcome.NotAllowed>(await DecideAsync(token, Bo));
        _bench.Policy = Policy.Empty;
        Assert.IsType<DecisionOutcome.NotAllowed>(await DecideAsync(token, Bo));
        _bench.Policy = PolicySamples.Example;
        Assert.IsType<DecisionOutcome.Decided>(await DecideAsync(token, Bo));
    }

    [Fact]
    public async Task OldPlan_IsPlanChanged_AndTheNewOneCanBeDecided()
    {
        var id = await _bench.WaitingAsync();
        var old = TokenOf(ButtonAction.Approve, await _bench.IncidentAsync(id));
        await _bench.ApplyAsync(id, new IncidentEvent.RecheckRequested(_bench.Now, Ann));
        Assert.IsType<DecisionOutcome.PlanChanged>(await DecideAsync(old, Bo));
        await _bench.ApplyAsync(id, Fault(2) with { At = _bench.Now }, _bench.ProposedNow(2));

        Assert.IsType<DecisionOutcome.PlanChanged>(await DecideAsync(old, Bo));
        Assert.IsType<DecisionOutcome.Decided>(await DecideAsync(TokenOf(ButtonAction.Approve, await _bench.IncidentAsync(id)), Bo));
        Assert.IsType<DecisionOutcome.PlanChanged>(await DecideAsync(old, Bo));
    }

    [Fact]
    public async Task OldRoundOfApprovals_IsPlanChanged()
    {
        var id = await _bench.WaitingAsync();
        var old = TokenOf(ButtonAction.Approve, await _bench.IncidentAsync(id));
        Assert.IsType<DecisionOutcome.Decided>(await DecideAsync(old, Bo));
        await _bench.ApplyAsync(id, new IncidentEvent.ApprovalsVoided(_bench.Now, 1, 1, Requirement(), "bo left"));

        Assert.IsType<DecisionOutcome.PlanChanged>(await DecideAsync(old, Bo));
    }

    [Fact]
    public async Task Expired_SaysSo_BeforeAndAfterTheTimerRang()
    {
        var id = await _bench.WaitingAsync();
        var token = TokenOf(ButtonAction.Approve, await _bench.IncidentAsync(id));
        _bench.Time.Advance(TimeSpan.FromMinutes(30));

        Assert.IsType<DecisionOutcome.Expired>(await DecideAsync(token, Bo));
        await _bench.ApplyAsync(id, new IncidentEvent.ApprovalExpired(_bench.Now, 1));
        Assert.IsType<DecisionOutcome.Expired>(await DecideAsync(token, Bo));
    }

    [Fact]
    public async Task NothingToDecide_SaysWhatIs()
    {
        var id = await _bench.WaitingAsync();
        var token = TokenOf(ButtonAction.Deny, await _bench.IncidentAsync(id));
        Assert.IsType<DecisionOutcome.Decided>(await DecideAsync(token, Bo, Decision.Deny));

        Assert.Contains("declined", Assert.IsType<DecisionOutcome.AlreadyDecided>(await DecideAsync(token, Bo, Decision.Deny)).Text, StringComparison.Ordinal);
        Assert.IsType<DecisionOutcome.AlreadyDecided>(await _bench.Decisions.DecideAsync(new(new DecisionSubject.OfIncident(id), Bo, Decision.Approve), TestContext.Current.CancellationToken));
        Assert.IsType<DecisionOutcome.Expired>(await _bench.Decisions.DecideAsync(new(new DecisionSubject.OfIncident(new(99)), Bo, Decision.Approve), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Stranger_LearnsNothing()
    {
        var id = await _bench.WaitingAsync();
        var token = TokenOf(ButtonAction.Approve, await _bench.IncidentAsync(id));

        var good = Assert.IsType<DecisionOutcome.NotAllowed>(await DecideAsync(token, null));
        Assert.Equal(good, await DecideAsync("nonsense", null));
        Assert.Equal(good.Text, Assert.IsType<DecisionOutcome.NotAllowed>(await DecideAsync(token, null)).Text);
    }

    [Fact]
    public async Task TokenFor_OnlyForThoseWhoMayDecide()
    {
        var incident = await _bench.IncidentAsync(await _bench.WaitingAsync());

        Assert.NotNull(_bench.Decisions.TokenFor(incident, Bo));
        Assert.All((PersonId?[])[Ann, PolicySamples.Tim, PolicySamples.Lea, null], person => Assert.Null(_bench.Decisions.TokenFor(incident, person)));
        Assert.Null(_bench.Decisions.TokenFor(States().Single(state => state.Row == "observing").Incident, Bo));
    }

    [Fact]
    public async Task Tokens_AreBoundToEverything()
    {
        var incident = await _bench.IncidentAsync(await _bench.WaitingAsync());
        var token = TokenOf(ButtonAction.Approve, incident);

        // The same after a restart, another with another key or purpose.
        Assert.Equal(token, new ButtonTokens(new ChatBench.FixedSecret()).Make(ButtonAction.Approve, incident));
        Assert.Null(new ButtonTokens(new ChatBench.FixedSecret("other")).Read(token));
        Assert.NotEqual(token, TokenOf(ButtonAction.Deny, incident));
        Assert.NotEqual(token, TokenOf(ButtonAction.Approve, incident with { Generation = 2 }));
        Assert.NotEqual(token, TokenOf(ButtonAction.Approve, incident with { Id = new(2) }));
        Assert.IsType<DecisionOutcome.NotAllowed>(await DecideAsync(token, Bo, Decision.Deny));
        Assert.IsType<DecisionOutcome.NotAllowed>(await DecideAsync(TokenOf(ButtonAction.Details, incident), Bo));

        for (var at = 0; at < token.Length; at++)
        {
            var changed = token.ToCharArray();
            changed[at] = changed[at] == 'A' ? 'B' : 'A';
            var read = _bench.Tokens.Read(new string(changed));

            // The last character of base64 holds bits that mean nothing; every other change is noticed.
            Assert.True(read is null || (at == token.Length - 1 && read == _bench.Tokens.Read(token)), $"character {at}");
        }

        Assert.All((string?[])[null, "", "x", new string('A', 10_000), token + "A", token[1..], " " + token[1..], "===="], wrong => Assert.Null(_bench.Tokens.Read(wrong)));
    }

    private string TokenOf(ButtonAction action, Incident incident) => _bench.Tokens.Make(action, incident);

    private Task<DecisionOutcome> DecideAsync(string token, PersonId? who, Decision decision = Decision.Approve)
        => _bench.Decisions.DecideAsync(new(new DecisionSubject.OfToken(token), who, decision), TestContext.Current.CancellationToken);
}
