using ChatOpsBot.Application.Ports;
using Microsoft.AspNetCore.Components;

namespace ChatOpsBot.Adapters.Web.Pages;

/// <summary>Incidents, a line each.</summary>
public sealed partial class IncidentList : ComponentBase
{
    /// <summary>The lines.</summary>
    [Parameter]
    [EditorRequired]
    public required IReadOnlyList<IncidentLine> Lines { get; set; }
}
