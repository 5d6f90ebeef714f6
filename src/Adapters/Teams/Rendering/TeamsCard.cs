using System.Text.Json.Nodes;
using ChatOpsBot.Domain.Cards;

namespace ChatOpsBot.Adapters.Teams.Rendering;

/// <summary>How buttons are sent.</summary>
internal enum TeamsStyle
{
    /// <summary>Action.Execute with Action.Submit behind it: Teams.</summary>
    Execute,

    /// <summary>Action.Submit only: local test clients, which know nothing else.</summary>
    Submit,
}

/// <summary>A card ready to be sent.</summary>
/// <param name="Content">The Adaptive Card.</param>
/// <param name="Summary">For notifications.</param>
/// <param name="Rest">What did not fit, as plain text; the card says so.</param>
internal sealed record TeamsCard(JsonObject Content, string Summary, string? Rest)
{
    /// <summary>What it is to Teams.</summary>
    public string ContentType { get; init; } = AdaptiveCards.ContentType;

    /// <summary>Name of the file; <see langword="null"/> when it is none.</summary>
    public string? Name { get; init; }

    /// <summary>Where the file is.</summary>
    public string? Address { get; init; }

    /// <summary>What is sent instead where Teams takes no offer of a file.</summary>
    public IReadOnlyList<TeamsCard> Otherwise { get; init; } = [];
}

/// <summary>What buttons of ours say when they are pressed. Only the verb and the sealed token count; whatever else comes back is not believed.</summary>
internal static class TeamsVerbs
{
    /// <summary>Show the asker's own view; also the automatic refresh. Changes nothing.</summary>
    public const string Options = "cob.options";

    /// <summary>Ask before the press counts: for a reason, or whether it is meant.</summary>
    public const string Ask = "cob.ask";

    /// <summary>Press a button.</summary>
    public const string Press = "cob.press";

    /// <summary>Send a form.</summary>
    public const string Form = "cob.form";

    /// <summary>Member of the data that holds the verb where the action has none.</summary>
    public const string Verb = "cob";

    /// <summary>Member of the data that holds the token.</summary>
    public const string Token = "t";

    /// <summary>Member of the data that is there on the message that all see.</summary>
    public const string Shared = "all";

    /// <summary>What the ids of inputs begin with.</summary>
    public const string Input = "f.";

    /// <summary>One button.</summary>
    public static JsonObject Action(TeamsStyle style, string verb, string token, string title, ButtonStyle look = ButtonStyle.Usual, bool shared = false)
    {
        var submit = new JsonObject { ["type"] = "Action.Submit", ["title"] = title, ["data"] = Data(verb, token, shared) };
        var action = style == TeamsStyle.Submit
            ? submit
            : new JsonObject { ["type"] = "Action.Execute", ["title"] = title, ["verb"] = verb, ["data"] = Data(verb, token, shared), ["fallback"] = submit };
        if (verb == Options)
        {
            // Nothing that was filled in has to be right to go back.
            submit["associatedInputs"] = "none";
            action["associatedInputs"] = "none";
        }

        if (look != ButtonStyle.Usual)
        {
            action["style"] = look == ButtonStyle.Primary ? "positive" : "destructive";
        }

        return action;
    }

    /// <summary>What a button carries.</summary>
    public static JsonObject Data(string verb, string token, bool shared)
    {
        var data = new JsonObject { [Verb] = verb, [Token] = token };
        if (shared)
        {
            data[Shared] = true;
        }

        return data;
    }
}
