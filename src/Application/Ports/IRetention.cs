using System.Collections.Immutable;
using ChatOpsBot.Domain.Incidents;

namespace ChatOpsBot.Application.Ports;

/// <summary>Takes old things out of the store.</summary>
public interface IRetention
{
    /// <summary>Incidents that ended before a moment and on which nothing is left to do, oldest first.</summary>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    Task<ImmutableArray<IncidentId>> EndedBeforeAsync(DateTimeOffset moment, int limit, CancellationToken cancellationToken);

    /// <summary>Removes an incident with its events, effects, cards, and the outputs that no other incident has. <see langword="false"/> when it is open, gone, or something is left to do.</summary>
    /// <exception cref="StoreException">The store cannot be written.</exception>
    Task<bool> RemoveAsync(IncidentId incident, CancellationToken cancellationToken);

    /// <summary>Removes inbound items that are done and came before a moment; returns how many. A repeat of one of them would count as new.</summary>
    /// <exception cref="StoreException">The store cannot be written.</exception>
    Task<int> RemoveInboundAsync(DateTimeOffset before, CancellationToken cancellationToken);
}

/// <summary>Keeps transcripts of incidents that leave the store.</summary>
public interface ITranscriptArchive
{
    /// <summary>Keeps an exported transcript; when this returns it is on disk. One that is there already stays.</summary>
    /// <exception cref="StoreException">It cannot be written.</exception>
    Task KeepAsync(IncidentId incident, ReadOnlyMemory<byte> transcript, CancellationToken cancellationToken);
}
