using System.Collections.Immutable;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Incidents;

namespace ChatOpsBot.Domain.Cards;

/// <summary>What can be pressed in which state.</summary>
internal static class CardButtons
{
    public static ImmutableArray<CardButton> Of(Incident incident, CardContext context)
    {
        if (incident.Problem is not null)
        {
            return [Details(context)];
        }

        var buttons = ImmutableArray.CreateBuilder<CardButton>();
        if (incident.State is IncidentState.AwaitingApproval { Proposal: var proposal })
        {
            buttons.Add(new()
            {
                Action = ButtonAction.Approve,
                Token = context.Token(ButtonAction.Approve),
                Label = "Approve",
                Style = ButtonStyle.Primary,
                Audience = Audience.Approvers,
                Confirm = proposal.Plan.Risk < Risk.D2 ? null : new(
                    $"Risk {proposal.Plan.Risk}",
                    CardText.Of(new TextRun.Plain($"Run {proposal.Plan.Runbook} on {incident.Request.Host}? It is noticed by "), Noticed(proposal)), "Approve", "Back"),
            });
            buttons.Add(new()
            {
                Action = ButtonAction.Deny,
                Token = context.Token(ButtonAction.Deny),
                Label = "Deny",
                Style = ButtonStyle.Danger,
                Audience = Audience.Approvers,
                AsksForReason = true,
            });
        }

        if (context.CanNudge && Nudge.GuestOf(incident) is not null)
        {
            buttons.Add(new()
            {
                Action = ButtonAction.Nudge,
                Token = context.Token(ButtonAction.Nudge),
                Label = "Nudge the guest (D1)",
                Audience = Audience.Requester,
            });
        }

        if (MakeStay.Of(incident).FirstOrDefault(offer => context.HasRunbook(offer.Runbook)) is not null)
        {
            buttons.Add(new() { Action = ButtonAction.MakeStay, Token = context.Token(ButtonAction.MakeStay), Label = "Make it stay", Audience = Audience.Requester });
        }

        if (incident.State is IncidentState.Escalated or IncidentState.Watching)
        {
            buttons.Add(new() { Action = ButtonAction.Recheck, Token = context.Token(ButtonAction.Recheck), Label = "Look again", Audience = Audience.Requester });
        }

        if (incident.State is IncidentState.Observing or IncidentState.AwaitingApproval or IncidentState.Applying or IncidentState.Verifying { Judged: null } or IncidentState.Escalated)
        {
            buttons.Add(Cancel(incident, context));
        }

        buttons.Add(Details(context));
        return buttons.ToImmutable();
    }

    private static CardButton Details(CardContext context) => new() { Action = ButtonAction.Details, Token = context.Token(ButtonAction.Details), Label = "Details" };

    private static CardButton Cancel(Incident incident, CardContext context) => new()
    {
        Action = ButtonAction.Cancel,
        Token = context.Token(ButtonAction.Cancel),
        Label = incident.State is IncidentState.Applying or IncidentState.Verifying ? "Stop and take back" : "Cancel",
        Style = ButtonStyle.Danger,
        Audience = Audience.Requester,
        Confirm = incident.State is IncidentState.Applying or IncidentState.Verifying
            ? new("Take it back", CardText.Plain($"Stop the repair of {incident.Request.Host} at its next step and take back what was done?"), "Take back", "Go on")
            : null,
    };

    private static TextRun Noticed(Proposal proposal)
        => proposal.Plan.BlastRadius.IsEmpty ? new TextRun.Plain("no guest.") : new TextRun.HostOutput(string.Join(", ", proposal.Plan.BlastRadius.Take(12)));
}
