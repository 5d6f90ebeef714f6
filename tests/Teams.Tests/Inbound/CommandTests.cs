using System.Collections.Immutable;
using System.Text.Json.Nodes;
using ChatOpsBot.Adapters.Teams.Inbound;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.FakeConnector;
using Xunit;

namespace ChatOpsBot.Teams.Tests.Inbound;

/// <summary>Commands of every surface of Teams.</summary>
public class CommandTests
{
    private const string Bot = ConnectorServer.Bot;

    [Theory]
    [InlineData("<at>Bridge</at> check host42", "<at>Bridge</at>", Bot, "check host42")]
    [InlineData("check <at>Bridge</at> host42", "<at>Bridge</at>", Bot, "check host42")]
    [InlineData("<at>Bridge</at>&nbsp;check\u00a0host42 ", "<at>Bridge</at>", Bot, "check host42")]
    [InlineData("<at>Bridge</at> check host42", null, Bot, "<at>Bridge</at> check host42")]
    [InlineData("<at>Bridge</at> check host42", "<at>Bridge</at>", "29:other", "29:other check host42")]
    [InlineData("check host42", "<at>Bridge</at>", Bot, "check host42")]
    [InlineData("<at>B.r(i)d*g+e [$1]\\</at> check host42", "<at>B.r(i)d*g+e [$1]\\</at>", Bot, "check host42")]
    [InlineData("<at id=\"0\">Bridge</at> check host42", "<at id=\"0\">Bridge</at>", Bot, "check host42")]
    [InlineData("check host42", "check host42", Bot, "check host42")]
    [InlineData("<at>a</at>approve I-1<at>b</at>", "<at>a</at>approve I-1<at>b</at>", Bot, "<at>a</at>approve I-1<at>b</at>")]
    [InlineData("explain &quot;no &lt;carrier&gt;&quot; &amp;lt;at&amp;gt;", null, Bot, "explain \"no <carrier>\" &lt;at&gt;")]
    [InlineData("<at>Bridge</at> &lt;at&gt;Bridge&lt;/at&gt; help", "<at>Bridge</at>", Bot, "<at>Bridge</at> help")]
    [InlineData("<at>Bridge</at>\r\n\tcheck   host42", "<at>Bridge</at>", Bot, "check host42")]
    [Trait("Requirement", "TM-9")]
    [Trait("Requirement", "TM-10")]
    public void Line_MentionsAndEntities_LeaveWhatWasTyped(string text, string? mention, string mentioned, string line)
        => Assert.Equal(line, TeamsText.Line(text, mention is null ? [] : ImmutableArray.Create(new TeamsMention(mention, mentioned)), Bot));

    [Fact]
    [Trait("Requirement", "TM-10")]
    public void Line_MentionsThatNameEachOther_AreEachTakenOnce()
    {
        // Taken one after the other, each would double what the one before put in.
        ImmutableArray<TeamsMention> chain = [.. Enumerable.Range(0, 40).Select(i => new TeamsMention($"<at>{i}</at>", $"<at>{i + 1}</at><at>{i + 1}</at>"))];

        Assert.Equal("<at>1</at><at>1</at> status", TeamsText.Line("<at>0</at> status", chain, Bot));
    }

    [Fact]
    [Trait("Requirement", "TM-9")]
    [Trait("Requirement", "TM-10")]
    [Trait("Requirement", "TM-6")]
    public async Task Command_EverySurface_IsReadTheSameAndAnswered()
    {
        await using var bench = await TeamsBench.StartAsync();
        foreach (var activity in new[]
        {
            bench.People.Message("ann", "help"), bench.People.Message("ann", "/bridge help"), bench.People.Message("ann", "bridge help"),
            bench.People.Mention("ann", "help"), bench.People.Mention("ann", "/bridge help"), bench.People.Mention("ann", "help", "19:g@thread.v2", "groupChat"),
        })
        {
            var answer = await bench.SayAsync(activity);
            Assert.Contains("check HOST", TeamsBench.Words(answer));
            Assert.Equal(activity["conversation"]?["id"]?.GetValue<string>(), answer.Conversation);
        }

        // A slash command is a message for the bot's eyes; the same parser reads it.
        var slash = bench.People.Message("ann", "/bridge help", "19:c@thread.tacv2;messageid=1", "channel");
        ((JsonObject)(slash["recipient"] ?? new JsonObject()))["isTargeted"] = true;
        Assert.Contains("check HOST", TeamsBench.Words(await bench.SayAsync(slash)));

        // A mark without its entity is plain text, and so no command.
        Assert.Contains("there is no command", TeamsBench.Words(await bench.SayAsync("ann", "<at>Bridge</at> help")));
        Assert.Empty(bench.Teams.Complaints);
    }

