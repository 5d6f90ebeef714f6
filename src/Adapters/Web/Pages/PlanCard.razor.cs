using ChatOpsBot.Domain.Incidents;
using Microsoft.AspNetCore.Components;

namespace ChatOpsBot.Adapters.Web.Pages;

/// <summary>A plan: what will run, what it changes, who notices, how it is undone, and the decision.</summary>
public sealed partial class PlanCard : ComponentBase
{
    /// <summary>The page.</summary>
    [Parameter]
    [EditorRequired]
    public required IncidentPageView View { get; set; }

    /// <summary>The plan.</summary>
    [Parameter]
    [EditorRequired]
    public required IncidentEvent.PlanProposed Proposed { get; set; }

    private bool Waiting => View.Incident.State is IncidentState.AwaitingApproval;

    private static string Undone => "by itself, on the host, unless a new connection proves the repair in time";

    private static string Class(char sign) => sign switch
    {
        '+' => "add",
        '-' => "del",
        '@' => "note",
        _ => "same",
    };
}
