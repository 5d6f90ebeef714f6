using System.Text.Json.Nodes;
using ChatOpsBot.Domain.Cards;
using ChatOpsBot.Domain.Transcripts;

namespace ChatOpsBot.Adapters.Teams.Rendering;

/// <summary>Builds <c>RichTextBlock</c>s: their runs are shown as they are, whatever they hold. Nothing else carries text of hosts or people.</summary>
/// <param name="name">How a person is called; only shown.</param>
internal sealed class RichBlocks(Func<Domain.Approvals.PersonId, string> name)
{
    /// <summary>Most characters of one run.</summary>
    public const int LongestText = 4000;

    /// <summary>A paragraph.</summary>
    public JsonObject Paragraph(CardText text) => Block([.. text.Runs.Select(Run).OfType<JsonObject>()]);

    /// <summary>A label in bold and what it says.</summary>
    public JsonObject Labelled(string label, CardText text) => Block([Bold($"{label}: "), .. text.Runs.Select(Run).OfType<JsonObject>()]);

    /// <summary>A paragraph of plain text.</summary>
    public static JsonObject Plain(string text) => Block([Text(text)]);

    /// <summary>Small print.</summary>
    public JsonObject Small(CardText text)
    {
        var runs = text.Runs.Select(Run).OfType<JsonObject>().ToArray();
        foreach (var run in runs)
        {
            run["isSubtle"] = true;
            run["size"] = "Small";
        }

        return Block(runs);
    }

    /// <summary>A heading.</summary>
    public static JsonObject Heading(string text, string? color = null)
    {
        var run = Bold(Harmless.Line(text));
        run["size"] = "Medium";
        if (color is not null)
        {
            run["color"] = color;
        }

        return Block([run]);
    }

    /// <summary>Lines in a fixed-width font, a block each, so that spaces at their begin stay where they are.</summary>
    public static IEnumerable<JsonObject> Fixed(string text)
    {
        foreach (var piece in TextCut.Pieces(text, LongestText))
        {
            var run = Text(piece);
            run["fontType"] = "Monospace";
            yield return Block([run]);
        }
    }

    /// <summary>A row of runs.</summary>
    public static JsonObject Block(IReadOnlyCollection<JsonObject> runs) => new()
    {
        ["type"] = "RichTextBlock",
        ["inlines"] = new JsonArray([.. runs.Count == 0 ? [Text(" ")] : runs.Select(run => (JsonNode)run)]),
    };

    private static JsonObject Bold(string text)
    {
        var run = Text(text);
        run["weight"] = "Bolder";
        return run;
    }

    private static JsonObject Text(string text) => new() { ["type"] = "TextRun", ["text"] = text.Length == 0 ? " " : TextCut.At(Harmless.Visible(text), LongestText) };

    private JsonObject? Run(TextRun run)
    {
        switch (run)
        {
            case TextRun.Plain { Text.Length: 0 } or TextRun.HostOutput { Text.Length: 0 }:
                return null;
            case TextRun.Code code:
                var fixedRun = Text(code.Text);
                fixedRun["fontType"] = "Monospace";
                return fixedRun;
            case TextRun.Link link:
                var linkRun = Text(link.Label);
                linkRun["color"] = "Accent";
                linkRun["selectAction"] = new JsonObject { ["type"] = "Action.OpenUrl", ["url"] = link.Target.AbsoluteUri };
                return linkRun;
            case TextRun.Mention mention:
                return Text(name(mention.Person));
            default:
                return Text(run.ToString() ?? "");
        }
    }
}
