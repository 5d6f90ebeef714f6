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
        Assert.Equal(5, seen?["members"]?.GetValue<int>());
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

    [Fact]
    [Trait("Requirement", "TM-1")]
    public async Task Tokens_OfficialValidator_WhatItRefusesWeRefuse()
    {
        await using var bench = await TeamsBench.StartAsync();
        using var rogue = new FakeKey("key-1", "msteams");

        // The official validator reads the machine's clock.
        var now = TimeProvider.System.GetUtcNow();
        bench.Time.Move(now - bench.Time.GetUtcNow());
        var keys = bench.Teams.Keys;
        var values = new (string Name, JsonNode?[] Values)[]
        {
            ("iss", [null, "https://api.botframework.com/", "https://sts.windows.net/x/"]), ("aud", [null, "x", new JsonArray(ConnectorServer.App)]),
            ("exp", [null, now.AddMinutes(-4).ToUnixTimeSeconds(), now.AddMinutes(-10).ToUnixTimeSeconds()]), ("nbf", [null, now.AddMinutes(4).ToUnixTimeSeconds(), now.AddMinutes(10).ToUnixTimeSeconds()]),
            ("serviceurl", [null, bench.Teams.Url.TrimEnd('/'), "https://evil.example/"]),
        };
        var cases = new List<(string Name, string Header, bool IsListed)>();
        void Add(string name, JsonObject claims, bool listed)
        {
            cases.Add(($"{name} key-1", $"Bearer {keys[0].Sign(claims)}", listed));
            cases.Add(($"{name} rogue", $"Bearer {rogue.Sign(claims)}", listed));
            cases.Add(($"{name} endorsed elsewhere", $"Bearer {keys[1].Sign(claims)}", listed));
            cases.Add(($"{name} RS384", $"Bearer {keys[0].Sign(claims, "RS384")}", listed));
            cases.Add(($"{name} none", $"Bearer {keys[0].Sign(claims, "none")}", listed));
            cases.Add(($"{name} lower case", $"bearer {keys[0].Sign(claims)}", true));
        }

        JsonObject Good()
        {
            var claims = bench.People.Claims();
            claims["nbf"] = now.AddMinutes(-5).ToUnixTimeSeconds();
            claims["exp"] = now.AddMinutes(30).ToUnixTimeSeconds();
            return claims;
        }

        Add("good", Good(), false);
        foreach (var (name, all) in values)
        {
            for (var index = 0; index < all.Length; index++)
            {
                var claims = Good();
                claims.Remove(name);
                if (all[index] is { } value)
                {
                    claims[name] = value.DeepClone();
                }

                Add($"{name} {index}", claims, name == "serviceurl" && index == 1);
            }
        }

        var input = string.Join('\n', cases.Select(one => new JsonObject { ["name"] = one.Name, ["header"] = one.Header, ["channel"] = "msteams", ["serviceUrl"] = bench.Teams.Url, ["app"] = ConnectorServer.App }.ToJsonString()));
        var theirs = JsonNode.Parse(await NodeTools.RunAsync("tokens.mjs", input, bench.Teams.MetadataUrl)) as JsonObject ?? [];
        var (ours, both) = (0, 0);
        foreach (var (name, header, listed) in cases)
        {
            var accepted = (await bench.People.SendAsync(bench.People.Activity("typing", "ann"), header)).Status == 200;
            ours += accepted ? 1 : 0;
            both += accepted && theirs[name]?.GetValue<bool>() == true ? 1 : 0;
            Assert.True(!accepted || listed || theirs[name]?.GetValue<bool>() == true, $"we accept {name}, the official validator does not");
        }

        Assert.True(theirs["good key-1"]?.GetValue<bool>());
        Assert.True(both >= 4, $"{both} accepted by both, {ours} by us");
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
