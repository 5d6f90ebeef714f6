using ChatOpsBot.Application.Ports;

namespace ChatOpsBot.Adapters.Sql;

/// <summary>How conversations and people are reached, in an SQL database.</summary>
/// <param name="database">The open database.</param>
public sealed class SqlPlaceBook(SqlDatabase database) : IPlaceBook
{
    /// <inheritdoc/>
    public bool IsShared => database.IsShared;

    /// <inheritdoc/>
    public Task<ReadOnlyMemory<byte>?> FindAsync(string key, CancellationToken cancellationToken) => database.ReadAsync(
        connection => connection.Rows(row => (ReadOnlyMemory<byte>?)row.Bytes(0), "SELECT body FROM places WHERE key = @key", ("@key", key)).SingleOrDefault(), cancellationToken);

    /// <inheritdoc/>
    public Task KeepAsync(string key, ReadOnlyMemory<byte> body, DateTimeOffset seen, CancellationToken cancellationToken) => database.WriteAsync(
        connection => connection.Run(
            "INSERT INTO places (key, seen, body) VALUES (@key, @seen, @body) ON CONFLICT (key) DO UPDATE SET seen = @seen, body = @body",
            ("@key", key), ("@seen", seen.UtcTicks), ("@body", body.ToArray())),
        cancellationToken);

    /// <inheritdoc/>
    public Task ForgetAsync(string key, CancellationToken cancellationToken)
        => database.WriteAsync(connection => connection.Run("DELETE FROM places WHERE key = @key", ("@key", key)), cancellationToken);
}
