using ChatOpsBot.Application.Approvals;
using ChatOpsBot.Domain.Policies;

namespace ChatOpsBot.Application.Commands;

/// <summary><c>deny</c>: says no to the plan that waits.</summary>
internal sealed class DenyCommand : ChatCommand
{
    public override PolicyCommand Command => PolicyCommand.Deny;

    public override string Usage => "deny INCIDENT [REASON]";

    public override string Example => "deny I-42 the switch is being changed";

    public override string Summary => "say no to the plan of an incident";

    internal override async Task<Prepared> PrepareAsync(CommandCall call, CancellationToken cancellationToken)
    {
        var (view, problem) = await Arguments.IncidentAsync(call, cancellationToken);
        if (view is null)
        {
            return Wrong(problem);
        }

        var reason = call.Line.TakeRest();
        return new Prepared.Ready(
            Ask(call, view.Incident), token => ApproveCommand.DecideAsync(call, new DecisionSubject.OfIncident(view.Incident.Id), Decision.Deny, reason, token));
    }
}
