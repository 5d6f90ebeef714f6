using ChatOpsBot.Domain.Cards;
using ChatOpsBot.Domain.Incidents;

namespace ChatOpsBot.Application.Ports;

/// <summary>A chat platform. Its failures are values; what it throws counts as an ambiguous failure.</summary>
public interface IChatSurface
{
    /// <summary>What stands before the colon of its conversation ids: <c>slack</c>.</summary>
    string Name { get; }

    /// <summary>What it can do.</summary>
    ChatCapabilities Capabilities { get; }

    /// <summary>Shows a card as a new message.</summary>
    /// <param name="conversation">Where.</param>
    /// <param name="card">What.</param>
    /// <param name="key">Names this message for ever; kept with it where the platform allows, so that <see cref="FindAsync"/> can tell whether it arrived.</param>
    /// <param name="cancellationToken">Ends the wait; whether it arrived is unknown then.</param>
    Task<ChatOutcome> ShowAsync(ConversationId conversation, Card card, string key, CancellationToken cancellationToken);

    /// <summary>Replaces a card in place. Harmless when repeated.</summary>
    Task<ChatOutcome> UpdateAsync(ConversationId conversation, string message, Card card, CancellationToken cancellationToken);

    /// <summary>Posts a text.</summary>
    Task<ChatOutcome> PostAsync(ConversationId conversation, ChatPost post, CancellationToken cancellationToken);

    /// <summary>Uploads a file.</summary>
    Task<ChatOutcome> UploadAsync(ConversationId conversation, ChatFile file, CancellationToken cancellationToken);

    /// <summary>Looks for a message of ours, after it was not clear whether it arrived.</summary>
    /// <returns><see cref="ChatOutcome.Sent"/> with its id when it is there, <see cref="ChatOutcome.Gone"/> when it is not, a failure when that cannot be told.</returns>
    Task<ChatOutcome> FindAsync(ConversationId conversation, string key, CancellationToken cancellationToken);
}

/// <summary>What a chat platform can do.</summary>
public sealed record ChatCapabilities
{
    /// <summary>Posts can answer a message, in a thread.</summary>
    public bool Threads { get; init; }

    /// <summary>Files can be uploaded.</summary>
    public bool Files { get; init; }

    /// <summary>Files are there only after their reader has taken them.</summary>
    public bool FilesAreOffered { get; init; }

    /// <summary>Own messages can be found again by their key.</summary>
    public bool FindsOwnMessages { get; init; }

    /// <summary>Cards may be changed every few seconds while work is under way.</summary>
    public bool LiveProgress { get; init; }

    /// <summary>Buttons can be shown to some people only.</summary>
    public bool PerAudienceButtons { get; init; }
}

/// <summary>A text to post.</summary>
/// <param name="Key">Names it for ever.</param>
/// <param name="Text">What it says.</param>
/// <param name="Thread">The message that it answers; <see langword="null"/> for a message of its own.</param>
/// <param name="Notify">Whether people should notice it: it then shows in the conversation as well as in the thread, where the platform can.</param>
public sealed record ChatPost(string Key, CardText Text, string? Thread, bool Notify);

/// <summary>A file to upload.</summary>
/// <param name="Key">Names it for ever.</param>
/// <param name="Name">File name, ours.</param>
/// <param name="MediaType">For example <c>text/markdown</c>.</param>
/// <param name="Title">What it is.</param>
/// <param name="Content">Its bytes.</param>
/// <param name="Thread">The message that it answers.</param>
/// <param name="Incident">What it is about.</param>
public sealed record ChatFile(string Key, string Name, string MediaType, string Title, ReadOnlyMemory<byte> Content, string? Thread, IncidentId Incident);

/// <summary>What became of something sent.</summary>
public abstract record ChatOutcome
{
    private ChatOutcome()
    {
    }

    /// <summary>It is there.</summary>
    /// <param name="Message">The platform's id of the message.</param>
    public sealed record Sent(string Message) : ChatOutcome;

    /// <summary>Not now: too many requests, service down. It did not arrive.</summary>
    /// <param name="Why">A sentence without secrets.</param>
    /// <param name="RetryAfter">What the platform asked for; <see langword="null"/> when it did not say.</param>
    public sealed record Later(string Why, TimeSpan? RetryAfter = null) : ChatOutcome;

    /// <summary>It may have arrived: the connection broke or timed out after it was sent.</summary>
    /// <param name="Why">A sentence without secrets.</param>
    public sealed record Ambiguous(string Why) : ChatOutcome;

    /// <summary>The message that was to be updated, answered or found is not there.</summary>
    /// <param name="Why">A sentence without secrets.</param>
    public sealed record Gone(string Why) : ChatOutcome;

    /// <summary>It will never work: no such conversation, not invited, token revoked, refused content.</summary>
    /// <param name="Why">A sentence without secrets, with the remedy.</param>
    public sealed record Never(string Why) : ChatOutcome;
}
