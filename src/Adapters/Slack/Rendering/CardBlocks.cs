using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using ChatOpsBot.Domain.Approvals;
using ChatOpsBot.Domain.Cards;

namespace ChatOpsBot.Adapters.Slack.Rendering;

/// <summary>Renders cards as Block Kit. Words of hosts and people get into texts that Slack does not parse, and nowhere else.</summary>
/// <param name="account">The Slack user id of a person; <see langword="null"/> when there is none.</param>
internal sealed class CardBlocks(Func<PersonId, string?> account)
{
    /// <summary>What the ids of our buttons begin with.</summary>
    public const string ActionPrefix = "cob.";

    /// <summary>Folded lines up to so many are shown on the card itself.</summary>
    private const int FoldedShown = 6;

    private const int LongestAlert = 1000;

    private readonly RichText _rich = new(account);

    /// <summary>A card as a message.</summary>
    /// <param name="card">The card.</param>
    /// <param name="style">Which blocks may be used.</param>
    /// <param name="unfolded">Show also what is folded.</param>
    public SlackMessage Render(Card card, SlackBlocks style, bool unfolded = false)
    {
        var text = Mrkdwn.Escape($"{CardWords.Sign(card.Severity)} {card.Title} is {card.Status}: {card.Summary}", 1500);
        if (style == SlackBlocks.Text)
        {
            return TextOnly(card, text);
        }

        var buttons = unfolded ? null : Buttons(card);
        List<JsonObject> end = [.. card.Footer.IsEmpty ? [] : new[] { RichText.Block([.. card.Footer.SelectMany(part => new[] { RichText.Section(" \u00B7 "), _rich.Section(part) }).Skip(1)]) }, .. buttons is null ? [] : new[] { buttons }];
        var budget = new BlockBudget(blocks: end.Count + 1, bytes: end.Sum(BlockLimits.SizeOf) + 400);
        var heading = $"{CardWords.Sign(card.Severity)} {card.Title}: {card.Status}";
        budget.AddAlways([new() { ["type"] = "header", ["text"] = PlainText(heading, BlockLimits.Header) }]);
        budget.Add(Summary(card, style), $"{heading}\n{card.Summary}\n");
        foreach (var element in card.Body)
        {
            var title = element is CardElement.Folded folded && !unfolded && CardWords.CountOf(folded) > FoldedShown ? folded.Title : null;
            if (title is null)
            {
                budget.Add([.. Render(element, style, card)], CardWords.PlainOf(element));
            }
            else
            {
                budget.Add([RichText.Block(RichText.Section($"{title}: press Details"))], CardWords.PlainOf(element));
            }
        }

        if (budget.LeftOut > 0)
        {
            budget.AddAlways([RichText.Block(RichText.Section(unfolded
                ? $"{Number(budget.LeftOut)} more parts do not fit into a message: the file in the thread has all of it"
                : $"{Number(budget.LeftOut)} more parts do not fit into a message: press Details for all of it"))]);
        }

        budget.AddAlways(end);
        return new(text, budget.Blocks, budget.LeftOut > 0 ? $"{budget.Whole}\n{string.Join('\n', card.Footer)}\n" : null);
    }

    private static SlackMessage TextOnly(Card card, string head)
    {
        var whole = new StringBuilder().AppendJoin("", card.Body.Select(CardWords.PlainOf)).AppendJoin('\n', card.Footer).ToString();
        var typed = string.Join(", ", card.Buttons.Select(button => button.Action switch
        {
            ButtonAction.Approve => $"approve {card.Incident}",
            ButtonAction.Deny => $"deny {card.Incident} REASON",
            ButtonAction.Cancel => $"cancel {card.Incident}",
            ButtonAction.Recheck => $"recheck {card.Incident}",
            ButtonAction.Details => $"status {card.Incident}",
            _ => "",
        }).Where(line => line.Length > 0));
        var end = typed.Length == 0 ? "" : $"\nTo act, type: {typed}";
        var room = BlockLimits.Text - head.Length - end.Length - 100;
        var body = Mrkdwn.Escape(whole, room);
        return body.EndsWith(Mrkdwn.Cut, StringComparison.Ordinal) && Mrkdwn.Escape(whole).Length > room
            ? new($"{head}\n{body}\nNot all of it fits; type: status {card.Incident}{end}", null, whole)
            : new($"{head}\n{body}{end}", null, null);
    }

    private JsonObject[] Summary(Card card, SlackBlocks style)
    {
        var summary = RichText.Block(_rich.Section(card.Summary));
        if (style != SlackBlocks.Newest || card.Severity is not (CardSeverity.Bad or CardSeverity.Warning))
        {
            return [summary];
        }

        var text = $"{card.Summary}";
        JsonObject alert = new() { ["type"] = "alert", ["level"] = card.Severity == CardSeverity.Bad ? "error" : "warning", ["text"] = PlainText(text, LongestAlert) };

        // Said once, unless the alert cannot hold all of it: it takes no mentions, only one line, and not every length.
        return text.Length <= LongestAlert && !text.Contains('\n', StringComparison.Ordinal) && !card.Summary.Runs.Any(run => run is TextRun.Mention) ? [alert] : [alert, summary];
    }

