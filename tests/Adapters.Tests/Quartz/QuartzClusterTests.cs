using ChatOpsBot.Adapters.Quartz;
using ChatOpsBot.Adapters.Tests.Postgres;
using ChatOpsBot.Application.Effects;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.Quartz;

/// <summary>Two alarm clocks on one PostgreSQL, and the one that has taken the alarm is gone when it is due.</summary>
[Trait("Needs", "database")]
public sealed class QuartzClusterTests(PrivatePostgres server) : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);

    private readonly PostgresStores _stores = new(server);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Alarm_ItsSchedulerIsGone_RingsAtTheOther()
    {
        var role = $"{_stores.Name}_doomed";
        _stores.Ask($"CREATE ROLE {role} LOGIN PASSWORD 'bot-pw'; GRANT ALL ON SCHEMA public TO {role}");
        var (doomedSignal, otherSignal) = (new EffectSignal(), new EffectSignal());
        using var doomed = Clock(doomedSignal, $"Host={server.Folder};Username={role};Password=bot-pw;Database={_stores.Name}");
        using var other = Clock(otherSignal, server.Administrator(_stores.Name));
        try
        {
            await doomed.StartAsync(Token);
            var rungAtDoomed = doomedSignal.NextAsync();
            var at = TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(11);

            // A scheduler takes what is due soon before it is due: from then on nobody else looks at it while its taker lives.
            await UntilAsync(
                () =>
                {
                    doomedSignal.RaiseAt(at);
                    return (long?)_stores.Ask("SELECT count(*) FROM qrtz_fired_triggers") == 1;
                },
                "the alarm was not taken");
            var taker = _stores.Ask("SELECT instance_name FROM qrtz_fired_triggers");
            _stores.Ask($"ALTER ROLE {role} NOLOGIN");
            _stores.Ask($"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = '{role}'");

            var rung = otherSignal.NextAsync();
            await other.StartAsync(Token);
            await rung.WaitAsync(s_patience, TimeProvider.System, Token);

            Assert.True(TimeProvider.System.GetUtcNow() >= at, "it rang early");
            Assert.False(rungAtDoomed.IsCompleted, "the one without a database rang as well");
            await UntilAsync(() => (long?)_stores.Ask("SELECT count(*) FROM qrtz_triggers") == 0, "the alarm was not used up");
            await UntilAsync(
                () => (long?)_stores.Ask($"SELECT count(*) FROM qrtz_scheduler_state WHERE instance_name = '{taker}'") == 0,
                "the dead one was not struck off");
            TestContext.Current.TestOutputHelper?.WriteLine($"rang {(TimeProvider.System.GetUtcNow() - at).TotalSeconds:0.0} s after its moment");
            await other.StopAsync(Token);
        }
        finally
        {
            _stores.Ask($"ALTER ROLE {role} LOGIN"); // so that it ends quickly
            await doomed.StopAsync(CancellationToken.None);
            _stores.Ask($"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = '{role}'");
            _stores.Ask($"ALTER ROLE {role} NOLOGIN; REASSIGN OWNED BY {role} TO bot; DROP OWNED BY {role}; DROP ROLE {role}");
        }
    }

    public void Dispose() => _stores.Dispose();

    private static IHost Clock(EffectSignal signal, string connection)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new() { DisableDefaults = true });
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(signal);
        builder.Services.AddQuartzAlarmClock(connection);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = s_patience);
        return builder.Build();
    }

    private static async Task UntilAsync(Func<bool> condition, string otherwise)
    {
        var begin = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(begin) < s_patience, otherwise);
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Token);
        }
    }
}
