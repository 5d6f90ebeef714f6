using ChatOpsBot.Application.Approvals;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Cards;

namespace ChatOpsBot.Application.Chat.Delivery;

/// <summary>Makes the card of an incident as it is at this moment.</summary>
/// <param name="store">Has the history.</param>
/// <param name="tokens">Makes the buttons' tokens.</param>
/// <param name="configuration">Says what is not in force.</param>
/// <param name="links">Where the pages are.</param>
public sealed class CardMaker(IIncidentStore store, ButtonTokens tokens, IConfigurationSource configuration, ConsoleLinks links)
{
    /// <summary>The card. Its history goes exactly as far as the view, whatever was appended since.</summary>
    /// <param name="view">The incident.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="live">What goes on at this moment, where that is shown.</param>
    public async Task<Card> MakeAsync(IncidentView view, CancellationToken cancellationToken, LiveProgress? live = null)
    {
        var events = await store.LoadAsync(view.Incident.Id, 0, cancellationToken);
        return IncidentCard.Of(view.Incident, new()
        {
            History = [.. events.Where(stored => stored.Seq <= view.Seq).Select(stored => stored.Read())],
            Live = live is null ? null : new(live.Activity, live.Detail, live.Done, live.Total),
            Seq = view.Seq,
            Head = view.Head,
            Page = links.Incident(view.Incident.Id),
            Transcript = links.Transcript(view.Incident.Id),
            ConfigurationProblem = configuration.Problem?.ToString(),
            CanNudge = configuration.Current.Runbooks.Find(Nudge.Runbook) is not null,
            HasRunbook = id => configuration.Current.Runbooks.Find(id) is not null,
            Token = action => tokens.Make(action, view.Incident),
        });
    }
}
