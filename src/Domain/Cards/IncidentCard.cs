using System.Collections.Immutable;
using System.Globalization;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.FramePath;
using ChatOpsBot.Domain.Incidents;

namespace ChatOpsBot.Domain.Cards;

/// <summary>The card of an incident, made from its state alone: the same state gives the same card on every surface.</summary>
public static class IncidentCard
{
    private const int MostFindings = 8;
    private const int MostEvidence = 12;
    private const int MostGuests = 30;

    /// <summary>Makes the card.</summary>
    public static Card Of(Incident incident, CardContext context)
    {
        // A plan that a further look has dropped is not shown beside what is found now.
        var plan = (CurrentProposal.Of(incident), incident.State) switch
        {
            ({ } current, _) => current.Plan,
            (_, IncidentState.Ended or IncidentState.Escalated) => context.History.OfType<IncidentEvent.PlanProposed>().LastOrDefault(e => e.Plan.Probes is null)?.Plan,
            _ => incident.Committed.LastOrDefault()?.Plan,
        };
        return new()
        {
            Incident = incident.Id,
            Seq = context.Seq,
            Title = $"{incident.Id} {incident.Request.Host}",
            Status = incident.State.Name,
            Severity = SeverityOf(incident),
            Summary = SummaryOf(incident),
            Body =
            [
                .. Happened(incident),
                .. Findings(incident.Diagnosis),
                .. plan is null ? [] : CardPlan.Of(incident, plan),
                .. CardChecklist.Of(incident, plan, context.History, context.Live),
                .. Repaired(incident),
                .. Stays(incident, context),
                .. LookFurther.On(incident),
                .. Guests(incident.Diagnosis),
            ],
            Buttons = CardButtons.Of(incident, context),
            Footer = Footer(incident, context),
        };
    }

    private static CardSeverity SeverityOf(Incident incident) => incident switch
    {
        { Problem: not null } => CardSeverity.Bad,
        { State: IncidentState.Ended { End: IncidentEnd.Healthy or IncidentEnd.Resolved } } => CardSeverity.Good,
        { State: IncidentState.Ended { End: IncidentEnd.RevertFailed or IncidentEnd.Unreachable } or IncidentState.Escalated } => CardSeverity.Bad,
        { State: IncidentState.Ended or IncidentState.AwaitingApproval or IncidentState.Reverting } => CardSeverity.Warning,
        _ => CardSeverity.Progress,
    };

    private static CardText SummaryOf(Incident incident)
    {
        TextRun cause = incident.Diagnosis?.Primary is { } finding ? new TextRun.HostOutput(finding.Summary) : new TextRun.Plain($"host {incident.Request.Host}");
        return incident.State switch
        {
            IncidentState.Observing { Planning: true } => CardText.Of(cause, new TextRun.Plain(incident.AsksForProbes ? ": a probe could say more" : ": a repair is being planned")),
            IncidentState.Observing => CardText.Plain($"reading {incident.Request.Host}"),
            IncidentState.AwaitingApproval { Proposal.Plan: { Probes: { } probes } asked } => CardText.Of(
                cause, new TextRun.Plain($": {probes} could say more and waits for approval until "), new TextRun.Time(asked.Expires)),
            IncidentState.AwaitingApproval s => CardText.Of(
                cause, new TextRun.Plain($": a repair of risk {s.Proposal.Plan.Risk} waits for approval until "), new TextRun.Time(s.Proposal.Plan.Expires)),
            IncidentState.Applying => CardText.Of(cause, new TextRun.Plain(": being repaired")),
            IncidentState.Verifying { Judged: null } => CardText.Of(cause, new TextRun.Plain(": repaired, being verified")),
            IncidentState.Verifying => CardText.Of(cause, new TextRun.Plain(": verified, being committed")),
            IncidentState.Reverting => CardText.Of(cause, new TextRun.Plain(": the repair is being taken back")),
            IncidentState.Watching => CardText.Plain("repaired; waiting for the guest to get its address"),
            IncidentState.Escalated => CardText.Of(cause, new TextRun.Plain(": a human has to act")),
            IncidentState.Ended s => CardText.Of(new TextRun.Plain($"{s.Name}: "), new TextRun.HostOutput(s.Why)),
            _ => CardText.Plain(incident.State.Name),
        };
    }

