using System.Text.Json.Nodes;
using ChatOpsBot.Adapters.Teams;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.FakeConnector;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace ChatOpsBot.ChatContract.Benches;

/// <summary>The bot with a real store against the fake service of Teams.</summary>
internal sealed class TeamsBench : ChatBench
{
    private readonly Action<TeamsOptions>? _change;

    private TeamsBench(ConnectorServer teams, Action<TeamsOptions>? change)
    {
        Teams = teams;
        People = new(teams);
        _change = change;
    }

    public ConnectorServer Teams { get; }

    public TeamsPeople People { get; }

    /// <summary>Starts a bot, or adds Teams to one that there is.</summary>
    public static async Task<TeamsBench> StartAsync(Action<TeamsOptions>? change = null, ChatBench? joins = null, System.Net.IPAddress? listens = null)
    {
        var teams = await ConnectorServer.StartAsync();
        var bench = new TeamsBench(teams, change) { Listens = listens ?? System.Net.IPAddress.Loopback };
        teams.Time = joins?.Time ?? bench.Time;
        foreach (var user in new[] { "ann", "bo", "cy", "eve", "gus", "zoe" })
        {
            teams.Members[$"29:{user}"] = new()
            {
                ["id"] = $"29:{user}", ["aadObjectId"] = TeamsPeople.ObjectId(user), ["tenantId"] = ConnectorServer.Tenant, ["userRole"] = user == "gus" ? "guest" : "user",
            };
        }

        await (joins is null ? bench.StartBotAsync() : bench.JoinAsync(joins));
        return bench;
    }

    /// <summary>The first message that satisfies a condition.</summary>
    public async Task<FakeMessage> MessageAsync(Func<FakeMessage, bool> condition, string what = "a message")
    {
        FakeMessage? found = null;
        await UntilAsync(() => (found = Teams.Messages.FirstOrDefault(message => !message.Deleted && condition(message))) is not null, $"{what}; there are {string.Join("\n", Teams.Messages.Select(Words))}");
        return found ?? throw new InvalidOperationException("no message");
    }

    /// <summary>Sends a message and gives the answer to it.</summary>
    public async Task<FakeMessage> SayAsync(JsonObject activity)
    {
        var answer = await People.SendAsync(activity);
        Assert.Equal((200, ""), (answer.Status, answer.Body));
        return await MessageAsync(message => message.Activity["replyToId"]?.GetValue<string>() == activity["id"]?.GetValue<string>(), $"an answer to {activity["text"]}");
    }

    /// <summary>Says something in the personal chat.</summary>
    public Task<FakeMessage> SayAsync(string user, string text) => SayAsync(People.Message(user, text));

    /// <summary>All words of a message.</summary>
    public static string Words(FakeMessage message) => Words(message.Card);

    /// <summary>All words of a card, in order.</summary>
    public static string Words(JsonNode? node) => node switch
    {
        JsonObject { } run when run["type"]?.GetValue<string>() == "TextRun" => run["text"]?.GetValue<string>() ?? "",
        JsonObject block when block["type"]?.GetValue<string>() == "RichTextBlock" => Words(block["inlines"]) + "\n",
        JsonObject any => string.Concat(any.Select(member => Words(member.Value))),
        JsonArray list => string.Concat(list.Select(Words)),
        _ => "",
    };

    /// <summary>All objects of a card with that type.</summary>
    public static IEnumerable<JsonObject> All(JsonNode? node, string type) => node switch
    {
        JsonObject any => (any["type"]?.GetValueKind() == System.Text.Json.JsonValueKind.String && any["type"]?.GetValue<string>() == type ? new[] { any } : []).Concat(any.SelectMany(member => All(member.Value, type))),
        JsonArray list => list.SelectMany(item => All(item, type)),
        _ => [],
    };

    /// <summary>The button of a card with that label.</summary>
    public static JsonObject Button(JsonNode? card, string title, string type = "Action.Execute") => All(card, type).First(action => action["title"]?.GetValue<string>() == title);

    /// <summary>Presses a button and gives what the invoke was answered.</summary>
    public async Task<JsonObject> PressAsync(string user, JsonObject action, string? message, JsonObject? inputs = null, bool automatic = false)
    {
        var pressed = (JsonObject)action.DeepClone();
        foreach (var (name, value) in inputs ?? [])
        {
            ((JsonObject)(pressed["data"] ?? new JsonObject()))[name] = value?.DeepClone();
        }

        var answer = await People.SendAsync(People.Invoke(user, pressed, message, automatic: automatic));
        Assert.Equal(200, answer.Status);
        return answer.Json;
    }

    /// <summary>The words of what an invoke was answered: a sentence, an error's sentence, or a card's.</summary>
    public static string Said(JsonObject answer) => answer["value"] switch
    {
        JsonValue sentence => sentence.ToString(),
        JsonObject error when error["message"] is { } message => message.ToString(),
        var view => Words(view),
    };

    /// <summary>A person's own view of a card.</summary>
    public async Task<JsonObject> OptionsAsync(string user, FakeMessage card)
    {
        var answer = await PressAsync(user, Button(card.Card, "Show my options"), card.Id);
        Assert.Equal(200, answer["statusCode"]?.GetValue<int>());
        Assert.Equal("application/vnd.microsoft.card.adaptive", answer["type"]?.GetValue<string>());
        return (JsonObject)(answer["value"] ?? new JsonObject());
    }

    /// <summary>An incident in ann's chat that waits for an approval of somebody else than ann.</summary>
    public async Task<(IncidentId Id, FakeMessage Card)> WaitingAsync(string host = "host42")
    {
        await SayAsync("ann", $"check {host}");
        var card = await MessageAsync(message => Words(message).Contains($" {host}: observing", StringComparison.Ordinal), "the card");
        var id = new IncidentId(long.Parse(System.Text.RegularExpressions.Regex.Match(Words(card), "I-([0-9]+)").Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture));
        await AddAsync(id, Observed(host), Proposed(Plan(id, host)));
        await UntilAsync(() => Words(card).Contains("awaiting-approval", StringComparison.Ordinal), "the card waits");
        return (id, card);
    }

    protected override void Add(IServiceCollection services)
    {
        var options = new TeamsOptions
        {
            Enabled = true,
            AppId = ConnectorServer.App,
            TenantId = ConnectorServer.Tenant,
            ClientSecret = ConnectorServer.Secret,
            OpenIdMetadataUrl = Teams.MetadataUrl,
            LoginAuthority = Teams.Url,
            AllowedServiceHosts = Teams.Authority,
        };
        _change?.Invoke(options);
        services.AddSingleton(Options.Create(options));
        services.AddTeams(enabled: true, development: true);
    }

    protected override void Map(WebApplication app) => app.MapTeams(true);

    protected override Task StartedAsync(Uri address)
    {
        People.Bot = address;
        return Task.CompletedTask;
    }

    protected override async Task EndAsync()
    {
        CapturedCards.Keep(Teams);
        await Teams.DisposeAsync();
        People.Dispose();
    }
}
