using System.Text.Json.Nodes;
using ChatOpsBot.Adapters.KeyFiles;
using ChatOpsBot.Adapters.Sqlite;
using ChatOpsBot.Adapters.Teams;
using ChatOpsBot.Application.Chat;
using ChatOpsBot.Application.Effects;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Application.Observation;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Runbooks;
using ChatOpsBot.FakeConnector;
using ChatOpsBot.Slack.Tests.Support;
using ChatOpsBot.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Xunit;

namespace ChatOpsBot.Teams.Tests.Support;

/// <summary>The bot with a real store against the fake service of Teams; what works on hosts is left out: tests let the incident's events happen.</summary>
internal sealed class TeamsBench : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly TemporaryFolder _folder = new();
    private readonly Action<TeamsOptions>? _change;
    private WebApplication? _app;

    private TeamsBench(ConnectorServer teams, Action<TeamsOptions>? change)
    {
        Teams = teams;
        People = new(teams);
        _change = change;
    }

    public ConnectorServer Teams { get; }

    public TeamsPeople People { get; }

    public StoryTime Time { get; } = new();

    public RecordedLog Log { get; } = new();

    /// <summary>Changes the parts of the bot at its next start.</summary>
    public Action<IServiceCollection>? Also { get; set; }

    public BenchConfiguration Configuration { get; } = new();

    public static async Task<TeamsBench> StartAsync(Action<TeamsOptions>? change = null)
    {
        var teams = await ConnectorServer.StartAsync();
        var bench = new TeamsBench(teams, change);
        teams.Time = bench.Time;
        foreach (var user in new[] { "ann", "bo", "eve", "gus", "zoe" })
        {
            teams.Members[$"29:{user}"] = new()
            {
                ["id"] = $"29:{user}", ["aadObjectId"] = TeamsPeople.ObjectId(user), ["tenantId"] = ConnectorServer.Tenant, ["userRole"] = user == "gus" ? "guest" : "user",
            };
        }

        await bench.StartBotAsync();
        return bench;
    }

    public T Get<T>()
        where T : notnull
        => (_app ?? throw new InvalidOperationException("the bot does not run")).Services.GetRequiredService<T>();

    /// <summary>Starts the bot on its store; after <see cref="StopBotAsync"/> that is a restart.</summary>
    public async Task StartBotAsync()
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = "chatopsbot", ContentRootPath = _folder.Path, EnvironmentName = Environments.Development });
        builder.Configuration.Sources.Clear();
        builder.Logging.ClearProviders().AddProvider(Log).SetMinimumLevel(LogLevel.Debug);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));
        Add(builder.Services);
        _app = builder.Build();
        _app.MapTeams(true);
        await _app.StartAsync();
        People.Bot = new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.First() ?? "");
    }

    /// <summary>Stops the bot in order.</summary>
    public async Task StopBotAsync()
    {
        if (_app is { } app)
        {
            _app = null;
            await app.StopAsync();
            await app.DisposeAsync();
        }
    }

    /// <summary>Waits for something.</summary>
    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < s_patience, $"waited in vain: {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
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
        await AddAsync(id, Observed(host), IncidentSamples.Proposed(plan: Plan(id, host)) with { Requirement = IncidentSamples.Requirement() with { Notify = [] } });
        await UntilAsync(() => Words(card).Contains("awaiting-approval", StringComparison.Ordinal), "the card waits");
        return (id, card);
    }

    public static Plan Plan(IncidentId id, string host) => IncidentSamples.Plan($"i-{id.Number}-1", host) with { Expires = IncidentSamples.At(90) };

    public static IncidentEvent.Observed Observed(string host, params System.Collections.Immutable.ImmutableArray<Domain.Diagnosis.Finding> findings)
        => new(IncidentSamples.At(2), 1, IncidentSamples.Diagnosis(Domain.Diagnosis.OverallVerdict.Fault, findings.IsEmpty ? [IncidentSamples.Finding()] : findings) with { Host = host }, null);

    /// <summary>All that follows an approval, to the end.</summary>
    public async Task RepairAsync(IncidentId id)
    {
        var plan = $"i-{id.Number}-1";
        await AddAsync(
            id,
            IncidentSamples.GuardSaid(GuardStatus.Armed, plan),
            new IncidentEvent.StepReported(IncidentSamples.At(3), plan, 1, StepPart.Run, ["ip", "link", "set", "dev", "eno2", "master", "br0"], 0, new("eno2: added to br0\n", null)),
            IncidentSamples.GuardSaid(GuardStatus.Applied, plan),
            IncidentSamples.Verified(VerifyOutcome.Done) with { PlanId = plan },
            IncidentSamples.GuardSaid(GuardStatus.Committed, plan));
    }

    public async Task AddAsync(IncidentId id, params IncidentEvent[] events)
    {
        foreach (var happened in events)
        {
            var outcome = await Get<IncidentService>().ApplyAsync(id, [happened], null, null, CancellationToken.None);
            Assert.True(outcome is ApplyOutcome.Applied, $"{happened.GetType().Name}: {outcome}");
        }
    }

    public async Task<Incident> IncidentAsync(IncidentId id) => (await Get<IncidentService>().GetAsync(id, CancellationToken.None))?.Incident ?? throw new InvalidOperationException("no incident");

    public async Task<List<T>> EventsAsync<T>(IncidentId id) => [.. (await Get<IIncidentStore>().LoadAsync(id, 0, CancellationToken.None)).Select(stored => stored.Read()).OfType<T>()];

    public async ValueTask DisposeAsync()
    {
        await StopBotAsync();
        Captured.Keep(Teams);
        await Teams.DisposeAsync();
        People.Dispose();
        _folder.Dispose();
    }

    private void Add(IServiceCollection services)
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
        services.AddSingleton(Options.Create(new SqliteOptions { ConnectionString = $"Data Source={Path.Combine(_folder.Path, "bot.db")}" }));
        services.AddSingleton(Options.Create(new TranscriptOptions { SigningKeyFile = Path.Combine(_folder.Path, "signing-key.pem") }));
        services.AddSingleton<TimeProvider>(Time);
        services.AddSingleton<IHostShell>(FakeShell.Failing(ShellFailureKind.Unreachable, "there is no host in this test"));
        services.AddSingleton<HostReader>();
        services.AddSqliteStorage();
        services.AddTranscriptSigning();
        services.AddSingleton<IServiceSecret>(_ => ServiceSecretFile.Open(Path.Combine(_folder.Path, "console.key")));
        services.AddSingleton<IConfigurationSource>(Configuration);
        services.AddSingleton<EffectSignal>();
        services.AddSingleton<IncidentService>();
        services.AddSingleton<TranscriptService>();
        services.AddSingleton(new IncidentLimits());
        services.AddSingleton(new EffectOptions { PollEvery = TimeSpan.FromMilliseconds(200), ClaimFor = TimeSpan.FromSeconds(5), FirstWait = TimeSpan.FromMilliseconds(200) });
        services.AddSingleton<IEffectHandler, SleepingHost>();
        services.AddSingleton<IEffectHandler, TimerEffects>();
        services.AddSingleton<EffectWorker>();
        services.AddHostedService<EffectService>();
        services.AddTeams(enabled: true, development: true);
        services.AddChat();
        Also?.Invoke(services);
    }

    /// <summary>Stands for the host lane; the tests say what happens there.</summary>
    private sealed class SleepingHost : IEffectHandler
    {
        public IReadOnlyCollection<string> Names { get; } =
            [EffectCodec.Observe, EffectCodec.ProposePlan, EffectCodec.BeginRepair, EffectCodec.ApplyRepair, EffectCodec.VerifyRepair, EffectCodec.CommitRepair, EffectCodec.RevertRepair, "watch-guests.v1"];

        public Task<EffectOutcome> PerformAsync(EffectTask task, CancellationToken cancellationToken) => Task.FromResult<EffectOutcome>(new EffectOutcome.Again(TimeSpan.FromHours(1)));
    }
}

/// <summary>Every card that the tests' bots sent, for the judges.</summary>
internal static class Captured
{
    public static System.Collections.Concurrent.ConcurrentQueue<JsonObject> Cards { get; } = new();

    public static void Keep(ConnectorServer server)
    {
        foreach (var call in server.Calls)
        {
            if (call.Body?["attachments"]?[0]?["content"] is JsonObject card)
            {
                Cards.Enqueue(card);
            }
        }
    }
}
