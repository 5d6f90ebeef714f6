using ChatOpsBot.Adapters.Slack;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.FakeSlack;
using Xunit;

namespace ChatOpsBot.Slack.Tests.Inbound;

/// <summary>What people type, mention and write, and the answers they get.</summary>
public class CommandTests
{
    [Fact]
    [Trait("Requirement", "SL-9")]
    [Trait("Requirement", "IN-4")]
    public async Task Slash_DeliveredAgain_IsDoneAndAnsweredOnce()
    {
        await using var bench = await SlackBench.StartAsync();
        await bench.SayAsync("U1", "check host42");
        var payload = bench.Slack.Sender.Slash("U1", "C1", "note I-1 once");
        var trigger = payload["trigger_id"]?.GetValue<string>() ?? "";
        var at = bench.Time.GetUtcNow();

        for (var delivery = 0; delivery < 4; delivery++)
        {
            var form = SlackPeople.Form(payload.Select(field => (field.Key, field.Value?.GetValue<string>() ?? "")));
            Assert.Equal(200, (await bench.Slack.Sender.PostAsync("/slack/commands", System.Text.Encoding.UTF8.GetBytes(form), "application/x-www-form-urlencoded", at: at.AddSeconds(-delivery))).Status);
        }

        await bench.AnswerAsync(trigger);
        await bench.SayAsync("U1", "status");
        Assert.Single(bench.Workspace.Ephemerals, answer => answer.Trigger == trigger);
        Assert.Single(await NotesAsync(bench));
    }

