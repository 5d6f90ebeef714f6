using ChatOpsBot.Application.Effects;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ChatOpsBot.Adapters.Postgres;

/// <summary>Hears from the other services that something changed, and wakes what waits for that in this one. Only an accelerator: everything looks by itself each second.</summary>
/// <param name="database">The database.</param>
/// <param name="signal">Raised for each change.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">For operators.</param>
internal sealed class PostgresListener(PostgresDatabase database, EffectSignal signal, TimeProvider time, ILogger<PostgresListener> logger) : BackgroundService
{
    private static readonly TimeSpan s_again = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_lookAtClock = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(stoppingToken);
            }
            catch (Exception failure) when (failure is NpgsqlException or IOException or TimeoutException or Application.Ports.StoreException)
            {
                Log.NotListening(logger, database.Shown, failure.Message);
                await Task.Delay(s_again, time, stoppingToken);
            }
        }
    }

    private async Task ListenAsync(CancellationToken stoppingToken)
    {
        await using var connection = await database.Source.OpenConnectionAsync(stoppingToken);
        connection.Notification += (_, _) => signal.Raise();
        await using (var listen = new NpgsqlCommand($"LISTEN {PostgresDatabase.Channel}", connection))
        {
            await listen.ExecuteNonQueryAsync(stoppingToken);
        }

        signal.Raise(); // what was missed meanwhile
        while (true)
        {
            LookAtClock();
            await connection.WaitAsync(s_lookAtClock, stoppingToken);
        }
    }

    private DateTimeOffset _nextLook;

    private void LookAtClock()
    {
        var now = time.GetUtcNow();
        if (now < _nextLook)
        {
            return;
        }

        _nextLook = now + s_lookAtClock;
        var ahead = database.ClockAhead();
        if (ahead.Duration() > PostgresDatabase.MostClockDifference)
        {
            Log.ClocksDiffer(logger, database.Shown, ahead.TotalSeconds);
        }
    }
}

/// <summary>What operators of the bot read about PostgreSQL.</summary>
internal static partial class Log
{
    [LoggerMessage(2401, LogLevel.Warning, "{Database} tells nothing of what other services do ({Why}); this one looks each second and connects again")]
    public static partial void NotListening(ILogger logger, string database, string why);

    [LoggerMessage(2402, LogLevel.Error, "The clock of {Database} is {Seconds:0.0} s ahead of this machine's (behind, if negative). Services whose clocks differ take work from each other too early or too late: keep all by one time server")]
    public static partial void ClocksDiffer(ILogger logger, string database, double seconds);
}

/// <summary>The same, at start.</summary>
internal static partial class StartLog
{
    [LoggerMessage(2403, LogLevel.Warning, "{Why}; it is asked again for up to {Patience}")]
    public static partial void LogDatabaseAwaited(this ILogger logger, string why, TimeSpan patience);
}
