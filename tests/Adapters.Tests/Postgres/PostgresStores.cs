using ChatOpsBot.Adapters.Contracts;
using ChatOpsBot.Adapters.Postgres;
using ChatOpsBot.Adapters.Sql;
using ChatOpsBot.Support;

namespace ChatOpsBot.Adapters.Tests.Postgres;

/// <summary>A database on the tests' server, removed with the test.</summary>
internal sealed class PostgresStores(PrivatePostgres server) : IDisposable
{
    /// <summary>Its name.</summary>
    public string Name { get; } = server.NewDatabase();

    /// <summary>How it is reached.</summary>
    public PostgresOptions Options => new() { ConnectionString = server.Bot(Name), Connections = 4 };

    /// <summary>Opens it, as one more service.</summary>
    public StoreUnderTest Open() => Of(PostgresDatabase.Open(Options, new ManualTime()));

    /// <summary>Asks as administrator.</summary>
    public object? Ask(string text) => server.Run(Name, text);

    public void Dispose() => server.Drop(Name);

    internal static StoreUnderTest Of(PostgresDatabase database)
        => new(new SqlIncidentStore(database), new SqlOutbox(database), new SqlInbox(database), new SqlCardIndex(database), new SqlHostLeases(database), new SqlRetention(database), database.Dispose);
}
