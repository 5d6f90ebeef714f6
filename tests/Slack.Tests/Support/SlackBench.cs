using System.Collections.Immutable;
using System.Text.Json.Nodes;
using ChatOpsBot.Adapters.KeyFiles;
using ChatOpsBot.Adapters.Slack;
using ChatOpsBot.Adapters.Slack.SocketMode;
using ChatOpsBot.Adapters.Sqlite;
using ChatOpsBot.Application.Chat;
using ChatOpsBot.Application.Configuration;
using ChatOpsBot.Application.Effects;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Application.Observation;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Runbooks;
using ChatOpsBot.FakeSlack;
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

namespace ChatOpsBot.Slack.Tests.Support;

/// <summary>The bot with a real store against the fake Slack; what works on hosts is left out: tests let the incident's events happen.</summary>
internal sealed class SlackBench : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly TemporaryFolder _folder = new();
    private readonly SlackMode _mode;
    private readonly Action<SlackOptions>? _change;
    private WebApplication? _app;

    private SlackBench(SlackServer slack, SlackMode mode, Action<SlackOptions>? change)
    {
        Slack = slack;
        _mode = mode;
        _change = change;
    }

    public SlackServer Slack { get; }

    public StoryTime Time { get; } = new();

    public RecordedLog Log { get; } = new();

    public Uri Ingress { get; private set; } = new("http://127.0.0.1:9");

    public FailingInbox FailingInbox { get; } = new();

    public BenchConfiguration Configuration => Get<BenchConfiguration>();

    public SlackWorkspace Workspace => Slack.Workspace;

    public static async Task<SlackBench> StartAsync(SlackMode mode = SlackMode.Http, Action<SlackOptions>? change = null)
    {
        var slack = await SlackServer.StartAsync();
        var bench = new SlackBench(slack, mode, change);
        slack.Time = bench.Time;
        foreach (var user in new[] { "U1", "U2", "U3", "U5", "U9" })
        {
            slack.Workspace.Users[user] = [];
        }

        slack.Workspace.Users["U4"] = new JsonObject { ["is_restricted"] = true };
        slack.Workspace.Channels["C1"] = new JsonObject { ["is_member"] = true };
        slack.Workspace.Channels["C2"] = new JsonObject { ["is_member"] = true };
        slack.Workspace.Channels["CEXT"] = new JsonObject { ["is_member"] = true, ["is_ext_shared"] = true };
        slack.Workspace.UserGroups["S1"] = [];
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
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(60));
        Add(builder.Services);
        _app = builder.Build();
        _app.MapSlack(_mode);
        await _app.StartAsync();
        Ingress = new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.First() ?? "");
        Slack.Sender.Ingress = _mode == SlackMode.Http ? Ingress : null;
        if (_mode == SlackMode.SocketMode)
        {
            await UntilAsync(() => Slack.Sockets.Open > 0 && Get<SlackSocket>().Connected > 0, "the bot connects");
        }
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

    /// <summary>The card of an incident once it satisfies a condition.</summary>
    public async Task<FakeMessage> CardAsync(Func<FakeMessage, bool> condition, string channel = "C1")
    {
        FakeMessage? found = null;
        await UntilAsync(() => (found = Workspace.Messages(channel).FirstOrDefault(message => message.Metadata?["event_payload"]?["key"]?.GetValue<string>().StartsWith("card ", StringComparison.Ordinal) == true && condition(message))) is not null, "a card");
        return found ?? throw new InvalidOperationException("no card");
    }

    /// <summary>What a person was answered to an interaction.</summary>
    public async Task<FakeEphemeral> AnswerAsync(string trigger)
    {
        FakeEphemeral? found = null;
        await UntilAsync(() => (found = Workspace.Ephemerals.FirstOrDefault(answer => answer.Trigger == trigger)) is not null, "an answer");
        return found ?? throw new InvalidOperationException("no answer");
    }

    /// <summary>Types a slash command and waits for its answer.</summary>
    public async Task<FakeEphemeral> SayAsync(string user, string text, string channel = "C1")
    {
        var trigger = Slack.Sender.NewTrigger();
        Assert.Equal(200, (await Slack.Sender.SlashAsync(user, channel, text, trigger)).Status);
        return await AnswerAsync(trigger);
    }

    /// <summary>Presses a button and waits for its answer.</summary>
    public async Task<FakeEphemeral> PressAsync(string user, FakeMessage message, string action)
    {
        var trigger = Slack.Sender.NewTrigger();
        Assert.Equal(200, (await Slack.Sender.PressAsync(user, message, Button(message, action), trigger)).Status);
        return await AnswerAsync(trigger);
    }

    /// <summary>The button of a message.</summary>
    public static JsonObject Button(FakeMessage message, string action)
        => (message.Blocks ?? []).OfType<JsonObject>().Where(block => block["type"]?.GetValue<string>() == "actions").SelectMany(block => (JsonArray)(block["elements"] ?? new JsonArray())).OfType<JsonObject>()
            .First(button => button["action_id"]?.GetValue<string>().StartsWith($"cob.{action}", StringComparison.Ordinal) == true);

    /// <summary>An incident in C1 that waits for an approval of somebody else than ann.</summary>
    public async Task<(IncidentId Id, FakeMessage Card)> WaitingAsync(string host = "host42")
    {
        await SayAsync("U1", $"check {host}");
        var card = await CardAsync(message => message.Text.Contains(host, StringComparison.Ordinal));
        var id = new IncidentId(long.Parse(card.Metadata?["event_payload"]?["key"]?.GetValue<string>()["card I-".Length..] ?? "", System.Globalization.CultureInfo.InvariantCulture));
        var plan = Plan(id, host);
        await AddAsync(id, Observed(host), IncidentSamples.Proposed(plan: plan) with { Requirement = IncidentSamples.Requirement() with { Notify = [] } });
        return (id, await CardAsync(message => message.Ts == card.Ts && message.AllText.Contains("cob.approve", StringComparison.Ordinal)));
    }

    public static Plan Plan(IncidentId id, string host) => IncidentSamples.Plan($"i-{id.Number}-1", host) with { Expires = IncidentSamples.At(90) };

    public static IncidentEvent.Observed Observed(string host, params ImmutableArray<Domain.Diagnosis.Finding> findings)
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

    public async ValueTask DisposeAsync()
    {
        await StopBotAsync();
        await Slack.DisposeAsync();
        Captured.Keep(Workspace);
        _folder.Dispose();
    }

    private void Add(IServiceCollection services)
    {
        var options = new SlackOptions
        {
            Mode = _mode,
            AppId = SlackWorkspace.App,
            TeamIds = SlackWorkspace.Team,
            BotToken = SlackWorkspace.BotToken,
            AppToken = SlackWorkspace.AppToken,
            SigningSecret = SlackWorkspace.Secret,
            ApiBaseUrl = Slack.ApiUrl,
        };
        _change?.Invoke(options);
        services.AddSingleton(Options.Create(options));
        services.AddSingleton(Options.Create(new SqliteOptions { ConnectionString = $"Data Source={Path.Combine(_folder.Path, "bot.db")}" }));
        services.AddSingleton(Options.Create(new TranscriptOptions { SigningKeyFile = Path.Combine(_folder.Path, "signing-key.pem") }));
        services.AddSingleton<TimeProvider>(Time);
        services.AddSingleton<IHostShell>(FakeShell.Failing(ShellFailureKind.Unreachable, "there is no host in this test"));
        services.AddSingleton<HostReader>();
        services.AddSqliteStorage();
        services.AddSingleton<SqliteInbox>();
        services.AddSingleton<IInbox>(provider => FailingInbox.Of(provider.GetRequiredService<SqliteInbox>()));
        services.AddTranscriptSigning();
        services.AddSingleton<IServiceSecret>(_ => ServiceSecretFile.Open(Path.Combine(_folder.Path, "console.key")));
        services.AddSingleton<GroupMembers>();
        services.AddSingleton<BenchConfiguration>();
        services.AddSingleton<IConfigurationSource>(provider => provider.GetRequiredService<BenchConfiguration>());
        services.AddSingleton<EffectSignal>();
        services.AddSingleton<IncidentService>();
        services.AddSingleton<TranscriptService>();
        services.AddSingleton(new IncidentLimits());
        services.AddSingleton(new EffectOptions { PollEvery = TimeSpan.FromMilliseconds(200), ClaimFor = TimeSpan.FromSeconds(5), FirstWait = TimeSpan.FromMilliseconds(200) });
        services.AddSingleton<IEffectHandler, SleepingHost>();
        services.AddSingleton<IEffectHandler, TimerEffects>();
        services.AddSingleton<EffectWorker>();
        services.AddHostedService<EffectService>();
        services.AddSlack(_mode);
        services.AddChat();
    }

    /// <summary>Stands for the host lane; the tests say what happens there.</summary>
    private sealed class SleepingHost : IEffectHandler
    {
        public IReadOnlyCollection<string> Names { get; } =
            [EffectCodec.Observe, EffectCodec.ProposePlan, EffectCodec.BeginRepair, EffectCodec.ApplyRepair, EffectCodec.VerifyRepair, EffectCodec.CommitRepair, EffectCodec.RevertRepair, "watch-guests.v1"];

        public Task<EffectOutcome> PerformAsync(EffectTask task, CancellationToken cancellationToken) => Task.FromResult<EffectOutcome>(new EffectOutcome.Again(TimeSpan.FromHours(1)));
    }
}
