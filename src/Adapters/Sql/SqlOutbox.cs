using System.Collections.Immutable;
using System.Data.Common;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Incidents;

namespace ChatOpsBot.Adapters.Sql;

/// <summary>Stored effects in an SQL database.</summary>
/// <param name="database">The open database.</param>
public sealed class SqlOutbox(SqlDatabase database) : IEffectOutbox
{
    /// <summary>Due, unclaimed, and at the head of its lane; the timer lane has no head, each row stands for itself.</summary>
    private const string Takeable = """
        o.open = 1 AND o.not_before <= @now AND o.claimed_until <= @now
        AND (o.lane = 'timer' OR NOT EXISTS (
            SELECT 1 FROM outbox AS earlier WHERE earlier.open = 1 AND earlier.incident = o.incident AND earlier.lane = o.lane AND earlier.ord < o.ord))
        """;

    /// <inheritdoc/>
    public Task<ImmutableArray<DueLane>> DueLanesAsync(DateTimeOffset now, CancellationToken cancellationToken) => database.ReadAsync(
        connection => connection.Rows(
            row => new DueLane(new(row.GetString(0)), (int)row.GetInt64(1)),
            $"SELECT o.lane, count(*) FROM outbox AS o WHERE {Takeable} GROUP BY o.lane ORDER BY o.lane", ("@now", now.UtcTicks)).ToImmutableArray(),
        cancellationToken);

    /// <inheritdoc/>
    public Task<ImmutableArray<TakenEffect>> TakeAsync(Lane lane, DateTimeOffset now, DateTimeOffset claimUntil, int limit, CancellationToken cancellationToken)
        => database.WriteAsync(
            connection =>
            {
                var taken = connection.Rows(
                    row => new TakenEffect(
                        new(row.GetInt64(0), row.GetInt64(6) + 1), new(row.GetInt64(1)), lane, row.GetString(2), row.GetString(3), row.Bytes(4), (int)row.GetInt64(5)),
                    $"""
                    SELECT o.id, o.incident, o.key, o.name, o.body, o.failures, o.claim FROM outbox AS o
                    WHERE o.lane = @lane AND {Takeable} ORDER BY o.not_before, o.ord LIMIT @limit{database.LockedOrLeftOut}
                    """,
                    ("@lane", lane.Value), ("@now", now.UtcTicks), ("@limit", limit));
                foreach (var effect in taken)
                {
                    connection.Run(
                        $"UPDATE outbox SET claim = @claim, claimed_until = @until{database.TakenBy} WHERE id = @id",
                        ("@claim", effect.Claim.Number), ("@until", claimUntil.UtcTicks), ("@id", effect.Claim.Row));
                }

                return taken.ToImmutableArray();
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task<bool> ExtendAsync(EffectClaim claim, DateTimeOffset claimUntil, CancellationToken cancellationToken) => database.WriteAsync(
        connection => connection.Run(
            "UPDATE outbox SET claimed_until = @until WHERE id = @id AND claim = @claim AND open = 1 AND claimed_until <> 0",
            ("@until", claimUntil.UtcTicks), ("@id", claim.Row), ("@claim", claim.Number)) == 1,
        cancellationToken);

    /// <inheritdoc/>
    public Task<bool> SettleAsync(EffectSettlement settlement, CancellationToken cancellationToken)
        => database.WriteAsync(
            connection =>
            {
                if (settlement.End == EffectEnd.Again)
                {
                    // The effect moves behind the others of its lane: not while another transaction adds to them.
                    connection.Scalar($"SELECT 1 FROM incidents WHERE id = (SELECT incident FROM outbox WHERE id = @id){database.Locked}", ("@id", settlement.Claim.Row));
                }

                var settled = OutboxRows.Settle(database, connection, settlement);
                database.Announce(connection); // the next of the lane may be due
                return settled;
            },
            cancellationToken);
}

/// <summary>What the outbox shares with the transactions that append events.</summary>
internal static class OutboxRows
{
    /// <summary>Adds effects in order. One whose key was there before is left out, and so is a card update while another waits untaken.</summary>
    public static void Add(SqlDatabase database, DbConnection connection, IncidentId incident, ImmutableArray<Effect> effects)
    {
        foreach (var effect in effects)
        {
            // Whoever would take the waiting update at this moment waits for us, or we for them: a card is never made of a state before this one and left so.
            if (effect.Coalesces && connection.Scalar(
                $"SELECT id FROM outbox WHERE incident = @incident AND lane = @lane AND key = @key AND open = 1 AND claimed_until = 0{database.Locked}",
                ("@incident", incident.Number), ("@lane", effect.Lane.Value), ("@key", effect.Key)) is not null)
            {
                continue;
            }

            connection.Run(
                """
                INSERT INTO outbox (incident, lane, ord, key, name, body, coalesces, not_before)
                VALUES (@incident, @lane, @ord, @key, @name, @body, @coalesces, @notBefore)
                ON CONFLICT DO NOTHING
                """,
                ("@incident", incident.Number), ("@lane", effect.Lane.Value), ("@ord", NextPlace(database, connection)), ("@key", effect.Key),
                ("@name", EffectCodec.NameOf(effect)), ("@body", EffectCodec.Encode(effect).ToArray()), ("@coalesces", effect.Coalesces),
                ("@notBefore", effect.Due?.UtcTicks ?? 0L));
        }
    }

    /// <summary>Ends an attempt, unless the claim is lost.</summary>
    public static bool Settle(SqlDatabase database, DbConnection connection, EffectSettlement settlement) => settlement.End switch
    {
        EffectEnd.Done or EffectEnd.GivenUp => Update(
            connection, settlement, "open = 0, settled_at = @at, \"end\" = @end", ("@at", settlement.At.UtcTicks), ("@end", settlement.End == EffectEnd.Done ? "done" : "given-up")),
        EffectEnd.Retry => Update(connection, settlement, "failures = failures + 1, not_before = @notBefore", ("@notBefore", settlement.NotBefore.UtcTicks)),
        _ => Update(connection, settlement, "ord = @ord, not_before = @notBefore", ("@ord", NextPlace(database, connection)), ("@notBefore", settlement.NotBefore.UtcTicks)),
    };

    private static bool Update(DbConnection connection, EffectSettlement settlement, string change, params ReadOnlySpan<(string Name, object? Value)> parameters)
        => connection.Run(
            $"UPDATE outbox SET claimed_until = 0, error = @error, {change} WHERE id = @id AND claim = @claim AND open = 1 AND claimed_until <> 0",
            [("@error", settlement.Error), ("@id", settlement.Claim.Row), ("@claim", settlement.Claim.Number), .. parameters]) == 1;

    private static long NextPlace(SqlDatabase database, DbConnection connection)
        => (long)(connection.Scalar(database.NextPlace) ?? throw new StoreException("the database lacks its counter"));
}
