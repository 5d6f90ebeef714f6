using Microsoft.AspNetCore.Components;

namespace ChatOpsBot.Adapters.Web.Pages;

/// <summary>The hidden fields of a form about an incident.</summary>
public sealed partial class FormSecrets : ComponentBase
{
    /// <summary>The page.</summary>
    [Parameter]
    [EditorRequired]
    public required IncidentPageView View { get; set; }

    /// <summary>What the form does.</summary>
    [Parameter]
    [EditorRequired]
    public required string Verb { get; set; }
}
