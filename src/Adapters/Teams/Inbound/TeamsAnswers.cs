using ChatOpsBot.Adapters.Teams.Api;
using ChatOpsBot.Adapters.Teams.Rendering;
using ChatOpsBot.Application.Chat;
using ChatOpsBot.Application.Ports;
using Microsoft.Extensions.Logging;

namespace ChatOpsBot.Adapters.Teams.Inbound;

/// <summary>Brings answers to where they were asked for, in as many messages as they need.</summary>
/// <param name="references">Where the bot can speak.</param>
/// <param name="connector">Sends.</param>
/// <param name="log">For operators.</param>
internal sealed class TeamsAnswers(TeamsReferences references, Connector connector, ILogger<TeamsAnswers> log)
{
    /// <summary>An answer as text.</summary>
    public static string TextOf(CommandAnswer answer) => answer is CommandAnswer.NotUnderstood wrong ? $"{wrong.Text}\n{wrong.Usage}" : answer.Text;

    /// <summary>Brings the messages that have not arrived yet, or says when to try again.</summary>
    public async Task<IntakeOutcome> BringAsync(TeamsItem item, TeamsHandle handle, IEnumerable<TeamsCard> cards, CancellationToken cancellationToken)
    {
        if (await references.FindAsync(item.Place, cancellationToken) is not { } reference)
        {
            log.NotAnswered(item.User, item.Conversation, "the app was removed from there");
            return new IntakeOutcome.Done();
        }

        TeamsCard[] all = [.. cards.SelectMany(card => handle.TakesNoFiles && card.Otherwise.Count > 0 ? card.Otherwise : [card])];
        foreach (var card in all.Skip(handle.Sent))
        {
            switch (await connector.SendAsync(reference, AdaptiveCards.Message(card, reference.Bot, item.Message), cancellationToken))
            {
                case ConnectorReply.Good:
                    handle.Sent++;
                    break;
                case ConnectorReply.Limited limited:
                    return new IntakeOutcome.Later("Teams asks to wait", limited.After);
                case ConnectorReply.Broken broken:
                    return new IntakeOutcome.Later(broken.Why);
                case ConnectorReply.Refused when card.Otherwise.Count > 0:
                    // For example an app package that says it gives no files.
                    handle.TakesNoFiles = true;
                    return await BringAsync(item, handle, all, cancellationToken);
                case ConnectorReply.Refused { IsPlaceGone: true } refused:
                    await references.MarkDeadAsync(item.Place, $"HTTP {refused.Status} {refused.Code}", cancellationToken);
                    return new IntakeOutcome.Done();
                case ConnectorReply.Refused refused:
                    log.NotAnswered(item.User, item.Conversation, $"HTTP {refused.Status} {refused.Code}");
                    return new IntakeOutcome.Done();
            }
        }

        return new IntakeOutcome.Done();
    }
}