    [Fact]
    [Trait("Requirement", "SEC-11")]
    [Trait("Requirement", "SEC-12")]
    [Trait("Requirement", "TM-15")]
    public async Task Command_ByStrangerGuestOrBot_DoesNothing()
    {
        await using var bench = await TeamsBench.StartAsync();
        Assert.Contains("nobody under people", TeamsBench.Words(await bench.SayAsync("zoe", "check host42")));
        Assert.Contains("guests", TeamsBench.Words(await bench.SayAsync("gus", "check host42")));
        Assert.Contains($"teams tenant {ConnectorServer.Tenant} user {TeamsPeople.ObjectId("zoe")}", TeamsBench.Words(await bench.SayAsync("zoe", "whoami")));

        // Known by name or by the platform's id only is not known.
        var named = bench.People.Message("zoe", "check host42");
        named["from"] = new JsonObject { ["id"] = "29:ann", ["name"] = "ann" };
        Assert.Contains("nobody under people", TeamsBench.Words(await bench.SayAsync(named)));

        // Of another company, gone, or not to be asked about: nothing.
        bench.Teams.Members["29:ann"]["tenantId"] = "99999999-bbbb-cccc-dddd-eeeeeeeeeeee";
        Assert.Contains("another company", TeamsBench.Words(await bench.SayAsync("ann", "check host42")));
        bench.Time.Move(TimeSpan.FromMinutes(6));
        bench.Teams.Members.TryRemove("29:ann", out _);
        Assert.Contains("does not know your account", TeamsBench.Words(await bench.SayAsync("ann", "check host42")));
        bench.Teams.Fault = call => call.Method == "GET" ? new(503) : null;
        Assert.Contains("could not be asked", TeamsBench.Words(await bench.SayAsync("bo", "check host42")));

        // Programs are not listened to, and neither are we ourselves.
        foreach (var from in new[] { new JsonObject { ["id"] = "28:other", ["aadObjectId"] = TeamsPeople.ObjectId("ann") }, new JsonObject { ["id"] = Bot }, new JsonObject { ["id"] = "29:ann", ["aadObjectId"] = TeamsPeople.ObjectId("ann"), ["role"] = "bot" } })
        {
            var activity = bench.People.Message("ann", "help");
            activity["from"] = from;
            var before = bench.Teams.Messages.Count;
            Assert.Equal(200, (await bench.People.SendAsync(activity)).Status);
            Assert.Equal(before, bench.Teams.Messages.Count);
        }

        Assert.Null(await bench.Get<IncidentService>().GetAsync(new(1), CancellationToken.None));
    }

    [Fact]
    [Trait("Requirement", "TM-6")]
    [Trait("Requirement", "IN-3")]
    [Trait("Requirement", "IN-4")]
    public async Task Message_DeliveredThreeTimes_IsDoneOnce()
    {
        await using var bench = await TeamsBench.StartAsync();
        var activity = bench.People.Message("ann", "check host42");
        for (var delivery = 0; delivery < 3; delivery++)
        {
            Assert.Equal((200, ""), await StatusAsync(bench, activity));
        }

        await bench.MessageAsync(message => message.Activity["replyToId"] is not null);

        // The same id in another conversation is another message.
        var other = (JsonObject)activity.DeepClone();
        other["conversation"] = new JsonObject { ["id"] = "a:other", ["tenantId"] = ConnectorServer.Tenant };
        await StatusAsync(bench, other);
        await bench.MessageAsync(message => message.Conversation == "a:other" && message.Activity["replyToId"] is not null);
        Assert.Single(bench.Teams.Messages, message => message.Conversation == "a:ann" && message.Activity["replyToId"] is not null);
        Assert.Null(await bench.Get<IncidentService>().GetAsync(new(2), CancellationToken.None));
    }

