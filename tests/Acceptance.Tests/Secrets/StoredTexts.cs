using System.Data.Common;
using System.IO.Compression;
using System.Text;
using Microsoft.Data.Sqlite;

namespace ChatOpsBot.Acceptance.Tests.Secrets;

/// <summary>Everything that a database holds, as text: the raw files, and what its rows have packed.</summary>
internal static class StoredTexts
{
    /// <summary>The texts, each with where it is.</summary>
    public static IEnumerable<(string Where, string Text)> Of(string database)
    {
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(database) ?? "/", "*", SearchOption.AllDirectories))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            yield return (Path.GetFileName(file), Encoding.Latin1.GetString(bytes.ToArray()));
        }

        using var connection = new SqliteConnection($"Data Source={database};Mode=ReadOnly;Pooling=False");
        connection.Open();
        foreach (var text in Of(connection, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"))
        {
            yield return text;
        }
    }

    /// <summary>The texts in the rows of all tables.</summary>
    /// <param name="connection">An open one.</param>
    /// <param name="tables">Lists the tables.</param>
    public static IEnumerable<(string Where, string Text)> Of(DbConnection connection, string tables)
    {
        foreach (var table in Names(connection, tables))
        {
            using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The names are those of our own tables.
            command.CommandText = $"SELECT * FROM {table}";
#pragma warning restore CA2100
            using var rows = command.ExecuteReader();
            while (rows.Read())
            {
                for (var i = 0; i < rows.FieldCount; i++)
                {
                    yield return ($"{table}.{rows.GetName(i)}", rows.GetValue(i) is byte[] packed ? Unpacked(packed) : Convert.ToString(rows.GetValue(i), System.Globalization.CultureInfo.InvariantCulture) ?? "");
                }
            }
        }
    }

    private static List<string> Names(DbConnection connection, string tables)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The query is a test's own.
        command.CommandText = tables;
#pragma warning restore CA2100
        using var rows = command.ExecuteReader();
        List<string> names = [];
        while (rows.Read())
        {
            names.Add(rows.GetString(0));
        }

        return names;
    }

    private static string Unpacked(byte[] bytes)
    {
        try
        {
            using var zlib = new ZLibStream(new MemoryStream(bytes), CompressionMode.Decompress);
            using var plain = new MemoryStream();
            zlib.CopyTo(plain);
            return Encoding.UTF8.GetString(plain.ToArray());
        }
        catch (InvalidDataException)
        {
            return Encoding.UTF8.GetString(bytes); // it was not packed
        }
    }
}
