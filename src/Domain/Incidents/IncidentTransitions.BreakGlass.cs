using static ChatOpsBot.Domain.Incidents.IncidentEvent;
using static ChatOpsBot.Domain.Incidents.IncidentState;

namespace ChatOpsBot.Domain.Incidents;

/// <content>Acting alone, and the review: it is asked for at half of its time, at its end, and then once more after each such time until somebody else has looked, also after the incident has ended.</content>
public static partial class IncidentTransitions
{
    private static Transition.Accepted BreakGlass(Incident incident, Proposal before, GlassBroken e)
    {
        var proposal = before with { Approvals = before.Approvals.Add(new(e.By, e.At)), AloneBy = e.By };
        var shown = e.Review.Notify.Aggregate(incident, (joined, conversation) => JoinBy(joined, conversation));
        var open = incident.Glass is { ReviewedBy: null } unreviewed ? unreviewed : null;
        var glass = new BrokenGlass
        {
            By = [.. open?.By ?? [], e.By],
            Reason = e.Reason,
            Review = e.Review,
            Until = e.At + e.Review.Within,

            // The timer that a review has left behind is for the next round; so that one is passed over.
            Asked = open?.Asked ?? incident.Glass?.Asked + 1 ?? 0,
        };
        return Move(
            shown with { Glass = glass }, new Applying(proposal, Begun: false),
            [
                new Effect.BeginRepair(proposal.Generation, proposal.Attempt),
                new Effect.EndRepair(proposal.Generation, proposal.Attempt, OfRevert: false, e.At + incident.Limits.RepairWithin),

                // A review that is missing already has its timer.
                .. open is null ? [new Effect.RemindReview(glass.Asked + 1, e.At + (e.Review.Within / 2))] : Array.Empty<Effect>(),
            ]);
    }

    private static Transition.Accepted AskForReview(Incident incident, BrokenGlass glass, ReviewDue e)
    {
        var next = e.At < glass.Until ? glass.Until : e.At + glass.Review.Within;
        return Move(
            incident with { Glass = glass with { Asked = e.Round } }, incident.State,
            [.. incident.Conversations.Select(conversation => new Effect.AskForReview(conversation, e.Round)), new Effect.RemindReview(e.Round + 1, next)]);
    }

    private static Transition Review(Incident incident, GlassReviewed e) => incident.Glass switch
    {
        null => Refuse($"nobody has acted alone in {incident.Id}"),
        { ReviewedBy: { } by } => Refuse($"{incident.Id} has been reviewed by {by}"),
        { } glass when glass.By.Contains(e.By) => Refuse("somebody else has to review it: you acted alone yourself"),
        _ when e.Text.Length == 0 => Refuse("say what you found"),
        _ when incident.State is Applying or Verifying or Reverting => Refuse($"the repair is under way: {incident.Id} is {incident.State.Name}; review it when it has its outcome"),
        { } glass => Move(
            incident with { Glass = glass with { ReviewedBy = e.By } }, incident.State, [.. incident.Conversations.Select(conversation => new Effect.TellReview(conversation, glass.Asked))]),
    };
}
