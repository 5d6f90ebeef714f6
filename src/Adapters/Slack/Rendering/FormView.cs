using System.Text.Json;
using System.Text.Json.Nodes;
using ChatOpsBot.Domain.Cards;

namespace ChatOpsBot.Adapters.Slack.Rendering;

/// <summary>Renders forms as modals and reads what was filled in.</summary>
internal static class FormView
{
    /// <summary>Names our modals.</summary>
    public const string Callback = "cob.form";

    private const string Value = "v";

    /// <summary>A form as a modal.</summary>
    /// <param name="form">The form.</param>
    /// <param name="channel">Where it was asked for; its answer goes there.</param>
    /// <param name="thread">In which thread.</param>
    public static JsonObject Render(Form form, string channel, string? thread)
    {
        var blocks = new JsonArray();
        foreach (var field in form.Fields.Take(BlockLimits.Blocks))
        {
            blocks.Add((JsonNode)new JsonObject
            {
                ["type"] = "input",
                ["block_id"] = field.Name,
                ["optional"] = !field.Required,
                ["label"] = CardBlocks.PlainText(field.Label, BlockLimits.FieldLabel),
                ["element"] = Element(field),
            });
        }

        return new()
        {
            ["type"] = "modal",
            ["callback_id"] = Callback,
            ["title"] = CardBlocks.PlainText(form.Title, BlockLimits.FormTitle),
            ["submit"] = CardBlocks.PlainText(form.Submit, BlockLimits.FormTitle),
            ["close"] = CardBlocks.PlainText("Back", BlockLimits.FormTitle),
            ["private_metadata"] = new JsonObject { ["token"] = form.Token, ["channel"] = channel, ["thread"] = thread }.Json(),
            ["blocks"] = blocks,
        };
    }

    /// <summary>What a modal carries with it; <see langword="null"/> when it is none of ours.</summary>
    public static FormOrigin? ReadOrigin(string? metadata)
    {
        try
        {
            using var document = JsonDocument.Parse(metadata ?? "");
            return document.RootElement.Text("token") is { } token && document.RootElement.Text("channel") is { } channel
                ? new(token, channel, document.RootElement.Text("thread"))
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>What was filled in, by field; empty fields are left out.</summary>
    public static Dictionary<string, string> ReadAnswers(JsonElement view)
    {
        var answers = new Dictionary<string, string>(StringComparer.Ordinal);
        if (view.Member("state")?.Member("values") is not { ValueKind: JsonValueKind.Object } values)
        {
            return answers;
        }

        foreach (var block in values.EnumerateObject())
        {
            if (block.Label() is { } name && block.Value.Member(Value) is { } input && (input.Text("value") ?? input.Member("selected_option")?.Text("value")) is { } answer)
            {
                answers[name] = answer;
            }
        }

        return answers;
    }

    private static JsonObject Element(FormField field) => field switch
    {
        // What does not fit into a list is typed; nothing is left out.
        FormField.Choice { Options.Length: > 0 and <= BlockLimits.Options } choice when choice.Options.All(option => option.Value.Length is > 0 and <= BlockLimits.Option) => new()
        {
            ["type"] = "static_select",
            ["action_id"] = Value,
            ["options"] = new JsonArray([.. choice.Options.Select(option => (JsonNode)new JsonObject
            {
                ["text"] = CardBlocks.PlainText(option.Label, BlockLimits.Option),
                ["value"] = option.Value,
            })]),
        },
        FormField.Text text => Input(multiline: true, text.Longest),
        FormField.Line line => Input(multiline: false, line.Longest),
        _ => Input(multiline: false, 200),
    };

    private static JsonObject Input(bool multiline, int longest)
        => new() { ["type"] = "plain_text_input", ["action_id"] = Value, ["multiline"] = multiline, ["max_length"] = Math.Clamp(longest, 1, BlockLimits.Input) };
}

/// <summary>Where a form was asked for.</summary>
/// <param name="Token">The form's token.</param>
/// <param name="Channel">The channel.</param>
/// <param name="Thread">The thread.</param>
internal sealed record FormOrigin(string Token, string Channel, string? Thread);
