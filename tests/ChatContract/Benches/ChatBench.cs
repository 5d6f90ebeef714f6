using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using ChatOpsBot.Adapters.KeyFiles;
using ChatOpsBot.Adapters.Sqlite;
using ChatOpsBot.Application.Chat;
using ChatOpsBot.Application.Configuration;
using ChatOpsBot.Application.Effects;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Application.Observation;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Adapters.Sql;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Runbooks;
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

namespace ChatOpsBot.ChatContract.Benches;

/// <summary>The bot with a real store and one platform's surface; what works on hosts is left out: tests let the incident's events happen. Other benches can join the same service.</summary>
internal abstract class ChatBench : IAsyncDisposable
{
    // Machines that run many tests at once are slow.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private readonly List<ChatBench> _guests = [];
    private ChatBench? _host;
    private WebApplication? _app;

    public StoryTime Time { get; private set; } = new();

    public RecordedLog Log { get; } = new();

    public FailingInbox FailingInbox { get; } = new();

    public BenchConfiguration Configuration { get; } = new();

    /// <summary>The incidents whose repair was begun on a host, each as often as it was.</summary>
    public ConcurrentQueue<IncidentId> Begun { get; } = new();

    /// <summary>Changes the parts of the bot at its next start.</summary>
    public Action<IServiceCollection>? Also { get; set; }

    /// <summary>The address of this machine that the bot listens on.</summary>
    protected IPAddress Listens { get; init; } = IPAddress.Loopback;

    /// <summary>A folder that outlives restarts.</summary>
    public string Folder => _folder.Path;

    public T Get<T>()
        where T : notnull
        => (Home._app ?? throw new InvalidOperationException("the bot does not run")).Services.GetRequiredService<T>();

