using System.Text.Json.Nodes;
using ChatOpsBot.FakeConnector;
using ChatOpsBot.Teams.Tests.Support;
using Xunit;

namespace ChatOpsBot.Teams.Tests.Judges;

/// <summary>Our judgement of tokens beside those of Microsoft's three validators, which differ among themselves: what any of them refuses we refuse, with two exceptions that are listed.</summary>
public class TokenOracleTests
{
    private const string OtherTenant = "99999999-bbbb-cccc-dddd-eeeeeeeeeeee";

    /// <summary>What the three say of each kind of token: connector, teams.apps, agents-hosting, and ours last. An <c>x</c> accepts.</summary>
    private static readonly (string Name, string Verdicts)[] s_table =
    [
        ("good", "xxxx"),
        ("other audience", "----"), ("audience of the service", "----"), ("other issuer", "----"), ("rogue key", "----"), ("unknown key", "----"), ("no algorithm", "----"), ("HS256 with the public key", "----"),
        ("ended 10 min ago", "----"), ("begins in 10 min", "----"),
        ("ended 4 min ago", "xxxx"),
        ("no end", "xxx-"),
        ("other service address", "--x-"), ("no service address", "--x-"),
        ("service address without slash", "-xxx"),
        ("RS384", "x---"),
        ("own tenant", "--x-"),
        ("foreign tenant", "----"),
        ("endorsed for another channel", "-xx-"),
        ("audience as a list", "-xx-"),
        ("scheme in lower case", "--xx"),
        ("basic", "----"),
    ];

    private static readonly string[] s_listed = ["service address without slash", "scheme in lower case"];

    [Fact]
    [Trait("Requirement", "TM-1")]
    public async Task Table_AgainstTheThreeValidators_IsReproduced()
    {
        await using var bench = await BenchNowAsync();
        using var rogue = new FakeKey("key-1", "msteams");
        using var unknown = new FakeKey("key-99", "msteams");
        var now = TimeProvider.System.GetUtcNow();
        var (teams, other) = (bench.Teams.Keys[0], bench.Teams.Keys[1]);
        JsonObject Claims(string name = "", JsonNode? value = null) => Changed(bench, name, value);
        long Ago(int minutes) => now.AddMinutes(-minutes).ToUnixTimeSeconds();
        var headers = new Dictionary<string, string>
        {
            ["good"] = $"Bearer {teams.Sign(Claims())}",
            ["other audience"] = $"Bearer {teams.Sign(Claims("aud", ConnectorServer.Tenant))}",
            ["audience of the service"] = $"Bearer {teams.Sign(Claims("aud", "https://api.botframework.com"))}",
            ["other issuer"] = $"Bearer {teams.Sign(Claims("iss", "https://evil.example"))}",
            ["rogue key"] = $"Bearer {rogue.Sign(Claims())}",
            ["unknown key"] = $"Bearer {unknown.Sign(Claims())}",
            ["no algorithm"] = $"Bearer {teams.Sign(Claims(), "none")}",
            ["HS256 with the public key"] = $"Bearer {teams.Sign(Claims(), "HS256")}",
            ["ended 10 min ago"] = $"Bearer {teams.Sign(Claims("exp", Ago(10)))}",
            ["begins in 10 min"] = $"Bearer {teams.Sign(Claims("nbf", Ago(-10)))}",
            ["ended 4 min ago"] = $"Bearer {teams.Sign(Claims("exp", Ago(4)))}",
            ["no end"] = $"Bearer {teams.Sign(Claims("exp"))}",
            ["other service address"] = $"Bearer {teams.Sign(Claims("serviceurl", "https://evil.example/"))}",
            ["no service address"] = $"Bearer {teams.Sign(Claims("serviceurl"))}",
            ["service address without slash"] = $"Bearer {teams.Sign(Claims("serviceurl", bench.Teams.Url.TrimEnd('/')))}",
            ["RS384"] = $"Bearer {teams.Sign(Claims(), "RS384")}",
            ["own tenant"] = $"Bearer {teams.Sign(Entra(Claims("serviceurl"), ConnectorServer.Tenant))}",
            ["foreign tenant"] = $"Bearer {teams.Sign(Entra(Claims("serviceurl"), OtherTenant))}",
            ["endorsed for another channel"] = $"Bearer {other.Sign(Claims())}",
            ["audience as a list"] = $"Bearer {teams.Sign(Claims("aud", new JsonArray(ConnectorServer.App)))}",
            ["scheme in lower case"] = $"bearer {teams.Sign(Claims())}",
            ["basic"] = $"Basic {teams.Sign(Claims())}",
        };
        var verdicts = await JudgeAsync(bench, headers);
        Assert.Equal(string.Join('\n', s_table.Select(row => $"{row.Verdicts} {row.Name}")), string.Join('\n', s_table.Select(row => $"{verdicts[row.Name]} {row.Name}")));
        Assert.Equal(s_listed.Order(), verdicts.Where(one => one.Value.EndsWith('x') && one.Value[..3].Contains('-')).Select(one => one.Key).Order());
    }