    /// <summary>What a person has to know first: the question, the end, what went wrong.</summary>
    private static IEnumerable<CardElement> Happened(Incident incident)
    {
        if (incident.Problem is { } problem)
        {
            yield return new CardElement.Paragraph(CardText.Of(new TextRun.Plain("This incident cannot be continued: "), new TextRun.HostOutput(problem)));
        }

        switch (incident.State)
        {
            case IncidentState.Escalated s:
                yield return new CardElement.Paragraph(CardText.Of(new TextRun.Plain("A human has to act: "), new TextRun.HostOutput(s.Question)));
                break;
            case IncidentState.Reverting s:
                yield return new CardElement.Paragraph(CardText.Of(new TextRun.Plain("Taken back because "), new TextRun.HostOutput(s.Why)));
                break;
            case IncidentState.Watching s:
                yield return new CardElement.Paragraph(CardText.Of(new TextRun.Plain("The guest's DHCP answer is waited for until "), new TextRun.Time(s.Until)));
                break;
        }

        if (incident.Glass is { } glass)
        {
            yield return new CardElement.Paragraph(CardText.Of(
                [
                    new TextRun.Mention(glass.By[^1]), new TextRun.Plain(" acted alone: "), new TextRun.HostOutput(glass.Reason),
                    .. glass.ReviewedBy is { } reviewer
                        ? (TextRun[])[new TextRun.Plain(". Reviewed by "), new TextRun.Mention(reviewer)]
                        : [new TextRun.Plain($". Another of {string.Join(", ", glass.Review.From)} has to review it until "), new TextRun.Time(glass.Until)],
                ]));
        }

        if (incident.Request.Because is { } because)
        {
            yield return new CardElement.Paragraph(CardText.Of(new TextRun.Mention(incident.OpenedBy), new TextRun.Plain(" asked because: "), new TextRun.HostOutput(because)));
        }
    }

    private static IEnumerable<CardElement> Findings(Diagnosis.Diagnosis? diagnosis)
    {
        if (diagnosis is null)
        {
            yield break;
        }

        foreach (var finding in diagnosis.Findings.Take(MostFindings))
        {
            yield return new CardElement.Paragraph(CardText.Of(
                new TextRun.Plain($"{Word(finding.Certainty)}: "), new TextRun.HostOutput(finding.Summary), new TextRun.Plain(" "), new TextRun.Code(finding.Id),
                new TextRun.HostOutput(finding.ConsequenceOf is { } root ? $" follows from {root}" : "")));
            if (!finding.Because.IsEmpty)
            {
                yield return new CardElement.Folded(
                    $"Evidence for {finding.Id}", [new CardElement.Lines(Capped(finding.Because.Select(line => line.ToString()), MostEvidence))]);
            }
        }

        if (diagnosis.Findings.Length > MostFindings)
        {
            yield return new CardElement.Paragraph(CardText.Plain($"and {Number(diagnosis.Findings.Length - MostFindings)} more findings"));
        }

        foreach (var element in PathOf(diagnosis.Path))
        {
            yield return element;
        }

        if (!diagnosis.Rejected.IsEmpty)
        {
            yield return new CardElement.Folded(
                $"Ruled out ({Number(diagnosis.Rejected.Length)})", [new CardElement.Lines(Capped(diagnosis.Rejected.Select(rejection => $"{rejection.Id}: {rejection.Why}"), MostEvidence))]);
        }

        if (!diagnosis.NotRead.IsEmpty)
        {
            yield return new CardElement.Folded(
                $"Not read ({Number(diagnosis.NotRead.Length)})", [new CardElement.Lines(Capped(diagnosis.NotRead.Select(gap => $"{gap.Section}: {gap.Why}"), MostEvidence))]);
        }
    }

