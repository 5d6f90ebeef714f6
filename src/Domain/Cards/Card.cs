using System.Collections.Immutable;
using ChatOpsBot.Domain.Incidents;

namespace ChatOpsBot.Domain.Cards;

/// <summary>
/// What a surface shows about an incident, free of any surface's format. Strings here are ours and harmless; everything from hosts and people is in
/// <see cref="TextRun.HostOutput"/> runs, which a surface places only where nothing parses them.
/// </summary>
public sealed record Card
{
    /// <summary>The incident.</summary>
    public required IncidentId Incident { get; init; }

    /// <summary>Number of the last event that it shows.</summary>
    public required long Seq { get; init; }

    /// <summary>For example <c>I-42 host42</c>.</summary>
    public required string Title { get; init; }

    /// <summary>Name of the state, as scripts see it.</summary>
    public required string Status { get; init; }

    /// <summary>How alarming it is.</summary>
    public required CardSeverity Severity { get; init; }

    /// <summary>One line, also for notifications.</summary>
    public required CardText Summary { get; init; }

    /// <summary>The content, most important first.</summary>
    public ImmutableArray<CardElement> Body { get; init; } = [];

    /// <summary>What can be done; judged at the press, whoever the button was shown to.</summary>
    public ImmutableArray<CardButton> Buttons { get; init; } = [];

    /// <summary>Small print, a line each.</summary>
    public ImmutableArray<CardText> Footer { get; init; } = [];
}

/// <summary>How alarming a card is; also its colour.</summary>
public enum CardSeverity
{
    /// <summary>Under way; nothing to worry about yet.</summary>
    Progress,

    /// <summary>All is well.</summary>
    Good,

    /// <summary>Somebody should look.</summary>
    Warning,

    /// <summary>Something is broken or waits for a person.</summary>
    Bad,
}

/// <summary>A piece of a card.</summary>
public abstract record CardElement
{
    private CardElement()
    {
    }

    /// <summary>A paragraph.</summary>
    /// <param name="Text">Its text.</param>
    public sealed record Paragraph(CardText Text) : CardElement;

    /// <summary>Short facts, a label each.</summary>
    /// <param name="Items">Label and value.</param>
    public sealed record Fields(ImmutableArray<CardField> Items) : CardElement;

    /// <summary>A checklist.</summary>
    /// <param name="Items">In order.</param>
    public sealed record Tasks(ImmutableArray<CardTask> Items) : CardElement;

    /// <summary>A table; every row has as many cells as there are columns.</summary>
    /// <param name="Title">What it lists.</param>
    /// <param name="Columns">Heads.</param>
    /// <param name="Rows">Rows of cells.</param>
    public sealed record Table(string Title, ImmutableArray<string> Columns, ImmutableArray<ImmutableArray<CardText>> Rows) : CardElement;

    /// <summary>The way of a frame, hop by hop.</summary>
    /// <param name="Hops">In order.</param>
    /// <param name="Marked">Index of the hop where it ends; <see langword="null"/> when it arrives.</param>
    public sealed record Path(ImmutableArray<CardText> Hops, int? Marked) : CardElement;

    /// <summary>Lines of output or commands, each on its own line, in a fixed-width font.</summary>
    /// <param name="Items">The lines.</param>
    public sealed record Lines(ImmutableArray<CardText> Items) : CardElement;

    /// <summary>Shown on demand; where a surface cannot fold, it goes to the thread or a file.</summary>
    /// <param name="Title">What is in it.</param>
    /// <param name="Content">The content; never folded again.</param>
    public sealed record Folded(string Title, ImmutableArray<CardElement> Content) : CardElement;
}

/// <summary>A fact with its label.</summary>
/// <param name="Label">A word or two.</param>
/// <param name="Value">The fact.</param>
public sealed record CardField(string Label, CardText Value);

/// <summary>One line of a checklist.</summary>
/// <param name="Text">What.</param>
/// <param name="State">How far it is.</param>
public sealed record CardTask(CardText Text, TaskState State);

/// <summary>How far a line of a checklist is.</summary>
public enum TaskState
{
    /// <summary>Not begun.</summary>
    Pending,

    /// <summary>Running.</summary>
    Running,

    /// <summary>Done.</summary>
    Done,

    /// <summary>Failed.</summary>
    Failed,

    /// <summary>Done and taken back.</summary>
    Undone,

    /// <summary>Will not happen any more.</summary>
    Skipped,
}
