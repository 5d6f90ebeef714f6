using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace ChatOpsBot.FakeSlack;

/// <summary>Shows messages as a page, roughly as Slack's own client lays blocks out: for people who look at pictures of what the bot sends.</summary>
public static class SlackPage
{
    private const string Style = """
        body { font: 15px/1.46 Lato, "DejaVu Sans", sans-serif; color: #1d1c1d; background: #fff; width: 700px; margin: 16px; }
        h1 { font-size: 13px; color: #616061; border-bottom: 1px solid #ddd; margin: 24px 0 8px; }
        .m { padding: 8px 12px; } .m.t { margin-left: 36px; border-left: 3px solid #ddd; } .who { font-weight: 900; } .b { margin: 6px 0; }
        .header { font-size: 18px; font-weight: 900; } pre { font: 12px/1.5 "DejaVu Sans Mono", monospace; background: #f8f8f8; border: 1px solid #ddd; border-radius: 4px; padding: 8px; margin: 4px 0; white-space: pre-wrap; word-break: break-all; }
        code { font: 12px "DejaVu Sans Mono", monospace; color: #e01e5a; background: #f8f8f8; border: 1px solid #ddd; border-radius: 3px; padding: 1px 3px; }
        .alert { border-radius: 6px; padding: 8px 12px; background: #e8f5fa; } .alert.error { background: #fce8ec; } .alert.warning { background: #fef5e1; }
        .plan { border: 1px solid #ddd; border-radius: 8px; padding: 8px 12px; } .plan b { display: block; } .st { display: inline-block; width: 22px; text-align: center; }
        table { border-collapse: collapse; font-size: 13px; } td { border: 1px solid #ddd; padding: 3px 8px; vertical-align: top; }
        .btn { display: inline-block; font-weight: 700; border: 1px solid #bbb; border-radius: 4px; padding: 5px 12px; margin: 4px 8px 4px 0; } .primary { background: #007a5a; color: #fff; } .danger { background: #e01e5a; color: #fff; }
        .ctx { font-size: 13px; color: #616061; } .u { color: #1264a3; background: #e8f5fa; border-radius: 3px; padding: 0 2px; } a { color: #1264a3; } .file { border: 1px solid #ddd; border-radius: 8px; padding: 8px 12px; display: inline-block; }
        """;

    /// <summary>A page with the messages below headings.</summary>
    public static string Of(SlackWorkspace workspace, params IEnumerable<(string Heading, IEnumerable<FakeMessage> Messages)> parts)
    {
        var html = new StringBuilder($"<!doctype html><meta charset=utf-8><style>{Style}</style>");
        foreach (var (heading, messages) in parts)
        {
            html.Append($"<h1>{Safe(heading)}</h1>");
            foreach (var message in messages)
            {
                html.Append($"<div class=\"m{(message.Thread is null ? "" : " t")}\"><span class=who>Bridge</span>");
                html.Append(message.Blocks is { Count: > 0 } blocks ? string.Concat(blocks.Select(Block)) : $"<div class=b>{Lines(message.Text)}</div>");
                foreach (var id in message.Files)
                {
                    var file = workspace.Files[id];
                    html.Append($"<div class=file>{Safe(file.Title)} &middot; {Safe(file.Name)} &middot; {file.Bytes.Length} bytes</div>");
                }

                html.Append("</div>");
            }
        }

        return html.ToString();
    }

    private static string Block(JsonNode? block) => Word(block, "type") switch
    {
        "header" => $"<div class=\"b header\">{Lines(Word(block?["text"], "text"))}</div>",
        "section" => $"<div class=b>{Lines(Word(block?["text"], "text"))}{string.Concat(Each(block?["fields"], field => $"<div>{Lines(Word(field, "text"))}</div>"))}</div>",
        "context" => $"<div class=\"b ctx\">{string.Concat(Each(block?["elements"], text => Lines(Word(text, "text"))))}</div>",
        "alert" => $"<div class=\"b alert {Safe(Word(block, "level"))}\">{Lines(Word(block?["text"], "text"))}</div>",
        "rich_text" => $"<div class=b>{string.Concat(Each(block?["elements"], Rich))}</div>",
        "table" => $"<table class=b>{string.Concat(Each(block?["rows"], row => $"<tr>{string.Concat(Each(row, cell => $"<td>{Lines(Word(cell, "text"))}</td>"))}</tr>"))}</table>",
        "plan" => $"<div class=\"b plan\"><b>{Safe(Word(block, "title"))}</b>{string.Concat(Each(block?["tasks"], Task))}</div>",
        "task_card" => $"<div class=\"b plan\">{Task(block)}</div>",
        "actions" => $"<div class=b>{string.Concat(Each(block?["elements"], button => $"<span class=\"btn {Safe(Word(button, "style"))}\">{Safe(Word(button?["text"], "text"))}</span>"))}</div>",
        "divider" => "<hr>",
        var other => $"<div class=b>[{Safe(other)}]</div>",
    };

    private static string Rich(JsonNode? element) => Word(element, "type") switch
    {
        "rich_text_preformatted" => $"<pre>{string.Concat(Each(element?["elements"], Inline))}</pre>",
        "rich_text_quote" => $"<blockquote>{string.Concat(Each(element?["elements"], Inline))}</blockquote>",
        "rich_text_list" => $"<ul>{string.Concat(Each(element?["elements"], item => $"<li>{Rich(item)}</li>"))}</ul>",
        _ => $"<span>{string.Concat(Each(element?["elements"], Inline))}</span>",
    };

    private static string Inline(JsonNode? part)
    {
        var text = Word(part, "type") switch
        {
            "user" => $"<span class=u>@{Safe(Word(part, "user_id"))}</span>",
            "link" => $"<a>{Safe(Word(part, "text") is { Length: > 0 } shown ? shown : Word(part, "url"))}</a>",
            "date" => Safe(Word(part, "fallback")),
            "usergroup" => $"<span class=u>@{Safe(Word(part, "usergroup_id"))}</span>",
            _ => Lines(Word(part, "text")),
        };
        text = part?["style"]?["code"] is not null ? $"<code>{text}</code>" : text;
        return part?["style"]?["bold"] is not null ? $"<b>{text}</b>" : text;
    }

    private static string Task(JsonNode? task)
    {
        var sign = Word(task, "status") switch { "complete" => "&#10003;", "in_progress" => "&#8987;", "error" => "&#10007;", _ => "&#9675;" };
        return $"<div><span class=st>{sign}</span>{Safe(Word(task, "title"))}{(task?["details"] is { } details ? $"<div style=\"margin-left:26px\">{Block(details)}</div>" : "")}</div>";
    }

    private static IEnumerable<string> Each(JsonNode? array, Func<JsonNode?, string> show) => (array as JsonArray ?? []).Select(show);

    private static string Word(JsonNode? node, string member) => node is JsonObject known && known[member] is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";

    private static string Lines(string text) => Safe(text).Replace("\n", "<br>", StringComparison.Ordinal);

    private static string Safe(string text) => WebUtility.HtmlEncode(text);
}
