using System.Collections.Immutable;

namespace ChatOpsBot.Application.Ports;

/// <summary>Inbound items, written down before they are acknowledged.</summary>
public interface IInbox
{
    /// <summary>How long other services wait for one that has died with an item in its hands.</summary>
    static readonly TimeSpan HeldFor = TimeSpan.FromSeconds(8);

    /// <summary>
    /// Writes an item down, unless one of that key is there already. Where several services share the inbox, a new item is this service's for <see cref="HeldFor"/>, as if taken.
    /// </summary>
    /// <param name="key">Unique for ever: surface and the sender's own id of the item.</param>
    /// <param name="received">When it came.</param>
    /// <param name="body">The item.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<InboxPut> PutAsync(string key, DateTimeOffset received, ReadOnlyMemory<byte> body, CancellationToken cancellationToken);

    /// <summary>Marks an item done, with the answer that a repeat of it gets. A second call changes nothing.</summary>
    Task DoneAsync(InboxDone done, CancellationToken cancellationToken);

    /// <summary>Whether other services work on the same items: then each must be taken before it is worked on.</summary>
    bool IsShared => false;

    /// <summary>Takes an item to work on it, or keeps it for longer. <see langword="false"/> when it is done or another service has it at this moment.</summary>
    /// <param name="key">Which.</param>
    /// <param name="now">What others hold until then is free.</param>
    /// <param name="until">When it is free again, unless taken again or done by then.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<bool> TakeAsync(string key, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken) => Task.FromResult(true);

    /// <summary>Items that are not done, oldest first: after a start these are worked on again.</summary>
    Task<ImmutableArray<InboxItem>> PendingAsync(int limit, CancellationToken cancellationToken);
}

/// <summary>What writing down brought.</summary>
/// <param name="IsNew">The key was not there.</param>
/// <param name="IsDone">It was there and is done.</param>
/// <param name="Answer">The answer that was given, if one was kept.</param>
public sealed record InboxPut(bool IsNew, bool IsDone, ReadOnlyMemory<byte>? Answer);

/// <summary>An item.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Received">When it came.</param>
/// <param name="Body">Its content.</param>
public sealed record InboxItem(string Key, DateTimeOffset Received, ReadOnlyMemory<byte> Body);

/// <summary>The end of an item.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Answer">The answer that a repeat gets.</param>
public sealed record InboxDone(string Key, ReadOnlyMemory<byte>? Answer);
