using System.Collections.Immutable;
using System.Data.Common;
using ChatOpsBot.Application.Ports;

namespace ChatOpsBot.Adapters.Sql;

/// <summary>Inbound items in an SQL database.</summary>
/// <param name="database">The open database.</param>
public sealed class SqlInbox(SqlDatabase database) : IInbox
{
    // No other process has it, not even one that was started on this machine before.
    private readonly string _me = Guid.NewGuid().ToString("N");

    /// <inheritdoc/>
    public Task<InboxPut> PutAsync(string key, DateTimeOffset received, ReadOnlyMemory<byte> body, CancellationToken cancellationToken) => database.WriteAsync(
        connection =>
        {
            var isNew = (database.IsShared
                ? connection.Run(
                    "INSERT INTO inbox (key, received, body, holder, held_until) VALUES (@key, @received, @body, @me, @until) ON CONFLICT (key) DO NOTHING",
                    ("@key", key), ("@received", received.UtcTicks), ("@body", body.ToArray()), ("@me", _me), ("@until", (received + IInbox.HeldFor).UtcTicks))
                : connection.Run(
                    "INSERT INTO inbox (key, received, body) VALUES (@key, @received, @body) ON CONFLICT (key) DO NOTHING",
                    ("@key", key), ("@received", received.UtcTicks), ("@body", body.ToArray()))) == 1;
            return isNew
                ? new InboxPut(true, false, null)
                : connection.Rows(
                    row => new InboxPut(false, row.Flag(0), row.IsDBNull(1) ? (ReadOnlyMemory<byte>?)null : row.Bytes(1)), "SELECT done, answer FROM inbox WHERE key = @key", ("@key", key)).Single();
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task DoneAsync(InboxDone done, CancellationToken cancellationToken) => database.WriteAsync(
        connection =>
        {
            InboxRows.Done(connection, done);
            return true;
        },
        cancellationToken);

    /// <inheritdoc/>
    public bool IsShared => database.IsShared;

    /// <inheritdoc/>
    public Task<bool> TakeAsync(string key, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken) => !database.IsShared
        ? database.ReadAsync(connection => connection.Scalar("SELECT 1 FROM inbox WHERE key = @key AND done = 0", ("@key", key)) is not null, cancellationToken)
        : database.WriteAsync(
            connection => connection.Run(
                "UPDATE inbox SET holder = @me, held_until = @until WHERE key = @key AND done = 0 AND (holder IS NULL OR holder = @me OR held_until <= @now)",
                ("@me", _me), ("@until", until.UtcTicks), ("@key", key), ("@now", now.UtcTicks)) == 1,
            cancellationToken);

    /// <inheritdoc/>
    public Task<ImmutableArray<InboxItem>> PendingAsync(int limit, CancellationToken cancellationToken) => database.ReadAsync(
        connection => connection.Rows(
            row => new InboxItem(row.GetString(0), row.Moment(1), row.Bytes(2)),
            "SELECT key, received, body FROM inbox WHERE done = 0 ORDER BY received, key LIMIT @limit", ("@limit", limit)).ToImmutableArray(),
        cancellationToken);
}

/// <summary>What the inbox shares with the transactions that append events.</summary>
internal static class InboxRows
{
    /// <summary>Marks an item done; the first answer stays.</summary>
    public static void Done(DbConnection connection, InboxDone done) => connection.Run(
        "UPDATE inbox SET done = 1, answer = @answer WHERE key = @key AND done = 0", ("@key", done.Key), ("@answer", done.Answer?.ToArray()));
}
