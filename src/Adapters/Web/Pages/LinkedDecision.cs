using ChatOpsBot.Adapters.Web.Incidents;
using ChatOpsBot.Domain.Approvals;
using ChatOpsBot.Domain.Incidents;
using Microsoft.AspNetCore.Http;

namespace ChatOpsBot.Adapters.Web.Pages;

/// <summary>A link of a chat to one person's decision on one plan: it names both, and is good for nobody and nothing else.</summary>
internal static class LinkedDecision
{
    /// <summary>Why the link decides nothing; <see langword="null"/> when it does, or the page was opened without one.</summary>
    /// <param name="query">What the link named.</param>
    /// <param name="reading">The incident.</param>
    /// <param name="caller">Who is signed in.</param>
    public static string? Of(IQueryCollection query, IncidentReading reading, PersonId caller)
    {
        var (person, plan) = (query["for"].ToString(), query["plan"].ToString());
        return person.Length > 0 && person != caller.Value ? $"This link is for {person}, and you are signed in as {caller}. Open the incident without it to decide for yourself."
            : plan.Length > 0 && CurrentProposal.Of(reading.Incident)?.PlanHash.StartsWith(plan, StringComparison.Ordinal) != true
                ? "The plan that this link names is not the one that waits now. Open the incident without it to see what does."
            : null;
    }
}
