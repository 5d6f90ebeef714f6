using System.Data.Common;
using Npgsql;

namespace ChatOpsBot.Adapters.Postgres;

/// <summary>Which PostgreSQL database keeps the store; section <c>Storage</c>.</summary>
public sealed class PostgresOptions
{
    private const string Example = "write for example 'Host=db1;Database=chatopsbot;Username=chatopsbot;Passfile=/etc/chatopsbot/pgpass'";

    /// <summary>Npgsql connection string.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>Connections for the store at once. Each has a thread of its own; quartz and the listener have a few besides.</summary>
    public int Connections { get; set; } = 8;

    /// <summary>How long one command may take before it is given up.</summary>
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>What is wrong with the options, each a sentence naming its key; empty when nothing is.</summary>
    public IEnumerable<string> Problems()
    {
        string? problem;
        try
        {
            problem = new NpgsqlConnectionStringBuilder(ConnectionString) switch
            {
                { Host: null or "" } => $"Storage:ConnectionString names no Host; {Example}",
                { Database: null or "" } => $"Storage:ConnectionString names no Database; {Example}",
                { Username: null or "" } => $"Storage:ConnectionString names no Username; {Example}",
                _ => null,
            };
        }
        catch (Exception failure) when (failure is ArgumentException or FormatException or InvalidCastException or OverflowException)
        {
            // What the driver says would show the text, which may hold a password.
            problem = $"Storage:ConnectionString is not a PostgreSQL connection string; {Example}";
        }

        return problem is null ? [] : [problem];
    }

    /// <summary>Whether a connection string has a password in it.</summary>
    public static bool HoldsPassword(string connectionString)
    {
        try
        {
            return new DbConnectionStringBuilder { ConnectionString = connectionString }.Keys.Cast<string>().Any(key => key.ToUpperInvariant() is "PASSWORD" or "PWD" or "PSW");
        }
        catch (ArgumentException)
        {
            return false; // refused as a whole elsewhere
        }
    }

    /// <summary>Server, database and user, for people; never the password.</summary>
    public string Shown()
    {
        if (Problems().Any())
        {
            return "(not usable)";
        }

        var parts = new NpgsqlConnectionStringBuilder(ConnectionString);
        return $"{parts.Username}@{parts.Host}:{parts.Port}/{parts.Database}";
    }

    /// <summary>The connection string as it is used.</summary>
    /// <param name="name">What the server shows for these connections.</param>
    public string Completed(string name) => new NpgsqlConnectionStringBuilder(ConnectionString)
    {
        ApplicationName = name,
        CommandTimeout = (int)Math.Ceiling(CommandTimeout.TotalSeconds),
        MaxPoolSize = Connections + 4,
        KeepAlive = 10, // a server that vanished is noticed also by a connection that only listens
        IncludeErrorDetail = false, // it would show values

        // A service that stands still in the middle of a transaction must not hold its rows for ever: the server ends the transaction, and others go on.
        Options = "-c idle_in_transaction_session_timeout=4s -c lock_timeout=10s",
    }.ToString();
}
