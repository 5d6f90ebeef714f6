using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.FramePath;
using Microsoft.AspNetCore.Components;

namespace ChatOpsBot.Adapters.Web.Pages;

/// <summary>What was found, what was ruled out, what was not read, and the guests.</summary>
public sealed partial class DiagnosisCard : ComponentBase
{
    /// <summary>The diagnosis.</summary>
    [Parameter]
    [EditorRequired]
    public required Diagnosis Diagnosis { get; set; }

    private static string HopClass(PathHop hop) => hop.Verdict switch { HopVerdict.Passes => "passes", HopVerdict.Stops => "stops", _ => "unclear" };
}
