using ChatOpsBot.Application.Chat;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Incidents;

namespace ChatOpsBot.Application.Commands;

/// <summary>Lets one event happen to an incident for a command and words the answer.</summary>
internal static class IncidentChanges
{
    /// <summary>Stores the event; the inbound item is done in the same transaction, so a repeat after a crash does not let it happen twice.</summary>
    /// <param name="call">The command.</param>
    /// <param name="view">The incident as it was when the policy was asked.</param>
    /// <param name="happened">The event.</param>
    /// <param name="answer">Words the answer from the incident afterwards.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<CommandAnswer> ApplyAsync(
        CommandCall call, IncidentView view, IncidentEvent happened, Func<Incident, string> answer, CancellationToken cancellationToken)
    {
        var id = view.Incident.Id;
        happened = happened with { Origin = call.Request.Origin };
        var outcome = await call.Services.Incidents.ApplyAsync(id, [happened], Done(call, view, happened, answer), settles: null, cancellationToken);
        return outcome switch
        {
            ApplyOutcome.Applied applied => new CommandAnswer.Done(answer(applied.View.Incident), id, await call.Services.Cards.MakeAsync(applied.View, cancellationToken)),
            ApplyOutcome.Refused refused => new CommandAnswer.NotDone(refused.Reason, id),
            _ => new CommandAnswer.NotDone($"there is no incident {id} any more", id),
        };
    }

    /// <summary>The answer that a repeat gets has to be known before the event is stored.</summary>
    private static InboxDone? Done(CommandCall call, IncidentView view, IncidentEvent happened, Func<Incident, string> answer)
        => call.Request.IdempotencyKey is { } key && IncidentTransitions.Decide(view.Incident, happened) is Transition.Accepted accepted
            ? new(CommandDispatcher.InboxKey(key), CommandCodec.Encode(new CommandAnswer.Done(answer(accepted.Next), view.Incident.Id)))
            : null;
}
