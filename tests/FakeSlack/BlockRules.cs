using System.Text;
using System.Text.Json.Nodes;

namespace ChatOpsBot.FakeSlack;

/// <summary>The limits of Block Kit, written from Slack's documentation and apart from the bot's own idea of them.</summary>
public static class BlockRules
{
    private static readonly string[] s_classic = ["actions", "context", "divider", "file", "header", "image", "input", "rich_text", "section", "video"];
    private static readonly string[] s_newer = ["alert", "table", "plan", "task_card", "markdown"];

    /// <summary>What is wrong with the blocks of a message; <see langword="null"/> when nothing is.</summary>
    public static string? Problem(JsonArray blocks, bool classicOnly)
    {
        if (blocks.Count > 50)
        {
            return $"no more than 50 items allowed, and there are {blocks.Count}";
        }

        if (Encoding.UTF8.GetByteCount(blocks.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping })) > 13_000)
        {
            return "too long: all blocks together";
        }

        var ids = new HashSet<string>();
        foreach (var block in blocks)
        {
            if (One(block, classicOnly) is { } problem)
            {
                return problem;
            }

            if (block?["block_id"]?.GetValue<string>() is { } id && !ids.Add(id))
            {
                return "block_id twice";
            }
        }

        return null;
    }

    /// <summary>What is wrong with a modal.</summary>
    public static string? ViewProblem(JsonObject view, JsonArray blocks)
        => TextProblem(view["title"], 24, plain: true) ?? TextProblem(view["submit"], 24, plain: true) ?? TextProblem(view["close"], 24, plain: true)
            ?? (blocks.Count > 100 ? "more than 100 blocks" : null)
            ?? (Length(view["callback_id"]) > 255 ? "callback_id" : null)
            ?? (Length(view["private_metadata"]) > 3000 ? "private_metadata" : null)
            ?? blocks.Select(block => One(block, classicOnly: false)).FirstOrDefault(problem => problem is not null);

    private static string? One(JsonNode? block, bool classicOnly) => Type(block) switch
    {
        var type when !s_classic.Contains(type) && (classicOnly || !s_newer.Contains(type)) => $"unsupported type: {type}",
        "header" => TextProblem(block?["text"], 150, plain: true),
        "section" => block?["text"] is { } text ? TextProblem(text, 3000) : block?["fields"] is JsonArray { Count: > 0 and <= 10 } ? null : "section without text",
        "context" => block?["elements"] is JsonArray { Count: > 0 and <= 10 } ? null : "context elements",
        "actions" => block?["elements"] is JsonArray { Count: > 0 and <= 25 } elements ? elements.Select(Button).FirstOrDefault(problem => problem is not null) : "actions elements",
        "rich_text" => block?["elements"] is JsonArray { Count: > 0 } rich ? rich.Select(Rich).FirstOrDefault(problem => problem is not null) : "rich_text elements",
        "input" => TextProblem(block?["label"], 2000, plain: true) ?? Input(block?["element"]),
        "alert" => TextProblem(block?["text"], 3000),
        "table" => Table(block),
        "plan" => block?["title"] is not null && block["tasks"] is JsonArray tasks ? tasks.Select(Task).FirstOrDefault(problem => problem is not null) : "plan",
        "task_card" => Task(block),
        _ => null,
    };

    private static string? Task(JsonNode? task) => Length(task?["task_id"]) is < 1 or > 255 ? "task_id"
        : Length(task?["title"]) < 1 ? "task title"
        : task?["status"]?.GetValue<string>() is "pending" or "in_progress" or "complete" or "error" ? null : "task status";

    private static string? Table(JsonNode? table) => table?["rows"] is not JsonArray { Count: > 0 and <= 100 } rows ? "table rows"
        : rows.Any(row => row is not JsonArray { Count: > 0 and <= 20 }) ? "table cells"
        : rows.SelectMany(row => (JsonArray)(row ?? new JsonArray())).Any(cell => Type(cell) is not ("raw_text" or "raw_number" or "rich_text") || Length(cell?["text"]) < 1) ? "table cell" : null;

    private static string? Rich(JsonNode? element)
    {
        if (Type(element) is not ("rich_text_section" or "rich_text_preformatted" or "rich_text_quote" or "rich_text_list") || element?["elements"] is not JsonArray { Count: > 0 } parts)
        {
            return "rich_text element";
        }

        foreach (var part in parts)
        {
            var type = Type(part);
            if (type == "text" && Length(part?["text"]) < 1)
            {
                return "must be more than 0 characters";
            }

            if (Type(element) == "rich_text_preformatted" && type is not ("text" or "link"))
            {
                return $"{type} in preformatted";
            }

            if (type is not ("text" or "link" or "user" or "date" or "usergroup" or "emoji" or "channel"))
            {
                return $"rich text {type}";
            }
        }

        return parts.Sum(part => Length(part?["text"])) > 4000 ? "too long: rich text" : null;
    }

    private static string? Button(JsonNode? button) => Type(button) != "button" ? null
        : TextProblem(button?["text"], 75, plain: true)
            ?? (Length(button?["value"]) > 2000 ? "button value" : Length(button?["action_id"]) is < 1 or > 255 ? "action_id" : null)
            ?? (button?["style"]?.GetValue<string>() is null or "primary" or "danger" ? null : "style")
            ?? (button?["confirm"] is { } confirm
                ? TextProblem(confirm["title"], 100, plain: true) ?? TextProblem(confirm["text"], 300) ?? TextProblem(confirm["confirm"], 30, plain: true) ?? TextProblem(confirm["deny"], 30, plain: true)
                : null);

    private static string? Input(JsonNode? element) => Type(element) switch
    {
        "plain_text_input" => element?["max_length"]?.GetValue<int>() is > 3000 or < 1 ? "max_length" : null,
        "static_select" => element?["options"] is JsonArray { Count: > 0 and <= 100 } options
            ? options.Select(option => TextProblem(option?["text"], 75, plain: true) ?? (Length(option?["value"]) is < 1 or > 75 ? "option value" : null)).FirstOrDefault(problem => problem is not null)
            : "options",
        _ => "input element",
    };

    private static string? TextProblem(JsonNode? text, int longest, bool plain = false)
        => text is null ? "text is missing" : Type(text) is not ("plain_text" or "mrkdwn") || (plain && Type(text) != "plain_text") ? "text type"
            : Length(text["text"]) is var length && length >= 1 && length <= longest ? null : $"must be 1 to {longest} characters: {length}";

    private static string Type(JsonNode? node) => node?["type"]?.GetValue<string>() ?? "";

    private static int Length(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text.Length : 0;
}
