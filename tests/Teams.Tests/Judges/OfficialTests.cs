using System.Text.Json.Nodes;
using ChatOpsBot.FakeConnector;
using ChatOpsBot.Support;
using ChatOpsBot.Teams.Tests.Rendering;
using ChatOpsBot.Teams.Tests.Support;
using Xunit;

namespace ChatOpsBot.Teams.Tests.Judges;

/// <summary>Microsoft's own clients, schemas and validators against our fake, our cards and our token rules.</summary>
public class OfficialTests
{
    [Fact]
    [Trait("Requirement", "TM-7")]
    public async Task Fake_OfficialConnectorClient_WorksWithItAndUsesThePathsThatWeUse()
    {
        await using var bench = await TeamsBench.StartAsync();
        bench.Teams.NeedsToken = false;
        var seen = JsonNode.Parse(await NodeTools.RunAsync("qualify.mjs", "", bench.Teams.Url, "fixed"));
        Assert.NotNull(seen?["sent"]);
        Assert.Equal(seen?["sent"]?.GetValue<string>(), seen?["updated"]?.GetValue<string>());
        Assert.True(seen?["removed"]?.GetValue<bool>());
        Assert.Equal(bench.Teams.Members.Count, seen?["members"]?.GetValue<int>());
        Assert.Equal(404, seen?["gone"]?.GetValue<int>());
        Assert.Equal("a:new", seen?["created"]?.GetValue<string>());
        var theirs = bench.Teams.Calls.Select(call => $"{call.Method} {call.RawPath.Split('?')[0]}").ToHashSet();

        // The same conversation by our own client: the same lines, to the letter.
        var reference = new Adapters.Teams.TeamsReference { Service = new(bench.Teams.Url), Channel = "msteams", Conversation = "19:c@thread.tacv2;messageid=1", Tenant = ConnectorServer.Tenant, Bot = ConnectorServer.Bot };
        var connector = bench.Get<Adapters.Teams.Api.Connector>();
        var sent = seen?["sent"]?.GetValue<string>() ?? "";
        await connector.SendAsync(reference, new() { ["type"] = "message" }, CancellationToken.None);
        await connector.UpdateAsync(reference, sent, new() { ["type"] = "message" }, CancellationToken.None);
        await connector.DeleteAsync(reference, seen?["replied"]?.GetValue<string>() ?? "", CancellationToken.None);
        await connector.MembersAsync(reference, CancellationToken.None);
        Assert.All(bench.Teams.Calls.TakeLast(4), call => Assert.Contains($"{call.Method} {call.RawPath.Split('?')[0]}", theirs));
    }

    [Fact]
    [Trait("Requirement", "TM-16")]
    public async Task Cards_OfficialSchema_AreValid()
    {
        var schema = NodeTools.Schema("ac-1.5.0.json");
        var cards = await CardsAsync();
        var seen = JsonNode.Parse(await NodeTools.RunAsync("schema.mjs", string.Join('\n', cards), schema));
        Assert.Equal("[]", seen?["wrong"]?.ToJsonString());
        Assert.Equal(cards.Count, seen?["checked"]?.GetValue<int>());

        // The judge does judge.
        var broken = JsonNode.Parse(await NodeTools.RunAsync("schema.mjs", cards[0].Replace("RichTextBlock", "RichTextBlok", StringComparison.Ordinal), schema));
        Assert.NotEqual("[]", broken?["wrong"]?.ToJsonString());
    }

    [Fact]
    [Trait("Requirement", "TM-16")]
    public async Task Cards_OfficialRenderer_HasNoComplaint()
    {
        var cards = await CardsAsync();
        var seen = JsonNode.Parse(await NodeTools.RunAsync("render.mjs", string.Join('\n', cards)));
        Assert.Equal("[]", seen?["complaints"]?.ToJsonString());
        Assert.Equal(cards.Count, seen?["checked"]?.GetValue<int>());
    }

    [Theory]
    [InlineData("manifest.json", "teams-v1.23.json")]
    [InlineData("manifest-slash.json", "teams-v1.30.json")]
    public async Task Manifest_OfficialSchema_IsValid(string name, string schemaName)
    {
        var schema = NodeTools.Schema(schemaName);
        var text = (await File.ReadAllTextAsync(RepositoryFiles.At("deploy", "teams", name), TestContext.Current.CancellationToken))
            .Replace("{{APP_ID}}", ConnectorServer.App, StringComparison.Ordinal).Replace("{{HOST}}", "bot.example.org", StringComparison.Ordinal);
        var manifest = JsonNode.Parse(text) ?? new JsonObject();
        var seen = JsonNode.Parse(await NodeTools.RunAsync("schema.mjs", manifest.ToJsonString(), schema));
        Assert.Equal("[]", seen?["wrong"]?.ToJsonString());
        ((JsonObject)manifest).Remove("bots");
        ((JsonObject)manifest)["bots"] = new JsonArray(new JsonObject { ["botId"] = ConnectorServer.App, ["scopes"] = new JsonArray("groupchat") });
        Assert.NotEqual("[]", JsonNode.Parse(await NodeTools.RunAsync("schema.mjs", manifest.ToJsonString(), schema))?["wrong"]?.ToJsonString());
    }

    private static async Task<List<string>> CardsAsync()
    {
        List<string> cards = [.. CardTests.Hostile.SelectMany(CardTests.Cards).Select(card => card.Content.Json())];
        await using (var bench = await TeamsBench.StartAsync())
        {
            var (id, card) = await bench.WaitingAsync();
            await bench.SayAsync("bo", $"status {id}");
            cards.Add((await bench.OptionsAsync("bo", card)).Json());
            cards.AddRange(bench.Teams.Messages.Select(message => message.Card).OfType<JsonObject>().Select(one => one.Json()));
        }

        cards.AddRange(CapturedCards.Cards.Take(200).Select(card => card.Json()));
        return cards;
    }
}
