using System.Collections.Immutable;
using System.Globalization;
using ChatOpsBot.Domain.Runbooks;
using DiffPlex;
using DiffPlex.DiffBuilder;
using DiffPlex.DiffBuilder.Model;

namespace ChatOpsBot.Adapters.Web.Incidents;

/// <summary>One line of a unified diff.</summary>
/// <param name="Sign"><c>+</c>, <c>-</c>, a blank, or <c>@</c> for a note between lines.</param>
/// <param name="Text">The line; may hold text from the host.</param>
public sealed record DiffLine(char Sign, string Text);

/// <summary>What a step is predicted to change, as a unified diff.</summary>
internal static class StepDiff
{
    private const int Context = 3;
    private const int MostLines = 400;

    /// <summary>The diff of one step; lines far from any change are counted and left out.</summary>
    public static ImmutableArray<DiffLine> Of(PlanStep step)
    {
        var lines = new InlineDiffBuilder(new Differ()).BuildDiffModel(step.Before.TrimEnd('\n'), step.After.TrimEnd('\n')).Lines;
        var shown = ImmutableArray.CreateBuilder<DiffLine>();
        var left = 0;
        for (var i = 0; i < lines.Count; i++)
        {
            if (!IsNear(lines, i) || shown.Count >= MostLines)
            {
                left++;
                continue;
            }

            Note(shown, ref left);
            shown.Add(new(lines[i].Type switch { ChangeType.Inserted => '+', ChangeType.Deleted => '-', _ => ' ' }, lines[i].Text));
        }

        Note(shown, ref left);
        return shown.ToImmutable();
    }

    private static void Note(ImmutableArray<DiffLine>.Builder shown, ref int left)
    {
        if (left > 0)
        {
            shown.Add(new('@', string.Create(CultureInfo.InvariantCulture, $"{left} {(left == 1 ? "line" : "lines")} left out")));
            left = 0;
        }
    }

    private static bool IsNear(List<DiffPiece> lines, int at)
        => Enumerable.Range(Math.Max(0, at - Context), Math.Min(lines.Count - 1, at + Context) - Math.Max(0, at - Context) + 1).Any(i => lines[i].Type != ChangeType.Unchanged);
}
