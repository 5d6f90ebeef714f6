using System.Collections.Immutable;
using System.Data.Common;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Transcripts;

namespace ChatOpsBot.Adapters.Sql;

/// <summary>Takes old things out of an SQL database, each incident in a transaction of its own, so that others wait only for moments.</summary>
/// <param name="database">The open database.</param>
public sealed class SqlRetention(SqlDatabase database) : IRetention
{
    /// <inheritdoc/>
    public Task<ImmutableArray<IncidentId>> EndedBeforeAsync(DateTimeOffset moment, int limit, CancellationToken cancellationToken) => database.ReadAsync(
        connection => connection.Rows(
            row => new IncidentId(row.GetInt64(0)),
            """
            SELECT id FROM incidents
            WHERE open = 0 AND ended_at < @moment AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.incident = incidents.id AND outbox.open = 1)
            ORDER BY id LIMIT @limit
            """,
            ("@moment", moment.UtcTicks), ("@limit", limit)).ToImmutableArray(),
        cancellationToken);

    /// <inheritdoc/>
    public Task<bool> RemoveAsync(IncidentId incident, CancellationToken cancellationToken) => database.WriteAsync(
        connection =>
        {
            var id = ("@id", (object?)incident.Number);
            if (connection.Scalar($"SELECT 1 FROM incidents WHERE id = @id AND open = 0{database.Locked}", id) is null
                || connection.Scalar("SELECT 1 FROM outbox WHERE incident = @id AND open = 1 LIMIT 1", id) is not null)
            {
                return false;
            }

            var outputs = connection.Rows(row => BlobReferences.In(row.Bytes(0)), "SELECT body FROM incident_events WHERE incident = @id", id).SelectMany(hashes => hashes).ToHashSet();
            foreach (var table in (ReadOnlySpan<string>)["outbox", "cards", "incident_events"])
            {
                connection.Run($"DELETE FROM {table} WHERE incident = @id", id);
            }

            connection.Run("DELETE FROM incidents WHERE id = @id", id);
            foreach (var hash in outputs)
            {
                RemoveUnused(connection, hash);
            }

            return true;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<int> RemoveInboundAsync(DateTimeOffset before, CancellationToken cancellationToken)
        => database.WriteAsync(connection => connection.Run("DELETE FROM inbox WHERE done = 1 AND received < @before", ("@before", before.UtcTicks)), cancellationToken);

    /// <summary>The same output may stand in another incident, since outputs are kept once.</summary>
    private void RemoveUnused(DbConnection connection, string hash)
    {
        if (connection.Scalar($"SELECT 1 FROM incident_events WHERE {database.BodyHolds} LIMIT 1", ("@text", hash)) is null)
        {
            connection.Run("DELETE FROM blobs WHERE sha256 = @hash", ("@hash", hash));
        }
    }
}
