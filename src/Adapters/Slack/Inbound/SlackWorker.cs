using System.Collections.Immutable;
using ChatOpsBot.Application.Approvals;
using ChatOpsBot.Application.Chat;
using ChatOpsBot.Application.Chat.Intake;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Cards;
using ChatOpsBot.Domain.Incidents;
using Microsoft.Extensions.Logging;

namespace ChatOpsBot.Adapters.Slack.Inbound;

/// <summary>Works on what was written down: finds out who it was, performs it, brings the answer.</summary>
/// <param name="dispatcher">Performs.</param>
/// <param name="callers">Knows who it was.</param>
/// <param name="answers">Brings answers.</param>
/// <param name="forms">Opens forms.</param>
/// <param name="tokens">Reads buttons.</param>
/// <param name="configuration">Runbooks and hosts for forms.</param>
/// <param name="self">The bot's own id.</param>
/// <param name="log">For operators.</param>
internal sealed class SlackWorker(
    ICommandDispatcher dispatcher, SlackCallers callers, SlackAnswers answers, SlackForms forms, ButtonTokens tokens, IConfigurationSource configuration, SlackIdentity self,
    ILogger<SlackWorker> log) : IIntakeHandler
{
    /// <inheritdoc/>
    public string Surface => SlackPlace.Surface;

    /// <inheritdoc/>
    public async Task<IntakeOutcome> HandleAsync(IntakeItem item, CancellationToken cancellationToken)
    {
        if (SlackItemJson.Decode(item.Body) is not { } act)
        {
            return new IntakeOutcome.Done();
        }

        var handle = item.Handle as SlackHandle ?? new(null, null);
        try
        {
            return await PerformAsync(act, handle, item, cancellationToken);
        }
        catch (Exception failure) when (Apology.IsDue(failure, item.EarlierTries))
        {
            log.Failed(Apology.MarkOf(item.Key), failure);
            return await answers.BringAsync(act, handle, Apology.For(item.Key), details: false, item, cancellationToken);
        }
    }

    private async Task<IntakeOutcome> PerformAsync(SlackItem act, SlackHandle handle, IntakeItem item, CancellationToken cancellationToken)
    {
        var key = $"{SlackPlace.Surface} {item.Key}";
        switch (act.Act)
        {
            case SlackAct.Press:
                return await PressAsync(act, handle, act.Token ?? "", null, item, key, cancellationToken);
            case SlackAct.Form:
                return Forms.Read(act.Token ?? "", act.Answers ?? []) switch
                {
                    FormMeaning.Press press => await PressAsync(act, handle with { Trigger = null }, press.Token, press.Reason ?? "", item, key, cancellationToken),
                    FormMeaning.Line line => await LineAsync(act, handle, line.Text, item, key, cancellationToken),
                    _ => new IntakeOutcome.Done(),
                };
            default:
                await self.AskAsync(cancellationToken);
                return await LineAsync(act, handle, SlackText.Line(act.Text, self.Known?.User), item, key, cancellationToken);
        }
    }

    private async Task<IntakeOutcome> LineAsync(SlackItem act, SlackHandle handle, string line, IntakeItem item, string key, CancellationToken cancellationToken)
    {
        var check = CallerChecks.For(line);
        var caller = await callers.FindAsync(act, check, cancellationToken);
        if (act.Act == SlackAct.Command && caller is { Barred: null, Person: not null } && handle.Trigger is { } trigger && Forms.Of(line, caller.Person, configuration.Current) is { } form)
        {
            if (await forms.OpenAsync(form, trigger, act.Channel, act.Thread, cancellationToken) is not { } problem)
            {
                return new IntakeOutcome.Done();
            }

            return await answers.BringAsync(act, handle, new CommandAnswer.NotDone($"the form could not be opened ({problem}); type it: run RUNBOOK HOST [key=value ...]"), details: false, item, cancellationToken);
        }

        var answer = await dispatcher.DispatchAsync(
            new()
            {
                Person = caller.Person,
                Identities = caller.Identities,
                Text = line,
                Conversation = PlaceOf(act)?.Id,
                Barred = caller.Barred,
                Origin = OriginOf(act, item),

                // What only tells something may be told again after a crash; the intake has its row, a second one would only cost time.
                IdempotencyKey = check == CallerCheck.Known ? null : key,
            },
            cancellationToken);
        return await answers.BringAsync(act, handle, answer, details: CallerChecks.ShowsCard(line), item, cancellationToken);
    }

    private async Task<IntakeOutcome> PressAsync(SlackItem act, SlackHandle handle, string token, string? reason, IntakeItem item, string key, CancellationToken cancellationToken)
    {
        var target = tokens.Read(token);
        var check = target?.Action == ButtonAction.Details ? CallerCheck.Known : CallerCheck.TrustedNow;
        var caller = await callers.FindAsync(act, check, cancellationToken);

        // A no may have a reason. Who cannot say no anyway is told so at once, by the press itself.
        if (reason is null && target?.Action == ButtonAction.Deny && caller is { Barred: null, Person: not null } && handle.Trigger is { } trigger)
        {
            if (await forms.OpenAsync(Forms.Deny(token), trigger, act.Channel, act.Thread ?? act.Message, cancellationToken) is not { } problem)
            {
                return new IntakeOutcome.Done();
            }

            return await answers.BringAsync(
                act, handle, new CommandAnswer.NotDone($"nothing was decided: the form for the reason could not be opened ({problem}); press again, or type: deny {target.Incident} REASON"), details: false, item, cancellationToken);
        }

        if (reason is null && target?.Action == ButtonAction.Deny && caller is { Barred: null, Person: not null })
        {
            // After a restart the form cannot be opened any more; to guess a no would be as wrong as to guess a yes.
            return await answers.BringAsync(
                act, handle, new CommandAnswer.NotDone($"nothing was decided: press Deny on {target.Incident} again, or type: deny {target.Incident} REASON"), details: false, item, cancellationToken);
        }

        var answer = await dispatcher.PressAsync(
            new() { Person = caller.Person, Token = token, Reason = reason, Barred = caller.Barred, Conversation = PlaceOf(act)?.Id, Origin = OriginOf(act, item), IdempotencyKey = check == CallerCheck.Known ? null : key }, cancellationToken);
        return await answers.BringAsync(act, handle, answer, details: target?.Action == ButtonAction.Details, item, cancellationToken);
    }

    /// <summary>Slack's ids as they came. The last word of the item's key stands for the trigger, which is a secret as long as it lives.</summary>
    private static InboundOrigin OriginOf(SlackItem act, IntakeItem item)
    {
        IEnumerable<(string Name, string? Value)> ids =
        [
            ("team", act.Team), ("enterprise", act.Enterprise), ("user", act.User), ("user-team", act.UserTeam), ("channel", act.Channel), ("thread", act.Thread), ("message", act.Message),
            ("event", act.EventId), ("item", act.Act is SlackAct.Mention or SlackAct.Direct ? null : item.Key.Split(' ')[^1]),
        ];
        return new(SlackPlace.Surface, ids.Where(id => !string.IsNullOrEmpty(id.Value)).ToImmutableSortedDictionary(id => id.Name, id => id.Value ?? "", StringComparer.Ordinal), act.Verdict);
    }

    /// <summary>Where incidents of it are shown. A button on a card in a channel stands for the channel, not for the card's thread.</summary>
    private static SlackPlace? PlaceOf(SlackItem act)
        => act.Channel.Length == 0 || act.Team.Length == 0 ? null : new(act.Team, act.Channel, act.Act == SlackAct.Mention ? act.Thread : null);
}
