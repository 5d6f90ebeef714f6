using System.Collections.Immutable;
using ChatOpsBot.Domain.Runbooks;
using DiffPlex;

namespace ChatOpsBot.Application.Runbooks;

/// <summary>What became of a line.</summary>
public enum DiffKind
{
    /// <summary>It stays.</summary>
    Same,

    /// <summary>It goes.</summary>
    Removed,

    /// <summary>It comes.</summary>
    Added,
}

/// <summary>One line of a diff.</summary>
/// <param name="Kind">What becomes of it.</param>
/// <param name="Text">The line.</param>
public sealed record DiffLine(DiffKind Kind, string Text)
{
    /// <summary>As <c>diff -u</c> writes it.</summary>
    public override string ToString() => Kind switch { DiffKind.Removed => "-", DiffKind.Added => "+", _ => " " } + Text;
}

/// <summary>The predicted change of a host as a diff of its values.</summary>
public static class PlanDiff
{
    private const int Around = 3;

    /// <summary>As <see cref="Of"/>; of files only the lines around the changes, with <c>...</c> for what is left out.</summary>
    public static ImmutableArray<DiffLine> Shown(PlanPreview preview)
    {
        var all = Of(preview);
        if (!preview.IsOfFiles)
        {
            return all;
        }

        var lines = ImmutableArray.CreateBuilder<DiffLine>();
        var isCut = false;
        for (var i = 0; i < all.Length; i++)
        {
            var isNear = all.AsSpan()[Math.Max(0, i - Around)..Math.Min(all.Length, i + Around + 1)].ContainsAnyChange();
            var isPath = all[i] is { Kind: DiffKind.Same, Text: ['/', .., ':'] };
            if (isNear || isPath)
            {
                lines.Add(all[i]);
                isCut = false;
            }
            else if (!isCut)
            {
                lines.Add(new(DiffKind.Same, "..."));
                isCut = true;
            }
        }

        return lines.ToImmutable();
    }

    private static bool ContainsAnyChange(this ReadOnlySpan<DiffLine> lines)
    {
        foreach (var line in lines)
        {
            if (line.Kind != DiffKind.Same)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>All lines of the values that a plan changes, in order.</summary>
    public static ImmutableArray<DiffLine> Of(PlanPreview preview)
    {
        var diff = new Differ().CreateLineDiffs(string.Join('\n', preview.Before), string.Join('\n', preview.After), ignoreWhitespace: false);
        var lines = ImmutableArray.CreateBuilder<DiffLine>();
        var shown = 0;
        foreach (var block in diff.DiffBlocks)
        {
            lines.AddRange(diff.PiecesOld[shown..block.DeleteStartA].Select(text => new DiffLine(DiffKind.Same, text)));
            lines.AddRange(diff.PiecesOld.Skip(block.DeleteStartA).Take(block.DeleteCountA).Select(text => new DiffLine(DiffKind.Removed, text)));
            lines.AddRange(diff.PiecesNew.Skip(block.InsertStartB).Take(block.InsertCountB).Select(text => new DiffLine(DiffKind.Added, text)));
            shown = block.DeleteStartA + block.DeleteCountA;
        }

        lines.AddRange(diff.PiecesOld[shown..].Select(text => new DiffLine(DiffKind.Same, text)));
        return lines.ToImmutable();
    }
}
