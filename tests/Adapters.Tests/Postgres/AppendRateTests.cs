using ChatOpsBot.Adapters.Contracts;
using ChatOpsBot.Adapters.Tests.Sqlite;
using ChatOpsBot.Application.Effects;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Domain.Incidents;
using Xunit;
using static ChatOpsBot.Support.IncidentSamples;

namespace ChatOpsBot.Adapters.Tests.Postgres;

/// <summary>How many events a second each store takes from several writers, each with an incident of its own; for the hand: <c>-class '*AppendRateTests' -explicit only</c>.</summary>
[Trait("Needs", "database")]
public sealed class AppendRateTests(PrivatePostgres server)
{
    private const int Writers = 8;

    private static readonly TimeSpan s_span = TimeSpan.FromSeconds(5);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Explicit = true)]
    public async Task Sqlite()
    {
        using var stores = new SqliteStores();
        using var store = stores.Open();
        await MeasureAsync("sqlite", store);
    }

    /// <summary>The tests' server waits for no disk (`fsync=off`), so this is the work without that wait.</summary>
    [Fact(Explicit = true)]
    public async Task Postgres()
    {
        using var stores = new PostgresStores(server);
        using var store = stores.Open();
        await MeasureAsync($"postgres (fsync {stores.Ask("SHOW fsync")})", store);
    }

    private static async Task MeasureAsync(string name, StoreUnderTest store)
    {
        var service = new IncidentService(store.Incidents, new EffectSignal());
        var begin = TimeProvider.System.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(
            async () =>
            {
                var opened = Assert.IsType<ApplyOutcome.Applied>(await service.OpenOrJoinAsync(new() { Host = $"host{writer}" }, Ann, Channel, new(), Noon, null, Token));
                var count = 0;
                for (; TimeProvider.System.GetElapsedTime(begin) < s_span; count++)
                {
                    Assert.IsType<ApplyOutcome.Applied>(await service.ApplyAsync(opened.View.Incident.Id, [new IncidentEvent.NoteAdded(At(1), Ann, "a note")], null, null, Token));
                }

                return count;
            },
            Token)));
        TestContext.Current.TestOutputHelper?.WriteLine($"{name}: writers={Writers} appendsPerSecond={counts.Sum() / TimeProvider.System.GetElapsedTime(begin).TotalSeconds:0}");
    }
}
