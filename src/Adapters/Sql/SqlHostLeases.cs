using System.Data.Common;
using ChatOpsBot.Application.Ports;

namespace ChatOpsBot.Adapters.Sql;

/// <summary>Host leases in an SQL database.</summary>
/// <param name="database">The open database.</param>
public sealed class SqlHostLeases(SqlDatabase database) : IHostLeases
{
    /// <inheritdoc/>
    public Task<LeaseOutcome> TakeAsync(string host, string planId, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken)
        => database.WriteAsync(connection => Take(connection, host, planId, now, until, always: false), cancellationToken);

    /// <inheritdoc/>
    public Task<LeaseOutcome> TakeAsync(string host, string planId, EffectClaim claim, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken)
        => database.WriteAsync(
            connection => connection.Scalar(
                $"SELECT 1 FROM outbox WHERE id = @id AND claim = @claim AND open = 1 AND claimed_until <> 0{database.Locked}", ("@id", claim.Row), ("@claim", claim.Number)) is null
                ? new LeaseOutcome.ClaimLost()
                : Take(connection, host, planId, now, until, always: true),
            cancellationToken);

    /// <inheritdoc/>
    public Task ReleaseAsync(string host, string planId, CancellationToken cancellationToken) => database.WriteAsync(
        connection => connection.Run("UPDATE host_leases SET plan = NULL WHERE host = @host AND plan = @plan", ("@host", host), ("@plan", planId)), cancellationToken);

    /// <summary>Takes it; with <c>always</c>, a plan that has the host already gets a higher token too.</summary>
    private LeaseOutcome Take(DbConnection connection, string host, string planId, DateTimeOffset now, DateTimeOffset until, bool always)
    {
        connection.Run("INSERT INTO host_leases (host, token, plan, until) VALUES (@host, 0, NULL, 0) ON CONFLICT (host) DO NOTHING", ("@host", host));
        var held = connection.Rows(
            row => (Token: row.GetInt64(0), Plan: row.IsDBNull(1) ? null : row.GetString(1), Until: row.Moment(2)),
            $"SELECT token, plan, until FROM host_leases WHERE host = @host{database.Locked}", ("@host", host)).Single();
        if (held.Plan is { } other && other != planId && held.Until > now)
        {
            return new LeaseOutcome.Held(other, held.Until);
        }

        // A plan that lost its lease to time and takes it again is a new holder only if another had it in between, which changes the plan in the row.
        var token = held.Plan == planId && !always ? held.Token : held.Token + 1;
        connection.Run(
            "UPDATE host_leases SET token = @token, plan = @plan, until = @until WHERE host = @host",
            ("@host", host), ("@token", token), ("@plan", planId), ("@until", until.UtcTicks));
        return new LeaseOutcome.Granted(token);
    }
}
