using System.Collections.Immutable;
using ChatOpsBot.Domain.Incidents;

namespace ChatOpsBot.Application.Ports;

/// <summary>Remembers which message shows an incident in which conversation, so that it is updated in place, also after a restart.</summary>
public interface ICardIndex
{
    /// <summary>The message; <see langword="null"/> when there is none yet.</summary>
    Task<CardPlace?> FindAsync(IncidentId incident, ConversationId conversation, CancellationToken cancellationToken);

    /// <summary>Remembers it. An older rendering never replaces a newer one.</summary>
    Task KeepAsync(CardPlace place, CancellationToken cancellationToken);

    /// <summary>All messages of an incident.</summary>
    Task<ImmutableArray<CardPlace>> ListAsync(IncidentId incident, CancellationToken cancellationToken);
}

/// <summary>A message that shows an incident.</summary>
/// <param name="Incident">Which incident.</param>
/// <param name="Conversation">Where.</param>
/// <param name="Message">The surface's own id of the message.</param>
/// <param name="RenderedSeq">Number of the last event it shows.</param>
public sealed record CardPlace(IncidentId Incident, ConversationId Conversation, string Message, long RenderedSeq);
