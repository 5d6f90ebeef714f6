using ChatOpsBot.Domain.Approvals;
using ChatOpsBot.Domain.Incidents;

namespace ChatOpsBot.Application.Chat;

/// <summary>Where the pages of the web console are.</summary>
/// <param name="Console">Address that people open, for example <c>http://127.0.0.1:8080</c>; <see langword="null"/> when there is none.</param>
public sealed record ConsoleLinks(Uri? Console)
{
    /// <summary>The page of an incident.</summary>
    public Uri? Incident(IncidentId id) => Page($"incidents/{id}");

    /// <summary>The page of an incident for one person's decision on one plan. It names both and proves nothing: who is signed in there decides, and only if it is that person.</summary>
    public Uri? Decision(IncidentId id, string planHash, PersonId person) => Page($"incidents/{id}?plan={planHash[..16]}&for={Uri.EscapeDataString(person.Value)}");

    /// <summary>Its transcript for reading.</summary>
    public Uri? Transcript(IncidentId id) => Page($"api/v1/incidents/{id}/transcript?format=html");

    private Uri? Page(string path) => Console is { } console ? new Uri(console.AbsoluteUri.EndsWith('/') ? console : new Uri(console.AbsoluteUri + "/"), path) : null;
}
