using ChatOpsBot.Adapters.Teams.Api;
using ChatOpsBot.Adapters.Teams.Inbound;
using ChatOpsBot.Adapters.Teams.Rendering;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Cards;
using ChatOpsBot.Domain.Incidents;

namespace ChatOpsBot.Adapters.Teams;

/// <summary>Teams as a chat platform: one message per incident and conversation, changed in place; proactive through remembered references.</summary>
/// <param name="references">Where the bot can speak.</param>
/// <param name="connector">Sends.</param>
/// <param name="views">What each person sees.</param>
internal sealed class TeamsSurface(TeamsReferences references, Connector connector, TeamsViews views) : IChatSurface
{
    private const int TooBig = 413;

    /// <inheritdoc/>
    public string Name => TeamsPlace.Surface;

    /// <summary>Teams gives bots no way to read back what they sent. Files can be offered in personal chats only; elsewhere the console has the transcript.</summary>
    public ChatCapabilities Capabilities { get; } = new() { Threads = true, PerAudienceButtons = true, Files = true, FilesAreOffered = true };

    /// <inheritdoc/>
    public Task<ChatOutcome> ShowAsync(ConversationId conversation, Card card, string key, CancellationToken cancellationToken)
        => AtAsync(conversation, async (place, to) =>
        {
            var reply = await SendAsync(to, await RenderAsync(card, place, to, cancellationToken), null, card, cancellationToken);
            return (reply, reply.Outcome(repeatable: false, good => good.Body.Text("id") is { } id ? new ChatOutcome.Sent(id) : new ChatOutcome.Never("Teams gave the card no id, so it cannot be kept up to date")));
        }, cancellationToken);

    /// <inheritdoc/>
    public Task<ChatOutcome> UpdateAsync(ConversationId conversation, string message, Card card, CancellationToken cancellationToken)
        => AtAsync(conversation, async (place, to) =>
        {
            var shown = await RenderAsync(card, place, to, cancellationToken);
            var reply = await connector.UpdateAsync(to, message, AdaptiveCards.Message(shown, to.Bot, null), cancellationToken);
            if (reply is ConnectorReply.Refused { Status: TooBig })
            {
                reply = await connector.UpdateAsync(to, message, AdaptiveCards.Message(Short(card, to), to.Bot, null), cancellationToken);
            }

            return (reply, reply.Outcome(repeatable: true, _ => new ChatOutcome.Sent(message)));
        }, cancellationToken);

    /// <inheritdoc/>
    public Task<ChatOutcome> PostAsync(ConversationId conversation, ChatPost post, CancellationToken cancellationToken)
        => AtAsync(conversation, async (place, to) =>
        {
            var there = post.Thread is { Length: > 0 } thread && place.IsChannel ? to with { Conversation = place.ThreadOf(thread) } : to;
            ConnectorReply reply = new ConnectorReply.Good(default);
            var arrived = 0;
            foreach (var piece in views.Cards.Post(post.Text))
            {
                reply = await connector.SendAsync(there, AdaptiveCards.Message(piece, to.Bot, post.Thread), cancellationToken);
                if (reply is not ConnectorReply.Good)
                {
                    break;
                }

                arrived++;
            }

            // A further piece that did not arrive is not worth saying the first ones again.
            return (reply, arrived > 0 ? new ChatOutcome.Sent("") : reply.Outcome(repeatable: false, good => new ChatOutcome.Sent(good.Body.Text("id") ?? "")));
        }, cancellationToken);

    /// <inheritdoc/>
    public Task<ChatOutcome> UploadAsync(ConversationId conversation, ChatFile file, CancellationToken cancellationToken)
        => AtAsync(conversation, async (_, to) =>
        {
            if (!TeamsFiles.CanOffer(to.Type, to.IsEmulator) || await views.CardAsync(file.Incident, cancellationToken) is not { } card || AdaptiveCards.TokenOf(card) is not { } token)
            {
                return (new ConnectorReply.Good(default), new ChatOutcome.Never("a bot can give files in personal chats only; the web console has it"));
            }

            var offer = FileCards.Offer(file.Name, file.Title, System.Text.Encoding.UTF8.GetString(file.Content.Span), token, TeamsFile.Transcript, []);
            var reply = await connector.SendAsync(to, AdaptiveCards.Message(offer, to.Bot, file.Thread), cancellationToken);

            // An app package that gives no files is no reason to think that nothing can be sent there.
            var outcome = reply.Outcome(repeatable: false, good => new ChatOutcome.Sent(good.Body.Text("id") ?? ""));
            return (reply is ConnectorReply.Refused ? new ConnectorReply.Good(default) : reply, outcome);
        }, cancellationToken);

    /// <inheritdoc/>
    public Task<ChatOutcome> FindAsync(ConversationId conversation, string key, CancellationToken cancellationToken)
        => Task.FromResult<ChatOutcome>(new ChatOutcome.Never("Teams does not let bots read what they sent"));

    private async Task<TeamsCard> RenderAsync(Card card, TeamsPlace place, TeamsReference to, CancellationToken cancellationToken)
        => views.Cards.Shared(card, StyleOf(to), to.IsEmulator ? [] : await views.ViewersAsync(card, place.Tenant, cancellationToken));

    private async Task<ConnectorReply> SendAsync(TeamsReference to, TeamsCard shown, string? replyTo, Card card, CancellationToken cancellationToken)
        => await connector.SendAsync(to, AdaptiveCards.Message(shown, to.Bot, replyTo), cancellationToken) is var reply && reply is ConnectorReply.Refused { Status: TooBig }
            ? await connector.SendAsync(to, AdaptiveCards.Message(Short(card, to), to.Bot, replyTo), cancellationToken)
            : reply;

    /// <summary>A finding must be seen also where a card of its size is refused.</summary>
    private TeamsCard Short(Card card, TeamsReference to) => views.Cards.Shared(card with { Body = [] }, StyleOf(to), []);

    private static TeamsStyle StyleOf(TeamsReference to) => to.IsEmulator ? TeamsStyle.Submit : TeamsStyle.Execute;

    private async Task<ChatOutcome> AtAsync(ConversationId conversation, Func<TeamsPlace, TeamsReference, Task<(ConnectorReply Reply, ChatOutcome Outcome)>> send, CancellationToken cancellationToken)
    {
        if (TeamsPlace.Read(conversation) is not { } place)
        {
            return new ChatOutcome.Never($"{conversation} is no place in Teams; write teams: [{{ tenant: TENANT-ID, conversation: \"19:x\" }}] in the policy");
        }

        if (await references.FindAsync(place, cancellationToken) is not { } to)
        {
            return new ChatOutcome.Never($"the bot was never in {place.Conversation}; add the app there and write to it once");
        }

        if (to.Dead is { } dead)
        {
            return new ChatOutcome.Never($"nothing can be sent to {place.Conversation} since Teams said {dead}; add the app there again and write to it");
        }

        var (reply, outcome) = await send(place, to);
        if (reply is ConnectorReply.Refused { IsPlaceGone: true } refused)
        {
            await references.MarkDeadAsync(place, $"HTTP {refused.Status} {refused.Code}", cancellationToken);
        }

        return outcome;
    }
}
