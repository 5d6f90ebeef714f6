using System.Text.RegularExpressions;
using ChatOpsBot.ChatContract.Benches;
using ChatOpsBot.Domain.Incidents;
using Xunit;

namespace ChatOpsBot.Chat.Tests;

/// <summary>One service, both platforms: the same people, the same incident, one decision.</summary>
public class TwoPlatformsTests
{
    /// <summary>Each round: one request, asked for in Slack and joined in Teams; two approvers press in both, all at once. Every tenth round one of them denies meanwhile.</summary>
    [Theory]
    [InlineData(25)]
    [InlineData(100, Explicit = true)]
    [Trait("Requirement", "SEC-7")]
    [Trait("Requirement", "SEC-10")]
    public async Task Approve_FromSlackAndTeamsAtOnce_DecidesOnceAndTellsTheOthers(int rounds)
    {
        await using var slack = await SlackBench.StartAsync();
        await using var teams = await TeamsBench.StartAsync(joins: slack);
        slack.Configuration.Hosts = 150;
        var policy = slack.Configuration.Policy;
        slack.Configuration.Policy = policy with { People = [.. policy.People.Select(person => person.Id.Value == "cy" ? BenchConfiguration.Person("cy", "network") : person)] };
        List<IncidentId> expected = [];
        var (fromSlack, fromTeams, denied) = (0, 0, 0);
        for (var round = 0; round < rounds; round++)
        {
            // Neither platform is asked for more than it takes in half a minute.
            slack.Time.Move(TimeSpan.FromSeconds(30));
            var host = $"host{40 + round}";
            var (id, card) = await slack.WaitingAsync(host);
            await teams.SayAsync("bo", $"check {host}");
            var message = await teams.MessageAsync(shown => TeamsBench.Words(shown).Contains($"{id} {host}: awaiting-approval", StringComparison.Ordinal) && TeamsBench.All(shown.Card, "Action.Execute").Any(), "the card in Teams");
            var view = await teams.OptionsAsync("bo", message);
            var slackButton = SlackBench.Button(card, "approve");
            async Task<string> InSlackAsync(string person)
            {
                var trigger = slack.Slack.Sender.NewTrigger();
                Assert.Equal(200, (await slack.Slack.Sender.PressAsync(BenchConfiguration.SlackOf(person), card, slackButton, trigger)).Status);
                return (await slack.AnswerAsync(trigger)).Text;
            }

            async Task<string> InTeamsAsync(string person) => TeamsBench.Said(await teams.PressAsync(person, TeamsBench.Button(view, "Approve"), message.Id));
            var isDenied = round % 10 == 9;
            var denial = slack.Slack.Sender.NewTrigger();
            if (isDenied)
            {
                // A command takes longer than a press, so it gets a start: acknowledged, not yet performed.
                await slack.Slack.Sender.SlashAsync(BenchConfiguration.SlackOf("cy"), "C1", $"deny {id} not now", denial);
            }

            async Task<string> DenialAsync() => (await slack.AnswerAsync(denial)).Text;

            var answers = await Task.WhenAll(isDenied ? [DenialAsync(), InTeamsAsync("bo"), InSlackAsync("bo")] : new[] { InSlackAsync("bo"), InTeamsAsync("bo"), InSlackAsync("cy"), InTeamsAsync("cy") });

            // One decision, one execution, and nobody is told that it was theirs when it was not.
            var approved = await slack.EventsAsync<IncidentEvent.Approved>(id);
            var refused = await slack.EventsAsync<IncidentEvent.Denied>(id);
            Assert.Equal(1, approved.Count + refused.Count);
            var begun = Assert.Single(answers, answer => Regex.IsMatch(answer, "begins|is declined"));
            Assert.All(answers.Where(answer => answer != begun), answer => Assert.Matches("was approved|already|is applying|ended declined|was declined|no longer on offer|has ended", answer));
            expected.AddRange(approved.Select(_ => id));
            denied += refused.Count;
            _ = Array.IndexOf(answers, begun) % 2 == 1 ? fromTeams++ : fromSlack++;
        }

        await ChatBench.UntilAsync(() => slack.Begun.Count >= expected.Count, () => $"{expected.Count} repairs to begin; {slack.Begun.Count} have");
        Assert.Equal(expected.Select(id => id.Number).Order(), slack.Begun.Select(id => id.Number).Order());
        TestContext.Current.SendDiagnosticMessage($"first from Slack {fromSlack}, from Teams {fromTeams}, denied {denied}");
        Assert.True(fromSlack > 0 && fromTeams > 0, $"both have to be first sometimes, or it was no race: Slack {fromSlack}, Teams {fromTeams}");
    }
}
