using System.Data.Common;
using System.Text;

namespace ChatOpsBot.Adapters.Sql;

/// <summary>Short words for commands. Every value goes in as a parameter.</summary>
public static class SqlWords
{
    extension(DbConnection connection)
    {
        /// <summary>A command with parameters.</summary>
        public DbCommand Command(string text, params ReadOnlySpan<(string Name, object? Value)> parameters)
        {
            var command = connection.CreateCommand();
#pragma warning disable CA2100 // every text is a constant of ours; values are parameters
            command.CommandText = text;
#pragma warning restore CA2100
            foreach (var (name, value) in parameters)
            {
                var parameter = command.CreateParameter();
                parameter.ParameterName = name;
                parameter.Value = value switch
                {
                    null => DBNull.Value,
                    string line => Storable(line),
                    bool flag => flag ? 1L : 0L,
                    int number => (long)number,
                    _ => value,
                };
                command.Parameters.Add(parameter);
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
        public List<T> Rows<T>(Func<DbDataReader, T> read, string text, params ReadOnlySpan<(string Name, object? Value)> parameters)
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

    /// <summary>Text that every database takes: PostgreSQL refuses the character 0, and halves of a pair of surrogates cannot be written as UTF-8.</summary>
    private static string Storable(string text)
    {
        var clean = text.Replace('\0', '\uFFFD');
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(clean));
    }
}
