using System.Collections.Immutable;
using ChatOpsBot.Domain.Diagnosis;

namespace ChatOpsBot.Domain.Runbooks;

/// <summary>A repair in general: what to change, how to see it, how to take it back. One file; a <see cref="Planner"/> makes a <see cref="Plan"/> for one host from it.</summary>
public sealed record Runbook
{
    /// <summary>Path of the file below the runbooks folder without suffix, for example <c>bridge/attach-uplink</c>.</summary>
    public required string Id { get; init; }

    /// <summary>SHA-256 of the file's bytes, lower-case hex.</summary>
    public required string Hash { get; init; }

    /// <summary>What it does, as an instruction: <c>Attach the uplink to its bridge</c>.</summary>
    public required string Title { get; init; }

    /// <summary>Fault ids it repairs; empty for a runbook that only people start.</summary>
    public ImmutableArray<string> Answers { get; init; } = [];

    /// <summary>Whether no finding leads to it: a person has to ask for it.</summary>
    public bool IsForPeople => Answers.IsEmpty;

    /// <summary>What is filled in where, in the order in which it is found out.</summary>
    public ImmutableArray<RunbookParameter> Parameters { get; init; } = [];

    /// <summary>What must hold on the host before anything is planned.</summary>
    public ImmutableArray<RunbookRequirement> Requirements { get; init; } = [];

    /// <summary>The changes in order; empty only when <see cref="Keeps"/> says where they come from.</summary>
    public required ImmutableArray<RunbookStep> Steps { get; init; }

    /// <summary>Id of the runbook whose repair it makes stay: the steps then are found from the configuration files. <see langword="null"/> for a repair of the running host.</summary>
    public string? Keeps { get; init; }

    /// <summary>Runtime repairs that can be made to stay, by the ids of their runbooks.</summary>
    public static IEnumerable<string> Keepable => PersistPlanner.Repairs;

    /// <summary>The parameter that a runbook needs to make a repair stay: the link that the repair has changed; <see langword="null"/> for none.</summary>
    public static string? ParameterToKeep(string repair) => PersistPlanner.ParameterOf(repair);

    /// <summary>The probe that shows the cure.</summary>
    public SymptomProbe Probe { get; init; } = SymptomProbe.DhcpAck;

    /// <summary>What else comes with the change, for the approver; may hold placeholders.</summary>
    public required string Consequence { get; init; }
}

/// <summary>What a parameter may be. The value is checked against the host, wherever it came from.</summary>
public enum ParameterType
{
    /// <summary>A Linux bridge of the host.</summary>
    Bridge,

    /// <summary>Any link of the host.</summary>
    Link,

    /// <summary>The host-side device of a guest.</summary>
    Tap,

    /// <summary>A guest by name.</summary>
    Guest,

    /// <summary>A name in a firewall: letters, digits, <c>_ - . /</c>; nothing that nft could read as a command.</summary>
    Name,

    /// <summary>A decimal number.</summary>
    Number,

    /// <summary>Text without control characters, at most 64 KB.</summary>
    Text,

    /// <summary>Lines of text; newlines are allowed, other control characters but tabs are not.</summary>
    Lines,
}

/// <summary>A named value of a runbook; <c>{name}</c> stands for it.</summary>
/// <param name="Name">Its name: small letters, digits and dashes.</param>
/// <param name="Type">What it may be.</param>
/// <param name="Source">Where it comes from: <c>finding.subject</c>, <c>finding.bridge</c>, <c>plan</c>, <c>given</c> or a fact of <see cref="RunbookFacts"/>.</param>
/// <param name="Of">The parameters that a fact is about, in the fact's order.</param>
/// <param name="About">For a person who has to give it.</param>
public sealed record RunbookParameter(string Name, ParameterType Type, string Source, ImmutableArray<string> Of, string About)
{
    /// <summary>Source of a parameter that a person gives as <c>key=value</c>.</summary>
    public const string Given = "given";

    /// <summary>Source: the object that the finding names.</summary>
    public const string FindingSubject = "finding.subject";

    /// <summary>Source: the bridge that the finding concerns.</summary>
    public const string FindingBridge = "finding.bridge";

    /// <summary>Source: the plan's id.</summary>
    public const string PlanId = "plan";

    /// <summary>Whether a person may give it: all that no fact decides.</summary>
    public bool MayBeGiven => Source is Given or FindingSubject or FindingBridge;
}

/// <summary>A condition for planning: one text, after placeholders, equals another.</summary>
/// <param name="That">The text that is looked at, for example <c>{stp}</c>.</param>
/// <param name="Is">What it must be.</param>
/// <param name="Otherwise">Why not, when it is not; a sentence that may hold placeholders.</param>
/// <param name="Remedy">What to do instead.</param>
public sealed record RunbookRequirement(string That, string Is, string Otherwise, string Remedy);

/// <summary>One change. All texts may hold placeholders; a placeholder never crosses the border of an argument.</summary>
public sealed record RunbookStep
{
    /// <summary>What it does, for people.</summary>
    public required string Name { get; init; }

    /// <summary>What it interrupts, before the topology raises it.</summary>
    public required Risk Risk { get; init; }

    /// <summary>Parameter that holds the link it changes; <see langword="null"/> when it changes no link.</summary>
    public string? Subject { get; init; }

    /// <summary>Parameters that hold further links it touches; they count for the risk.</summary>
    public ImmutableArray<string> Touches { get; init; } = [];

    /// <summary>Prints the value that it changes.</summary>
    public required ImmutableArray<string> Read { get; init; }

    /// <summary>What that prints before.</summary>
    public required string Before { get; init; }

    /// <summary>The change.</summary>
    public required ImmutableArray<string> Run { get; init; }

    /// <summary>What <see cref="Read"/> prints afterwards. A step whose value is that already is left out.</summary>
    public required string After { get; init; }

    /// <summary>Takes the change back.</summary>
    public required ImmutableArray<string> Undo { get; init; }

    /// <summary>Limit for each command, 1 s to 10 min.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);
}
