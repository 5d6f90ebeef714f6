using Microsoft.Data.Sqlite;

namespace ChatOpsBot.Adapters.Sqlite;

/// <summary>Where the embedded store keeps its file; section <c>Storage</c>.</summary>
public sealed class SqliteOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Storage";

    /// <summary>SQLite connection string; only <c>Data Source</c> (a file) is used.</summary>
    public string ConnectionString { get; set; } = "Data Source=data/chatopsbot.db";

    /// <summary>How long a write waits for a foreign reader of the file, for example a backup, before it fails.</summary>
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>What is wrong with the options, each a sentence naming its key; empty when nothing is.</summary>
    public IEnumerable<string> Problems()
    {
        if (BusyTimeout <= TimeSpan.Zero)
        {
            yield return $"Storage:BusyTimeout is {BusyTimeout}; it must be longer than nothing";
        }

        if (FileProblem() is { } problem)
        {
            yield return problem;
        }
    }

    /// <summary>The database file.</summary>
    public string File() => new SqliteConnectionStringBuilder(ConnectionString).DataSource;

    /// <summary>The connection string with its file as an absolute path; one that <see cref="Problems"/> refuses comes back as it is.</summary>
    /// <param name="connectionString">As it was written.</param>
    /// <param name="directory">Where a relative path in it starts.</param>
    public static string Placed(string connectionString, string directory)
    {
        var written = new SqliteOptions { ConnectionString = connectionString };
        return written.FileProblem() is null
            ? new SqliteConnectionStringBuilder { DataSource = Path.GetFullPath(Path.Combine(directory, written.File())) }.ToString()
            : connectionString;
    }

    private string? FileProblem()
    {
        try
        {
            return File() switch
            {
                "" => "Storage:ConnectionString has no 'Data Source'; give a file, for example 'Data Source=data/chatopsbot.db'",
                var uri when uri.StartsWith("file:", StringComparison.OrdinalIgnoreCase) => "Storage:ConnectionString names a URI; give the path of a file, for example 'Data Source=data/chatopsbot.db'",
                ":memory:" => "Storage:ConnectionString is in memory: incidents would be lost at every restart; give a file",
                _ => null,
            };
        }
        catch (ArgumentException failure)
        {
            return $"Storage:ConnectionString is not a SQLite connection string: {failure.Message.TrimEnd('.')}; write for example 'Data Source=data/chatopsbot.db'";
        }
    }
}
