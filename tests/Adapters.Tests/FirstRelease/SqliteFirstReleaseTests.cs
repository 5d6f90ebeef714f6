using System.IO.Compression;
using ChatOpsBot.Adapters.Contracts;
using ChatOpsBot.Adapters.Sql;
using ChatOpsBot.Adapters.Sqlite;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Support;
using Microsoft.Data.Sqlite;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.FirstRelease;

public sealed class SqliteFirstReleaseTests : FirstReleaseTests
{
    private string Database => Path.Combine(Folder, "chatopsbot.db");

    private SqliteOptions Options => new() { ConnectionString = $"Data Source={Database}" };

    [Fact]
    public void Open_LacksSchemaChanges_MakesThem()
    {
        Unpack();
        Assert.Equal(1L, Ask("SELECT count(*) FROM schema_migrations"));
        Assert.Contains("start the service of this version once", Assert.Throws<StoreException>(() => SqliteDatabase.OpenToRead(Options)).Message, StringComparison.Ordinal);

        using (SqliteDatabase.Open(Options, new ManualTime()))
        {
            Assert.Equal(3L, Ask("SELECT count(*) FROM schema_migrations"));
        }

        SqliteDatabase.OpenToRead(Options).Dispose();
    }

    protected override StoreUnderTest OpenOld()
    {
        Unpack();
        var database = SqliteDatabase.Open(Options, new ManualTime());
        return new(
            new SqlIncidentStore(database), new SqlOutbox(database), new SqlInbox(database), new SqlCardIndex(database), new SqlHostLeases(database), new SqlRetention(database), database.Dispose);
    }

    private void Unpack()
    {
        using var packed = new GZipStream(File.OpenRead(Kept("sqlite.db.gz")), CompressionMode.Decompress);
        using var file = File.Create(Database);
        packed.CopyTo(file);
    }

    private object? Ask(string text)
    {
        using var connection = new SqliteConnection($"Data Source={Database};Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = text;
        return command.ExecuteScalar();
    }
}
