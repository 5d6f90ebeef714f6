using ChatOpsBot.Application.Ports;
using Microsoft.AspNetCore.Components;

namespace ChatOpsBot.Adapters.Web.Pages;

/// <summary>The first page.</summary>
/// <param name="Frame">What is around.</param>
/// <param name="Open">Open incidents that the person may see, newest first.</param>
/// <param name="Recent">Ended ones.</param>
/// <param name="Text">What stands in the command box.</param>
/// <param name="Key">Names the next command, so that sending it twice does it once.</param>
public sealed record HomeView(PageFrame Frame, IReadOnlyList<IncidentLine> Open, IReadOnlyList<IncidentLine> Recent, string Text, string Key);

/// <summary>Open and recent incidents and a command box.</summary>
public sealed partial class HomePage : ComponentBase
{
    /// <summary>What to show.</summary>
    [Parameter]
    [EditorRequired]
    public required HomeView View { get; set; }
}
