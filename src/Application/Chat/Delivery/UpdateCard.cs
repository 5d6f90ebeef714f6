using ChatOpsBot.Application.Effects;
using ChatOpsBot.Domain.Incidents;
using Microsoft.Extensions.Logging;

namespace ChatOpsBot.Application.Chat.Delivery;

/// <summary>Brings a card up to date, rendered from the state at delivery: however many updates were asked for meanwhile, one is sent.</summary>
/// <param name="surfaces">The platforms.</param>
/// <param name="delivery">Sends it.</param>
/// <param name="logger">For operators.</param>
public sealed class UpdateCard(ChatSurfaces surfaces, CardDelivery delivery, ILogger<UpdateCard> logger) : IEffectHandler
{
    /// <inheritdoc/>
    public IReadOnlyCollection<string> Names { get; } = ["update-card.v1"];

    /// <inheritdoc/>
    public async Task<EffectOutcome> PerformAsync(EffectTask task, CancellationToken cancellationToken)
    {
        if (task.Effect is not Effect.UpdateCard { Conversation: var conversation } || ChatSurfaces.ReadsItself(conversation))
        {
            return new EffectOutcome.Done();
        }

        var id = task.Incident.Incident.Id;
        if (surfaces.For(conversation) is not { } surface)
        {
            Log.CardNotShown(logger, id, conversation, "that platform is switched off");
            return new EffectOutcome.Done();
        }

        var delivered = await delivery.BringAsync(surface, id, conversation, Math.Max(task.Failures, task.EarlierTries), cancellationToken);
        if (delivered.Never is { } why)
        {
            // Not given up towards the incident: that would be an event, which asks for a new card here, and so on for ever.
            Log.CardNotShown(logger, id, conversation, why);
        }

        return delivered.Retry ?? (EffectOutcome)new EffectOutcome.Done();
    }
}
