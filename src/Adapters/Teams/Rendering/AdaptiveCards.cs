using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using ChatOpsBot.Domain.Cards;

namespace ChatOpsBot.Adapters.Teams.Rendering;

/// <summary>Renders cards, forms and answers as Adaptive Cards 1.5.</summary>
/// <param name="name">How a person is called; only shown.</param>
internal sealed class AdaptiveCards(Func<Domain.Approvals.PersonId, string> name)
{
    /// <summary>Most people whose clients are asked to fetch a view of their own.</summary>
    public const int MostViewers = 5;

    /// <summary>Pieces of long output, each a card of its own.</summary>
    private const int LongestPiece = 12_000;

    private readonly RichBlocks _rich = new(name);

    /// <summary>The card that all see: no decision on it, one button that shows everybody their own.</summary>
    /// <param name="card">The card.</param>
    /// <param name="style">How buttons are sent.</param>
    /// <param name="viewers">Whose clients fetch their own view at once; at most <see cref="MostViewers"/> count.</param>
    public TeamsCard Shared(Card card, TeamsStyle style, ImmutableArray<string> viewers)
    {
        var token = TokenOf(card);
        var options = token is null ? [] : new[] { TeamsVerbs.Action(style, TeamsVerbs.Options, token, "Show my options", shared: true) };
        var made = Make(card, null, options, unfolded: false);
        if (style == TeamsStyle.Execute && token is not null && !viewers.IsEmpty)
        {
            made.Content["refresh"] = Refresh(token, viewers);
        }

        return made;
    }

    /// <summary>One person's own view, with what they may do.</summary>
    /// <param name="card">The card.</param>
    /// <param name="style">How buttons are sent.</param>
    /// <param name="buttons">What they may do.</param>
    /// <param name="note">What came of what they did; <see langword="null"/> for nothing.</param>
    /// <param name="viewer">The platform's id of the person; <see langword="null"/> when it is not known.</param>
    public TeamsCard Own(Card card, TeamsStyle style, IEnumerable<CardButton> buttons, string? note, string? viewer)
    {
        var actions = buttons.Select(button => TeamsVerbs.Action(
            style, button.AsksForReason || button.Confirm is not null ? TeamsVerbs.Ask : TeamsVerbs.Press, button.Token, button.Label, button.Style)).ToArray();
        var made = Make(card, note, actions, unfolded: false);

        // Their view is fetched anew whenever the message changes.
        if (style == TeamsStyle.Execute && viewer is not null && TokenOf(card) is { } token && card.Buttons.Any(button => button.Action == ButtonAction.Approve))
        {
            made.Content["refresh"] = Refresh(token, [viewer]);
        }

        return made;
    }

    /// <summary>A card with all of it and no buttons; what does not fit is in its rest.</summary>
    /// <param name="card">The card.</param>
    /// <param name="follows">Whether the rest is sent after it; else the card says how to get it.</param>
    public TeamsCard Details(Card card, bool follows = true) => Make(card, null, [], unfolded: true, follows);

    /// <summary>All that a card says, as plain text.</summary>
    public static string Whole(Card card) => $"{card.Title}: {card.Status}\n{card.Summary}\n\n{string.Join('\n', card.Body.Select(CardWords.PlainOf))}";

    /// <summary>So much more than a card that it is better a file.</summary>
    public static bool IsLong(string rest) => rest.Length > LongestPiece;

    /// <summary>A question before a press counts.</summary>
    public TeamsCard Question(ButtonQuestion question, CardButton button, string back, TeamsStyle style)
        => Of(
            [RichBlocks.Heading(question.Title), _rich.Paragraph(question.Text)],
            [TeamsVerbs.Action(style, TeamsVerbs.Press, button.Token, question.Yes, button.Style), TeamsVerbs.Action(style, TeamsVerbs.Options, back, question.No)],
            question.Title);

    /// <summary>A form as a card.</summary>
    /// <param name="form">The form.</param>
    /// <param name="style">How buttons are sent.</param>
    /// <param name="wrong">What was wrong with the answers before.</param>
    /// <param name="back">Token that leads back to the person's view; <see langword="null"/> where there is none.</param>
    public static TeamsCard Form(Form form, TeamsStyle style, string? wrong, string? back)
    {
        List<JsonObject> body = [RichBlocks.Heading(form.Title), .. wrong is null ? [] : new[] { RichBlocks.Heading(wrong, "Attention") }, .. form.Fields.Select(Field)];
        List<JsonObject> actions = [TeamsVerbs.Action(style, TeamsVerbs.Form, form.Token, form.Submit, ButtonStyle.Primary)];
        if (back is not null)
        {
            actions.Add(TeamsVerbs.Action(style, TeamsVerbs.Options, back, "Back"));
        }

        return Of(body, actions, form.Title);
    }

    /// <summary>A text, in as many cards as it needs.</summary>
    public static IEnumerable<TeamsCard> Texts(string text)
    {
        foreach (var piece in TextCut.Pieces(text, LongestPiece))
        {
            yield return Of(piece.Contains('\n') ? [.. RichBlocks.Fixed(piece)] : [.. TextCut.Pieces(piece, RichBlocks.LongestText).Select(RichBlocks.Plain)], [], piece);
        }
    }

    /// <summary>A post.</summary>
    public IEnumerable<TeamsCard> Post(CardText text)
    {
        var plain = text.ToString();
        return plain.Length > RichBlocks.LongestText ? Texts(plain) : [Of([_rich.Paragraph(text)], [], plain)];
    }

