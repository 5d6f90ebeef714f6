using System.Collections.Concurrent;
using ChatOpsBot.Application.Effects;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Incidents;
using Microsoft.Extensions.Logging;

namespace ChatOpsBot.Application.Chat.Delivery;

/// <summary>Brings the one message that shows an incident in a conversation up to date.</summary>
/// <param name="incidents">The incident as it is at the moment of delivery.</param>
/// <param name="cards">Makes the card.</param>
/// <param name="index">Which message shows it.</param>
/// <param name="logger">For operators.</param>
public sealed class CardDelivery(IncidentService incidents, CardMaker cards, ICardIndex index, ILogger<CardDelivery> logger)
{
    /// <summary>One at a time for each message: what is older must not arrive after what is newer.</summary>
    private readonly ConcurrentDictionary<(IncidentId, ConversationId), SemaphoreSlim> _turns = new();

    /// <summary>Shows or updates the card, unless what is shown is as new. An event that comes while the card is on its way brings an update of its own.</summary>
    /// <param name="surface">The platform.</param>
    /// <param name="incident">Which incident.</param>
    /// <param name="conversation">Where.</param>
    /// <param name="failures">How often this delivery failed before.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    internal async Task<CardDelivered> BringAsync(IChatSurface surface, IncidentId incident, ConversationId conversation, int failures, CancellationToken cancellationToken)
    {
        var turn = _turns.GetOrAdd((incident, conversation), _ => new(1));
        await turn.WaitAsync(cancellationToken);
        try
        {
            return await BringInTurnAsync(surface, incident, conversation, failures, cancellationToken);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Shows on the card what goes on at this moment. Nothing relies on it: it is left out while the card is brought up to date, and not tried again.</summary>
    internal async Task ShowProgressAsync(IChatSurface surface, CardPlace place, LiveProgress live, CancellationToken cancellationToken)
    {
        var turn = _turns.GetOrAdd((place.Incident, place.Conversation), _ => new(1));
        if (!await turn.WaitAsync(0, cancellationToken))
        {
            return;
        }

        try
        {
            // An ended incident has its last card, which stays as it is.
            if (await incidents.GetAsync(place.Incident, cancellationToken) is { Incident.IsOpen: true } view)
            {
                var card = await cards.MakeAsync(view, cancellationToken, live);
                await ChatSending.SendAsync(() => surface.UpdateAsync(place.Conversation, place.Message, card, cancellationToken), logger, place.Conversation, cancellationToken);
                await AfterProgressAsync(surface, place, view, cancellationToken);
            }
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Another service may have shown a newer state while the progress was on its way: what was last must not be the older one.</summary>
    private async Task AfterProgressAsync(IChatSurface surface, CardPlace place, IncidentView shown, CancellationToken cancellationToken)
    {
        if (incidents.IsShared && await incidents.GetStoredAsync(place.Incident, cancellationToken) is { } newer && newer.Seq > shown.Seq)
        {
            var card = await cards.MakeAsync(newer, cancellationToken);
            await ChatSending.SendAsync(() => surface.UpdateAsync(place.Conversation, place.Message, card, cancellationToken), logger, place.Conversation, cancellationToken);
        }
    }

    private async Task<CardDelivered> BringInTurnAsync(IChatSurface surface, IncidentId incident, ConversationId conversation, int failures, CancellationToken cancellationToken)
    {
        var place = await index.FindAsync(incident, conversation, cancellationToken);
        if (await incidents.GetStoredAsync(incident, cancellationToken) is not { } view || place?.RenderedSeq >= view.Seq)
        {
            return new(place?.Message, null, null);
        }

        var outcome = await SendAsync(surface, view, place, conversation, failures, cancellationToken);
        if (outcome is ChatOutcome.Sent sent)
        {
            await index.KeepAsync(new(incident, conversation, sent.Message, view.Seq), cancellationToken);
            if (!view.Incident.IsOpen)
            {
                _turns.TryRemove((incident, conversation), out _);
            }

            return new(sent.Message, null, null);
        }

        var retry = ChatSending.Retry(outcome);
        return new(place?.Message, retry, retry is null ? ChatSending.WhyNever(outcome) : null);
    }

    private async Task<ChatOutcome> SendAsync(
        IChatSurface surface, IncidentView view, CardPlace? place, ConversationId conversation, int failures, CancellationToken cancellationToken)
    {
        var card = await cards.MakeAsync(view, cancellationToken);
        if (place is not null)
        {
            var updated = await ChatSending.SendAsync(() => surface.UpdateAsync(conversation, place.Message, card, cancellationToken), logger, conversation, cancellationToken);
            if (updated is not ChatOutcome.Gone)
            {
                return updated;
            }

            // Somebody deleted the message; the incident still has to be seen.
            Log.CardGone(logger, view.Incident.Id, conversation);
        }

        var key = place is null ? $"card {view.Incident.Id}" : $"card {view.Incident.Id} after {place.Message}";
        return await ChatSending.FindAsync(surface, conversation, key, failures, logger, cancellationToken) switch
        {
            ChatOutcome.Sent found => await ChatSending.SendAsync(() => surface.UpdateAsync(conversation, found.Message, card, cancellationToken), logger, conversation, cancellationToken),
            { } later => later,
            null => await ChatSending.SendAsync(() => surface.ShowAsync(conversation, card, key, cancellationToken), logger, conversation, cancellationToken),
        };
    }
}

/// <summary>What bringing a card came to.</summary>
/// <param name="Message">The message that shows it, when there is one.</param>
/// <param name="Retry">To be tried again; <see langword="null"/> when not.</param>
/// <param name="Never">Why it can never be shown; <see langword="null"/> when it is.</param>
internal sealed record CardDelivered(string? Message, EffectOutcome.Retry? Retry, string? Never);
