using ChatOpsBot.Application.Approvals;
using ChatOpsBot.Application.Chat;
using ChatOpsBot.Application.Configuration;
using ChatOpsBot.Application.Effects;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Application.Repairs;
using ChatOpsBot.Domain.Approvals;
using ChatOpsBot.Domain.Cards;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Transcripts;
using ChatOpsBot.Host.Serving;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatOpsBot.Acceptance.Tests.Repairs;

/// <summary>The service as <c>serve</c> puts it together, in the test's own process, on real hosts and a real database file.</summary>
internal sealed class RunningService : IAsyncDisposable
{
    public static readonly PersonId Ann = new("ann");
    public static readonly PersonId Bob = new("bob");

    // A repair takes seconds; this is for machines that are busy with other tests.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(240);

    private readonly WebApplication _app;
    private bool _started;

    private RunningService(WebApplication app) => _app = app;

    public IncidentService Incidents => _app.Services.GetRequiredService<IncidentService>();

    /// <summary>Composes the service; nothing is worked on before <see cref="StartAsync"/>.</summary>
    public static RunningService Over(ServiceFolder folder, RepairOptions? repairs = null, TimeProvider? time = null)
    {
        var service = new RunningService(ServiceComposition.Build(folder.Surroundings(repairs, time), folder.Settings()));
        Assert.Empty(service._app.Services.GetRequiredService<ConfigurationService>().Reload());
        return service;
    }

    public static async Task<RunningService> StartAsync(ServiceFolder folder, RepairOptions? repairs = null, TimeProvider? time = null)
    {
        var service = Over(folder, repairs, time);
        await service._app.StartAsync(TestContext.Current.CancellationToken);
        service._started = true;
        return service;
    }

    /// <summary>Where it listens, the console first.</summary>
    public IReadOnlyList<string> Addresses => [.. _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? []];

    /// <summary>Ann asks for a check.</summary>
    public async Task<IncidentId> CheckAsync(string host)
    {
        var opened = await Incidents.OpenOrJoinAsync(new() { Host = host }, Ann, null, new(), Now, null, TestContext.Current.CancellationToken);
        return Assert.IsType<ApplyOutcome.Applied>(opened).View.Incident.Id;
    }

    /// <summary>A person approves the plan that waits.</summary>
    public async Task<ApplyOutcome> ApproveAsync(IncidentId id, PersonId by)
    {
        var waiting = Assert.IsType<IncidentState.AwaitingApproval>((await GetAsync(id)).State).Proposal;
        return await ApplyAsync(id, new IncidentEvent.Approved(Now, by, waiting.Generation, waiting.PlanHash));
    }

    /// <summary>A person presses a button of the incident's newest card.</summary>
    public async Task<CommandAnswer> PressAsync(IncidentId id, ButtonAction action, PersonId by)
        => await _app.Services.GetRequiredService<ICommandDispatcher>().PressAsync(
            new() { Person = by, Token = _app.Services.GetRequiredService<ButtonTokens>().Make(action, await GetAsync(id)) }, TestContext.Current.CancellationToken);

    public Task<ApplyOutcome> ApplyAsync(IncidentId id, IncidentEvent happened) => Incidents.ApplyAsync(id, [happened], null, null, TestContext.Current.CancellationToken);

    public static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    /// <summary>The incident now.</summary>
    public async Task<Incident> GetAsync(IncidentId id)
        => (await Incidents.GetAsync(id, TestContext.Current.CancellationToken))?.Incident ?? throw new InvalidOperationException($"there is no {id}");

    /// <summary>All that happened to it.</summary>
    public async Task<IReadOnlyList<IncidentEvent>> EventsAsync(IncidentId id)
        => [.. (await StoredAsync(id)).Select(stored => stored.Read())];

    /// <summary>All that happened to it, as it is stored.</summary>
    public async Task<IReadOnlyList<StoredEvent>> StoredAsync(IncidentId id) => await _app.Services.GetRequiredService<IIncidentStore>().LoadAsync(id, 0, TestContext.Current.CancellationToken);

    /// <summary>Waits until the incident is as wanted, or ends the test showing where it stands.</summary>
    public async Task<Incident> UntilAsync(IncidentId id, Func<Incident, bool> wanted)
    {
        var begin = TimeProvider.System.GetTimestamp();
        var signal = _app.Services.GetRequiredService<EffectSignal>();
        while (true)
        {
            var next = signal.NextAsync();
            var incident = await GetAsync(id);
            if (wanted(incident))
            {
                return incident;
            }

            if (!incident.IsOpen || incident.State is IncidentState.Escalated || TimeProvider.System.GetElapsedTime(begin) > Patience)
            {
                Assert.Fail($"{id} is {incident.State}\n{string.Join("\n", await EventsAsync(id))}");
            }

            await Task.WhenAny(next, Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, TestContext.Current.CancellationToken));
        }
    }

    /// <summary>Waits for a plan.</summary>
    public async Task<Proposal> UntilPlanAsync(IncidentId id, int generation = 1)
        => ((IncidentState.AwaitingApproval)(await UntilAsync(id, incident => incident.State is IncidentState.AwaitingApproval && incident.Generation >= generation)).State).Proposal;

    /// <summary>Waits for the end.</summary>
    public async Task<IncidentState.Ended> UntilEndAsync(IncidentId id) => (IncidentState.Ended)(await UntilAsync(id, incident => !incident.IsOpen)).State;

    public async ValueTask DisposeAsync()
    {
        if (_started)
        {
            await _app.StopAsync(CancellationToken.None);
        }

        await _app.DisposeAsync();
    }
}
