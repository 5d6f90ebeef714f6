using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Incidents;

namespace ChatOpsBot.Domain.Cards;

/// <summary>
/// A read that found nothing certain is not proof that the network answers: the card of such an end says how the bot asks the network itself. Nothing is asked by this; it names the command.
/// </summary>
public static class LookFurther
{
    private const int LongestReason = 120;

    /// <summary>What the card says; nothing where the network has been asked, a cause is certain, or something was repaired.</summary>
    internal static IEnumerable<CardElement> On(Incident incident)
    {
        if (Command(incident) is { } command)
        {
            yield return new CardElement.Paragraph(CardText.Of(
                new TextRun.Plain(incident.State is IncidentState.Ended ? "If a guest still has no network, have the network asked as well: " : "To have the network asked as well: "),
                new TextRun.Code(command),
                new TextRun.Plain(". It sends ARP requests, pings and DHCPDISCOVERs as far as the policy allows; what needs an approval is asked for first.")));
        }
    }

    /// <summary>
    /// The command that has the network asked; an escalated incident goes on with it, an ended one is followed by another. <see langword="null"/> where that has been done, a cause is certain, or
    /// something was repaired.
    /// </summary>
    public static string? Command(Incident incident)
        => incident is { Request: { Runbook: null, Probes: not "active" }, Committed.IsEmpty: true, Diagnosis: { Verdict: not OverallVerdict.Unreachable } diagnosis }
            && !diagnosis.Findings.Any(finding => finding.Certainty == Certainty.Certain)
            ? incident.State switch
            {
                IncidentState.Escalated => $"recheck {incident.Id} probe active",
                IncidentState.Ended { End: IncidentEnd.Healthy } => string.Join(' ', Words(incident.Request, diagnosis)),
                _ => null,
            }
            : null;

    /// <summary>Who names the guest has its silence judged too; a host's only guest must be the one that is meant.</summary>
    private static IEnumerable<string> Words(IncidentRequest request, Diagnosis.Diagnosis diagnosis)
    {
        yield return $"check {request.Host}";
        if (Word(request.Focus.Guest ?? (diagnosis.Guests is [var only] ? only.Name : null)) is { } guest)
        {
            yield return $"guest {guest}";
        }

        if (Word(request.Focus.Bridge) is { } bridge)
        {
            yield return $"bridge {bridge}";
        }

        yield return "probe active";

        // What it says is also where an address comes from that is asked for.
        if (request.Because is { Length: <= LongestReason } because && because.AsSpan().IndexOfAny("\"`\\“”") < 0)
        {
            yield return $"because \"{because}\"";
        }
    }

    /// <summary>A name as it is typed; <see langword="null"/> for one that could not be.</summary>
    private static string? Word(string? name)
        => name is null || name.Length == 0 || name.Any(c => char.IsControl(c) || c is '"' or '`' or '\\' or '“' or '”') ? null : name.Any(char.IsWhiteSpace) ? $"\"{name}\"" : name;
}
