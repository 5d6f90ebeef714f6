using ChatOpsBot.Application.Ports;

namespace ChatOpsBot.Adapters.Sqlite;

/// <summary>Host leases in SQLite.</summary>
/// <param name="database">The open database.</param>
public sealed class SqliteHostLeases(SqliteDatabase database) : IHostLeases
{
    /// <inheritdoc/>
    public Task<LeaseOutcome> TakeAsync(string host, string planId, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken)
        => database.WriteAsync<LeaseOutcome>(
            connection =>
            {
                var held = connection.Rows(
                    row => (Token: row.GetInt64(0), Plan: row.IsDBNull(1) ? null : row.GetString(1), Until: row.Moment(2)),
                    "SELECT token, plan, until FROM host_leases WHERE host = $host", ("$host", host)).SingleOrDefault();
                if (held.Plan is { } other && other != planId && held.Until > now)
                {
                    return new LeaseOutcome.Held(other, held.Until);
                }

                // A plan that lost its lease to time and takes it again is a new holder only if another had it in between, which changes the plan in the row.
                var token = held.Plan == planId ? held.Token : held.Token + 1;
                connection.Run(
                    """
                    INSERT INTO host_leases (host, token, plan, until) VALUES ($host, $token, $plan, $until)
                    ON CONFLICT (host) DO UPDATE SET token = $token, plan = $plan, until = $until
                    """,
                    ("$host", host), ("$token", token), ("$plan", planId), ("$until", until.UtcTicks));
                return new LeaseOutcome.Granted(token);
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task ReleaseAsync(string host, string planId, CancellationToken cancellationToken) => database.WriteAsync(
        connection => connection.Run("UPDATE host_leases SET plan = NULL WHERE host = $host AND plan = $plan", ("$host", host), ("$plan", planId)), cancellationToken);
}
