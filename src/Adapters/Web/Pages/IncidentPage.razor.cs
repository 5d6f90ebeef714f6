using ChatOpsBot.Adapters.Web.Incidents;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Domain.Incidents;
using Microsoft.AspNetCore.Components;

namespace ChatOpsBot.Adapters.Web.Pages;

/// <summary>The page of one incident.</summary>
public sealed record IncidentPageView
{
    /// <summary>What is around.</summary>
    public required PageFrame Frame { get; init; }

    /// <summary>The incident with its history.</summary>
    public required IncidentReading Reading { get; init; }

    /// <summary>The moment of rendering.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>The token with which the person may decide about the plan shown; <see langword="null"/> when not.</summary>
    public string? Decide { get; init; }

    /// <summary>Why the link that was followed decides nothing here; <see langword="null"/> when it does, or no decision was linked to.</summary>
    public string? Linked { get; init; }

    /// <summary>Whether the person may cancel.</summary>
    public bool MayCancel { get; init; }

    /// <summary>Whether the person may have the host read again.</summary>
    public bool MayRecheck { get; init; }

    /// <summary>Whether the person may write a note.</summary>
    public bool MayNote { get; init; }

    /// <summary>Whether the person may read the transcript.</summary>
    public bool MayTranscript { get; init; }

    /// <summary>What is going on at this moment in this process.</summary>
    public LiveProgress? Progress { get; init; }

    /// <summary>Names the next action, so that sending a form twice does it once.</summary>
    public required string Key { get; init; }

    /// <summary>The incident.</summary>
    public Incident Incident => Reading.Incident;
}

/// <summary>One incident with all that is known about it and what can be done.</summary>
public sealed partial class IncidentPage : ComponentBase
{
    /// <summary>What to show.</summary>
    [Parameter]
    [EditorRequired]
    public required IncidentPageView View { get; set; }
}
