using ChatOpsBot.Adapters.Teams.Api;
using ChatOpsBot.Adapters.Teams.Rendering;
using ChatOpsBot.Application.Approvals;
using ChatOpsBot.Application.Chat;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Cards;
using Microsoft.Extensions.Logging;

namespace ChatOpsBot.Adapters.Teams.Inbound;

/// <summary>What a press comes to, for whoever pressed: a card, else a sentence.</summary>
/// <param name="Card">The card that takes the place of what they see.</param>
/// <param name="Text">The sentence.</param>
/// <param name="Refused">Whether the policy said no.</param>
internal sealed record TeamsActed(TeamsCard? Card, string Text, bool Refused = false);

/// <summary>
/// Performs presses and forms, whichever way they came. The verb and the sealed token decide; what else a card brings back is not believed. What a client does by itself shows,
/// and never changes anything.
/// </summary>
/// <param name="dispatcher">Performs.</param>
/// <param name="callers">Knows who it was.</param>
/// <param name="views">What each person sees.</param>
/// <param name="tokens">Reads buttons.</param>
/// <param name="index">Which message shows an incident.</param>
/// <param name="references">Where the bot can speak.</param>
/// <param name="connector">Removes superseded copies.</param>
/// <param name="log">For operators.</param>
internal sealed class TeamsActions(
    ICommandDispatcher dispatcher, TeamsCallers callers, TeamsViews views, ButtonTokens tokens, ICardIndex index, TeamsReferences references, Connector connector, ILogger<TeamsActions> log)
{
    private const string NotOurs = "this button is none of ours; open the incident's newest card";

    /// <summary>Performs.</summary>
    /// <param name="item">What was pressed, by whom.</param>
    /// <param name="key">Names it for ever.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<TeamsActed> PerformAsync(TeamsItem item, string key, CancellationToken cancellationToken)
    {
        var verb = item.Automatic ? TeamsVerbs.Options : item.Verb;
        if (verb == TeamsVerbs.Form)
        {
            return await FormAsync(item, key, cancellationToken);
        }

        if (tokens.Read(item.Token) is not { } target)
        {
            // Judged nevertheless: strangers learn the same from a wrong button as from a right one.
            return item.Automatic ? new(null, NotOurs) : await PressAsync(item, null, item.Token ?? "", null, key, cancellationToken);
        }

        await RemoveCopyAsync(item, target, cancellationToken);
        return verb switch
        {
            TeamsVerbs.Options => await ShowAsync(item, target, cancellationToken),
            TeamsVerbs.Ask => await AskAsync(item, target, key, cancellationToken),
            TeamsVerbs.Press => await PressAsync(item, target, item.Token ?? "", null, key, cancellationToken),
            _ => await ShowAsync(item, target, cancellationToken),
        };
    }

    private async Task<TeamsActed> ShowAsync(TeamsItem item, ButtonTarget target, CancellationToken cancellationToken)
    {
        var caller = await callers.FindAsync(item, CallerCheck.Known, cancellationToken);
        if (caller.Person is null)
        {
            return new(null, "nobody in the policy owns this account; write whoami and send the answer to an administrator");
        }

        // A look is judged as the command that shows the same. The token says only of which incident: whatever it would do, nothing is pressed here.
        var looked = await dispatcher.DispatchAsync(new() { Person = caller.Person, Identities = caller.Identities, Text = $"status {target.Incident}", Conversation = item.Place.Id }, cancellationToken);
        return looked is CommandAnswer.Refused refused
            ? new(null, refused.Text, Refused: true)
            : new(await views.OwnAsync(target.Incident, caller.Person, item, null, cancellationToken), $"there is no incident {target.Incident} any more");
    }

    /// <summary>Asks for the reason or whether it is meant. Who may not do it anyway, and who presses what is gone, is told so at once by the press itself.</summary>
    private async Task<TeamsActed> AskAsync(TeamsItem item, ButtonTarget target, string key, CancellationToken cancellationToken)
    {
        var token = item.Token ?? "";
        if (await callers.FindAsync(item, CallerCheck.Known, cancellationToken) is not { Person: not null } || await views.ButtonAsync(target, token, cancellationToken) is not { } found)
        {
            return target.Action == ButtonAction.Deny
                ? await ShowAsync(item, target, cancellationToken) is { Card: { } now } ? new(now, "") : new(null, $"there is no incident {target.Incident} any more")
                : await PressAsync(item, target, token, null, key, cancellationToken);
        }

        var back = AdaptiveCards.TokenOf(found.Card) ?? token;
        return found.Button switch
        {
            { AsksForReason: true } => new(AdaptiveCards.Form(Forms.Deny(token), item.Style, null, back), ""),
            { Confirm: { } question } => new(views.Cards.Question(question, found.Button, back, item.Style), ""),
            _ => await PressAsync(item, target, token, null, key, cancellationToken),
        };
    }

    private async Task<TeamsActed> FormAsync(TeamsItem item, string key, CancellationToken cancellationToken)
    {
        switch (Forms.Read(item.Token ?? "", item.Answers ?? []))
        {
            case FormMeaning.Press press:
                return await PressAsync(item, tokens.Read(press.Token), press.Token, press.Reason ?? "", key, cancellationToken);
            case FormMeaning.Wrong wrong:
                return new(null, $"{wrong.Field}: {wrong.What}; nothing was done, fill it in again");
            case FormMeaning.Line line:
                var check = CallerChecks.For(line.Text);
                var caller = await callers.FindAsync(item, check, cancellationToken);
                var answer = await dispatcher.DispatchAsync(
                    new() { Person = caller.Person, Identities = caller.Identities, Text = line.Text, Conversation = item.Place.Id, Barred = caller.Barred, Origin = item.Origin, IdempotencyKey = key }, cancellationToken);
                return new(null, TeamsAnswers.TextOf(answer), answer is CommandAnswer.Refused);
            default:
                return new(null, NotOurs);
        }
    }

    private async Task<TeamsActed> PressAsync(TeamsItem item, ButtonTarget? target, string token, string? reason, string key, CancellationToken cancellationToken)
    {
        var isLook = target?.Action == ButtonAction.Details;
        var caller = await callers.FindAsync(item, isLook ? CallerCheck.Known : CallerCheck.TrustedNow, cancellationToken);
        var answer = await dispatcher.PressAsync(
            new() { Person = caller.Person, Token = token, Reason = reason, Barred = caller.Barred, Conversation = item.Place.Id, Origin = item.Origin, IdempotencyKey = isLook ? null : key }, cancellationToken);
        var text = TeamsAnswers.TextOf(answer);
        return answer is CommandAnswer.Refused || target is null || caller.Person is null
            ? new(null, text, answer is CommandAnswer.Refused)
            : answer is CommandAnswer.Done { Card: { } details } ? new(views.Cards.Details(details, follows: false), text)
            : new(await views.OwnAsync(target.Incident, caller.Person, item, text, cancellationToken), text);
    }

    /// <summary>A crash between sending and writing down leaves a second message of the same card: as soon as somebody uses it, it goes. Its press counted nevertheless.</summary>
    private async Task RemoveCopyAsync(TeamsItem item, ButtonTarget target, CancellationToken cancellationToken)
    {
        if (!item.Shared || item.CardMessage is not { } message
            || await index.FindAsync(target.Incident, item.Place.Id, cancellationToken) is not { } place || place.Message == message || place.Message.Length == 0
            || await references.FindAsync(item.Place, cancellationToken) is not { } reference)
        {
            return;
        }

        if (await connector.DeleteAsync(reference, message, cancellationToken) is ConnectorReply.Good)
        {
            log.CopyRemoved(item.Place.Id.Value);
        }
    }
}
