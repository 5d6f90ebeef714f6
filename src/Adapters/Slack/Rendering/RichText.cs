using System.Text.Json.Nodes;
using ChatOpsBot.Domain.Approvals;
using ChatOpsBot.Domain.Cards;
using ChatOpsBot.Domain.Transcripts;

namespace ChatOpsBot.Adapters.Slack.Rendering;

/// <summary>Builds <c>rich_text</c>: its text elements are shown as they are, whatever they hold. Mentions are made here from ids only.</summary>
/// <param name="account">The Slack user id of a person; <see langword="null"/> when there is none.</param>
internal sealed class RichText(Func<PersonId, string?> account)
{
    /// <summary>Most characters of one text element.</summary>
    public const int LongestText = 2800;

    /// <summary>A block of sections, lists or preformatted texts.</summary>
    public static JsonObject Block(params ReadOnlySpan<JsonObject> elements)
    {
        var list = new JsonArray();
        foreach (var element in elements)
        {
            list.Add((JsonNode)element);
        }

        return new() { ["type"] = "rich_text", ["elements"] = list };
    }

    /// <summary>A paragraph.</summary>
    public JsonObject Section(CardText text)
    {
        var elements = new JsonArray();
        foreach (var run in text.Runs)
        {
            if (Element(run) is { } element)
            {
                elements.Add((JsonNode)element);
            }
        }

        return Section(elements);
    }

    /// <summary>A label in bold and what it says.</summary>
    public JsonObject Labelled(string label, CardText text)
    {
        var section = Section(text);
        ((JsonArray?)section["elements"])?.Insert(0, Text($"{label}: ", bold: true));
        return section;
    }

    /// <summary>A paragraph of plain text.</summary>
    public static JsonObject Section(string text) => Section([Text(text)]);

    /// <summary>Lines in a fixed-width font. Only texts are placed there, so nothing is read.</summary>
    public static JsonObject Preformatted(string text) => new()
    {
        ["type"] = "rich_text_preformatted",
        ["elements"] = new JsonArray(Text(text)),
    };

    private static JsonObject Section(JsonArray elements)
    {
        if (elements.Count == 0)
        {
            elements.Add((JsonNode)Text(" "));
        }

        return new() { ["type"] = "rich_text_section", ["elements"] = elements };
    }

    private static JsonObject Text(string text, bool bold = false, bool code = false)
    {
        // An empty text is refused.
        var element = new JsonObject { ["type"] = "text", ["text"] = text.Length == 0 ? " " : TextCut.At(Harmless.Visible(text), LongestText) };
        if (bold || code)
        {
            var style = new JsonObject();
            if (bold)
            {
                style["bold"] = true;
            }

            if (code)
            {
                style["code"] = true;
            }

            element["style"] = style;
        }

        return element;
    }

    private JsonObject? Element(TextRun run) => run switch
    {
        TextRun.Plain { Text.Length: 0 } or TextRun.HostOutput { Text.Length: 0 } => null,
        TextRun.Code code => Text(code.Text, code: true),
        TextRun.Link link => new() { ["type"] = "link", ["url"] = link.Target.AbsoluteUri, ["text"] = link.Label },
        TextRun.Time time => new()
        {
            ["type"] = "date",
            ["timestamp"] = time.At.ToUnixTimeSeconds(),
            ["format"] = "{date_short_pretty} {time_secs}",
            ["fallback"] = time.ToString(),
        },
        TextRun.Mention mention when account(mention.Person) is { } user => new() { ["type"] = "user", ["user_id"] = user },
        _ => Text(run.ToString() ?? ""),
    };
}
