using System.Data.Common;

namespace ChatOpsBot.Adapters.Sql;

/// <summary>Columns as our own types.</summary>
public static class SqlRow
{
    extension(DbDataReader reader)
    {
        /// <summary>Bytes of a column.</summary>
        public byte[] Bytes(int column) => reader.GetFieldValue<byte[]>(column);

        /// <summary>Whether a column that holds 0 or 1 holds 1.</summary>
        public bool Flag(int column) => reader.GetInt64(column) != 0;

        /// <summary>A moment.</summary>
        public DateTimeOffset Moment(int column) => new(reader.GetInt64(column), TimeSpan.Zero);
    }
}
