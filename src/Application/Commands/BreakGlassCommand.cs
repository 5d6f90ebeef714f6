using ChatOpsBot.Application.Approvals;
using ChatOpsBot.Domain.Policies;

namespace ChatOpsBot.Application.Commands;

/// <summary><c>break-glass</c>: lets the plan that waits be carried out without the approvals it needs. The policy names who may, and who has to review it.</summary>
internal sealed class BreakGlassCommand : ChatCommand
{
    public override PolicyCommand Command => PolicyCommand.BreakGlass;

    public override string Usage => "break-glass INCIDENT REASON";

    public override string Example => "break-glass I-42 all guests of rack 3 are offline and nobody answers";

    public override string Summary => "approve alone in an emergency; another person has to review it";

    internal override Task<Prepared> PrepareAsync(CommandCall call, CancellationToken cancellationToken) => SayAsync(
        call, "the reason is missing: say why it cannot wait for the approvers",
        (view, reason, token) => ApproveCommand.DecideAsync(call, new DecisionSubject.OfIncident(view.Incident.Id), Decision.BreakGlass, reason, token),
        cancellationToken);
}
