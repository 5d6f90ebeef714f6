using ChatOpsBot.Adapters.Web.Incidents;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Transcripts;
using Microsoft.AspNetCore.Components;

namespace ChatOpsBot.Adapters.Web.Pages;

/// <summary>The part of the incident's page that the script loads again when something has happened. Each <c>data-part</c> is replaced by itself.</summary>
public sealed partial class IncidentBody : ComponentBase
{
    /// <summary>What to show.</summary>
    [Parameter]
    [EditorRequired]
    public required IncidentPageView View { get; set; }

    private string Action => $"/incidents/{View.Incident.Id}/do";

    private string Title => View.Incident.Diagnosis switch
    {
        { Primary: { } primary, Verdict: not OverallVerdict.Healthy } => Harmless.Line(primary.Summary),
        { Verdict: OverallVerdict.Healthy } => $"{Harmless.Line(View.Incident.Request.Host)} is healthy",
        { Verdict: OverallVerdict.Unreachable } => $"{Harmless.Line(View.Incident.Request.Host)} cannot be read",
        { } => "Nothing was found, but not everything could be judged",
        null => $"Checking {Harmless.Line(View.Incident.Request.Host)}",
    };

    private string TranscriptLink(string format) => $"/api/v1/incidents/{View.Incident.Id}/transcript?format={format}";

    private static string Word(Mark mark) => mark switch
    {
        Mark.Done => "done",
        Mark.Now => "now",
        Mark.Failed => "not done",
        _ => "to come",
    };
}
