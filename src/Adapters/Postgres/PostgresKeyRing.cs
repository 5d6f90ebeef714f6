using ChatOpsBot.Adapters.Sql;
using ChatOpsBot.Application.Ports;

namespace ChatOpsBot.Adapters.Postgres;

/// <summary>The key ring in PostgreSQL. The framework asks without awaiting, seldom, and on threads that may wait.</summary>
/// <param name="database">The open database.</param>
internal sealed class PostgresKeyRing(PostgresDatabase database) : IKeyRing
{
    /// <inheritdoc/>
    public IReadOnlyCollection<string> All()
        => database.ReadAsync(connection => connection.Rows(row => row.GetString(0), "SELECT xml FROM key_ring ORDER BY id"), CancellationToken.None).GetAwaiter().GetResult();

    /// <inheritdoc/>
    public void Add(string name, string xml)
        => database.WriteAsync(connection => connection.Run("INSERT INTO key_ring (name, xml) VALUES (@name, @xml)", ("@name", name), ("@xml", xml)), CancellationToken.None).GetAwaiter().GetResult();
}