    /// <summary>Starts the bot on its store; after <see cref="StopBotAsync"/> that is a restart.</summary>
    public async Task StartBotAsync()
    {
        if (_host is not null)
        {
            await _host.StartBotAsync();
            return;
        }

        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = "chatopsbot", ContentRootPath = Folder, EnvironmentName = Environments.Development });
        builder.Configuration.Sources.Clear();
        builder.Logging.ClearProviders().AddProvider(Log).SetMinimumLevel(LogLevel.Debug);
        Listen(builder);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(60));
        AddBot(builder.Services);
        foreach (var bench in _guests.Prepend(this))
        {
            bench.Add(builder.Services);
        }

        builder.Services.AddChat();
        Also?.Invoke(builder.Services);
        _app = builder.Build();
        foreach (var bench in _guests.Prepend(this))
        {
            bench.Map(_app);
        }

        await _app.StartAsync();
        Uri address = new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.First() ?? "");
        foreach (var bench in _guests.Prepend(this))
        {
            await bench.StartedAsync(address);
        }
    }

    /// <summary>Stops the bot in order.</summary>
    public async Task StopBotAsync()
    {
        if (Home._app is { } app)
        {
            Home._app = null;
            await app.StopAsync();
            await app.DisposeAsync();
        }
    }

    /// <summary>Waits for something.</summary>
    public static Task UntilAsync(Func<bool> condition, string what) => UntilAsync(condition, () => what);

    /// <summary>Waits for something; what is missing is told with how things stand at the end.</summary>
    public static async Task UntilAsync(Func<bool> condition, Func<string> what)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < s_patience, $"waited in vain: {what()}");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }

    /// <summary>What the samples' plan is for that incident.</summary>
    public static Plan Plan(IncidentId id, string host, int number = 1) => IncidentSamples.Plan($"i-{id.Number}-{number}", host) with { Expires = IncidentSamples.At(90) };

    public static IncidentEvent.Observed Observed(string host, params ImmutableArray<Domain.Diagnosis.Finding> findings)
        => new(IncidentSamples.At(2), 1, IncidentSamples.Diagnosis(Domain.Diagnosis.OverallVerdict.Fault, findings.IsEmpty ? [IncidentSamples.Finding()] : findings) with { Host = host }, null);

    /// <summary>A plan that somebody else than the requester has to approve.</summary>
    public static IncidentEvent.PlanProposed Proposed(Plan plan, int generation = 1)
        => IncidentSamples.Proposed(generation, IncidentSamples.Requirement() with { Notify = [] }, plan);

    /// <summary>All that follows an approval, to the end.</summary>
    public Task RepairAsync(IncidentId id)
    {
        var plan = $"i-{id.Number}-1";
        return AddAsync(
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
        if (_host is null)
        {
            await StopBotAsync();
        }

        await EndAsync();
        _folder.Dispose();
    }

    /// <summary>Joins the service of another bench, which starts anew with both.</summary>
    protected async Task JoinAsync(ChatBench host)
    {
        _host = host;
        Time = host.Time;
        host._guests.Add(this);
        await host.StopBotAsync();
        await host.StartBotAsync();
    }

    /// <summary>Where the bot listens.</summary>
    protected virtual void Listen(WebApplicationBuilder builder) => builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(Listens, 0));

    /// <summary>Adds the surface and its settings.</summary>
    protected abstract void Add(IServiceCollection services);

    /// <summary>Maps its routes.</summary>
    protected abstract void Map(WebApplication app);

    /// <summary>The bot listens there.</summary>
    protected abstract Task StartedAsync(Uri address);

    /// <summary>Ends the platform that the bench stands for.</summary>
    protected abstract Task EndAsync();

    private ChatBench Home => _host ?? this;

    private void AddBot(IServiceCollection services)
    {
        services.AddSingleton(Options.Create(new SqliteOptions { ConnectionString = $"Data Source={Path.Combine(Folder, "bot.db")}" }));
        services.AddSingleton(Options.Create(new TranscriptOptions { SigningKeyFile = Path.Combine(Folder, "signing-key.pem") }));
        services.AddSingleton<TimeProvider>(Time);
        services.AddSingleton<IHostShell>(FakeShell.Failing(ShellFailureKind.Unreachable, "there is no host in this test"));
        services.AddSingleton<HostReader>();
        services.AddSqliteStorage();
        services.AddSingleton<SqlInbox>();
        services.AddSingleton<IInbox>(provider => FailingInbox.Of(provider.GetRequiredService<SqlInbox>()));
        services.AddTranscriptSigning();
        services.AddSingleton<IServiceSecret>(_ => ServiceSecretFile.Open(Path.Combine(Folder, "console.key")));
        services.AddSingleton<GroupMembers>();
        services.AddSingleton<IConfigurationSource>(provider => Configuration.With(provider.GetRequiredService<GroupMembers>()));
        services.AddSingleton<EffectSignal>();
        services.AddSingleton<IncidentService>();
        services.AddSingleton<TranscriptService>();
        services.AddSingleton(new IncidentLimits());
        services.AddSingleton(new EffectOptions { PollEvery = TimeSpan.FromMilliseconds(200), ClaimFor = TimeSpan.FromSeconds(5), FirstWait = TimeSpan.FromMilliseconds(200) });
        services.AddSingleton<IEffectHandler>(new SleepingHost(Begun));
        services.AddSingleton<IEffectHandler, TimerEffects>();
        services.AddSingleton<EffectWorker>();
        services.AddHostedService<EffectService>();
    }

    /// <summary>Stands for the host lane; the tests say what happens there.</summary>
    private sealed class SleepingHost(ConcurrentQueue<IncidentId> begun) : IEffectHandler
    {
        public IReadOnlyCollection<string> Names { get; } =
            [EffectCodec.Observe, EffectCodec.ProposePlan, EffectCodec.BeginRepair, EffectCodec.ApplyRepair, EffectCodec.VerifyRepair, EffectCodec.CommitRepair, EffectCodec.RevertRepair, "watch-guests.v1"];

        public Task<EffectOutcome> PerformAsync(EffectTask task, CancellationToken cancellationToken)
        {
            if (task.Effect is Effect.BeginRepair)
            {
                begun.Enqueue(task.Incident.Incident.Id);
            }

            return Task.FromResult<EffectOutcome>(new EffectOutcome.Done());
        }
    }
}
