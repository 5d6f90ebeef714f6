using System.Text;
using ChatOpsBot.Domain.Cards;

namespace ChatOpsBot.Application.Chat.Wire;

/// <summary>The parts of a card as plain words, the same on every surface.</summary>
public static class CardWords
{
    /// <summary>The element as plain lines.</summary>
    public static string PlainOf(CardElement element)
    {
        var text = new StringBuilder();
        switch (element)
        {
            case CardElement.Paragraph paragraph:
                text.Append(paragraph.Text).Append('\n');
                break;
            case CardElement.Fields fields:
                text.AppendJoin('\n', fields.Items.Select(field => $"{field.Label}: {field.Value}")).Append('\n');
                break;
            case CardElement.Tasks tasks:
                text.AppendJoin('\n', tasks.Items.Select(task => $"{Sign(task.State)} {task.Text}")).Append('\n');
                break;
            case CardElement.Table table:
                text.Append(table.Title).Append('\n').Append(Columns(Rows(table))).Append('\n');
                break;
            case CardElement.Path path:
                text.AppendJoin('\n', path.Hops.Select((hop, index) => Hop(path, hop, index))).Append('\n');
                break;
            case CardElement.Lines lines:
                text.AppendJoin('\n', lines.Items).Append('\n');
                break;
            case CardElement.Folded folded:
                text.Append(folded.Title).Append('\n').AppendJoin("", folded.Content.Select(PlainOf));
                break;
        }

        return text.ToString();
    }

    /// <summary>Head and rows of a table as words.</summary>
    public static List<IReadOnlyList<string>> Rows(CardElement.Table table) => [table.Columns, .. table.Rows.Select(row => (IReadOnlyList<string>)[.. row.Select(cell => cell.ToString())])];

    /// <summary>A hop of a path; the one where it ends is marked.</summary>
    public static string Hop(CardElement.Path path, CardText hop, int index) => $"{(path.Marked == index ? "X" : "|")} {hop}";

    /// <summary>How many lines a folded part has.</summary>
    public static int CountOf(CardElement.Folded folded) => folded.Content.Sum(inner => PlainOf(inner).Count(c => c == '\n'));

    /// <summary>The sign of a severity.</summary>
    public static string Sign(CardSeverity severity) => severity switch
    {
        CardSeverity.Good => "\u2705",
        CardSeverity.Warning => "\u26A0",
        CardSeverity.Bad => "\u274C",
        _ => "\u23F3",
    };

    /// <summary>The sign of how far a task is.</summary>
    public static string Sign(TaskState state) => state switch
    {
        TaskState.Running => "\u23F3",
        TaskState.Done => "\u2705",
        TaskState.Failed => "\u274C",
        TaskState.Undone => "\u21A9",
        TaskState.Skipped => "\u2014",
        _ => "\u25CB",
    };

    /// <summary>A row of cells as one line, for tables where there are none.</summary>
    public static string Columns(IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var widths = Enumerable.Range(0, rows.Max(row => row.Count)).Select(column => rows.Max(row => column < row.Count ? row[column].Length : 0)).ToArray();
        var text = new StringBuilder();
        foreach (var row in rows)
        {
            text.Append(text.Length > 0 ? "\n" : "");
            text.Append(string.Join("  ", row.Select((cell, column) => column == row.Count - 1 ? cell : cell.PadRight(widths[column]))));
        }

        return text.ToString();
    }
}
