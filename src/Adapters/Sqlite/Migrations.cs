using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ChatOpsBot.Application.Ports;
using Microsoft.Data.Sqlite;

namespace ChatOpsBot.Adapters.Sqlite;

/// <summary>Brings a database to the newest schema: numbered files, each applied once and in one transaction, remembered with its checksum.</summary>
internal static class Migrations
{
    private sealed record Migration(int Number, string Name, string Text, string Sha256);

    /// <summary>Applies what is missing.</summary>
    /// <exception cref="StoreException">The database is of a newer version, or was made by other files.</exception>
    public static void Apply(SqliteConnection connection, TimeProvider time)
    {
        connection.Run("CREATE TABLE IF NOT EXISTS schema_migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, applied_at INTEGER NOT NULL)");
        foreach (var migration in Missing(connection))
        {
            using var transaction = connection.BeginTransaction();
            connection.Run(migration.Text);
            connection.Run(
                "INSERT INTO schema_migrations (number, name, sha256, applied_at) VALUES ($number, $name, $sha256, $at)",
                ("$number", migration.Number), ("$name", migration.Name), ("$sha256", migration.Sha256), ("$at", time.GetUtcNow().UtcTicks));
            transaction.Commit();
        }
    }

    /// <summary>Refuses a database that this version cannot read as it is.</summary>
    /// <exception cref="StoreException">It is of another version, or no database of this program.</exception>
    public static void RequireCurrent(string file, SqliteConnection connection)
    {
        if (connection.Scalar("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'schema_migrations'") is null)
        {
            throw new StoreException($"{file} is no database of this program");
        }

        if (Missing(connection) is [var missing, ..])
        {
            throw new StoreException($"{file} is of an older version (it lacks {missing.Name}); start the service of this version once, it brings the file up to date");
        }
    }

    private static List<Migration> Missing(SqliteConnection connection)
    {
        var known = All();
        var applied = connection.Rows(row => (Number: row.GetInt32(0), Name: row.GetString(1), Sha256: row.GetString(2)), "SELECT number, name, sha256 FROM schema_migrations ORDER BY number");
        foreach (var (number, name, sha256) in applied)
        {
            if (known.Find(migration => migration.Number == number) is not { } migration)
            {
                throw new StoreException($"the database has the schema change {name}, which this version does not know; use the version that made it, or a newer one");
            }

            if (migration.Sha256 != sha256)
            {
                throw new StoreException($"the database was made with another {name} than this version has; use the version that made it");
            }
        }

        return [.. known.Where(migration => applied.TrueForAll(done => done.Number != migration.Number))];
    }

    private static List<Migration> All()
    {
        var assembly = typeof(Migrations).Assembly;
        return
        [
            .. from name in assembly.GetManifestResourceNames()
               where name.EndsWith(".sql", StringComparison.Ordinal)
               orderby name
               select Load(name),
        ];

        Migration Load(string name)
        {
            using var stream = assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is not in the program");
            using var reader = new StreamReader(stream, Encoding.UTF8);
            var text = reader.ReadToEnd().ReplaceLineEndings("\n");
            return new(int.Parse(name.AsSpan(0, 4), CultureInfo.InvariantCulture), name, text, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))));
        }
    }
}
