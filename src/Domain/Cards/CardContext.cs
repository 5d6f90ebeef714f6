using System.Collections.Immutable;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Transcripts;

namespace ChatOpsBot.Domain.Cards;

/// <summary>What a card needs besides the incident.</summary>
public sealed record CardContext
{
    /// <summary>The incident's events in order; empty when only the state is known, then the checklist shows less.</summary>
    public ImmutableArray<IncidentEvent> History { get; init; } = [];

    /// <summary>What goes on at this moment; <see langword="null"/> when that is not known.</summary>
    public LiveStep? Live { get; init; }

    /// <summary>Number of the last event.</summary>
    public required long Seq { get; init; }

    /// <summary>Hash of that event.</summary>
    public string Head { get; init; } = EventChain.Start;

    /// <summary>The incident's page.</summary>
    public Uri? Page { get; init; }

    /// <summary>The transcript for reading.</summary>
    public Uri? Transcript { get; init; }

    /// <summary>Why a changed configuration is not in force; <see langword="null"/> when all is well.</summary>
    public string? ConfigurationProblem { get; init; }

    /// <summary>Whether the nudge exists here.</summary>
    public bool CanNudge { get; init; }

    /// <summary>Whether a runbook of that id exists here.</summary>
    public Func<string, bool> HasRunbook { get; init; } = _ => false;

    /// <summary>Makes the token of a button.</summary>
    public required Func<ButtonAction, string> Token { get; init; }
}
