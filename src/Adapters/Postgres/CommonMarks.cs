using ChatOpsBot.Adapters.Sql;
using ChatOpsBot.Application.Ports;

namespace ChatOpsBot.Adapters.Postgres;

/// <summary>What all services of one database must have alike. The first one writes down a fingerprint of it, each later one is compared.</summary>
/// <param name="database">The open database.</param>
public sealed class CommonMarks(PostgresDatabase database)
{
    /// <summary>Refuses to start with another value than the others have.</summary>
    /// <param name="name">What it is, for example <c>Console:KeyFile</c>.</param>
    /// <param name="fingerprint">Of this service's.</param>
    /// <param name="consequence">What would go wrong, a sentence part.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="StoreException">Theirs is another.</exception>
    public async Task RequireAsync(string name, string fingerprint, string consequence, CancellationToken cancellationToken)
    {
        var theirs = await database.WriteAsync(
            connection =>
            {
                connection.Run("INSERT INTO common (name, value) VALUES (@name, @value) ON CONFLICT (name) DO NOTHING", ("@name", name), ("@value", fingerprint));
                return connection.Scalar("SELECT value FROM common WHERE name = @name", ("@name", name)) as string;
            },
            cancellationToken);
        if (theirs != fingerprint)
        {
            throw new StoreException(
                $"the file of {name} is not the one that the other services on {database.Shown} have, so that {consequence}; copy theirs to this machine (after a deliberate change: stop all of them and run DELETE FROM common WHERE name = '{name}')");
        }
    }
}
