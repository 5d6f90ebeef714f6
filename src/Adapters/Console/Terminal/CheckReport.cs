using System.Globalization;
using ChatOpsBot.Application.Commands;
using ChatOpsBot.Domain.Diagnosis;

namespace ChatOpsBot.Adapters.Console.Terminal;

/// <summary>A check as a person reads it in a terminal: the answer first, then its reasons, then what was ruled out and what was not looked at.</summary>
/// <param name="writer">Where to.</param>
public sealed class CheckReport(ReportWriter writer)
{
    /// <summary>Writes a diagnosis.</summary>
    /// <param name="diagnosis">What was found.</param>
    /// <param name="remedies">What mends a section that was not read, by section id; may lack any.</param>
    public void Write(Diagnosis diagnosis, IReadOnlyDictionary<string, string> remedies)
    {
        WriteVerdict(diagnosis);
        var roots = diagnosis.Findings.Where(finding => finding.ConsequenceOf is null).ToArray();
        foreach (var (index, root) in roots.Index())
        {
            if (index == 1)
            {
                Heading("Also found");
            }

            WriteFinding(root, [.. diagnosis.Findings.Where(finding => finding.ConsequenceOf == $"{root.Id} {root.Subject}")], isPrimary: index == 0);
        }

        // A consequence whose root is not among the findings would otherwise vanish.
        foreach (var orphan in diagnosis.Findings.Where(finding => finding.ConsequenceOf is { } of && !roots.Any(root => of == $"{root.Id} {root.Subject}")))
        {
            WriteFinding(orphan, [], isPrimary: false);
        }

        WriteRejected(diagnosis);
        WriteNotRead(diagnosis, remedies);
        WriteUndecided(diagnosis);
        WriteGuests(diagnosis);
        writer.Blank();
        writer.Line(0, new Run(string.Create(
            CultureInfo.InvariantCulture,
            $"read in {diagnosis.Duration.TotalMilliseconds:0} ms at {diagnosis.ObservedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC"), Look.Quiet));
    }

    /// <summary>Writes why a host could not be read.</summary>
    public void Write(CheckOutcome.Unreachable unreachable)
    {
        writer.Line(0, new Run($"{unreachable.Host}:", Look.Strong), new Run("UNREACHABLE", Look.Bad));
        foreach (var line in HostText.Lines(unreachable.Message).Split('\n'))
        {
            writer.Whole(2, line);
        }
    }

    private void WriteVerdict(Diagnosis diagnosis)
    {
        var (word, look, rest) = diagnosis.Verdict switch
        {
            OverallVerdict.Healthy => ("HEALTHY", Look.Good, "no known fault keeps guests from an address"),
            OverallVerdict.Fault => ("FAULT", Look.Bad, diagnosis.Primary?.Summary ?? ""),
            OverallVerdict.Inconclusive when diagnosis.Primary is { } suspect => ("INCONCLUSIVE", Look.Unsure, $"suspect only: {suspect.Summary}"),
            OverallVerdict.Inconclusive => ("INCONCLUSIVE", Look.Unsure, "nothing was found, but not everything could be judged"),
            _ => ("UNREACHABLE", Look.Bad, ""),
        };
        writer.Line(0, new Run($"{diagnosis.Host}:", Look.Strong), new Run(word, look), rest);
    }

    private void WriteFinding(Finding finding, Finding[] consequences, bool isPrimary)
    {
        writer.Blank();
        writer.Line(2, new Run(finding.Id, Look.Id), new Run(finding.Subject, Look.Strong), $"({Word(finding.Certainty)}, concerns the {Word(finding.Scope)})");
        if (!isPrimary)
        {
            // That of the primary stands in the line of the verdict.
            writer.Line(4, finding.Summary);
        }

        foreach (var line in finding.Because)
        {
            writer.Line(4, new Run("because", Look.Quiet), line.ToString());
        }

        if (finding.Repair is { } repair)
        {
            writer.Line(4, new Run("repair", Look.Quiet), new Run(repair, Look.Id), $"({finding.Risk}: {Interruption(finding.Risk)})");
        }

        if (finding.Question is { } question)
        {
            writer.Line(4, new Run("ask", Look.Quiet), question);
        }

        foreach (var consequence in consequences)
        {
            writer.Line(4, new Run("explains", Look.Quiet), new Run(consequence.Id, Look.Id), $"{consequence.Subject}: {consequence.Summary}");
        }
    }

    private void WriteRejected(Diagnosis diagnosis)
    {
        if (diagnosis.Rejected.IsEmpty)
        {
            return;
        }

        Heading("Ruled out");
        foreach (var rejection in diagnosis.Rejected)
        {
            writer.Line(2, new Run(rejection.Id, Look.Id), rejection.Why);
        }
    }

    private void WriteNotRead(Diagnosis diagnosis, IReadOnlyDictionary<string, string> remedies)
    {
        if (diagnosis.NotRead.IsEmpty)
        {
            return;
        }

        Heading("Not read");
        foreach (var gap in diagnosis.NotRead)
        {
            writer.Line(2, new Run(gap.Section, Look.Id), gap.Why);
            if (remedies.GetValueOrDefault(gap.Section) is { } remedy)
            {
                writer.Line(4, new Run("remedy", Look.Quiet), remedy);
            }
        }
    }

    private void WriteUndecided(Diagnosis diagnosis)
    {
        if (diagnosis.Undecided.IsEmpty)
        {
            return;
        }

        Heading("Could not tell");
        foreach (var reason in diagnosis.Undecided.GroupBy(undecided => (undecided.Section, undecided.Why)))
        {
            writer.Line(2, new Run(string.Join(", ", reason.Select(undecided => undecided.RuleId).Distinct()), Look.Id), $"({reason.Key.Section}: {reason.Key.Why})");
        }
    }

    private void WriteGuests(Diagnosis diagnosis)
    {
        if (diagnosis.Guests.IsEmpty)
        {
            return;
        }

        Heading("Guests");
        writer.Table(2, [["NAME", "TAP", "BRIDGE", "MAC", "ADDRESS"], .. diagnosis.Guests.Select(guest => (string[])
            [guest.Name, guest.Tap ?? "unknown", guest.Bridge ?? "unknown", guest.Mac ?? "unknown", guest.Address ?? "unknown"])]);
    }

    private void Heading(string text)
    {
        writer.Blank();
        writer.Line(0, new Run(text, Look.Strong));
    }

    private static string Interruption(Risk risk) => risk switch
    {
        Risk.D0 => "interrupts nothing",
        Risk.D1 => "interrupts one guest for seconds",
        Risk.D2 => "interrupts every guest of the bridge for seconds",
        _ => "interrupts the host itself, this session included",
    };

    private static string Word<T>(T value)
        where T : struct, Enum
        => value.ToString().ToLowerInvariant();
}
