namespace ChatOpsBot.Application.Ports;

/// <summary>Remembers, across restarts, how a conversation or a person of a chat platform is reached; the platform's adapter knows what the bytes mean.</summary>
public interface IPlaceBook
{
    /// <summary>Whether other services write to the same book.</summary>
    bool IsShared => false;

    /// <summary>What is remembered; <see langword="null"/> when nothing is.</summary>
    Task<ReadOnlyMemory<byte>?> FindAsync(string key, CancellationToken cancellationToken);

    /// <summary>Remembers it in place of what was there.</summary>
    /// <param name="key">Conversation or person, with the platform before it.</param>
    /// <param name="body">How it is reached; no secrets.</param>
    /// <param name="seen">When.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task KeepAsync(string key, ReadOnlyMemory<byte> body, DateTimeOffset seen, CancellationToken cancellationToken);

    /// <summary>Forgets it; harmless when there is nothing.</summary>
    Task ForgetAsync(string key, CancellationToken cancellationToken);
}
