using ChatOpsBot.Domain.Approvals;

namespace ChatOpsBot.Domain.Cards;

/// <summary>A button. Who may press it is judged at the press; the audience only says to whom it is worth showing.</summary>
public sealed record CardButton
{
    /// <summary>What it does.</summary>
    public required ButtonAction Action { get; init; }

    /// <summary>Opaque; the press brings it back.</summary>
    public required string Token { get; init; }

    /// <summary>What it says.</summary>
    public required string Label { get; init; }

    /// <summary>How it looks.</summary>
    public ButtonStyle Style { get; init; } = ButtonStyle.Usual;

    /// <summary>To whom it is worth showing.</summary>
    public Audience Audience { get; init; } = Audience.Anyone;

    /// <summary>With <see cref="Audience.Person"/>: to whom.</summary>
    public PersonId? Person { get; init; }

    /// <summary>A question before the press counts; a courtesy and no authorisation.</summary>
    public ButtonQuestion? Confirm { get; init; }

    /// <summary>Whether the surface may ask for a reason with the press.</summary>
    public bool AsksForReason { get; init; }
}

/// <summary>What a button does.</summary>
public enum ButtonAction
{
    /// <summary>Decide on the plan; the decision comes with the press. Only for the HTTP API.</summary>
    Decide,

    /// <summary>Say yes to the plan.</summary>
    Approve,

    /// <summary>Say no to the plan.</summary>
    Deny,

    /// <summary>Show everything about the incident.</summary>
    Details,

    /// <summary>Stop the incident.</summary>
    Cancel,

    /// <summary>Read the host again.</summary>
    Recheck,

    /// <summary>Ask for the guest's link to be taken down and up for a second.</summary>
    Nudge,

    /// <summary>Ask for a plan that writes the repair into the right configuration file.</summary>
    MakeStay,
}

/// <summary>How a button looks.</summary>
public enum ButtonStyle
{
    /// <summary>Like any.</summary>
    Usual,

    /// <summary>The one to press.</summary>
    Primary,

    /// <summary>The one to think about.</summary>
    Danger,
}

/// <summary>To whom a button is worth showing.</summary>
public enum Audience
{
    /// <summary>Everybody.</summary>
    Anyone,

    /// <summary>Who asked for the repair.</summary>
    Requester,

    /// <summary>Who may approve it.</summary>
    Approvers,

    /// <summary>One person.</summary>
    Person,
}

/// <summary>A question before a press counts.</summary>
/// <param name="Title">In a few words.</param>
/// <param name="Text">What will happen.</param>
/// <param name="Yes">Label of going on.</param>
/// <param name="No">Label of not.</param>
public sealed record ButtonQuestion(string Title, CardText Text, string Yes, string No);
