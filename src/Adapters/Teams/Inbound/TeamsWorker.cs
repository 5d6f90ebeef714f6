using ChatOpsBot.Adapters.Teams.Rendering;
using ChatOpsBot.Application.Chat;
using ChatOpsBot.Application.Chat.Intake;
using ChatOpsBot.Application.Ports;
using Microsoft.Extensions.Logging;

namespace ChatOpsBot.Adapters.Teams.Inbound;

/// <summary>Works on messages that were written down: commands, and presses of clients that send them as messages.</summary>
/// <param name="dispatcher">Performs commands.</param>
/// <param name="callers">Knows who it was.</param>
/// <param name="answers">Brings answers.</param>
/// <param name="actions">Performs presses.</param>
/// <param name="views">Renders.</param>
/// <param name="files">Gives files.</param>
/// <param name="configuration">Runbooks and hosts for forms.</param>
/// <param name="log">For operators.</param>
internal sealed class TeamsWorker(
    ICommandDispatcher dispatcher, TeamsCallers callers, TeamsAnswers answers, TeamsActions actions, TeamsViews views, TeamsFiles files, IConfigurationSource configuration, ILogger<TeamsWorker> log) : IIntakeHandler
{
    /// <inheritdoc/>
    public string Surface => TeamsPlace.Surface;

    /// <inheritdoc/>
    public async Task<IntakeOutcome> HandleAsync(IntakeItem item, CancellationToken cancellationToken)
    {
        if (TeamsItemJson.Decode(item.Body) is not { } act)
        {
            return new IntakeOutcome.Done();
        }

        var handle = item.Handle as TeamsHandle ?? new();
        try
        {
            if (act.Verb == TeamsFile.Verb)
            {
                return await files.GiveAsync(act, handle, cancellationToken);
            }

            var cards = await PerformAsync(act, $"{TeamsPlace.Surface} {item.Key}", cancellationToken);
            return await answers.BringAsync(act, handle, cards, cancellationToken);
        }
        catch (Exception failure) when (Apology.IsDue(failure, item.EarlierTries))
        {
            log.Failed(Apology.MarkOf(item.Key), failure);
            return await answers.BringAsync(act, handle, AdaptiveCards.Texts(Apology.For(item.Key).Text), cancellationToken);
        }
    }

    private async Task<IReadOnlyList<TeamsCard>> PerformAsync(TeamsItem act, string key, CancellationToken cancellationToken)
    {
        if (act.Verb is not null)
        {
            var acted = await actions.PerformAsync(act, key, cancellationToken);
            return acted.Card is { } card ? [card] : [.. AdaptiveCards.Texts(acted.Text)];
        }

        var check = CallerChecks.For(act.Text);
        var caller = await callers.FindAsync(act, check, cancellationToken);
        if (caller is { Barred: null, Person: not null } && Forms.Of(act.Text, caller.Person, configuration.Current) is { } form)
        {
            return [AdaptiveCards.Form(form, act.Style, null, null)];
        }

        var answer = await dispatcher.DispatchAsync(
            new()
            {
                Person = caller.Person,
                Identities = caller.Identities,
                Text = act.Text,
                Conversation = act.Place.Id,
                Barred = caller.Barred,
                Origin = act.Origin,

                // What only tells something may be told again after a crash.
                IdempotencyKey = check == CallerCheck.Known ? null : key,
            },
            cancellationToken);
        if (answer is not CommandAnswer.Done { Card: { } shown } || !CallerChecks.ShowsCard(act.Text))
        {
            return [.. AdaptiveCards.Texts(TeamsAnswers.TextOf(answer))];
        }

        var details = views.Cards.Details(shown);
        return details.Rest is { } rest ? [details, .. TeamsFiles.Rest(act, shown, rest)] : [details];
    }
}
