using System.Collections.Immutable;
using System.Data.Common;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Incidents;

namespace ChatOpsBot.Adapters.Sql;

/// <summary>Which message shows which incident, in an SQL database.</summary>
/// <param name="database">The open database.</param>
public sealed class SqlCardIndex(SqlDatabase database) : ICardIndex
{
    /// <inheritdoc/>
    public Task<CardPlace?> FindAsync(IncidentId incident, ConversationId conversation, CancellationToken cancellationToken) => database.ReadAsync(
        connection => connection.Rows(
            Read, "SELECT incident, conversation, message, rendered_seq FROM cards WHERE incident = @incident AND conversation = @conversation",
            ("@incident", incident.Number), ("@conversation", conversation.Value)).SingleOrDefault(),
        cancellationToken);

    /// <inheritdoc/>
    public Task KeepAsync(CardPlace place, CancellationToken cancellationToken) => database.WriteAsync(
        connection => connection.Run(
            """
            INSERT INTO cards (incident, conversation, message, rendered_seq) VALUES (@incident, @conversation, @message, @seq)
            ON CONFLICT (incident, conversation) DO UPDATE SET message = @message, rendered_seq = @seq WHERE cards.rendered_seq <= @seq
            """,
            ("@incident", place.Incident.Number), ("@conversation", place.Conversation.Value), ("@message", place.Message), ("@seq", place.RenderedSeq)),
        cancellationToken);

    /// <inheritdoc/>
    public Task<ImmutableArray<CardPlace>> ListAsync(IncidentId incident, CancellationToken cancellationToken) => database.ReadAsync(
        connection => connection.Rows(
            Read, "SELECT incident, conversation, message, rendered_seq FROM cards WHERE incident = @incident ORDER BY conversation", ("@incident", incident.Number)).ToImmutableArray(),
        cancellationToken);

    private static CardPlace Read(DbDataReader row) => new(new(row.GetInt64(0)), new(row.GetString(1)), row.GetString(2), row.GetInt64(3));
}
