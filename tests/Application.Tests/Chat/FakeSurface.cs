using System.Collections.Concurrent;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Cards;
using ChatOpsBot.Domain.Incidents;

namespace ChatOpsBot.Application.Tests.Chat;

/// <summary>A chat platform that keeps what it is sent and fails as it is told.</summary>
internal sealed class FakeSurface(string name = "slack") : IChatSurface
{
    private readonly ConcurrentDictionary<(ConversationId, string), string> _byKey = new();
    private int _messages;

    /// <summary>Decides before each call; <see langword="null"/> lets it succeed.</summary>
    public Func<string, CancellationToken, Task<ChatOutcome?>> Before { get; set; } = (_, _) => Task.FromResult<ChatOutcome?>(null);

    public ConcurrentQueue<string> Calls { get; } = new();

    public ConcurrentDictionary<string, Card> Cards { get; } = new();

    public ConcurrentQueue<ChatPost> Posts { get; } = new();

    public ConcurrentQueue<ChatFile> Files { get; } = new();

    public string Name => name;

    public ChatCapabilities Capabilities { get; set; } = new() { Threads = true, Files = true, FindsOwnMessages = true };

    public Task<ChatOutcome> ShowAsync(ConversationId conversation, Card card, string key, CancellationToken cancellationToken)
        => DoAsync("show", () => New(conversation, key, message => Cards[message] = card), cancellationToken);

    public Task<ChatOutcome> UpdateAsync(ConversationId conversation, string message, Card card, CancellationToken cancellationToken) => DoAsync("update", () =>
    {
        if (!Cards.ContainsKey(message))
        {
            return new ChatOutcome.Gone("message_not_found");
        }

        Cards[message] = card;
        return new ChatOutcome.Sent(message);
    }, cancellationToken);

    public Task<ChatOutcome> PostAsync(ConversationId conversation, ChatPost post, CancellationToken cancellationToken) => DoAsync("post", () => New(conversation, post.Key, _ => Posts.Enqueue(post)), cancellationToken);

    public Task<ChatOutcome> UploadAsync(ConversationId conversation, ChatFile file, CancellationToken cancellationToken) => DoAsync("upload", () => New(conversation, file.Key, _ => Files.Enqueue(file)), cancellationToken);

    public Task<ChatOutcome> FindAsync(ConversationId conversation, string key, CancellationToken cancellationToken) => DoAsync(
        "find", () => _byKey.TryGetValue((conversation, key), out var message) ? new ChatOutcome.Sent(message) : new ChatOutcome.Gone("not there"), cancellationToken);

    /// <summary>Lets the call take effect and then fails as if the answer was lost.</summary>
    public Func<string, bool> LosesAnswerOf { get; set; } = _ => false;

    private async Task<ChatOutcome> DoAsync(string call, Func<ChatOutcome> work, CancellationToken cancellationToken)
    {
        Calls.Enqueue(call);
        if (await Before(call, cancellationToken) is { } instead)
        {
            return instead;
        }

        var outcome = work();
        return LosesAnswerOf(call) ? new ChatOutcome.Ambiguous("connection reset") : outcome;
    }

    private ChatOutcome.Sent New(ConversationId conversation, string key, Action<string> keep)
    {
        var message = $"m{Interlocked.Increment(ref _messages)}";
        _byKey[(conversation, key)] = message;
        keep(message);
        return new(message);
    }
}
