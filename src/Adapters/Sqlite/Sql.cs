using Microsoft.Data.Sqlite;

namespace ChatOpsBot.Adapters.Sqlite;

/// <summary>Short words for commands. Every value goes in as a parameter.</summary>
internal static class Sql
{
    extension(SqliteConnection connection)
    {
        /// <summary>A command with parameters.</summary>
        public SqliteCommand Command(string text, params ReadOnlySpan<(string Name, object? Value)> parameters)
        {
            var command = connection.CreateCommand();
            command.CommandText = text;
            foreach (var (name, value) in parameters)
            {
                command.Parameters.AddWithValue(name, value ?? DBNull.Value);
            }

            return command;
        }

        /// <summary>Runs a command; the number of changed rows.</summary>
        public int Run(string text, params ReadOnlySpan<(string Name, object? Value)> parameters)
        {
            using var command = connection.Command(text, parameters);
            return command.ExecuteNonQuery();
        }

        /// <summary>The first value of the first row; <see langword="null"/> when there is no row or the value is null.</summary>
        public object? Scalar(string text, params ReadOnlySpan<(string Name, object? Value)> parameters)
        {
            using var command = connection.Command(text, parameters);
            return command.ExecuteScalar() is { } value and not DBNull ? value : null;
        }

        /// <summary>All rows.</summary>
        public List<T> Rows<T>(Func<SqliteDataReader, T> read, string text, params ReadOnlySpan<(string Name, object? Value)> parameters)
        {
            using var command = connection.Command(text, parameters);
            using var reader = command.ExecuteReader();
            var rows = new List<T>();
            while (reader.Read())
            {
                rows.Add(read(reader));
            }

            return rows;
        }
    }

    extension(SqliteDataReader reader)
    {
        /// <summary>Bytes of a column.</summary>
        public byte[] Bytes(int column) => reader.GetFieldValue<byte[]>(column);

        /// <summary>A moment.</summary>
        public DateTimeOffset Moment(int column) => new(reader.GetInt64(column), TimeSpan.Zero);
    }
}