    /// <summary>A card as a message; never with a text beside it, which Teams would split off.</summary>
    /// <param name="card">The card.</param>
    /// <param name="bot">The bot's own id there.</param>
    /// <param name="replyTo">The message that it answers.</param>
    public static JsonObject Message(TeamsCard card, string bot, string? replyTo)
    {
        var attachment = new JsonObject { ["contentType"] = card.ContentType, ["content"] = card.Content };
        if (card.Name is not null)
        {
            attachment["name"] = card.Name;
        }

        if (card.Address is not null)
        {
            attachment["contentUrl"] = card.Address;
        }

        var message = new JsonObject
        {
            ["type"] = "message",
            ["from"] = new JsonObject { ["id"] = bot },
            ["summary"] = card.Summary,
            ["attachments"] = new JsonArray(attachment),
        };
        if (replyTo is not null)
        {
            message["replyToId"] = replyTo;
        }

        return message;
    }

    /// <summary>Media type of a card.</summary>
    public const string ContentType = "application/vnd.microsoft.card.adaptive";

    /// <summary>Token that shows and never changes anything.</summary>
    public static string? TokenOf(Card card) => card.Buttons.FirstOrDefault(button => button.Action == ButtonAction.Details)?.Token;

    private TeamsCard Make(Card card, string? note, JsonObject[] actions, bool unfolded, bool follows = false)
    {
        var heading = $"{CardWords.Sign(card.Severity)} {card.Title}: {card.Status}";
        List<JsonObject> end = [.. card.Footer.Select(_rich.Small), .. ActionSet(actions)];
        var body = new CardBody(end.Sum(CardBody.SizeOf) + 3000);
        body.AddAlways([RichBlocks.Heading(heading, ColorOf(card.Severity))]);
        if (note is not null)
        {
            body.AddAlways([RichBlocks.Plain(TextCut.At(note, 600))]);
        }

        body.Add([_rich.Paragraph(card.Summary)], $"{heading}\n{card.Summary}\n");
        var parts = new CardParts(_rich);
        foreach (var element in card.Body)
        {
            body.Add(unfolded ? parts.Unfolded(element) : parts.Of(element), CardWords.PlainOf(element));
        }

        if (body.LeftOut > 0)
        {
            var left = body.LeftOut.ToString(CultureInfo.InvariantCulture);
            body.AddAlways([RichBlocks.Plain(follows ? $"{left} more parts do not fit into a card; all of it follows" : $"{left} more parts do not fit into a card; type: status {card.Incident}")]);
        }

        body.AddAlways(end);
        return new(Content(body.Elements, $"{card.Title} is {card.Status}"), Neutral.Of($"{CardWords.Sign(card.Severity)} {card.Title} is {card.Status}: {card.Summary}", 500), body.LeftOut > 0 ? body.Whole : null);
    }

    private static TeamsCard Of(IEnumerable<JsonObject> body, IReadOnlyList<JsonObject> actions, string summary)
        => new(Content([.. body.Concat(ActionSet(actions)).Select(element => (JsonNode)element)], summary), Neutral.Of(summary, 500), null);

    private static JsonObject Content(JsonArray body, string fallback) => new()
    {
        ["type"] = "AdaptiveCard",
        ["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json",
        ["version"] = "1.5",
        ["fallbackText"] = Neutral.Of(fallback, 500),
        ["body"] = body,
    };

    /// <summary>Within a set of its own: older clients show the buttons of a card itself at odd places.</summary>
    private static IEnumerable<JsonObject> ActionSet(IReadOnlyList<JsonObject> actions)
        => actions.Count == 0 ? [] : [new() { ["type"] = "ActionSet", ["actions"] = new JsonArray([.. actions.Select(action => (JsonNode)action)]) }];

    private static JsonObject Refresh(string token, ImmutableArray<string> viewers) => new()
    {
        ["action"] = new JsonObject { ["type"] = "Action.Execute", ["verb"] = TeamsVerbs.Options, ["data"] = TeamsVerbs.Data(TeamsVerbs.Options, token, shared: true) },
        ["userIds"] = new JsonArray([.. viewers.Take(MostViewers).Select(viewer => (JsonNode)viewer)]),
    };

    private static JsonObject Field(FormField field)
    {
        var input = field switch
        {
            FormField.Choice { Options.Length: > 0 } choice => new JsonObject
            {
                ["type"] = "Input.ChoiceSet",
                ["style"] = "compact",
                ["choices"] = new JsonArray([.. choice.Options.Select(option => (JsonNode)new JsonObject { ["title"] = Neutral.Of(option.Label, 150), ["value"] = option.Value })]),
            },
            FormField.Text text => new() { ["type"] = "Input.Text", ["isMultiline"] = true, ["maxLength"] = text.Longest },
            FormField.Line line => new() { ["type"] = "Input.Text", ["maxLength"] = line.Longest },
            _ => new() { ["type"] = "Input.Text", ["maxLength"] = 200 },
        };
        input["id"] = TeamsVerbs.Input + field.Name;

        // Labels hold names and titles of runbooks.
        input["label"] = Neutral.Of(field.Label, 200);
        input["isRequired"] = field.Required;
        input["errorMessage"] = "needed";
        return input;
    }

    private static string ColorOf(CardSeverity severity) => severity switch
    {
        CardSeverity.Good => "Good",
        CardSeverity.Warning => "Warning",
        CardSeverity.Bad => "Attention",
        _ => "Accent",
    };
}
