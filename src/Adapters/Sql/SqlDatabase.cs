using System.Data.Common;
using ChatOpsBot.Application.Ports;

namespace ChatOpsBot.Adapters.Sql;

/// <summary>
/// An open SQL database, and where the dialects differ. The stores on top are written once; work runs on a connection of the database's own, without awaiting anything in between.
/// </summary>
public abstract class SqlDatabase
{
    /// <summary>Whether other services may have the same database open: then nothing that this process remembers is sure to be the newest.</summary>
    public virtual bool IsShared => false;

    /// <summary>Runs work in a transaction, all of it or nothing; when this returns it is on disk. The work may run a second time.</summary>
    /// <exception cref="StoreException">The database cannot be written.</exception>
    public abstract Task<T> WriteAsync<T>(Func<DbConnection, T> work, CancellationToken cancellationToken);

    /// <summary>Runs work that only reads; it sees whole transactions only.</summary>
    /// <exception cref="StoreException">The database cannot be read.</exception>
    public abstract Task<T> ReadAsync<T>(Func<DbConnection, T> work, CancellationToken cancellationToken);

    /// <summary>After a SELECT: nobody else changes these rows before this transaction ends. Empty where only one transaction writes at a time.</summary>
    protected internal virtual string Locked => "";

    /// <summary>After a SELECT from <c>outbox AS o</c>: the same, and rows that another transaction has are left out.</summary>
    protected internal virtual string LockedOrLeftOut => "";

    /// <summary>Gives the next place in the lanes; it only grows.</summary>
    protected internal virtual string NextPlace => "UPDATE counters SET value = value + 1 WHERE name = 'outbox' RETURNING value";

    /// <summary>Further columns that are set when an effect is taken, beginning with a comma: who has it.</summary>
    protected internal virtual string TakenBy => "";

    /// <summary>A condition on an event's body: it holds the bytes of the text <c>@text</c>.</summary>
    protected internal virtual string BodyHolds => "instr(body, CAST(@text AS BLOB)) > 0";

    /// <summary>Tells the other services that something changed, once this transaction is done.</summary>
    protected internal virtual void Announce(DbConnection connection)
    {
    }
}
