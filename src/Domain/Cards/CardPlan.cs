using System.Collections.Immutable;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Runbooks;
using ChatOpsBot.Domain.Transcripts;

namespace ChatOpsBot.Domain.Cards;

/// <summary>The plan as an approver has to see it: exactly what will run, what it changes, who notices, how it is taken back, until when to decide.</summary>
internal static class CardPlan
{
    private const int MostGuests = 12;

    public static IEnumerable<CardElement> Of(Incident incident, Plan plan)
    {
        var proposal = CurrentProposal.Of(incident);
        yield return new CardElement.Fields([.. Fields(incident, proposal, plan)]);
        if (plan.ActivatesNothing)
        {
            foreach (var element in OfFiles(plan))
            {
                yield return element;
            }

            yield break;
        }

        if (plan.Probes is not null)
        {
            foreach (var step in plan.Steps)
            {
                yield return new CardElement.Paragraph(CardText.Of(new TextRun.Code(step.Run is [var probe, ..] ? probe : ""), new TextRun.Plain(" "), new TextRun.HostOutput(step.Name)));
            }

            yield return new CardElement.Folded("What exactly is sent", [new CardElement.Lines([.. plan.Steps.Select(step => Line("send", TimelineEntry.Command(step.Run)))])]);
            yield break;
        }

        foreach (var (index, step) in plan.Steps.Index())
        {
            yield return new CardElement.Paragraph(CardText.Of(
                new TextRun.Plain($"Step {IncidentCard.Number(index + 1)}, {step.Risk}: "), new TextRun.HostOutput(step.Name)));
            yield return new CardElement.Lines(
            [
                Line("run", TimelineEntry.Command(step.Run)),
                Line("now", OneLine(step.Before)),
                Line("then", OneLine(step.After)),
                Line("undo", TimelineEntry.Command(step.Undo)),
            ]);
        }
    }

    /// <summary>Files are best seen as a diff; the commands carry whole texts and are folded away.</summary>
    private static IEnumerable<CardElement> OfFiles(Plan plan)
    {
        yield return new CardElement.Lines([.. (plan.Diff ?? "").Split('\n').Select(CardText.Host)]);
        foreach (var (index, step) in plan.Steps.Index())
        {
            yield return new CardElement.Paragraph(CardText.Of(
                new TextRun.Plain($"Step {IncidentCard.Number(index + 1)}, {step.Risk}: "), new TextRun.HostOutput(step.Name)));
        }

        yield return new CardElement.Folded(
            "Commands",
            [new CardElement.Lines([.. plan.Steps.SelectMany(step => (CardText[])[Line("run", TimelineEntry.Command(step.Run)), Line("undo", TimelineEntry.Command(step.Undo))])])]);
    }

    private static IEnumerable<CardField> Fields(Incident incident, Proposal? proposal, Plan plan)
    {
        yield return new(plan.Probes is null ? "Plan" : "Probe", CardText.Of(
            new TextRun.Code(plan.Runbook), new TextRun.HostOutput(proposal?.Target is { } target ? $" for {target.Fault} {target.Subject}" : "")));
        yield return new("Risk", CardText.Plain($"{plan.Risk}: {Meaning(plan)}"));
        yield return new("Who notices", Notices(plan));
        if (proposal is null)
        {
            yield break;
        }

        if (incident.State is IncidentState.AwaitingApproval)
        {
            yield return new("Decide until", CardText.Of(new TextRun.Time(plan.Expires)));
        }

        yield return new("Approvals", Approvals(proposal));
        yield return new("Plan hash", CardText.Of(new TextRun.Code(proposal.PlanHash.Length > 16 ? proposal.PlanHash[..16] : proposal.PlanHash)));
    }

    private static CardText Approvals(Proposal proposal)
    {
        var requirement = proposal.Requirement;
        var runs = ImmutableArray.CreateBuilder<TextRun>();
        runs.Add(new TextRun.Plain(
            $"{IncidentCard.Number(proposal.Approvals.Length)} of {IncidentCard.Number(requirement.Quorum)} from {string.Join(", ", requirement.From)}"
            + (requirement.RequesterMay ? "" : ", not from who asked")));
        foreach (var approval in proposal.Approvals)
        {
            runs.Add(new TextRun.Plain("; "));
            runs.Add(new TextRun.Mention(approval.By));
            runs.Add(new TextRun.Plain(" at "));
            runs.Add(new TextRun.Time(approval.At));
        }

        return new(runs.ToImmutable());
    }

    private static CardText Notices(Plan plan) => plan.BlastRadius.Length switch
    {
        0 => CardText.Plain("no guest"),
        _ when plan.Probes is not null => CardText.Of(new TextRun.Plain("if the switch takes the port down: "), new TextRun.HostOutput(string.Join(", ", plan.BlastRadius.Take(MostGuests)))),
        > MostGuests => CardText.Of(
            new TextRun.HostOutput(string.Join(", ", plan.BlastRadius.Take(MostGuests))), new TextRun.Plain($" and {IncidentCard.Number(plan.BlastRadius.Length - MostGuests)} more")),
        _ => CardText.Host(string.Join(", ", plan.BlastRadius)),
    };

    private static string Meaning(Plan plan) => plan.Risk switch
    {
        _ when plan.ActivatesNothing => "activates nothing; it holds from the next boot on",
        _ when plan.Probes is not null => "sends something, changes nothing on the host",
        Diagnosis.Risk.D0 => "interrupts nothing",
        Diagnosis.Risk.D1 => "interrupts one guest for seconds",
        Diagnosis.Risk.D2 => "interrupts every guest of the bridge for seconds",
        _ => "may interrupt the host itself and our own way to it",
    };

    private static CardText Line(string label, string text) => CardText.Of(new TextRun.Plain(label.PadRight(5)), new TextRun.HostOutput(text));

    private static string OneLine(string value) => value.Trim() is { Length: > 0 } some ? some.ReplaceLineEndings(" | ") : "(nothing)";
}
