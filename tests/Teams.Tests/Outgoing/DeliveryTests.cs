using ChatOpsBot.Adapters.Teams;
using ChatOpsBot.Adapters.Teams.Api;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Cards;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.FakeConnector;
using Xunit;

namespace ChatOpsBot.Teams.Tests.Outgoing;

/// <summary>What the bot sends, and what it does when that goes wrong.</summary>
public class DeliveryTests
{
    [Fact]
    [Trait("Requirement", "TM-4")]
    public async Task Token_FiftySendsAtOnce_IsAskedForOnceAndRenewed()
    {
        await using var bench = await TeamsBench.StartAsync();
        bench.Teams.TokenLives = 1800;
        var token = bench.Get<BotToken>();
        var all = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => token.GetAsync(null, CancellationToken.None)));
        Assert.Single(all.Distinct());
        var (path, form) = Assert.Single(bench.Teams.TokenRequests);
        Assert.Equal($"/{ConnectorServer.Tenant}/oauth2/v2.0/token", path);
        Assert.Equal(
            ("client_credentials", ConnectorServer.App, ConnectorServer.Secret, "https://api.botframework.com/.default"), (form["grant_type"], form["client_id"], form["client_secret"], form["scope"]));

        // About five minutes early, not before.
        bench.Time.Move(TimeSpan.FromMinutes(24));
        Assert.Equal(all[0], await token.GetAsync(null, CancellationToken.None));
        bench.Time.Move(TimeSpan.FromMinutes(1.5));
        Assert.NotEqual(all[0], await token.GetAsync(null, CancellationToken.None));
        Assert.Equal(2, bench.Teams.TokenRequests.Count);

        // One forced renewal after a 401, then the message is there once.
        bench.Teams.Revoke();
        await bench.SayAsync("ann", "help");
        Assert.Equal(3, bench.Teams.TokenRequests.Count);
        Assert.Equal(2, bench.Teams.Calls.Count);
        Assert.Single(bench.Teams.Messages);

        // Refused for good: no loop.
        bench.Teams.Fault = _ => new(401, "Unauthorized");
        await bench.People.SendAsync(bench.People.Message("ann", "help"));
        await TeamsBench.UntilAsync(() => bench.Log.Lines.Any(line => line.Contains("could not be brought", StringComparison.Ordinal)), "it is given up");
        Assert.Equal(4, bench.Teams.Calls.Count);
    }

    [Fact]
    [Trait("Requirement", "TM-5")]
    [Trait("Requirement", "SEC-4")]
    [Trait("Requirement", "SEC-5")]
    public async Task Send_AddressNotListedOrRedirected_GetsNoToken()
    {
        await using var bench = await TeamsBench.StartAsync();
        await using var elsewhere = await ConnectorServer.StartAsync();
        await bench.SayAsync("ann", "help");
        var reference = new TeamsReference { Service = new(elsewhere.Url), Channel = "msteams", Conversation = "a:ann", Tenant = ConnectorServer.Tenant, Bot = ConnectorServer.Bot };
        foreach (var service in new[] { elsewhere.Url, "https://evil.trafficmanager.net/", "http://smba.trafficmanager.net/", "https://smba.trafficmanager.net.evil.example/", "https://a@smba.trafficmanager.net/" })
        {
            Assert.IsType<ConnectorReply.Refused>(await bench.Get<Connector>().SendAsync(reference with { Service = new(service) }, [], CancellationToken.None));
        }

        Assert.Empty(elsewhere.Calls);

        // A redirect is no way around the list.
        bench.Teams.Fault = _ => new(307);
        Assert.IsType<ConnectorReply.Refused>(await bench.Get<Connector>().SendAsync(reference with { Service = new(bench.Teams.Url) }, [], CancellationToken.None));
        Assert.DoesNotContain(bench.Log.Lines, line => line.Contains("fake-token", StringComparison.Ordinal) || line.Contains(ConnectorServer.Secret, StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Requirement", "TM-7")]
    [Trait("Requirement", "TM-11")]
    [Trait("Requirement", "TM-12")]
    [Trait("Requirement", "TM-21")]
    public async Task Proactive_ThroughStoredReference_AlsoAfterRestartAndUntilRemoved()
    {
        await using var bench = await TeamsBench.StartAsync();
        await bench.SayAsync(bench.People.Mention("ann", "help"));
        await bench.StopBotAsync();
        await bench.StartBotAsync();
        var surface = bench.Get<IChatSurface>();
        var channel = new ConversationId($"teams:{ConnectorServer.Tenant}/19:c@thread.tacv2");
        var post = new ChatPost("k", CardText.Of(new TextRun.Plain("somebody is needed "), new TextRun.HostOutput("<b>")), null, true);
        var sent = Assert.IsType<ChatOutcome.Sent>(await surface.PostAsync(channel, post, CancellationToken.None));
        var message = bench.Teams.Messages.Single(message => message.Id == sent.Message || message.Conversation == "19:c@thread.tacv2");
        Assert.Contains("somebody is needed <b>", TeamsBench.Words(message));
        Assert.NotEmpty(message.Activity["summary"]?.GetValue<string>() ?? "");
        Assert.DoesNotContain('<', message.Activity["summary"]?.GetValue<string>() ?? "<");
        Assert.NotEmpty(message.Card?["fallbackText"]?.GetValue<string>() ?? "");
        Assert.Null(message.Activity["text"]);

        // A thread's id is encoded whole.
        await surface.PostAsync(channel, post with { Thread = "17" }, CancellationToken.None);
        Assert.Equal("/v3/conversations/19%3Ac%40thread.tacv2%3Bmessageid%3D17/activities", bench.Teams.Calls.Last().RawPath);
        Assert.Empty(bench.Teams.Complaints);

        // Where the bot never was, nothing is guessed; a place that is gone is remembered as such and told to operators.
        Assert.IsType<ChatOutcome.Never>(await surface.PostAsync(new($"teams:{ConnectorServer.Tenant}/19:other@thread.tacv2"), post, CancellationToken.None));
        bench.Teams.Fault = call => call.Method == "POST" ? new(403, "BotNotInConversationRoster") : null;
        Assert.Contains("add the app", Assert.IsType<ChatOutcome.Never>(await surface.PostAsync(channel, post, CancellationToken.None)).Why);
        var calls = bench.Teams.Calls.Count;
        Assert.IsType<ChatOutcome.Never>(await surface.PostAsync(channel, post, CancellationToken.None));
        Assert.Equal(calls, bench.Teams.Calls.Count);
        Assert.Contains(bench.Log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal) && line.Contains("nothing can be sent to", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Requirement", "TM-8")]
    [Trait("Requirement", "TM-11")]
    public async Task Removed_ForgetsTheReference()
    {
        await using var bench = await TeamsBench.StartAsync();
        await bench.SayAsync("ann", "help");
        var surface = bench.Get<IChatSurface>();
        var chat = new ConversationId($"teams:{ConnectorServer.Tenant}/a:ann");
        var post = new ChatPost("k", CardText.Plain("x"), null, true);
        Assert.IsType<ChatOutcome.Sent>(await surface.PostAsync(chat, post, CancellationToken.None));
        var removed = bench.People.Activity("installationUpdate", "ann");
        removed["action"] = "remove";
        Assert.Equal(200, (await bench.People.SendAsync(removed)).Status);
        Assert.IsType<ChatOutcome.Never>(await surface.PostAsync(chat, post, CancellationToken.None));

        // Added again, it speaks again, before anybody has written.
        var added = bench.People.Activity("installationUpdate", "ann");
        added["action"] = "add";
        Assert.Equal(200, (await bench.People.SendAsync(added)).Status);
        Assert.IsType<ChatOutcome.Sent>(await surface.PostAsync(chat, post, CancellationToken.None));
    }

    [Theory]
    [InlineData(429, "Throttled", "7", typeof(ChatOutcome.Later))]
    [InlineData(412, "PreconditionFailed", null, typeof(ChatOutcome.Later))]
    [InlineData(502, "BadGateway", null, typeof(ChatOutcome.Ambiguous))]
    [InlineData(504, "Timeout", null, typeof(ChatOutcome.Ambiguous))]
    [InlineData(403, "ConversationBlockedByUser", null, typeof(ChatOutcome.Never))]
    [InlineData(404, "ConversationNotFound", null, typeof(ChatOutcome.Never))]
    [InlineData(400, "BadArgument", null, typeof(ChatOutcome.Never))]
    [Trait("Requirement", "TM-13")]
    public async Task Send_Refused_IsTriedAgainOnlyWhereThatHelps(int status, string code, string? after, Type outcome)
    {
        await using var bench = await TeamsBench.StartAsync();
        await bench.SayAsync("ann", "help");
        bench.Teams.Fault = _ => new(status, code, after);
        var calls = bench.Teams.Calls.Count;
        var surface = bench.Get<IChatSurface>();
        var chat = new ConversationId($"teams:{ConnectorServer.Tenant}/a:ann");
        var got = await surface.PostAsync(chat, new("k", CardText.Plain("x"), null, true), CancellationToken.None);
        Assert.IsType(outcome, got);
        Assert.Equal(calls + 1, bench.Teams.Calls.Count);
        if (status == 429)
        {
            Assert.True(((ChatOutcome.Later)got).RetryAfter >= TimeSpan.FromSeconds(7));

            // Until then nobody is asked again.
            Assert.IsType<ChatOutcome.Later>(await surface.PostAsync(chat, new("k", CardText.Plain("x"), null, true), CancellationToken.None));
            Assert.Equal(calls + 1, bench.Teams.Calls.Count);
        }
    }

    [Fact]
    [Trait("Requirement", "TM-13")]
    public async Task Send_ManyAtOnce_StaysBelowWhatTeamsAllows()
    {
        await using var bench = await TeamsBench.StartAsync();
        var rates = new SendRates(bench.Time);
        var taken = 0;
        for (var attempt = 0; attempt < 50; attempt++)
        {
            taken += rates.Take("t", "c", isRoster: false) is null ? 1 : 0;
        }

        Assert.Equal(7, taken);
        Assert.InRange(rates.Take("t", "c", isRoster: false) ?? TimeSpan.Zero, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(2));
        Assert.Null(rates.Take("t", "c", isRoster: true));
        Assert.Null(rates.Take("t", "other", isRoster: false));
        bench.Time.Move(TimeSpan.FromSeconds(1.2));
        Assert.Null(rates.Take("t", "c", isRoster: false));
        Assert.NotNull(rates.Take("t", "c", isRoster: false));

        // All of a tenant together.
        var all = Enumerable.Range(0, 60).Count(number => rates.Take("t2", $"c{number}", isRoster: false) is null);
        Assert.Equal(30, all);

        // Half a minute, whatever the pace.
        taken = 0;
        for (var step = 0; step < 100; step++)
        {
            taken += rates.Take("t3", "c3", isRoster: false) is null ? 1 : 0;
            bench.Time.Move(TimeSpan.FromMilliseconds(280));
        }

        Assert.InRange(taken, 55, 60);
    }

    [Fact]
    [Trait("Requirement", "TM-13")]
    [Trait("Requirement", "SEC-8")]
    public async Task Everything_TenMinutesOf429_ARepairGoesOnAndTheCardFollows()
    {
        await using var bench = await TeamsBench.StartAsync();
        var (id, card) = await bench.WaitingAsync();
        var approve = TeamsBench.Button(await bench.OptionsAsync("bo", card), "Approve");
        await bench.PressAsync("bo", approve, card.Id);
        bench.Teams.Fault = _ => new(429, "Throttled", "600");
        await bench.RepairAsync(id);
        Assert.IsType<IncidentState.Ended>((await bench.IncidentAsync(id)).State);
        bench.Teams.Fault = _ => null;

        // The clock is shortened: what was asked to wait may come back.
        await TeamsBench.UntilAsync(
            () =>
            {
                bench.Time.Move(TimeSpan.FromSeconds(30));
                return TeamsBench.Words(card).Contains(": resolved", StringComparison.Ordinal);
            },
            "the card follows");
        await bench.MessageAsync(message => TeamsBench.Words(message).Contains(", head ", StringComparison.Ordinal), "the outcome");
    }

    [Fact]
    [Trait("Requirement", "SEC-16")]
    [Trait("Requirement", "TM-11")]
    [Trait("Requirement", "SEC-15")]
    public async Task FullRun_CheckToTranscript_OneCardChangedInPlace()
    {
        await using var bench = await TeamsBench.StartAsync();
        var (id, card) = await bench.WaitingAsync();
        Assert.Contains("ip link set dev eno2 master br0", TeamsBench.Words(card));
        await bench.PressAsync("bo", TeamsBench.Button(await bench.OptionsAsync("bo", card), "Approve"), card.Id);
        await bench.RepairAsync(id);
        await TeamsBench.UntilAsync(() => TeamsBench.Words(card).Contains(": resolved", StringComparison.Ordinal), "the card says resolved");
        var end = await bench.MessageAsync(message => TeamsBench.Words(message).Contains(", head ", StringComparison.Ordinal), "the outcome");
        var transcript = await bench.Get<Application.Incidents.TranscriptService>().ReadAsync(id, CancellationToken.None);
        var events = transcript?.Transcript.Events ?? [];
        Assert.Empty(Domain.Transcripts.EventChain.Problems(id, events));
        Assert.Contains(events[^1].Hash[..16], TeamsBench.Words(end));

        // Who did it is kept as the platform's own ids, with what the token was found to be; nothing of it is the token.
        var read = events.Select(stored => stored.Read()).ToArray();
        foreach (var (happened, user) in new[] { ((IncidentEvent)read.OfType<IncidentEvent.Opened>().Single(), "ann"), (read.OfType<IncidentEvent.Approved>().Single(), "bo") })
        {
            var origin = happened.Origin ?? throw new InvalidOperationException("no origin");
            Assert.Equal(
                ("teams", ConnectorServer.Tenant, "a:ann", "msteams", $"29:{user}", TeamsPeople.ObjectId(user)),
                (origin.Surface, origin.Ids["tenant"], origin.Ids["conversation"], origin.Ids["channel"], origin.Ids["user"], origin.Ids["object"]));
            Assert.Matches("^act-[0-9]+$", origin.Ids["activity"]);
            Assert.Matches("^token RS256 by https://api.botframework.com verified with its key key-1 for this bot, valid until [0-9]{10}; service address, endorsement and tenant allowed$", origin.Verdict);
            Assert.DoesNotContain("eyJ", origin.ToString());
            Assert.Contains(origin.ToString(), transcript is null ? "" : Domain.Transcripts.TranscriptMarkdown.Render(transcript.Transcript), StringComparison.Ordinal);
        }

        Assert.Equal(card.Id, read.OfType<IncidentEvent.Approved>().Single().Origin?.Ids["card"]);
        Assert.Single(bench.Teams.Messages, message => message.Card?.ToJsonString().Contains("Show my options", StringComparison.Ordinal) == true);
        Assert.Empty(bench.Teams.Complaints);
        Assert.DoesNotContain(bench.Log.Lines, line => line.Contains("fake-token", StringComparison.Ordinal) || line.Contains(ConnectorServer.Secret, StringComparison.Ordinal));
    }
}
