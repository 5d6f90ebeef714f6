using ChatOpsBot.Adapters.Contracts;
using ChatOpsBot.Adapters.Sql;
using ChatOpsBot.Adapters.Sqlite;
using ChatOpsBot.Support;

namespace ChatOpsBot.Adapters.Tests.Sqlite;

/// <summary>A folder with a database, removed with the test.</summary>
internal sealed class SqliteStores : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cob-sqlite-");

    /// <summary>The database file.</summary>
    public string Database => Path.Combine(_folder.FullName, "chatopsbot.db");

    /// <summary>Opens it.</summary>
    public StoreUnderTest Open()
    {
        var database = SqliteDatabase.Open(Options, new ManualTime());
        return new(
            new SqlIncidentStore(database), new SqlOutbox(database), new SqlInbox(database), new SqlCardIndex(database), new SqlHostLeases(database), new SqlRetention(database), database.Dispose);
    }

    /// <summary>Its options.</summary>
    public SqliteOptions Options => new() { ConnectionString = $"Data Source={Database}" };

    public void Dispose() => _folder.Delete(recursive: true);
}