    [Fact]
    [Trait("Requirement", "TM-8")]
    [Trait("Requirement", "IN-5")]
    public async Task EditedDeletedOrUnknown_IsAcknowledgedAndLeftAlone()
    {
        await using var bench = await TeamsBench.StartAsync();
        foreach (var type in new[] { "messageUpdate", "messageDelete", "messageReaction", "typing", "event", "endOfConversation", "something/new", "conversationUpdate" })
        {
            var activity = bench.People.Message("ann", "check host42");
            activity["type"] = type;
            activity["surprise"] = new JsonArray(1, "x", new JsonObject { ["type"] = "?" });
            Assert.Equal((200, ""), await StatusAsync(bench, activity));
        }

        var odd = bench.People.Activity("invoke", "ann");
        odd["name"] = "task/fetch";
        Assert.Equal(200, (await bench.People.SendAsync(odd)).Status);
        Assert.Contains("check HOST", TeamsBench.Words(await bench.SayAsync("ann", "help")));
        Assert.Single(bench.Teams.Messages);
        Assert.Null(await bench.Get<IncidentService>().GetAsync(new(1), CancellationToken.None));
    }

    [Fact]
    [Trait("Requirement", "TM-16")]
    public async Task Run_WithoutHost_AsksWithAFormThatCanBeSent()
    {
        await using var bench = await TeamsBench.StartAsync();
        var form = await bench.SayAsync("ann", "run bridge/attach-uplink");
        var fields = TeamsBench.All(form.Card, "Input.ChoiceSet").Concat(TeamsBench.All(form.Card, "Input.Text")).Select(input => input["id"]?.GetValue<string>());
        Assert.Equal(["f.host", "f.p.bridge", "f.p.port"], fields);

        var sent = await bench.PressAsync("ann", TeamsBench.Button(form.Card, "Plan it"), form.Id, new() { ["f.host"] = "host43", ["f.p.bridge"] = "br0" });
        Assert.Equal(200, sent["statusCode"]?.GetValue<int>());
        Assert.Equal("host43", (await bench.IncidentAsync(new(1))).Request.Host);

        // A value that would end a word of the line is refused, and so is a form by somebody who may not.
        var wrong = await bench.PressAsync("ann", TeamsBench.Button(form.Card, "Plan it"), form.Id, new() { ["f.host"] = "host44", ["f.p.bridge"] = "br0\" \"x=y" });
        Assert.Contains("quotes", wrong["value"]?.GetValue<string>());
        Assert.Equal(403, (await bench.PressAsync("eve", TeamsBench.Button(form.Card, "Plan it"), form.Id, new() { ["f.host"] = "host44", ["f.p.bridge"] = "br0" }))["statusCode"]?.GetValue<int>());
        Assert.Null(await bench.Get<IncidentService>().GetAsync(new(2), CancellationToken.None));
    }

    private static async Task<(int, string)> StatusAsync(TeamsBench bench, JsonObject activity)
    {
        var answer = await bench.People.SendAsync(activity);
        return (answer.Status, answer.Body);
    }

    [Fact]
    [Trait("Requirement", "TM-6")]
    public async Task ExpectReplies_IsRefusedClearlyAndDoesNothing()
    {
        await using var bench = await TeamsBench.StartAsync();
        foreach (var activity in new[] { bench.People.Message("ann", "check host42"), bench.People.Invoke("ann", new() { ["verb"] = "cob.options" }, "1") })
        {
            activity["deliveryMode"] = "expectReplies";
            var answer = await bench.People.SendAsync(activity);
            Assert.Equal((501, ""), (answer.Status, answer.Body));
        }

        // A stranger learns nothing of it.
        var forged = bench.People.Message("ann", "check host42");
        forged["deliveryMode"] = "expectReplies";
        Assert.Equal(401, (await bench.People.SendAsync(forged, null)).Status);

        // The next message is the first that is worked on.
        Assert.Contains("I-1", TeamsBench.Words(await bench.SayAsync("ann", "check host42")));
        var usual = bench.People.Message("ann", "help");
        usual["deliveryMode"] = "normal";
        await bench.SayAsync(usual);
    }
}
