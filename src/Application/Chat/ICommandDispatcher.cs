using System.Collections.Immutable;
using ChatOpsBot.Domain.Approvals;
using ChatOpsBot.Domain.Cards;
using ChatOpsBot.Domain.Incidents;

namespace ChatOpsBot.Application.Chat;

/// <summary>The one way in for command lines and buttons of every surface.</summary>
public interface ICommandDispatcher
{
    /// <summary>Reads, judges and performs a command line. Every text gets an answer; a repeat with the same key gets the same one and is not performed again.</summary>
    /// <exception cref="Ports.StoreException">The store failed; nothing is known to have happened.</exception>
    Task<CommandAnswer> DispatchAsync(CommandRequest request, CancellationToken cancellationToken);

    /// <summary>A press on a button of a card, judged at this moment.</summary>
    /// <exception cref="Ports.StoreException">The store failed; nothing is known to have happened.</exception>
    Task<CommandAnswer> PressAsync(ButtonPress press, CancellationToken cancellationToken);
}

/// <summary>A command line from somewhere.</summary>
public sealed record CommandRequest
{
    /// <summary>The person who owns the account; <see langword="null"/> when the policy knows none.</summary>
    public PersonId? Person { get; init; }

    /// <summary>The asker's ids on that surface as an administrator needs them, for example <c>slack team T1 user U1</c>; <c>whoami</c> shows them.</summary>
    public ImmutableArray<string> Identities { get; init; } = [];

    /// <summary>The line, without the mention of the bot; a leading <c>/bridge</c> does no harm.</summary>
    public required string Text { get; init; }

    /// <summary>
    /// Why the surface lets this caller do nothing that needs rights, as a sentence: a guest, a channel shared with another company. <see langword="null"/> when nothing bars.
    /// Only <c>help</c>, <c>whoami</c> and <c>why-not</c> answer then.
    /// </summary>
    public string? Barred { get; init; }

    /// <summary>Where incidents of this command are shown; <see langword="null"/> when there is no such place.</summary>
    public ConversationId? Conversation { get; init; }

    /// <summary>The sender's ids and why they were believed, kept with what the command changes; <see langword="null"/> where no platform brought it.</summary>
    public InboundOrigin? Origin { get; init; }

    /// <summary>The sender's own id of this delivery with the surface before it, unique for ever; <see langword="null"/> when repeats cannot be told.</summary>
    public string? IdempotencyKey { get; init; }
}

/// <summary>A press on a button.</summary>
public sealed record ButtonPress
{
    /// <summary>The person who owns the account; <see langword="null"/> when the policy knows none.</summary>
    public PersonId? Person { get; init; }

    /// <summary>The button's token.</summary>
    public required string Token { get; init; }

    /// <summary>A reason that was asked for.</summary>
    public string? Reason { get; init; }

    /// <summary>
    /// Why the surface lets this caller do nothing that needs rights, as a sentence: a guest, a channel shared with another company. <see langword="null"/> when nothing bars.
    /// </summary>
    public string? Barred { get; init; }

    /// <summary>Where it was pressed.</summary>
    public ConversationId? Conversation { get; init; }

    /// <summary>As for commands.</summary>
    public InboundOrigin? Origin { get; init; }

    /// <summary>As for commands.</summary>
    public string? IdempotencyKey { get; init; }
}

/// <summary>The answer to a command or a press. The text is plain and may hold words of hosts and people: show it where nothing parses it.</summary>
public abstract record CommandAnswer
{
    private CommandAnswer()
    {
    }

    /// <summary>One or more lines for the asker; never empty.</summary>
    public abstract string Text { get; init; }

    /// <summary>Performed.</summary>
    /// <param name="Text">What came of it.</param>
    /// <param name="Incident">The incident it was about.</param>
    /// <param name="Card">A card to show to the asker, for example the details of an incident.</param>
    public sealed record Done(string Text, IncidentId? Incident = null, Card? Card = null) : CommandAnswer;

    /// <summary>Allowed, but there was nothing to do: decided already, no plan, ended. HTTP answers 200 with the text.</summary>
    /// <param name="Text">Why, and what is so instead.</param>
    /// <param name="Incident">The incident it was about.</param>
    public sealed record NotDone(string Text, IncidentId? Incident = null) : CommandAnswer;

    /// <summary>The policy said no. HTTP answers 403.</summary>
    /// <param name="Text">The sentence and what could be done.</param>
    /// <param name="Rule">The rule, or <c>no rule</c>.</param>
    public sealed record Refused(string Text, string Rule) : CommandAnswer;

    /// <summary>Not understood. HTTP answers 400.</summary>
    /// <param name="Text">What is wrong.</param>
    /// <param name="Usage">How the command is written.</param>
    public sealed record NotUnderstood(string Text, string Usage) : CommandAnswer;
}
