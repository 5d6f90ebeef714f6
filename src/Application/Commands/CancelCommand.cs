using ChatOpsBot.Application.Chat;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Policies;

namespace ChatOpsBot.Application.Commands;

/// <summary><c>cancel</c>: ends an incident, or has its repair taken back.</summary>
internal sealed class CancelCommand : ChatCommand
{
    public override PolicyCommand Command => PolicyCommand.Cancel;

    public override string Usage => "cancel INCIDENT [REASON]";

    public override string Example => "cancel I-42";

    public override string Summary => "end an incident; a repair under way stops at its next step and is taken back";

    internal override async Task<Prepared> PrepareAsync(CommandCall call, CancellationToken cancellationToken)
    {
        var (view, problem) = await Arguments.IncidentAsync(call, cancellationToken);
        if (view is null)
        {
            return Wrong(problem);
        }

        var reason = OneLine.Of(call.Line.TakeRest(), Arguments.LongestText);
        return new Prepared.Ready(
            Ask(call, view.Incident),
            token => IncidentChanges.ApplyAsync(call, view, new IncidentEvent.CancelRequested(call.Now, call.Asker, reason), Answer, token));
    }

    private static string Answer(Incident after) => after.State is IncidentState.Ended ended
        ? $"{after.Id} has ended {ended.Name}: {ended.Why}"
        : $"{after.Id}: the repair of {after.Request.Host} stops at its next step and is taken back";
}
