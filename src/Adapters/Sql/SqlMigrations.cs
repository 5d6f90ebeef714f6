using System.Data.Common;
using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using ChatOpsBot.Application.Ports;

namespace ChatOpsBot.Adapters.Sql;

/// <summary>Brings a database to the newest schema: numbered files, each applied once and in one transaction, remembered with its checksum.</summary>
/// <param name="files">The assembly that holds them, named <c>0001_what.sql</c>.</param>
public sealed class SqlMigrations(Assembly files)
{
    private sealed record Migration(int Number, string Name, string Text, string Sha256);

    /// <summary>Applies what is missing. The caller keeps others from doing the same at this moment.</summary>
    /// <exception cref="StoreException">The database is of a newer version, or was made by other files.</exception>
    public void Apply(DbConnection connection, TimeProvider time)
    {
        connection.Run("CREATE TABLE IF NOT EXISTS schema_migrations (number BIGINT PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, applied_at BIGINT NOT NULL)");
        foreach (var migration in Missing(connection))
        {
            using var transaction = connection.BeginTransaction();
            connection.Run(migration.Text);
            connection.Run(
                "INSERT INTO schema_migrations (number, name, sha256, applied_at) VALUES (@number, @name, @sha256, @at)",
                ("@number", migration.Number), ("@name", migration.Name), ("@sha256", migration.Sha256), ("@at", time.GetUtcNow().UtcTicks));
            transaction.Commit();
        }
    }

    /// <summary>Names of the files that were not applied yet, in order.</summary>
    /// <exception cref="StoreException">The database is of a newer version, or was made by other files.</exception>
    public IReadOnlyList<string> MissingIn(DbConnection connection) => [.. Missing(connection).Select(migration => migration.Name)];

    private List<Migration> Missing(DbConnection connection)
    {
        var known = All();
        var applied = connection.Rows(row => (Number: row.GetInt64(0), Name: row.GetString(1), Sha256: row.GetString(2)), "SELECT number, name, sha256 FROM schema_migrations ORDER BY number");
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

    private List<Migration> All()
    {
        return
        [
            .. from name in files.GetManifestResourceNames()
               where name.EndsWith(".sql", StringComparison.Ordinal)
               orderby name
               select Load(name),
        ];

        Migration Load(string name)
        {
            using var stream = files.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is not in the program");
            using var reader = new StreamReader(stream, Encoding.UTF8);
            var text = reader.ReadToEnd().ReplaceLineEndings("\n");
            return new(int.Parse(name.AsSpan(0, 4), CultureInfo.InvariantCulture), name, text, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))));
        }
    }
}
