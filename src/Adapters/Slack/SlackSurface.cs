using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ChatOpsBot.Adapters.Slack.Api;
using ChatOpsBot.Adapters.Slack.Rendering;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Cards;
using ChatOpsBot.Domain.Incidents;

namespace ChatOpsBot.Adapters.Slack;

/// <summary>Slack as a chat platform: one message per incident and conversation, changed in place by channel and time.</summary>
/// <param name="api">Calls Slack.</param>
/// <param name="sender">Sends messages.</param>
/// <param name="self">Tells own messages from others'.</param>
/// <param name="time">The clock.</param>
internal sealed class SlackSurface(SlackApi api, SlackSender sender, SlackIdentity self, TimeProvider time) : IChatSurface
{
    /// <summary>Type of the metadata under which our messages are found again.</summary>
    public const string MetadataType = "chatopsbot_message";

    /// <summary>A thousand messages since a failed attempt; more would cost the calls that other messages need.</summary>
    private const int MostPages = 5;

    private static readonly TimeSpan s_lookBack = TimeSpan.FromHours(6);

    /// <inheritdoc/>
    public string Name => SlackPlace.Surface;

    /// <inheritdoc/>
    public ChatCapabilities Capabilities { get; } = new() { Threads = true, Files = true, FindsOwnMessages = true, LiveProgress = true };

    /// <inheritdoc/>
    public Task<ChatOutcome> ShowAsync(ConversationId conversation, Card card, string key, CancellationToken cancellationToken)
        => AtAsync(conversation, place => PostAsync(place, place.Thread, key, style => sender.RenderersFor(place.Team).Cards.Render(card, style), [], cancellationToken));

    /// <inheritdoc/>
    public Task<ChatOutcome> UpdateAsync(ConversationId conversation, string message, Card card, CancellationToken cancellationToken)
        => AtAsync(conversation, async place =>
        {
            var (reply, _) = await sender.SendAsync("chat.update", place.Channel, style => sender.RenderersFor(place.Team).Cards.Render(card, style), [("ts", message)], cancellationToken);
            return SlackErrors.Outcome(reply, place.Channel, repeatable: true, _ => new ChatOutcome.Sent(message));
        });

    /// <inheritdoc/>
    public Task<ChatOutcome> PostAsync(ConversationId conversation, ChatPost post, CancellationToken cancellationToken)
        => AtAsync(conversation, place =>
        {
            var thread = place.Thread ?? post.Thread;
            IReadOnlyList<(string, string?)> more = post.Notify && thread is not null && place.Thread is null ? [("reply_broadcast", "true")] : [];
            return PostAsync(place, thread, post.Key, style => sender.RenderersFor(place.Team).Texts.Post(post.Text, style), more, cancellationToken);
        });

    /// <inheritdoc/>
    public Task<ChatOutcome> UploadAsync(ConversationId conversation, ChatFile file, CancellationToken cancellationToken)
        => AtAsync(conversation, async place =>
        {
            // What belongs to the file may have to be tried again after it arrived; it must not be there twice.
            var thread = place.Thread ?? file.Thread;
            if (thread is not null && await FindFileAsync(place, thread, file.Title, cancellationToken) is { } there)
            {
                return new ChatOutcome.Sent(there);
            }

            var reply = await sender.UploadAsync(place.Channel, thread, file.Name, file.Title, file.Content, cancellationToken);
            return SlackErrors.Outcome(reply, place.Channel, repeatable: false, good => new ChatOutcome.Sent(FileOf(good.Body) ?? ""));
        });

    /// <inheritdoc/>
    public Task<ChatOutcome> FindAsync(ConversationId conversation, string key, CancellationToken cancellationToken)
        => AtAsync(conversation, async place =>
        {
            var (reply, found) = await FindOwnAsync(
                place.Channel, place.Thread,
                message => message.Member("metadata") is { } metadata && metadata.Text("event_type") == MetadataType && metadata.Member("event_payload")?.Text("key") == key, cancellationToken);
            return SlackErrors.Outcome(reply, place.Channel, repeatable: true, _ => found is null ? new ChatOutcome.Gone("there is no such message") : new ChatOutcome.Sent(found));
        });

