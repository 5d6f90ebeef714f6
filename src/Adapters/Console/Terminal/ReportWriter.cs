using System.Text;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ChatOpsBot.Adapters.Console.Terminal;

/// <summary>A piece of a line in one style. Its text is made harmless here, so no caller can forget it.</summary>
/// <param name="text">Text of any origin.</param>
/// <param name="style">How it looks where colours are allowed; plain when left out.</param>
public readonly struct Run(string text, Style? style = null)
{
    /// <summary>The harmless text.</summary>
    public string Text { get; } = HostText.Line(text);

    /// <summary>How it looks.</summary>
    public Style Style { get; } = style ?? Style.Plain;

    /// <summary>Plain text.</summary>
    public static implicit operator Run(string text) => new(text);
}

/// <summary>Writes indented, wrapped lines and simple columns: no frames and no trailing blanks, so that it also reads well in a log.</summary>
/// <param name="console">Where to.</param>
/// <param name="width">Columns to wrap at, or <see langword="null"/> to wrap nowhere.</param>
public sealed class ReportWriter(IAnsiConsole console, int? width)
{
    /// <summary>An empty line.</summary>
    public void Blank() => console.WriteLine();

    /// <summary>A line of runs joined by single blanks, wrapped with a hanging indentation.</summary>
    /// <param name="indent">Columns to the left.</param>
    /// <param name="runs">The pieces; empty ones are left out.</param>
    public void Line(int indent, params ReadOnlySpan<Run> runs)
    {
        var line = new Paragraph();
        var room = Math.Max(20, (width ?? int.MaxValue) - indent);
        var used = 0;
        var hanging = 0;
        line.Append(new string(' ', indent));
        foreach (var run in runs)
        {
            foreach (var word in Words(run.Text, room - 2))
            {
                var cells = Cells(word);
                if (used > 0 && used + 1 + cells > room)
                {
                    Flush(line);
                    hanging = 2;
                    line = new Paragraph().Append(new string(' ', indent + hanging));
                    used = hanging;
                }
                else if (used > hanging)
                {
                    line.Append(" ");
                    used++;
                }

                line.Append(word, run.Style);
                used += cells;
            }
        }

        Flush(line);
    }

    /// <summary>A line that must not be wrapped because somebody will copy it.</summary>
    public void Whole(int indent, string text)
        => Flush(new Paragraph { Overflow = Overflow.Ellipsis }.Append(new string(' ', indent) + HostText.Line(text, int.MaxValue)));

    /// <summary>A mark in its style and a line that is not wrapped.</summary>
    public void Marked(int indent, Run mark, string text)
        => Flush(new Paragraph().Append(new string(' ', indent)).Append(mark.Text.PadRight(5), mark.Style).Append(HostText.Line(text, int.MaxValue)));

    /// <summary>Columns as wide as their content; the last one may wrap.</summary>
    /// <param name="indent">Columns to the left.</param>
    /// <param name="rows">Rows of equally many cells; the first is the heading.</param>
    public void Table(int indent, IReadOnlyList<string[]> rows)
    {
        var cells = rows.Select(row => row.Select(cell => HostText.Line(cell, 60)).ToArray()).ToArray();
        var widths = Enumerable.Range(0, cells[0].Length).Select(column => cells.Max(row => Cells(row[column]))).ToArray();
        if (indent + widths.Sum() + (2 * (widths.Length - 1)) > (width ?? int.MaxValue))
        {
            foreach (var row in cells.Skip(1))
            {
                Line(indent, string.Join(", ", row.Zip(cells[0], (cell, heading) => $"{heading} {cell}")));
            }

            return;
        }

        foreach (var row in cells)
        {
            var line = new StringBuilder(new string(' ', indent));
            for (var column = 0; column < row.Length; column++)
            {
                line.Append(row[column]).Append(' ', column == row.Length - 1 ? 0 : widths[column] - Cells(row[column]) + 2);
            }

            Flush(new Paragraph().Append(line.ToString().TrimEnd(), ReferenceEquals(row, cells[0]) ? Look.Quiet : Style.Plain));
        }
    }

    private void Flush(Paragraph line)
    {
        console.Write(line);
        console.WriteLine();
    }

    private static int Cells(string text) => new Segment(text).CellCount();

    /// <summary>The words of a text; one that is wider than the room is cut into pieces.</summary>
    private static IEnumerable<string> Words(string text, int room)
    {
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var start = 0;
            var cells = 0;
            for (var i = 0; i < word.Length && room < int.MaxValue / 2; i++)
            {
                var next = char.IsHighSurrogate(word[i]) && i + 1 < word.Length ? word.Substring(i, 2) : word[i].ToString();
                var wide = Cells(next);
                if (cells + wide > room)
                {
                    yield return word[start..i];
                    start = i;
                    cells = 0;
                }

                cells += wide;
                i += next.Length - 1;
            }

            yield return word[start..];
        }
    }
}

/// <summary>The few styles that reports use.</summary>
public static class Look
{
    /// <summary>Headings.</summary>
    public static Style Strong { get; } = new(decoration: Decoration.Bold);

    /// <summary>What most readers skip.</summary>
    public static Style Quiet { get; } = new(foreground: Color.Grey);

    /// <summary>Ids that can be looked up.</summary>
    public static Style Id { get; } = new(foreground: Color.Teal);

    /// <summary>Good news.</summary>
    public static Style Good { get; } = new(foreground: Color.Green, decoration: Decoration.Bold);

    /// <summary>Not sure.</summary>
    public static Style Unsure { get; } = new(foreground: Color.Olive, decoration: Decoration.Bold);

    /// <summary>Bad news.</summary>
    public static Style Bad { get; } = new(foreground: Color.Red, decoration: Decoration.Bold);
}
