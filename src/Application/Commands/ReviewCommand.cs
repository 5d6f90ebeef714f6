using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Policies;

namespace ChatOpsBot.Application.Commands;

/// <summary><c>review</c>: ends the duty that <c>break-glass</c> leaves behind. Whoever acted alone cannot do it.</summary>
internal sealed class ReviewCommand : ChatCommand
{
    public override PolicyCommand Command => PolicyCommand.Review;

    public override string Usage => "review INCIDENT TEXT";

    public override string Example => "review I-42 right, the second person was on a plane";

    public override string Summary => "write down what you found about a repair that another person let through alone";

    internal override Task<Prepared> PrepareAsync(CommandCall call, CancellationToken cancellationToken) => SayAsync(
        call, "the text is missing",
        (view, text, token) => IncidentChanges.ApplyAsync(call, view, new IncidentEvent.GlassReviewed(call.Now, call.Asker, text), after => $"{after.Id} is reviewed", token),
        cancellationToken);
}