    private async Task<ChatOutcome> PostAsync(
        SlackPlace place, string? thread, string key, Func<SlackBlocks, SlackMessage> render, IReadOnlyList<(string Name, string? Value)> more, CancellationToken cancellationToken)
    {
        var metadata = new JsonObject { ["event_type"] = MetadataType, ["event_payload"] = new JsonObject { ["key"] = key } };
        var (reply, sent) = await sender.SendAsync("chat.postMessage", place.Channel, render, [("thread_ts", thread), ("metadata", metadata.Json()), .. more], cancellationToken);
        var outcome = SlackErrors.Outcome(
            reply, place.Channel, repeatable: false, good => good.Body.Text("ts") is { } ts ? new ChatOutcome.Sent(ts) : new ChatOutcome.Ambiguous("the answer lacks the time of the message"));
        if (outcome is ChatOutcome.Sent { Message: { Length: > 0 } message } && sent.Rest is { } rest && key.StartsWith("card ", StringComparison.Ordinal) is false)
        {
            // The message says that there is a file. A card has its Details instead, which are as new as the press.
            await sender.UploadAsync(place.Channel, thread ?? message, "all-of-it.txt", "All of it", Encoding.UTF8.GetBytes(rest), cancellationToken);
        }

        return outcome;
    }

    private async Task<string?> FindFileAsync(SlackPlace place, string thread, string title, CancellationToken cancellationToken)
    {
        var (_, found) = await FindOwnAsync(
            place.Channel, thread,
            message => message.Member("files") is { ValueKind: JsonValueKind.Array } files && files.EnumerateArray().Any(file => file.Text("title") == title), cancellationToken);
        return found;
    }

    /// <summary>The time of our own message that is wanted, and the last reply. History is read for nothing else.</summary>
    private async Task<(SlackReply Reply, string? Found)> FindOwnAsync(string channel, string? thread, Func<JsonElement, bool> wanted, CancellationToken cancellationToken)
    {
        await self.AskAsync(cancellationToken);
        string? cursor = null;
        for (var page = 1; ; page++)
        {
            var reply = await ReadAsync(channel, thread, cursor, cancellationToken);
            if (reply is not SlackReply.Good good)
            {
                return (reply, null);
            }

            if (Messages(good.Body).FirstOrDefault(message => IsOwn(message) && wanted(message)) is { ValueKind: JsonValueKind.Object } mine && mine.Text("ts") is { } ts)
            {
                return (reply, ts);
            }

            cursor = good.Body.Member("response_metadata")?.Text("next_cursor");
            if (string.IsNullOrEmpty(cursor) || page == MostPages)
            {
                return (reply, null);
            }
        }
    }

    private Task<SlackReply> ReadAsync(string channel, string? thread, string? cursor, CancellationToken cancellationToken)
        => thread is null
            ? api.CallAsync(
                "conversations.history",
                [("channel", channel), ("limit", "200"), ("cursor", cursor), ("include_all_metadata", "true"), ("oldest", (time.GetUtcNow() - s_lookBack).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture))], cancellationToken)
            : api.CallAsync("conversations.replies", [("channel", channel), ("ts", thread), ("limit", "200"), ("cursor", cursor), ("include_all_metadata", "true")], cancellationToken);

    private bool IsOwn(JsonElement message) => self.Known is { } me && ((me.Bot is not null && message.Text("bot_id") == me.Bot) || message.Text("user") == me.User);

    private static JsonElement[] Messages(JsonElement body) => body.Member("messages") is { ValueKind: JsonValueKind.Array } messages ? [.. messages.EnumerateArray()] : [];

    private static string? FileOf(JsonElement body) => body.Member("files") is { ValueKind: JsonValueKind.Array } files && files.GetArrayLength() > 0 ? files[0].Text("id") : null;

    private static Task<ChatOutcome> AtAsync(ConversationId conversation, Func<SlackPlace, Task<ChatOutcome>> send)
        => SlackPlace.Read(conversation) is { } place
            ? send(place)
            : Task.FromResult<ChatOutcome>(new ChatOutcome.Never($"{conversation} is no place in Slack; write slack: [{{ team: T1, channel: C1 }}] in the policy"));
}
