using System.Text.Json.Nodes;
using ChatOpsBot.FakeConnector;
using Xunit;

namespace ChatOpsBot.Teams.Tests.Ingress;

/// <summary>Who is let in: the table of tokens, our column.</summary>
public class TokenTests
{
    [Fact]
    [Trait("Requirement", "TM-1")]
    [Trait("Requirement", "SEC-1")]
    [Trait("Requirement", "SEC-3")]
    public async Task Token_EveryKind_IsTakenOnlyWhereItHasToBe()
    {
        await using var bench = await TeamsBench.StartAsync();
        using var rogue = new FakeKey("key-1", "msteams");
        using var unknown = new FakeKey("key-99", "msteams");
        bench.Teams.Keys.Add(new("key-plain"));
        var keys = bench.Teams.Keys;
        var now = bench.Time.GetUtcNow();
        JsonObject Claims(params (string Name, JsonNode? Value)[] changed)
        {
            var claims = bench.People.Claims();
            foreach (var (name, value) in changed)
            {
                claims.Remove(name);
                if (value is not null)
                {
                    claims[name] = value;
                }
            }

            return claims;
        }

        var cases = new (string Name, string? Header, int Status)[]
        {
            ("good", $"Bearer {keys[0].Sign(Claims())}", 200),
            ("scheme in lower case", $"bearer {keys[0].Sign(Claims())}", 200),
            ("service address without slash", $"Bearer {keys[0].Sign(Claims(("serviceurl", bench.Teams.Url.TrimEnd('/'))))}", 200),
            ("ended 4 min ago", $"Bearer {keys[0].Sign(Claims(("exp", now.AddMinutes(-4).ToUnixTimeSeconds())))}", 200),
            ("key without endorsements", $"Bearer {keys[2].Sign(Claims())}", 200),
            ("no header", null, 401),
            ("basic", $"Basic {keys[0].Sign(Claims())}", 401),
            ("no token", "Bearer ", 401),
            ("three words", $"Bearer {keys[0].Sign(Claims())} x", 401),
            ("rubbish", "Bearer a.b.c", 401),
            ("other audience", $"Bearer {keys[0].Sign(Claims(("aud", ConnectorServer.Tenant)))}", 401),
            ("audience of the service", $"Bearer {keys[0].Sign(Claims(("aud", "https://api.botframework.com")))}", 401),
            ("audience as a list", $"Bearer {keys[0].Sign(Claims(("aud", new JsonArray(ConnectorServer.App))))}", 401),
            ("no audience", $"Bearer {keys[0].Sign(Claims(("aud", null)))}", 401),
            ("other issuer", $"Bearer {keys[0].Sign(Claims(("iss", "https://api.botframework.com/")))}", 401),
            ("own tenant", $"Bearer {keys[0].Sign(Claims(("iss", $"https://sts.windows.net/{ConnectorServer.Tenant}/"), ("appid", ConnectorServer.App)))}", 401),
            ("foreign tenant", $"Bearer {keys[0].Sign(Claims(("iss", "https://sts.windows.net/99999999-bbbb-cccc-dddd-eeeeeeeeeeee/"), ("appid", ConnectorServer.App)))}", 401),
            ("rogue key of a known id", $"Bearer {rogue.Sign(Claims())}", 401),
            ("unknown key", $"Bearer {unknown.Sign(Claims())}", 401),
            ("no algorithm", $"Bearer {keys[0].Sign(Claims(), "none")}", 401),
            ("HS256 with the public key", $"Bearer {keys[0].Sign(Claims(), "HS256")}", 401),
            ("RS384", $"Bearer {keys[0].Sign(Claims(), "RS384")}", 401),
            ("ended 10 min ago", $"Bearer {keys[0].Sign(Claims(("exp", now.AddMinutes(-10).ToUnixTimeSeconds())))}", 401),
            ("begins in 10 min", $"Bearer {keys[0].Sign(Claims(("nbf", now.AddMinutes(10).ToUnixTimeSeconds())))}", 401),
            ("no end", $"Bearer {keys[0].Sign(Claims(("exp", null)))}", 401),
            ("end as a text", $"Bearer {keys[0].Sign(Claims(("exp", "9999999999")))}", 401),
            ("no service address", $"Bearer {keys[0].Sign(Claims(("serviceurl", null)))}", 401),
            ("other service address", $"Bearer {keys[0].Sign(Claims(("serviceurl", "https://smba.trafficmanager.net/emea/")))}", 401),
            ("two slashes", $"Bearer {keys[0].Sign(Claims(("serviceurl", bench.Teams.Url + "/")))}", 401),
            ("key endorsed for another channel", $"Bearer {keys[1].Sign(Claims())}", 403),
        };
        foreach (var (name, header, status) in cases)
        {
            var answer = await bench.People.SendAsync(bench.People.Activity("typing", "ann"), header);
            Assert.True((status, "") == (answer.Status, answer.Body), $"{name}: {answer.Status} {answer.Body}");
        }

        // Whatever was refused left nothing behind.
        Assert.Empty(bench.Teams.Calls);
        Assert.Equal(1, bench.Teams.KeyReads);
    }

    [Fact]
    [Trait("Requirement", "TM-1")]
    [Trait("Requirement", "SEC-4")]
    public async Task Activity_OtherTenantChannelOrService_IsRefused()
    {
        await using var bench = await TeamsBench.StartAsync();
        async Task<int> StatusAsync(Action<JsonObject> change, string? claimed = null)
        {
            var activity = bench.People.Message("ann", "help");
            change(activity);
            var claims = bench.People.Claims();
            claims["serviceurl"] = claimed ?? activity["serviceUrl"]?.GetValue<string>();
            return (await bench.People.SendAsync(activity, $"Bearer {bench.Teams.Keys[0].Sign(claims)}")).Status;
        }

        const string other = "99999999-bbbb-cccc-dddd-eeeeeeeeeeee";
        Assert.Equal(200, await StatusAsync(_ => { }));
        Assert.Equal(403, await StatusAsync(activity => ((JsonObject)(activity["conversation"] ?? new JsonObject()))["tenantId"] = other));
        Assert.Equal(403, await StatusAsync(activity => activity["channelData"] = new JsonObject { ["tenant"] = new JsonObject { ["id"] = other } }));
        Assert.Equal(403, await StatusAsync(activity => { activity.Remove("channelData"); ((JsonObject)(activity["conversation"] ?? new JsonObject())).Remove("tenantId"); }));
        Assert.Equal(403, await StatusAsync(activity => activity["channelId"] = "emulator"));
        Assert.Equal(403, await StatusAsync(activity => activity["channelId"] = "skype"));
        Assert.Equal(403, await StatusAsync(activity => activity.Remove("channelId")));

        // A good token does not make a service address good: ours would be sent there.
        foreach (var address in new[]
        {
            "https://evil.example/", "https://evil.trafficmanager.net/", "https://smba.trafficmanager.net.evil.example/", "http://smba.trafficmanager.net/", "https://smba.trafficmanager.net:444/",
            "https://x@smba.trafficmanager.net/", "https://127.0.0.1/", "http://127.0.0.1:1/", "http://169.254.169.254/", "file:///etc/passwd", "x", "",
        })
        {
            Assert.Equal(403, await StatusAsync(activity => activity["serviceUrl"] = address, address));
        }

        Assert.Equal(400, (await bench.People.SendAsync(new() { ["text"] = "x" })).Status);
    }

    [Fact]
    [Trait("Requirement", "TM-1")]
    public async Task Keys_RotatedOrUnreachable_AreReadAnewButNotForEveryStranger()
    {
        await using var bench = await TeamsBench.StartAsync();
        using var stranger = new FakeKey("guess");
        async Task<int> StatusAsync(FakeKey key) => (await bench.People.SendAsync(bench.People.Activity("typing", "ann"), $"Bearer {key.Sign(bench.People.Claims())}")).Status;
        Assert.Equal(200, await StatusAsync(bench.Teams.Keys[0]));
        for (var guess = 0; guess < 20; guess++)
        {
            Assert.Equal(401, await StatusAsync(stranger));
        }

        Assert.Equal(1, bench.Teams.KeyReads);

        // A new key is found within the hour, an old one goes with it.
        var old = bench.Teams.Keys[0];
        using var fresh = new FakeKey("key-2", "msteams");
        bench.Teams.Keys[0] = fresh;
        bench.Time.Move(TimeSpan.FromMinutes(61));
        Assert.Equal(200, await StatusAsync(fresh));
        Assert.Equal(401, await StatusAsync(old));
        Assert.Equal(2, bench.Teams.KeyReads);

        // While they cannot be read, the known ones hold; for ever they do not.
        bench.Teams.KeysFail = true;
        bench.Time.Move(TimeSpan.FromHours(25));
        Assert.Equal(200, await StatusAsync(fresh));
        bench.Time.Move(TimeSpan.FromDays(6));
        Assert.Equal(503, await StatusAsync(fresh));
        old.Dispose();
    }

    [Fact]
    [Trait("Requirement", "IN-1")]
    public async Task Body_LargeOrNoActivity_IsRefusedAfterTheTokenAndWithoutAWord()
    {
        await using var bench = await TeamsBench.StartAsync();
        using var client = new HttpClient();
        async Task<(int, string)> SendAsync(string body, string type, bool signed)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(bench.People.Bot, "/api/messages")) { Content = new StringContent(body, System.Text.Encoding.UTF8, type) };
            request.Headers.TryAddWithoutValidation("Authorization", signed ? $"Bearer {bench.Teams.Keys[0].Sign(bench.People.Claims())}" : "Bearer x.y.z");
            using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
            return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }

        Assert.Equal((413, ""), await SendAsync($"{{\"type\":\"message\",\"text\":\"{new string('x', 300_000)}\"}}", "application/json", signed: true));
        foreach (var body in new[] { "", "{", "[]", "1", "{\"type\":1}", new string('[', 1000), "{\"type\":\"message\"} x", "\u0000" })
        {
            Assert.Equal((400, ""), await SendAsync(body, "application/json", signed: true));
            Assert.Equal((401, ""), await SendAsync(body, "application/json", signed: false));
        }

        Assert.Equal((400, ""), await SendAsync(bench.People.Message("ann", "help").ToJsonString(), "text/plain", signed: true));
        using var head = await client.SendAsync(new(HttpMethod.Head, new Uri(bench.People.Bot, "/api/messages")), TestContext.Current.CancellationToken);
        Assert.Equal(405, (int)head.StatusCode);
    }

    [Fact]
    [Trait("Requirement", "TM-2")]
    public async Task OwnTenantToken_DevelopmentSetting_IsTakenForOurAppOnly()
    {
        await using var bench = await TeamsBench.StartAsync(options => options.AcceptOwnTenant = true);
        async Task<int> StatusAsync(string issuer, string name, string app)
        {
            var claims = bench.People.Claims();
            claims["iss"] = issuer;
            claims[name] = app;
            claims.Remove("serviceurl");
            return (await bench.People.SendAsync(bench.People.Activity("typing", "ann"), $"Bearer {bench.Teams.Keys[0].Sign(claims)}")).Status;
        }

        Assert.Equal(200, await StatusAsync($"https://sts.windows.net/{ConnectorServer.Tenant}/", "appid", ConnectorServer.App));
        Assert.Equal(200, await StatusAsync($"https://login.microsoftonline.com/{ConnectorServer.Tenant}/v2.0", "azp", ConnectorServer.App));
        Assert.Equal(401, await StatusAsync($"https://sts.windows.net/{ConnectorServer.Tenant}/", "appid", ConnectorServer.Tenant));
        Assert.Equal(401, await StatusAsync("https://sts.windows.net/99999999-bbbb-cccc-dddd-eeeeeeeeeeee/", "appid", ConnectorServer.App));
        Assert.Equal(200, (await bench.People.SendAsync(bench.People.Activity("typing", "ann"))).Status);
    }
}
