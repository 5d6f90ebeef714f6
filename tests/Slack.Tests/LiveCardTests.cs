using System.Text.Json.Nodes;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.FakeSlack;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Slack.Tests;

/// <summary>What goes on is seen on the one card while it goes on: sections as they are read, steps as they run.</summary>
public class LiveCardTests
{
    [Fact]
    public async Task Card_WhileAHostIsReadAndRepaired_ShowsSectionsAndSteps()
    {
        await using var bench = await SlackBench.StartAsync();
        await bench.SayAsync("U1", "check host42");
        var id = new IncidentId(1);
        var progress = bench.Get<ProgressHub>();
        var card = await StatusAsync(bench, "Read host42: e.link, 3 of 40", "in_progress", () => progress.Report(new(id, "read", "e.link", 3, 40)));
        await StatusAsync(bench, "Read host42: e.nft, 31 of 40", "in_progress", () => progress.Report(new(id, "read", "e.nft", 31, 40)));
        progress.Clear(id);

        var plan = SlackBench.Plan(id, "host42");
        await bench.AddAsync(id, SlackBench.Observed("host42"), IncidentSamples.Proposed(plan: plan) with { Requirement = IncidentSamples.Requirement() with { Notify = [] } });
        await StatusAsync(bench, "Read host42", "complete");
        await bench.PressAsync("U2", await bench.CardAsync(message => message.AllText.Contains("cob.approve", StringComparison.Ordinal)), "approve");
        await StatusAsync(bench, "Arm the guard on the host", "in_progress");

        await bench.AddAsync(id, IncidentSamples.GuardSaid(GuardStatus.Armed, plan.Id), IncidentSamples.GuardSaid(GuardStatus.Applying, plan.Id));
        await StatusAsync(bench, plan.Steps[0].Name, "in_progress", () => progress.Report(new(id, "apply", plan.Steps[0].Name, 0, plan.Steps.Length)));
        await StatusAsync(bench, "Verify over a new connection", "pending");
        await bench.AddAsync(
            id, new IncidentEvent.StepReported(IncidentSamples.At(3), plan.Id, 1, StepPart.Run, ["ip", "link", "set", "dev", "eno2", "master", "br0"], 0, new("eno2: added to br0\n", null)), IncidentSamples.GuardSaid(GuardStatus.Applied, plan.Id));
        progress.Clear(id);
        await StatusAsync(bench, plan.Steps[0].Name, "complete");
        await StatusAsync(bench, "Verify over a new connection", "in_progress");
        await bench.AddAsync(id, IncidentSamples.Verified(VerifyOutcome.Done) with { PlanId = plan.Id }, IncidentSamples.GuardSaid(GuardStatus.Committed, plan.Id));
        var end = await StatusAsync(bench, "Commit", "complete");

        // All of that was one message.
        Assert.Equal(card.Ts, end.Ts);
        Assert.Single(bench.Workspace.Messages("C1"), message => message.Thread is null);
    }

    /// <summary>The card, once one of its tasks has that status. What goes on is told again at each look: an effect of the bot that ends late clears it.</summary>
    private static Task<FakeMessage> StatusAsync(SlackBench bench, string title, string status, Action? tell = null)
        => bench.CardAsync(message =>
        {
            tell?.Invoke();
            return IsShown(message, title, status);
        });

    private static bool IsShown(FakeMessage message, string title, string status) => Tasks(message).Any(task => task["title"]?.GetValue<string>() == title && task["status"]?.GetValue<string>() == status);

    private static IEnumerable<JsonObject> Tasks(FakeMessage message)
        => (message.Blocks ?? []).OfType<JsonObject>().Where(block => block["type"]?.GetValue<string>() == "plan").SelectMany(block => block["tasks"]?.AsArray() ?? []).OfType<JsonObject>();
}