    [Fact]
    [Trait("Requirement", "TM-1")]
    public async Task Tokens_EveryClaimTimesEveryKey_AreAcceptedByUsOnlyWhereByAll()
    {
        await using var bench = await BenchNowAsync();
        using var rogue = new FakeKey("key-1", "msteams");
        var now = TimeProvider.System.GetUtcNow();
        var keys = bench.Teams.Keys;
        var values = new (string Name, JsonNode?[] Values)[]
        {
            ("", [null]),
            ("iss", [null, "https://api.botframework.com/", "https://sts.windows.net/x/"]), ("aud", [null, "x", new JsonArray(ConnectorServer.App)]),
            ("exp", [null, now.AddMinutes(-4).ToUnixTimeSeconds(), now.AddMinutes(-10).ToUnixTimeSeconds()]), ("nbf", [null, now.AddMinutes(4).ToUnixTimeSeconds(), now.AddMinutes(10).ToUnixTimeSeconds()]),
            ("serviceurl", [null, bench.Teams.Url.TrimEnd('/'), "https://evil.example/"]),
        };
        var headers = new Dictionary<string, string>();
        foreach (var (name, index, value) in values.SelectMany(value => value.Values.Index().Select(one => (value.Name, one.Index, one.Item))))
        {
            var claims = Changed(bench, name, value);
            foreach (var (kind, header) in new[]
            {
                ("key-1", $"Bearer {keys[0].Sign(claims)}"), ("rogue", $"Bearer {rogue.Sign(claims)}"), ("elsewhere", $"Bearer {keys[1].Sign(claims)}"),
                ("RS384", $"Bearer {keys[0].Sign(claims, "RS384")}"), ("none", $"Bearer {keys[0].Sign(claims, "none")}"), ("lower", $"bearer {keys[0].Sign(claims)}"),
            })
            {
                headers[$"{name} {index} {kind}"] = header;
            }
        }

        var verdicts = await JudgeAsync(bench, headers);
        Assert.DoesNotContain(verdicts, one => one.Value.EndsWith('x') && one.Value[..3].Contains('-') && !one.Key.EndsWith(" lower", StringComparison.Ordinal) && !one.Key.StartsWith("serviceurl 1", StringComparison.Ordinal));
        Assert.Equal("xxxx", verdicts[" 0 key-1"]);
        Assert.True(verdicts.Count(one => one.Value == "xxxx") >= 4, string.Join('\n', verdicts));
    }

    private static async Task<TeamsBench> BenchNowAsync()
    {
        var bench = await TeamsBench.StartAsync();

        // The validators read the machine's clock.
        bench.Time.Move(TimeProvider.System.GetUtcNow() - bench.Time.GetUtcNow());
        return bench;
    }

    private static JsonObject Changed(TeamsBench bench, string name, JsonNode? value)
    {
        var claims = bench.People.Claims();
        if (name.Length > 0)
        {
            claims.Remove(name);
        }

        if (value is not null)
        {
            claims[name] = value.DeepClone();
        }

        return claims;
    }

    private static JsonObject Entra(JsonObject claims, string tenant)
    {
        claims["iss"] = $"https://sts.windows.net/{tenant}/";
        claims["tid"] = tenant;
        claims["appid"] = ConnectorServer.App;
        claims["ver"] = "1.0";
        return claims;
    }

    /// <summary>Four verdicts for each: the three, then ours.</summary>
    private static async Task<Dictionary<string, string>> JudgeAsync(TeamsBench bench, Dictionary<string, string> headers)
    {
        var input = string.Join('\n', headers.Select(one => new JsonObject
        {
            ["name"] = one.Key, ["header"] = one.Value, ["channel"] = "msteams", ["serviceUrl"] = bench.Teams.Url, ["app"] = ConnectorServer.App, ["tenant"] = ConnectorServer.Tenant,
        }.Json()));
        var theirs = JsonNode.Parse(await NodeTools.RunAsync("tokens.mjs", input, bench.Teams.MetadataUrl)) as JsonObject ?? [];
        var verdicts = new Dictionary<string, string>();
        foreach (var (name, header) in headers)
        {
            var ours = (await bench.People.SendAsync(bench.People.Activity("typing", "ann"), header)).Status == 200;
            verdicts[name] = string.Concat(new[] { "connector", "teams", "agents" }.Select(judge => theirs[name]?[judge]?.GetValue<bool>() == true ? 'x' : '-')) + (ours ? 'x' : '-');
        }

        return verdicts;
    }
}
