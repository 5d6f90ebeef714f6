using ChatOpsBot.Adapters.Contracts;
using ChatOpsBot.Adapters.Tests.Postgres;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.FirstRelease;

[Trait("Needs", "database")]
public sealed class PostgresFirstReleaseTests(PrivatePostgres server) : FirstReleaseTests
{
    private readonly PostgresStores _stores = new(server);

    protected override StoreUnderTest OpenOld()
    {
        server.Restore(_stores.Name, Kept("postgres.sql"));
        Assert.Equal(8L, _stores.Ask("SELECT count(*) FROM incidents"));
        return _stores.Open();
    }

    protected override void Dispose(bool disposing)
    {
        _stores.Dispose();
        base.Dispose(disposing);
    }
}
