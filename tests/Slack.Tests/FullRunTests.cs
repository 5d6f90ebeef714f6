using ChatOpsBot.Adapters.Slack;
using ChatOpsBot.Domain.Incidents;
using Xunit;

namespace ChatOpsBot.Slack.Tests;

/// <summary>From the slash command to the transcript, the same over both ways in.</summary>
public class FullRunTests
{
    public static TheoryData<string> Modes => ["Http", "SocketMode"];

    [Theory]
    [MemberData(nameof(Modes))]
    [Trait("Requirement", "SL-22")]
    [Trait("Requirement", "SL-7")]
    [Trait("Requirement", "SEC-16")]
    public async Task Check_ApprovedBySecondPerson_EndsWithTranscriptInThread(string mode)
    {
        await using var bench = await SlackBench.StartAsync(Enum.Parse<SlackMode>(mode));

        var (id, card) = await bench.WaitingAsync();
        Assert.Contains("awaiting-approval", card.AllText);
        Assert.Contains("ip link set dev eno2 master br0", card.AllText);

        var answer = await bench.PressAsync("U2", card, "approve");
        Assert.Contains("approv", answer.Text, StringComparison.OrdinalIgnoreCase);
        Assert.IsType<IncidentState.Applying>((await bench.IncidentAsync(id)).State);

        await bench.RepairAsync(id);
        var end = await bench.CardAsync(message => message.Ts == card.Ts && message.Text.Contains("is resolved", StringComparison.Ordinal));
        Assert.DoesNotContain("cob.approve", end.AllText);
        await SlackBench.UntilAsync(() => bench.Workspace.Messages("C1").Any(message => message.Thread == card.Ts && message.Files.Count == 1), "the transcript in the thread");
        await SlackBench.UntilAsync(() => bench.Workspace.Messages("C1").Any(message => message.Thread == card.Ts && message.Text.Contains(", head ", StringComparison.Ordinal)), "the outcome");
        var file = bench.Workspace.Files[bench.Workspace.Messages("C1").Single(message => message.Files.Count == 1).Files[0]];
        Assert.Equal($"{id}.md", file.Name);
        Assert.Contains("eno2: added to br0", System.Text.Encoding.UTF8.GetString(file.Bytes));
        Assert.Single(bench.Workspace.Messages("C1"), message => message.Thread is null);
        var transcript = await bench.Get<Application.Incidents.TranscriptService>().ReadAsync(id, CancellationToken.None);
        var events = transcript?.Transcript.Events ?? [];
        Assert.Empty(Domain.Transcripts.EventChain.Problems(id, events));
        Assert.Contains(bench.Workspace.Messages("C1"), message => message.Text.Contains(events[^1].Hash[..16], StringComparison.Ordinal));
        Assert.NotNull(transcript?.Transcript.Signature);

        // Who did it is kept as Slack's own ids, with what was checked; it is in the chain and in the file in the thread.
        var read = events.Select(stored => stored.Read()).ToArray();
        foreach (var (happened, user) in new[] { ((IncidentEvent)read.OfType<IncidentEvent.Opened>().Single(), "U1"), (read.OfType<IncidentEvent.Approved>().Single(), "U2") })
        {
            var origin = happened.Origin ?? throw new InvalidOperationException("no origin");
            Assert.Equal(("slack", "T1", user, "C1"), (origin.Surface, origin.Ids["team"], origin.Ids["user"], origin.Ids["channel"]));
            Assert.Matches("^[0-9a-f]{32}$", origin.Ids["item"]);
            Assert.Matches(mode == "Http" ? "^signature v0 verified over the raw body, sent at [0-9]{10}$" : "^over our Socket Mode connection, envelope .+", origin.Verdict);
            Assert.Contains(origin.ToString(), System.Text.Encoding.UTF8.GetString(file.Bytes));
        }

        Assert.Equal(card.Ts, read.OfType<IncidentEvent.Approved>().Single().Origin?.Ids["message"]);
        Assert.Empty(bench.Slack.Complaints);
    }
}