    private IEnumerable<JsonObject> Render(CardElement element, SlackBlocks style, Card card)
    {
        switch (element)
        {
            case CardElement.Paragraph paragraph:
                yield return RichText.Block(_rich.Section(paragraph.Text));
                break;
            case CardElement.Fields fields:
                yield return RichText.Block([.. fields.Items.SelectMany(field => new[] { _rich.Labelled(field.Label, field.Value), Break() }).SkipLast(1)]);
                break;
            case CardElement.Tasks tasks when style == SlackBlocks.Newest:
                yield return Plan(tasks, card);
                break;
            case CardElement.Tasks tasks:
                yield return RichText.Block([.. tasks.Items.SelectMany(task => new[] { _rich.Section(new([new TextRun.Plain($"{CardWords.Sign(task.State)} "), .. task.Text.Runs])), Break() }).SkipLast(1)]);
                break;
            case CardElement.Table table when style == SlackBlocks.Newest && table.Columns.Length <= BlockLimits.TableColumns && table.Rows.Length < BlockLimits.TableRows:
                yield return RichText.Block(RichText.Section(table.Title));
                yield return new() { ["type"] = "table", ["rows"] = new JsonArray([.. CardWords.Rows(table).Select(row => (JsonNode)new JsonArray([.. row.Select(cell => (JsonNode)Raw(cell))]))]) };
                break;
            case CardElement.Table table:
                yield return RichText.Block(RichText.Section(table.Title));
                foreach (var block in Fixed(CardWords.Columns(CardWords.Rows(table))))
                {
                    yield return block;
                }

                break;
            case CardElement.Path or CardElement.Lines:
                foreach (var block in Fixed(CardWords.PlainOf(element).TrimEnd('\n')))
                {
                    yield return block;
                }

                break;
            case CardElement.Folded folded:
                yield return RichText.Block(RichText.Section(folded.Title));
                foreach (var block in folded.Content.SelectMany(inner => Render(inner, style, card)))
                {
                    yield return block;
                }

                break;
        }
    }

    private static JsonObject Plan(CardElement.Tasks tasks, Card card) => new()
    {
        ["type"] = "plan",
        ["title"] = "Progress",
        ["tasks"] = new JsonArray([.. tasks.Items.Select((task, index) => (JsonNode)new JsonObject
        {
            ["type"] = "task_card",
            ["task_id"] = $"{card.Incident}.{Number(index + 1)}",
            ["title"] = TextCut.At($"{task.Text}{(task.State switch { TaskState.Undone => " (taken back)", TaskState.Skipped => " (not done)", _ => "" })}", 250),
            ["status"] = task.State switch
            {
                TaskState.Running => "in_progress",
                TaskState.Done or TaskState.Undone => "complete",
                TaskState.Failed => "error",
                _ => "pending",
            },
        })]),
    };

    private static JsonObject? Buttons(Card card)
    {
        if (card.Buttons.IsEmpty)
        {
            return null;
        }

        var elements = new JsonArray();
        foreach (var (index, button) in card.Buttons.Take(BlockLimits.Actions).Index())
        {
            var element = new JsonObject
            {
                ["type"] = "button",
                ["action_id"] = $"{ActionPrefix}{button.Action.ToString().ToLowerInvariant()}.{Number(index)}",
                ["text"] = PlainText(button.Label, BlockLimits.ButtonText),
                ["value"] = button.Token,
            };
            if (button.Style != ButtonStyle.Usual)
            {
                element["style"] = button.Style == ButtonStyle.Primary ? "primary" : "danger";
            }

            if (button.Confirm is { } question)
            {
                var (title, body, label) = BlockLimits.Confirm;
                element["confirm"] = new JsonObject
                {
                    ["title"] = PlainText(question.Title, title),
                    ["text"] = PlainText(question.Text.ToString(), body),
                    ["confirm"] = PlainText(question.Yes, label),
                    ["deny"] = PlainText(question.No, label),
                };
            }

            elements.Add((JsonNode)element);
        }

        return new() { ["type"] = "actions", ["elements"] = elements };
    }

    /// <summary>Long output as several blocks, cut at line ends.</summary>
    public static IEnumerable<JsonObject> Fixed(string text) => TextCut.Pieces(text, RichText.LongestText).Select(piece => RichText.Block(RichText.Preformatted(piece)));

    /// <summary>A text that Slack does not parse.</summary>
    public static JsonObject PlainText(string text, int longest)
        => new() { ["type"] = "plain_text", ["text"] = text.Length == 0 ? " " : TextCut.At(Domain.Transcripts.Harmless.Line(text), longest), ["emoji"] = false };

    private static JsonObject Raw(string cell) => new() { ["type"] = "raw_text", ["text"] = cell.Length == 0 ? " " : TextCut.At(Domain.Transcripts.Harmless.Line(cell), 300) };

    private static JsonObject Break() => RichText.Section("\n");

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