    /// <summary>The way of the first guest's request, up to where it ends.</summary>
    private static IEnumerable<CardElement> PathOf(GuestTrace? path)
    {
        if (path is null or { Verdict: HopVerdict.Passes })
        {
            yield break;
        }

        var leg = path.Decisive;
        yield return new CardElement.Paragraph(CardText.Of(new TextRun.Plain($"Way of the {leg.Frame} of "), new TextRun.HostOutput(path.Guest)));
        yield return new CardElement.Path(
            [
                .. leg.Hops.Select(hop => CardText.Of(
                    new TextRun.HostOutput(hop.Device),
                    new TextRun.Plain($" {hop.Stage}: "),
                    new TextRun.HostOutput(hop.Does),
                    new TextRun.Plain(hop.Verdict == HopVerdict.CannotTell ? " (cannot tell)" : ""))),
            ],
            leg.Break);
    }

    /// <summary>Repairs that stay, so that a second fault's card does not hide the first repair.</summary>
    private static IEnumerable<CardElement> Repaired(Incident incident)
    {
        if (!incident.Committed.IsEmpty)
        {
            yield return new CardElement.Fields([.. incident.Committed.Select(repair => new CardField(
                "Repaired",
                CardText.Of(
                    new TextRun.Code(repair.Plan.Runbook), new TextRun.HostOutput(repair.Target is { } target ? $" for {target.Fault} {target.Subject}" : ""),
                    new TextRun.Plain(repair.Proven ? ", proved" : ", kept, not yet proved"))))]);
        }
    }

    /// <summary>A repair of the running host is gone with the next reboot: how it is made to stay.</summary>
    private static IEnumerable<CardElement> Stays(Incident incident, CardContext context)
        => from offer in MakeStay.Of(incident)
           where context.HasRunbook(offer.Runbook)
           select new CardElement.Paragraph(CardText.Of(
               new TextRun.Plain("It holds until the next reboot. To make it stay: "), new TextRun.Code(offer.Command(incident.Request.Host))));

    private static IEnumerable<CardElement> Guests(Diagnosis.Diagnosis? diagnosis)
    {
        if (diagnosis is null or { Guests.IsEmpty: true })
        {
            yield break;
        }

        var table = new CardElement.Table(
            diagnosis.Guests.Length > MostGuests ? $"Guests ({MostGuests} of {Number(diagnosis.Guests.Length)})" : "Guests", ["guest", "tap", "bridge", "MAC", "address"],
            [
                .. diagnosis.Guests.Take(MostGuests).Select(guest => (ImmutableArray<CardText>)
                    [CardText.Host(guest.Name), Cell(guest.Tap), Cell(guest.Bridge), Cell(guest.Mac), Cell(guest.Address)]),
            ]);
        yield return diagnosis.Guests.Length <= 3 ? table : new CardElement.Folded($"Guests ({Number(diagnosis.Guests.Length)})", [table]);
    }

    private static ImmutableArray<CardText> Footer(Incident incident, CardContext context)
    {
        var lines = ImmutableArray.CreateBuilder<CardText>();
        lines.Add(CardText.Of(
            new TextRun.Plain("opened by "), new TextRun.Mention(incident.OpenedBy), new TextRun.Plain(" at "), new TextRun.Time(incident.OpenedAt),
            new TextRun.Plain(incident.EndedAt is null ? "" : ", ended at "), incident.EndedAt is { } end ? new TextRun.Time(end) : new TextRun.Plain("")));
        if (context.Page is { } page)
        {
            lines.Add(CardText.Of(new TextRun.Link("all about it", page)));
        }

        if (!incident.IsOpen && incident.EndedAt is not null)
        {
            ImmutableArray<TextRun> head = [new TextRun.Plain($"{Number(context.Seq)} events, head "), new TextRun.Code(context.Head[..16])];
            lines.Add(new(context.Transcript is { } transcript ? [new TextRun.Link("transcript", transcript), new TextRun.Plain(", "), .. head] : head));
        }

        if (context.ConfigurationProblem is { } problem)
        {
            lines.Add(CardText.Host(problem));
        }

        return lines.ToImmutable();
    }

    internal static string Word(Certainty certainty) => certainty.ToString().ToLowerInvariant();

    internal static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static CardText Cell(string? text) => text is null ? CardText.Plain("unknown") : CardText.Host(text);

    private static ImmutableArray<CardText> Capped(IEnumerable<string> lines, int most)
    {
        var all = lines.ToArray();
        return [.. all.Take(most).Select(CardText.Host), .. all.Length > most ? [CardText.Plain($"and {Number(all.Length - most)} more")] : Array.Empty<CardText>()];
    }
}
