using ChatOpsBot.Adapters.Contracts;
using ChatOpsBot.Adapters.Postgres;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.Postgres;

[Trait("Needs", "database")]
public sealed class PostgresIncidentStoreTests : IncidentStoreContract
{
    private readonly PostgresOptions _options;
    private StoreUnderTest _store;

    public PostgresIncidentStoreTests(PrivatePostgres server)
    {
        _options = new() { ConnectionString = server.NewSchema(), Connections = 4 };
        _store = Open();
    }

    protected override StoreUnderTest Store => _store;

    protected override StoreUnderTest Reopen()
    {
        _store.Dispose();
        return _store = Open();
    }

    protected override void Dispose(bool disposing) => _store.Dispose(); // the schema goes with the server

    private StoreUnderTest Open() => PostgresStores.Of(PostgresDatabase.Open(_options, new ManualTime()));
}
