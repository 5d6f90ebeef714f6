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
