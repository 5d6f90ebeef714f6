using System.Text.Json.Nodes;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.FakeSlack;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Slack.Tests.Inbound;

/// <summary>Buttons and forms: decided by id at the press, answered truthfully whatever happened meanwhile.</summary>
public class PressTests
{
    [Fact]
    [Trait("Requirement", "SEC-7")]
    [Trait("Requirement", "SL-13")]
    public async Task Approve_TwentyTimesAtOnce_DecidesOnceAndAnswersEach()
    {
        await using var bench = await SlackBench.StartAsync();
        var (id, card) = await bench.WaitingAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => bench.PressAsync("U2", card, "approve")));

        Assert.Single(await EventsAsync<IncidentEvent.Approved>(bench, id));
        Assert.All(answers, answer => Assert.NotEmpty(answer.Text));
        Assert.Equal(19, answers.Count(answer => answer.Text.Contains("already", StringComparison.Ordinal) || answer.Text.Contains("was approved", StringComparison.Ordinal) || answer.Text.Contains("is applying", StringComparison.Ordinal)));
    }

    [Fact]
    [Trait("Requirement", "SEC-8")]
    [Trait("Requirement", "SL-13")]
    public async Task Approve_AfterRestart_WorksAndStaleOnesAreTold()
    {
        await using var bench = await SlackBench.StartAsync();
        var (id, card) = await bench.WaitingAsync();
        await bench.StopBotAsync();
        await bench.StartBotAsync();

        Assert.DoesNotContain("none of ours", (await bench.PressAsync("U2", card, "approve")).Text);
        Assert.IsType<IncidentState.Applying>((await bench.IncidentAsync(id)).State);
        await bench.RepairAsync(id);
        await bench.StopBotAsync();
        await bench.StartBotAsync();
        Assert.Contains("ended resolved", (await bench.PressAsync("U2", card, "approve")).Text);
        Assert.Single(await EventsAsync<IncidentEvent.Approved>(bench, id));
    }

    [Fact]
    [Trait("Requirement", "SL-10")]
    [Trait("Requirement", "SL-11")]
    [Trait("Requirement", "SEC-9")]
    [Trait("Requirement", "SEC-10")]
    public async Task Approve_ForgedOrByTheWrongPerson_IsRefusedWithTheReason()
    {
        await using var bench = await SlackBench.StartAsync();
        var (id, card) = await bench.WaitingAsync();
        var value = SlackBench.Button(card, "approve")["value"]?.GetValue<string>() ?? "";
        foreach (var word in new[] { "approve", "I-1", "ann", "bridge", "host42", "U1" })
        {
            Assert.DoesNotContain(word, value, StringComparison.OrdinalIgnoreCase);
        }

        async Task<string> ForgedAsync(string token)
        {
            var trigger = bench.Slack.Sender.NewTrigger();
            await bench.Slack.Sender.PressAsync("U2", card, new JsonObject { ["action_id"] = "cob.approve.0", ["value"] = token }, trigger);
            return (await bench.AnswerAsync(trigger)).Text;
        }

        Assert.Contains("none of ours", await ForgedAsync("guess"));
        Assert.Contains("none of ours", await ForgedAsync((value[0] == 'A' ? 'B' : 'A') + value[1..]));
        Assert.Contains("none of ours", await ForgedAsync(""));
        Assert.Contains("second person", (await bench.PressAsync("U1", card, "approve")).Text);
        Assert.Contains("none of them", (await bench.PressAsync("U5", card, "approve")).Text);
        Assert.Contains("guests", (await bench.PressAsync("U4", card, "approve")).Text);
        Assert.Contains("nobody under people", (await bench.PressAsync("U9", card, "approve")).Text);
        Assert.IsType<IncidentState.AwaitingApproval>((await bench.IncidentAsync(id)).State);
        Assert.Empty(await EventsAsync<IncidentEvent.Approved>(bench, id));

        // The plan changes: the old button is void, whoever presses it.
        await bench.AddAsync(id, new IncidentEvent.RecheckRequested(IncidentSamples.At(3), IncidentSamples.Ann));
        Assert.Contains("no longer on offer", (await bench.PressAsync("U2", card, "approve")).Text);
        Assert.Empty(await EventsAsync<IncidentEvent.Approved>(bench, id));
    }

    [Fact]
    [Trait("Requirement", "SEC-10")]
    public async Task Approve_TwoAccountsOfOnePerson_CountAsOne()
    {
        await using var bench = await SlackBench.StartAsync();
        bench.Workspace.Users["U6"] = [];
        var policy = bench.Configuration.Policy;
        bench.Configuration.Policy = policy with
        {
            People = [.. policy.People.Select(person => person.Id.Value == "bo" ? person with { Accounts = person.Accounts.Add(new Domain.Policies.Account.Slack("T1", "U6")) } : person)],
            Approvals = [policy.Approvals[0] with { Quorum = 2 }],
        };
        await bench.SayAsync("U1", "check host42");
        var id = new IncidentId(1);
        await bench.AddAsync(
            id, SlackBench.Observed("host42"),
            IncidentSamples.Proposed(plan: SlackBench.Plan(id, "host42")) with { Requirement = IncidentSamples.Requirement() with { Quorum = 2, Notify = [] } });
        var card = await bench.CardAsync(message => message.AllText.Contains("cob.approve", StringComparison.Ordinal));

        Assert.Contains("1 of 2", (await bench.PressAsync("U2", card, "approve")).Text);
        Assert.Contains("you have approved I-1 already", (await bench.PressAsync("U6", card, "approve")).Text);
        Assert.Single(await EventsAsync<IncidentEvent.Approved>(bench, id));
        Assert.IsType<IncidentState.AwaitingApproval>((await bench.IncidentAsync(id)).State);
    }

    [Fact]
    [Trait("Requirement", "SL-13")]
    [Trait("Requirement", "SEC-8")]
    public async Task Approve_AfterTheTime_SaysExpired()
    {
        await using var bench = await SlackBench.StartAsync();
        var (_, card) = await bench.WaitingAsync();
        bench.Time.Move(TimeSpan.FromHours(3));

        // Whether the timer was quicker than the press decides about the words.
        Assert.Matches("has expired|was over", (await bench.PressAsync("U2", card, "approve")).Text);
    }

    [Fact]
    [Trait("Requirement", "SL-28")]
    [Trait("Requirement", "SEC-6")]
    public async Task Approve_ByUserGroup_IsAskedAtTheDecisionAndFailsClosed()
    {
        await using var bench = await SlackBench.StartAsync();
        var (id, card) = await bench.WaitingAsync();

        var refused = (await bench.PressAsync("U3", card, "approve")).Text;
        Assert.Contains("none of them", refused);
        Assert.DoesNotContain("could not be asked", refused);

        // A member that Slack does not tell us about, because it cannot be asked, is none.
        bench.Workspace.UserGroups["S1"] = ["U3", "U9"];
        bench.Slack.Fault = call => call.Method == "usergroups.users.list" ? new FakeFault { Error = "missing_scope" } : null;
        refused = (await bench.PressAsync("U3", card, "approve")).Text;
        Assert.Contains("none of them", refused);
        Assert.Contains("could not be asked who is in S1, so nobody counts as a member", refused);
        Assert.Contains("could not be asked who is in S1", (await bench.SayAsync("U3", "check host43")).Text);
        Assert.DoesNotContain("S1", (await bench.PressAsync("U9", card, "approve")).Text);
        Assert.Contains(bench.Log.Lines, line => line.Contains("user group S1 (missing_scope)", StringComparison.Ordinal));
        bench.Slack.Fault = call => call.Method == "usergroups.users.list" ? new FakeFault { Status = 429, RetryAfter = "30" } : null;
        Assert.Contains("none of them", (await bench.PressAsync("U3", card, "approve")).Text);
        bench.Slack.Fault = _ => null;
        bench.Time.Move(TimeSpan.FromSeconds(31));

        // Only people known to the policy count, whoever Slack lists.
        Assert.Contains("nobody under people", (await bench.PressAsync("U9", card, "approve")).Text);
        Assert.Contains("approv", (await bench.PressAsync("U3", card, "approve")).Text, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("cy", Assert.Single(await EventsAsync<IncidentEvent.Approved>(bench, id)).By.Value);
    }

    [Fact]
    [Trait("Requirement", "SL-28")]
    public async Task Approve_AfterLeavingTheUserGroup_IsRefusedAtOnce()
    {
        await using var bench = await SlackBench.StartAsync();
        bench.Workspace.UserGroups["S1"] = ["U3"];
        var (id, card) = await bench.WaitingAsync();
        Assert.Contains("I-1", (await bench.SayAsync("U3", "status")).Text);

        bench.Workspace.UserGroups["S1"] = [];
        Assert.Contains("none of them", (await bench.PressAsync("U3", card, "approve")).Text);
        Assert.Empty(await EventsAsync<IncidentEvent.Approved>(bench, id));

        // What is remembered for reading is forgotten when Slack says that the group changed.
        bench.Workspace.UserGroups["S1"] = ["U3"];
        await bench.Slack.Sender.EventAsync(new() { ["type"] = "subteam_members_changed", ["subteam_id"] = "S1" });
        Assert.Contains("I-1", (await bench.SayAsync("U3", "status")).Text);
    }

    [Fact]
    [Trait("Requirement", "SEC-12")]
    [Trait("Requirement", "SL-17")]
    public async Task Approve_FromOutside_IsRefused()
    {
        await using var bench = await SlackBench.StartAsync();
        var (id, card) = await bench.WaitingAsync();
        bench.Workspace.Channels["C1"] = new() { ["is_member"] = true, ["is_ext_shared"] = true };
        Assert.Contains("shared with another company", (await bench.PressAsync("U2", card, "approve")).Text);
        bench.Workspace.Channels["C1"] = new() { ["is_member"] = true };
        bench.Workspace.Users["U2"] = new() { ["deleted"] = true };
        Assert.Contains("deactivated", (await bench.PressAsync("U2", card, "approve")).Text);
        bench.Workspace.Users["U2"] = new() { ["is_bot"] = true };
        Assert.Contains("bots", (await bench.PressAsync("U2", card, "approve")).Text);
        bench.Workspace.Users["U2"] = [];
        var trigger = bench.Slack.Sender.NewTrigger();
        await bench.Slack.Sender.PressAsync("U2", card, SlackBench.Button(card, "approve"), trigger, team: "T9");
        Assert.Contains("other companies", (await bench.AnswerAsync(trigger)).Text);
        bench.Slack.Fault = call => call.Method == "conversations.info" ? new FakeFault { Status = 500 } : null;
        Assert.Contains("could not be asked", (await bench.PressAsync("U2", card, "approve")).Text);
        Assert.Empty(await EventsAsync<IncidentEvent.Approved>(bench, id));
    }

    [Fact]
    [Trait("Requirement", "SL-12")]
    public async Task Deny_WithAReason_AsksByAFormAndEndsTheIncident()
    {
        await using var bench = await SlackBench.StartAsync();
        var (id, card) = await bench.WaitingAsync();
        await bench.Slack.Sender.PressAsync("U2", card, SlackBench.Button(card, "deny"));
        await SlackBench.UntilAsync(() => !bench.Workspace.Views.IsEmpty, "the form");
        Assert.IsType<IncidentState.AwaitingApproval>((await bench.IncidentAsync(id)).State);

        Assert.True(bench.Workspace.Views.TryDequeue(out var view));
        Assert.Equal(new(200, ""), await bench.Slack.Sender.SubmitAsync("U2", view, new Dictionary<string, string> { ["reason"] = "switch work <!channel>\nat noon" }));
        await SlackBench.UntilAsync(() => bench.Workspace.Ephemerals.Any(answer => answer.User == "U2"), "an answer");
        Assert.Equal("switch work <!channel> at noon", Assert.Single(await EventsAsync<IncidentEvent.Denied>(bench, id)).Reason);
        var end = await bench.CardAsync(message => message.Ts == card.Ts && message.Text.Contains("declined", StringComparison.Ordinal));
        Assert.DoesNotContain("<!channel>", end.Text);
    }

    [Fact]
    [Trait("Requirement", "SL-12")]
    [Trait("Requirement", "SL-13")]
    public async Task Deny_FormCannotBeOpened_SaysHowElse()
    {
        await using var bench = await SlackBench.StartAsync();
        var (id, card) = await bench.WaitingAsync();
        bench.Slack.Sender.TriggerLives = TimeSpan.Zero;
        var answer = await bench.PressAsync("U2", card, "deny");
        Assert.Contains($"deny {id}", answer.Text);
        Assert.IsType<IncidentState.AwaitingApproval>((await bench.IncidentAsync(id)).State);
    }

    [Fact]
    [Trait("Requirement", "SL-12")]
    public async Task Run_WithoutHost_AsksByAFormAndNamesTheWrongField()
    {
        await using var bench = await SlackBench.StartAsync();
        await bench.Slack.Sender.SlashAsync("U1", "C1", "run bridge/attach-uplink");
        await SlackBench.UntilAsync(() => !bench.Workspace.Views.IsEmpty, "the form");
        Assert.True(bench.Workspace.Views.TryDequeue(out var view));

        var wrong = await bench.Slack.Sender.SubmitAsync("U1", view, new Dictionary<string, string> { ["host"] = "host42", ["p.bridge"] = "br\"0" });
        Assert.Equal("errors", JsonNode.Parse(wrong.Body)?["response_action"]?.GetValue<string>());
        Assert.NotNull(JsonNode.Parse(wrong.Body)?["errors"]?["p.bridge"]);

        Assert.Equal("", (await bench.Slack.Sender.SubmitAsync("U1", view, new Dictionary<string, string> { ["host"] = "host42", ["p.bridge"] = "br0" })).Body);
        await SlackBench.UntilAsync(() => bench.Workspace.Ephemerals.Any(answer => answer.Text.Contains("planning bridge/attach-uplink for host42", StringComparison.Ordinal)), "the answer");

        // Without a runbook it asks which; the second time nobody may be fooled by a stranger's form.
        await bench.Slack.Sender.SlashAsync("U1", "C1", "run");
        await SlackBench.UntilAsync(() => !bench.Workspace.Views.IsEmpty, "the form");
        Assert.True(bench.Workspace.Views.TryDequeue(out var which));
        await bench.Slack.Sender.SubmitAsync("U9", which, new Dictionary<string, string> { ["runbook"] = "bridge/attach-uplink", ["host"] = "host43", ["parameters"] = "bridge=br0" });
        await SlackBench.UntilAsync(() => bench.Workspace.Ephemerals.Any(answer => answer.User == "U9" && answer.Text.Contains("nobody under people", StringComparison.Ordinal)), "a refusal");
    }

    [Fact]
    [Trait("Requirement", "SL-13")]
    public async Task Details_AreForTheEyesOfWhoPressed()
    {
        await using var bench = await SlackBench.StartAsync();
        var (id, card) = await bench.WaitingAsync();
        var details = await bench.PressAsync("U1", card, "details");
        Assert.Contains($"{id}", details.Text);
        Assert.Contains("nic.uplink-no-carrier", details.Blocks?.ToJsonString());
        Assert.Equal("U1", details.User);
    }

    private static async Task<T[]> EventsAsync<T>(SlackBench bench, IncidentId id)
        => [.. (await bench.Get<Application.Ports.IIncidentStore>().LoadAsync(id, 0, CancellationToken.None)).Select(stored => stored.Read()).OfType<T>()];
}
