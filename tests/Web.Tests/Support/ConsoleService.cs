using System.Net;
using ChatOpsBot.Adapters.KeyFiles;
using ChatOpsBot.Adapters.Sqlite;
using ChatOpsBot.Adapters.Web;
using ChatOpsBot.Adapters.Web.Security;
using ChatOpsBot.Application.Approvals;
using ChatOpsBot.Application.Chat;
using ChatOpsBot.Application.Effects;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Xunit;

namespace ChatOpsBot.Web.Tests.Support;

/// <summary>The API and the console on loopback ports, over a real store and the real decisions; what reads hosts and commands is a fake.</summary>
internal sealed class ConsoleService : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly bool _ownsFolder;
    private readonly WebApplication _app;

    private ConsoleService(TemporaryFolder folder, bool ownsFolder, WebApplication app)
    {
        _folder = folder;
        _ownsFolder = ownsFolder;
        _app = app;
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.ToArray() ?? [];
        Console = new(addresses[0]);
        Ingress = new(addresses[1]);
    }

    public Uri Console { get; }

    public Uri Ingress { get; }

    public string Folder => _folder.Path;

    public FakeConfiguration Configuration => Get<FakeConfiguration>();

    public FakeDispatcher Dispatcher => Get<FakeDispatcher>();

    public StoryTime Time => Get<StoryTime>();

    /// <summary>Starts at two minutes past noon of the samples' day.</summary>
    public static async Task<ConsoleService> StartAsync(RateLimits? limits = null, TemporaryFolder? folder = null)
    {
        var home = folder ?? new TemporaryFolder();
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = "chatopsbot", ContentRootPath = home.Path, EnvironmentName = Environments.Production });
        builder.Configuration.Sources.Clear();
        builder.Logging.ClearProviders();
        var services = builder.Services;
        services.AddSingleton(Options.Create(new HttpOptions { ConsoleUrls = "http://127.0.0.1:0", IngressUrls = "http://127.0.0.1:0" }));
        services.AddSingleton(Options.Create(new ConsoleOptions { KeyFile = Path.Combine(home.Path, "console.key") }));
        services.AddSingleton(Options.Create(new SqliteOptions { ConnectionString = $"Data Source={Path.Combine(home.Path, "bot.db")}" }));
        services.AddSingleton(Options.Create(new TranscriptOptions { SigningKeyFile = Path.Combine(home.Path, "signing-key.pem") }));
        services.AddSingleton<StoryTime>();
        services.AddSingleton<TimeProvider>(provider => provider.GetRequiredService<StoryTime>());
        services.AddSqliteStorage();
        services.AddTranscriptSigning();
        services.AddSingleton<IServiceSecret>(_ => ServiceSecretFile.Open(Path.Combine(home.Path, "console.key")));
        services.AddSingleton<FakeConfiguration>();
        services.AddSingleton<IConfigurationSource>(provider => provider.GetRequiredService<FakeConfiguration>());
        services.AddSingleton<EffectSignal>();
        services.AddSingleton<IncidentService>();
        services.AddSingleton<TranscriptService>();
        services.AddSingleton<ButtonTokens>();
        services.AddSingleton(new ConsoleLinks(new Uri("http://127.0.0.1:8080")));
        services.AddSingleton<DecisionService>();
        services.AddSingleton<FakeDispatcher>();
        services.AddSingleton<ICommandDispatcher>(provider => provider.GetRequiredService<FakeDispatcher>());
        services.AddSingleton(limits ?? new RateLimits { Person = (100_000, 1000), Stranger = (100_000, 1000) });
        services.AddWeb();
        var app = builder.Build();
        app.MapWeb();
        await app.StartAsync(CancellationToken.None);
        return new(home, folder is null, app);
    }

    public T Get<T>()
        where T : notnull
        => _app.Services.GetRequiredService<T>();

    /// <summary>A client of the API with a person's token.</summary>
    public HttpClient As(string? token)
    {
        var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = Console };
        if (token is not null)
        {
            client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        }

        return client;
    }

    /// <summary>A browser without script: cookies, and the origin of its own pages.</summary>
    public HttpClient Browser(CookieContainer? cookies = null)
        => new(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = cookies ?? new() }) { BaseAddress = Console };

    /// <summary>An incident after those events, opened by the first.</summary>
    public async Task<IncidentId> GivenAsync(params IncidentEvent[] events)
    {
        var opened = (IncidentEvent.Opened)events[0];
        var incidents = Get<IncidentService>();
        var outcome = await incidents.OpenOrJoinAsync(opened.Request, opened.By, opened.Conversation, opened.Limits, opened.At, null, CancellationToken.None);
        var id = Assert.IsType<ApplyOutcome.Applied>(outcome).View.Incident.Id;
        await AddAsync(id, events[1..]);
        return id;
    }

    public async Task AddAsync(IncidentId id, params IncidentEvent[] events)
    {
        if (events.Length > 0)
        {
            Assert.IsType<ApplyOutcome.Applied>(await Get<IncidentService>().ApplyAsync(id, [.. events], null, null, CancellationToken.None));
        }
    }

    /// <summary>An incident that waits for an approval of somebody else than ann.</summary>
    public Task<IncidentId> WaitingAsync(string host = "host42")
        => GivenAsync(Stories.Opened(host), Stories.Observed(host), IncidentSamples.Proposed(plan: Stories.Plan(host)));

    public async Task StopAsync() => await _app.StopAsync(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        if (_ownsFolder)
        {
            _folder.Dispose();
        }
    }
}

/// <summary>A clock that begins in the samples' story, runs on, and can be moved.</summary>
internal sealed class StoryTime : TimeProvider
{
    private readonly long _start = System.GetTimestamp();
    private TimeSpan _moved;

    public override DateTimeOffset GetUtcNow() => IncidentSamples.At(2) + System.GetElapsedTime(_start) + _moved;

    public void Move(TimeSpan by) => _moved += by;
}

/// <summary>Answers commands as a test says, and keeps what it was asked.</summary>
internal sealed class FakeDispatcher : ICommandDispatcher
{
    public List<CommandRequest> Requests { get; } = [];

    public Func<CommandRequest, CommandAnswer> Answer { get; set; } = request => new CommandAnswer.Done($"did: {request.Text}");

    public Task<CommandAnswer> DispatchAsync(CommandRequest request, CancellationToken cancellationToken)
    {
        lock (Requests)
        {
            Requests.Add(request);
        }

        return Task.FromResult(Answer(request));
    }

    public Task<CommandAnswer> PressAsync(ButtonPress press, CancellationToken cancellationToken) => throw new InvalidOperationException("the console has no cards");
}
