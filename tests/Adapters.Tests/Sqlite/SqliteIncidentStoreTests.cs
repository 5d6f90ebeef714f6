using ChatOpsBot.Adapters.Contracts;

namespace ChatOpsBot.Adapters.Tests.Sqlite;

public sealed class SqliteIncidentStoreTests : IncidentStoreContract
{
    private readonly SqliteStores _stores = new();
    private StoreUnderTest _store;

    public SqliteIncidentStoreTests() => _store = _stores.Open();

    protected override StoreUnderTest Store => _store;

    protected override StoreUnderTest Reopen()
    {
        _store.Dispose();
        return _store = _stores.Open();
    }

    protected override void Dispose(bool disposing)
    {
        _store.Dispose();
        _stores.Dispose();
    }
}
