using System.Net.Sockets;
using ChatOpsBot.Application.Ports;
using Npgsql;

namespace ChatOpsBot.Adapters.Postgres;

/// <summary>Says what failed, and what mends it.</summary>
internal static class PostgresFailures
{
    /// <summary>A sentence for operators.</summary>
    public static StoreException Explain(string database, NpgsqlException failure) => new(Sentence(database, failure), failure) { MayPass = MayPass(failure) };

    private static string Sentence(string database, NpgsqlException failure) => failure switch
    {
        PostgresException { SqlState: "28P01" } => $"{database} refuses the password; correct Password or Passfile in Storage:ConnectionString",
        PostgresException { SqlState: "28000" } e => $"{database} lets this user not in ({e.MessageText}); add a line for it to the server's pg_hba.conf and reload the server",
        PostgresException { SqlState: "3D000" } => $"{database} does not exist; make it on the server: createdb --owner={User(database)} {Name(database)}",
        PostgresException { SqlState: "42501" } e => $"{database}: the user lacks a right ({e.MessageText}); make it the owner: ALTER DATABASE {Name(database)} OWNER TO {User(database)}, and GRANT ALL ON SCHEMA public TO {User(database)}",
        PostgresException { SqlState: "53300" or "53400" } => $"{database} has no connection left; raise max_connections on the server: each service takes up to 16",
        PostgresException { SqlState: "53100" } => $"there is no room left on the disk of {database}; free some",
        PostgresException { SqlState: "25006" } => $"{database} is read-only, perhaps a standby; name the primary in Storage:ConnectionString (several hosts: add Target Session Attributes=read-write)",
        PostgresException { SqlState: "57P01" or "57P02" or "57P03" } => $"{database} is starting or shutting down",
        PostgresException { SqlState: "55P03" } => $"{database}: another service held a row for too long",
        PostgresException { SqlState: "57014" } => $"{database} took too long for a command and it was given up",
        PostgresException e => $"{database}: {e.MessageText} ({e.SqlState})",
        { InnerException: SocketException socket } => $"{database} cannot be reached ({socket.Message}); check Host and Port in Storage:ConnectionString, that the server runs, and that nothing in between drops the connection",
        { InnerException: TimeoutException } => $"{database} does not answer in time",
        _ => $"{database}: {failure.Message}",
    };

    /// <summary>Whether it may be otherwise in a moment, without anybody changing a setting.</summary>
    public static bool MayPass(NpgsqlException failure)
        => failure is PostgresException { SqlState: "57P01" or "57P02" or "57P03" or "53300" or "40001" or "40P01" } or not PostgresException;

    private static string User(string database) => database[..database.IndexOf('@', StringComparison.Ordinal)];

    private static string Name(string database) => database[(database.LastIndexOf('/') + 1)..];
}
