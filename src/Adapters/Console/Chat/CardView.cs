using System.Collections.Immutable;
using ChatOpsBot.Adapters.Console.Terminal;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ChatOpsBot.Adapters.Console.Chat;

/// <summary>One line of a card.</summary>
/// <param name="Indent">Columns to the left.</param>
/// <param name="Runs">Its pieces.</param>
internal sealed record CardLine(int Indent, params ImmutableArray<Run> Runs);

/// <summary>Shows an incident in a terminal: once, or again and again in the same place.</summary>
internal static class CardView
{
    /// <summary>The lines of a card. Host text is made harmless by <see cref="Run"/>.</summary>
    /// <param name="card">The incident.</param>
    /// <param name="progress">What is going on at this moment; empty for nothing.</param>
    public static IEnumerable<CardLine> Lines(IncidentCard card, string progress)
    {
        yield return new(0, new Run($"{card.Id} {card.Host}", Look.Strong), new Run(card.State, LookOf(card.State)), card.Why ?? "");
        if (progress.Length > 0)
        {
            yield return new(2, new Run("now", Look.Quiet), progress);
        }

        foreach (var finding in card.Findings)
        {
            yield return new(2, new Run(finding.Certainty, finding.Certainty == "certain" ? Look.Bad : Look.Unsure), new Run(finding.Id, Look.Id), finding.Summary);
            foreach (var line in finding.Because)
            {
                yield return new(4, new Run("because", Look.Quiet), line);
            }

            if (finding.Question is { } question)
            {
                yield return new(4, new Run("ask", Look.Quiet), question);
            }
        }

        foreach (var line in PathLines(card.Path))
        {
            yield return line;
        }

        foreach (var gap in card.NotRead)
        {
            yield return new(2, new Run("not read", Look.Quiet), gap);
        }

        foreach (var line in card.Plan is { } plan ? PlanLines(plan) : [])
        {
            yield return line;
        }

        foreach (var decision in card.Decisions)
        {
            yield return new(2, new Run("decided", Look.Quiet), decision);
        }

        if (card.Next is { } next)
        {
            yield return new(2, new Run("next", Look.Quiet), "to have the network asked as well, with approval where the policy wants one:", new Run(next, Look.Strong));
        }
    }

    /// <summary>Writes the card once.</summary>
    public static void Write(ReportWriter writer, IncidentCard card)
    {
        foreach (var line in Lines(card, ""))
        {
            writer.Line(line.Indent, line.Runs.AsSpan());
        }
    }

    /// <summary>The card to be drawn in place.</summary>
    public static IRenderable Live(IncidentCard card, string progress) => new Rows(Lines(card, progress).Select(line =>
    {
        var paragraph = new Paragraph(new string(' ', line.Indent));
        foreach (var (index, run) in line.Runs.Where(run => run.Text.Length > 0).Index())
        {
            paragraph.Append(index == 0 ? run.Text : " " + run.Text, run.Style);
        }

        return (IRenderable)paragraph;
    }));

    private static IEnumerable<CardLine> PathLines(CardPath path)
    {
        if (path.Hops.IsEmpty)
        {
            yield break;
        }

        yield return new(2, new Run("way", Look.Quiet), path.Guest);
        foreach (var hop in path.Hops)
        {
            var (mark, look) = hop.Verdict switch { "passes" => ("|", Look.Good), "stops" => ("X", Look.Bad), _ => ("?", Look.Unsure) };
            yield return new(4, new Run(mark, look), new Run(hop.Device, Look.Strong), new Run(hop.Stage, Look.Quiet), new Run(hop.Does, hop.Verdict == "passes" ? Style.Plain : look));
        }
    }

    private static IEnumerable<CardLine> PlanLines(CardPlan plan)
    {
        yield return new(2, new Run("plan", Look.Strong), $"risk {plan.Risk}, decide by {plan.Expires}, from {string.Join(", ", plan.Approvers)}; notices: {(plan.Notices.IsEmpty ? "nobody" : string.Join(", ", plan.Notices))}");
        foreach (var step in plan.Steps)
        {
            // What changes nothing has nothing to undo: a probe is sent.
            if (step is { Undo.IsEmpty: true, Before: "", After: "" })
            {
                yield return new(4, new Run("send", Look.Quiet), step.Name);
                yield return new(6, new Run(string.Join(' ', step.Run), Look.Quiet));
                continue;
            }

            yield return new(4, new Run("run", Look.Quiet), string.Join(' ', step.Run));
            foreach (var line in step.Before.TrimEnd('\n').Split('\n'))
            {
                yield return new(6, new Run($"- {line}", Look.Bad));
            }

            foreach (var line in step.After.TrimEnd('\n').Split('\n'))
            {
                yield return new(6, new Run($"+ {line}", Look.Good));
            }

            yield return new(4, new Run("undo", Look.Quiet), string.Join(' ', step.Undo));
        }
    }

    private static Style LookOf(string state) => state switch
    {
        "healthy" or "resolved" => Look.Good,
        "awaiting-approval" or "escalated" or "reverted" => Look.Unsure,
        "revert-failed" or "unreachable" or "expired" or "declined" => Look.Bad,
        _ => Look.Id,
    };
}