    [Fact]
    [Trait("Requirement", "SL-7")]
    [Trait("Requirement", "IN-3")]
    [Trait("Requirement", "SL-21")]
    public async Task Slash_WhileAnswersAreSlow_IsAcknowledgedAtOnce()
    {
        await using var bench = await SlackBench.StartAsync();
        bench.Slack.Fault = call => call.Method == "response_url" ? new FakeFault { Delay = TimeSpan.FromSeconds(3) } : null;
        var trigger = bench.Slack.Sender.NewTrigger();
        var start = TimeProvider.System.GetTimestamp();

        var ack = await bench.Slack.Sender.SlashAsync("U1", "C1", "status", trigger);

        Assert.Equal(new(200, ""), ack);
        Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(2));
        Assert.DoesNotContain(bench.Workspace.Ephemerals, answer => answer.Trigger == trigger);
        await bench.AnswerAsync(trigger);
    }

    [Fact]
    [Trait("Requirement", "SL-8")]
    public async Task Mention_InThread_IsAnsweredAndShownThere()
    {
        await using var bench = await SlackBench.StartAsync();
        Assert.Equal(200, (await bench.Slack.Sender.MentionAsync("U1", "C1", "check host42", thread: "1700000000.000100")).Status);

        var card = await bench.CardAsync(message => message.Text.Contains("host42", StringComparison.Ordinal));
        Assert.Equal("1700000000.000100", card.Thread);
        await SlackBench.UntilAsync(() => bench.Workspace.Messages("C1").Any(message => message.Text.Contains("I-1: reading host42", StringComparison.Ordinal)), "the answer");
        Assert.All(bench.Workspace.Messages("C1"), message => Assert.Equal("1700000000.000100", message.Thread));
    }

    [Fact]
    [Trait("Requirement", "SL-16")]
    public async Task Direct_Message_IsACommand()
    {
        await using var bench = await SlackBench.StartAsync();
        bench.Slack.Fault = call => call.Method == "conversations.info" ? new FakeFault { Error = "missing_scope" } : null;
        Assert.Equal(200, (await bench.Slack.Sender.DirectAsync("U1", "check host42")).Status);
        await bench.CardAsync(message => message.Text.Contains("host42", StringComparison.Ordinal), "DU1");
        Assert.Equal(200, (await bench.Slack.Sender.DirectAsync("U1", "whoami")).Status);
        await SlackBench.UntilAsync(() => bench.Workspace.Messages("DU1").Any(message => message.Text.Contains("slack team T1 user U1", StringComparison.Ordinal)), "the answer");
    }

    [Fact]
    [Trait("Requirement", "SL-14")]
    [Trait("Requirement", "SL-16")]
    [Trait("Requirement", "IN-4")]
    public async Task Mention_SameTextAsSeveralEventsAndRetries_IsDoneOnce()
    {
        await using var bench = await SlackBench.StartAsync();
        await bench.SayAsync("U1", "check host42");
        System.Text.Json.Nodes.JsonObject Event() => new() { ["type"] = "app_mention", ["user"] = "U1", ["team"] = "T1", ["text"] = "<@U0BOT> note I-1 once", ["ts"] = "1700000000.000200", ["channel"] = "C1" };

        for (var retry = 0; retry < 4; retry++)
        {
            Assert.Equal(200, (await bench.Slack.Sender.EventAsync(Event(), id: "Ev1", change: envelope => envelope["attempt"] = retry)).Status);
        }

        Assert.Equal(200, (await bench.Slack.Sender.EventAsync(Event(), id: "Ev2")).Status);
        await SlackBench.UntilAsync(() => bench.Workspace.Messages("C1").Any(message => message.Thread == "1700000000.000200"), "the answer");
        await bench.SayAsync("U1", "status");
        Assert.Single(bench.Workspace.Messages("C1"), message => message.Thread == "1700000000.000200");
        Assert.Single(await NotesAsync(bench));
    }

    [Fact]
    [Trait("Requirement", "SL-15")]
    public async Task Message_EditedOwnOrOfABot_IsNoCommand()
    {
        await using var bench = await SlackBench.StartAsync();
        var ts = 300;
        System.Text.Json.Nodes.JsonObject Direct(string user) => new()
        {
            ["type"] = "message", ["channel_type"] = "im", ["user"] = user, ["team"] = "T1", ["text"] = "check host42", ["channel"] = "DU1", ["ts"] = $"1700000000.000{ts++}",
        };
        var changed = Direct("U1");
        changed["subtype"] = "message_changed";
        var deleted = Direct("U1");
        deleted["subtype"] = "message_deleted";
        var bot = Direct("U1");
        bot["bot_id"] = "B9";
        var edited = Direct("U1");
        edited["edited"] = new System.Text.Json.Nodes.JsonObject { ["user"] = "U1", ["ts"] = "1" };
        var ofApp = Direct("U1");
        ofApp["app_id"] = "A9";
        bench.Workspace.Channels["DU1"] = new() { ["is_im"] = true };

        foreach (var message in new[] { changed, deleted, bot, edited, ofApp, Direct(SlackWorkspace.BotUser) })
        {
            Assert.Equal(200, (await bench.Slack.Sender.EventAsync(message)).Status);
        }

        Assert.Contains("no incident is open", (await bench.SayAsync("U1", "status")).Text);
    }

    [Fact]
    [Trait("Requirement", "SEC-14")]
    public async Task Check_HostThatIsNoName_IsRefused()
    {
        await using var bench = await SlackBench.StartAsync();
        foreach (var host in new[] { "-oProxyCommand=touch", "host42;id", "host*", "h\u043Est42", "$(id)", "../host42", "host42\\nhost43" })
        {
            Assert.Contains("inventory has no host", (await bench.SayAsync("U1", $"check {host}")).Text);
        }

        Assert.Contains("no incident is open", (await bench.SayAsync("U1", "status")).Text);
    }

    [Fact]
    [Trait("Requirement", "SEC-11")]
    [Trait("Requirement", "SEC-6")]
    public async Task Stranger_AnyCommand_LearnsTheirIdsAndNothingElse()
    {
        await using var bench = await SlackBench.StartAsync();
        await bench.SayAsync("U1", "check host42");

        Assert.Contains("slack team T1 user U9", (await bench.SayAsync("U9", "whoami")).Text);
        foreach (var line in new[] { "status", "check host42", "status I-1", "approve I-1", "hosts", "run" })
        {
            var answer = await bench.SayAsync("U9", line);
            Assert.DoesNotContain("host42", answer.Text);
            Assert.Contains("nobody under people", answer.Text);
        }
    }

    [Fact]
    [Trait("Requirement", "SL-17")]
    [Trait("Requirement", "SEC-12")]
    public async Task ExternalOrGuest_PrivilegedCommand_IsRefused()
    {
        await using var bench = await SlackBench.StartAsync();
        Assert.Contains("shared with another company", (await bench.SayAsync("U1", "check host42", "CEXT")).Text);
        Assert.Contains("guests", (await bench.SayAsync("U4", "check host42")).Text);
        Assert.Contains("is not in this conversation", (await bench.SayAsync("U1", "check host42", "C404")).Text);

        await bench.Slack.Sender.EventAsync(
            new() { ["type"] = "app_mention", ["user"] = "U1", ["text"] = "<@U0BOT> status", ["ts"] = "1700000000.000400", ["channel"] = "C2" }, external: true);
        await bench.Slack.Sender.EventAsync(
            new() { ["type"] = "app_mention", ["user"] = "U1", ["user_team"] = "T9", ["text"] = "<@U0BOT> status", ["ts"] = "1700000000.000401", ["channel"] = "C2" });
        await SlackBench.UntilAsync(() => bench.Workspace.Messages("C2").Count(message => message.Text.Contains("other companies", StringComparison.Ordinal)) == 2, "two refusals");

        bench.Slack.Fault = call => call.Method == "users.info" ? new FakeFault { Error = "internal_error" } : null;
        Assert.Contains("could not be asked", (await bench.SayAsync("U2", "check host42")).Text);
        Assert.Contains("no incident is open", (await bench.SayAsync("U1", "status")).Text);
    }

    [Fact]
    [Trait("Requirement", "SL-23")]
    [Trait("Requirement", "SL-24")]
    [Trait("Requirement", "SEC-15")]
    public async Task Answer_AddressIsForeignOrUsedUp_GoesAnotherWay()
    {
        await using var bench = await SlackBench.StartAsync();
        var foreign = bench.Slack.Sender.Slash("U1", "C1", "whoami");
        foreign["response_url"] = "http://127.0.0.1:9/steal";
        Assert.Equal(200, (await bench.Slack.Sender.SendAsync("slash_commands", "/slack/commands", foreign)).Status);
        await SlackBench.UntilAsync(() => bench.Workspace.Ephemerals.Any(answer => answer is { Trigger: null, User: "U1", Channel: "C1" }), "chat.postEphemeral");

        bench.Slack.Fault = call => call.Method == "response_url" ? new FakeFault { Status = 404 } : null;
        await bench.Slack.Sender.SlashAsync("U2", "C1", "whoami");
        await SlackBench.UntilAsync(() => bench.Workspace.Ephemerals.Any(answer => answer is { Trigger: null, User: "U2", Channel: "C1" }), "chat.postEphemeral");

        // Where the bot is not, a direct message is left.
        await bench.Slack.Sender.SlashAsync("U5", "C404", "whoami");
        await SlackBench.UntilAsync(() => bench.Workspace.Messages("DU5").Count == 1, "a direct message");
        bench.Slack.Fault = call => call.Method == "response_url" ? new FakeFault { Status = 302 } : null;
        await bench.Slack.Sender.SlashAsync("U3", "C1", "whoami");
        await SlackBench.UntilAsync(() => bench.Workspace.Ephemerals.Any(answer => answer is { Trigger: null, User: "U3" }), "no redirect is followed");
    }

    [Fact]
    [Trait("Requirement", "SL-23")]
    [Trait("Requirement", "SEC-15")]
    [Trait("Requirement", "SEC-18")]
    public async Task Secrets_AfterAWholeIncident_AreInNoLogAndNoTranscript()
    {
        await using var bench = await SlackBench.StartAsync();
        var (id, card) = await bench.WaitingAsync();
        bench.Slack.Fault = call => call.Method == "response_url" ? new FakeFault { Status = 500 } : null;
        var trigger = bench.Slack.Sender.NewTrigger();
        await bench.Slack.Sender.SlashAsync("U2", "C1", $"note {id} hello", trigger);
        await SlackBench.UntilAsync(() => bench.Log.Lines.Any(line => line.Contains("is tried again", StringComparison.Ordinal)), "a failure");
        bench.Slack.Fault = _ => null;
        await bench.AnswerAsync(trigger);
        await bench.PressAsync("U2", card, "approve");
        var transcript = await bench.Get<Application.Incidents.TranscriptService>().ExportAsync(id, CancellationToken.None);
        var database = System.Text.Encoding.Latin1.GetString(Domain.Transcripts.TranscriptExport.Write(transcript ?? throw new InvalidOperationException("none")));

        Assert.NotEmpty(bench.Log.Lines);
        foreach (var secret in new[] { SlackWorkspace.BotToken, SlackWorkspace.AppToken, SlackWorkspace.Secret, "/respond/", trigger })
        {
            Assert.DoesNotContain(bench.Log.Lines, line => line.Contains(secret, StringComparison.Ordinal));
            Assert.DoesNotContain(secret, database);
        }
    }

    [Fact]
    [Trait("Requirement", "SEC-18")]
    public async Task Anything_FailsInside_PeopleGetAMarkAndTheLogTheCause()
    {
        await using var bench = await SlackBench.StartAsync();
        var (_, card) = await bench.WaitingAsync();
        bench.Configuration.Broken = new InvalidOperationException("the inner detail of /var/lib");
        var said = bench.SayAsync("U1", "note I-1 x");
        var pressed = bench.PressAsync("U2", card, "approve");
        foreach (var answer in await Task.WhenAll(said, pressed))
        {
            Assert.Matches("^something failed here.* in the log under [0-9a-f]{8}$", answer.Text);
            var mark = answer.Text[^8..];
            Assert.Contains(bench.Log.Lines, line => line.Contains(mark, StringComparison.Ordinal) && line.Contains("the inner detail", StringComparison.Ordinal));
        }

        // Nor anywhere else in the chat, and nothing was done.
        bench.Configuration.Broken = null;
        await bench.SayAsync("U1", "status");
        Assert.DoesNotContain(bench.Workspace.Calls, call => call.Arguments.Values.Any(value => value.Contains("inner detail", StringComparison.Ordinal) || value.Contains("InvalidOperation", StringComparison.Ordinal)));
        Assert.Empty(await NotesAsync(bench));
        Assert.IsType<IncidentState.AwaitingApproval>((await bench.IncidentAsync(new(1))).State);
    }

    [Fact]
    public async Task Store_FailsForTenSeconds_ThePersonLearnsWhatWasDone()
    {
        await using var bench = await SlackBench.StartAsync();
        await bench.WaitingAsync();
        bench.Configuration.Broken = new StoreException("the disk is full");
        var said = bench.SayAsync("U1", "note I-1 x");
        await SlackBench.UntilAsync(() => bench.Log.Lines.Count(line => line.Contains("failed and is tried again", StringComparison.Ordinal)) >= 4, "a fourth failure");
        bench.Configuration.Broken = null;

        Assert.DoesNotContain("failed", (await said).Text, StringComparison.Ordinal);
        Assert.Single(await NotesAsync(bench));
    }

    [Theory]
    [Trait("Requirement", "SL-22")]
    [InlineData("Http")]
    [InlineData("SocketMode")]
    public async Task Unknown_Command_IsExplained(string mode)
    {
        await using var bench = await SlackBench.StartAsync(Enum.Parse<SlackMode>(mode));
        Assert.Contains("check", (await bench.SayAsync("U1", "chekc host42")).Text);
    }

    private static async Task<IncidentEvent[]> NotesAsync(SlackBench bench)
        => [.. (await bench.Get<Application.Ports.IIncidentStore>().LoadAsync(new(1), 0, CancellationToken.None)).Select(stored => stored.Read()).Where(happened => happened is IncidentEvent.NoteAdded)];
}
