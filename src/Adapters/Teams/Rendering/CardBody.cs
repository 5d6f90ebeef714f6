using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using ChatOpsBot.Domain.Cards;

namespace ChatOpsBot.Adapters.Teams.Rendering;

/// <summary>Takes parts of a card as long as they fit, and keeps the whole as plain text.</summary>
/// <param name="kept">So many bytes are kept free for what has to follow.</param>
internal sealed class CardBody(int kept)
{
    /// <summary>Most bytes of a card as it is sent.</summary>
    public const int MostBytes = 28 * 1024;

    private readonly StringBuilder _whole = new();
    private int _bytes = 400;

    /// <summary>What fitted.</summary>
    public JsonArray Elements { get; } = [];

    /// <summary>How many parts did not.</summary>
    public int LeftOut { get; private set; }

    /// <summary>All of it as plain text.</summary>
    public string Whole => _whole.ToString();

    /// <summary>Takes a part, all of it or nothing. After one that did not fit, no further one is taken: what is shown has no holes.</summary>
    public void Add(IReadOnlyList<JsonObject> part, string plain)
    {
        _whole.Append(plain).Append('\n');
        if (LeftOut > 0 || _bytes + part.Sum(SizeOf) > MostBytes - kept)
        {
            LeftOut++;
            return;
        }

        AddAlways(part);
    }

    /// <summary>Takes what room was kept free for.</summary>
    public void AddAlways(IReadOnlyList<JsonObject> part)
    {
        foreach (var element in part)
        {
            _bytes += SizeOf(element);
            Elements.Add((JsonNode)element);
        }
    }

    /// <summary>Bytes of an element as it is sent.</summary>
    public static int SizeOf(JsonNode element) => element.Bytes().Length + 1;
}

/// <summary>Renders the parts of a card.</summary>
/// <param name="rich">Builds texts.</param>
internal sealed class CardParts(RichBlocks rich)
{
    /// <summary>Folded lines up to so many are shown at once.</summary>
    private const int FoldedShown = 4;

    private const int TableRows = 60;
    private const int TableColumns = 8;

    private int _folds;

    /// <summary>One part as elements.</summary>
    public IReadOnlyList<JsonObject> Of(CardElement element) => element switch
    {
        CardElement.Paragraph paragraph => [rich.Paragraph(paragraph.Text)],
        CardElement.Fields fields => [.. fields.Items.Select(field => rich.Labelled(field.Label, field.Value))],
        CardElement.Tasks tasks => [.. tasks.Items.Select(task => Tight(rich.Paragraph(new([new TextRun.Plain($"{CardWords.Sign(task.State)} "), .. task.Text.Runs, new TextRun.Plain(Ending(task.State))]))))],
        CardElement.Table { Rows.Length: <= TableRows, Columns.Length: <= TableColumns and > 0 } table => [RichBlocks.Heading(table.Title), Grid(table)],
        CardElement.Table table => [RichBlocks.Heading(table.Title), .. RichBlocks.Fixed(CardWords.Columns(CardWords.Rows(table)))],
        CardElement.Folded folded when CardWords.CountOf(folded) <= FoldedShown => [RichBlocks.Heading(folded.Title), .. folded.Content.SelectMany(Of)],
        CardElement.Folded folded => Fold(folded),
        _ => [.. RichBlocks.Fixed(CardWords.PlainOf(element).TrimEnd('\n'))],
    };

    /// <summary>Everything at once, without folding.</summary>
    public IReadOnlyList<JsonObject> Unfolded(CardElement element)
        => element is CardElement.Folded folded ? [RichBlocks.Heading(folded.Title), .. folded.Content.SelectMany(Of)] : Of(element);

    private JsonObject[] Fold(CardElement.Folded folded)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"fold{++_folds}");
        return
        [
            new()
            {
                ["type"] = "ActionSet",
                ["actions"] = new JsonArray(new JsonObject { ["type"] = "Action.ToggleVisibility", ["title"] = Neutral.Of(folded.Title, 80), ["targetElements"] = new JsonArray(id) }),
            },
            new() { ["type"] = "Container", ["id"] = id, ["isVisible"] = false, ["items"] = new JsonArray([.. folded.Content.SelectMany(Of).Select(inner => (JsonNode)inner)]) },
        ];
    }

    private static JsonObject Grid(CardElement.Table table) => new()
    {
        ["type"] = "Table",
        ["firstRowAsHeader"] = true,
        ["columns"] = new JsonArray([.. table.Columns.Select(_ => (JsonNode)new JsonObject { ["width"] = 1 })]),
        ["rows"] = new JsonArray([.. CardWords.Rows(table).Select(row => (JsonNode)new JsonObject
        {
            ["type"] = "TableRow",
            ["cells"] = new JsonArray([.. row.Select(cell => (JsonNode)new JsonObject { ["type"] = "TableCell", ["items"] = new JsonArray(RichBlocks.Plain(TextCut.At(cell, 300))) })]),
        })]),
    };

    private static JsonObject Tight(JsonObject block)
    {
        block["spacing"] = "None";
        return block;
    }

    private static string Ending(TaskState state) => state switch
    {
        TaskState.Undone => " (taken back)",
        TaskState.Skipped => " (not done)",
        TaskState.Running => " ...",
        _ => "",
    };
}
