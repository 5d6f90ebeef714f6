using ChatOpsBot.Application.Approvals;
using ChatOpsBot.Application.Chat;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Policies;

namespace ChatOpsBot.Application.Commands;

/// <summary><c>approve</c>: says yes to the plan that waits.</summary>
internal sealed class ApproveCommand : ChatCommand
{
    public override PolicyCommand Command => PolicyCommand.Approve;

    public override string Usage => "approve INCIDENT";

    public override string Example => "approve I-42";

    public override string Summary => "say yes to the plan of an incident as it is now";

    internal override async Task<Prepared> PrepareAsync(CommandCall call, CancellationToken cancellationToken)
    {
        var (view, problem) = await Arguments.IncidentAsync(call, cancellationToken);
        return view is null ? Wrong(problem)
            : Arguments.Rest(call) is { } rest ? Wrong(rest)
            : new Prepared.Ready(Ask(call, view.Incident), token => DecideAsync(call, new DecisionSubject.OfIncident(view.Incident.Id), Decision.Approve, null, token));
    }

    /// <summary>The way of every decision: typed ones name the incident, pressed ones bring a token.</summary>
    internal static async Task<CommandAnswer> DecideAsync(CommandCall call, DecisionSubject subject, Decision decision, string? reason, CancellationToken cancellationToken)
    {
        var request = new DecisionRequest(subject, call.Person, decision) { Reason = reason, Origin = call.Request.Origin };
        if (call.Request.IdempotencyKey is { } key)
        {
            request = request with { Inbox = decided => new InboxDone(CommandDispatcher.InboxKey(key), CommandCodec.Encode(AnswerOf(decided))) };
        }

        return AnswerOf(await call.Services.Decisions.DecideAsync(request, cancellationToken));
    }

    private static CommandAnswer AnswerOf(DecisionOutcome outcome) => outcome switch
    {
        DecisionOutcome.Decided => new CommandAnswer.Done(outcome.Text, outcome.Incident),
        DecisionOutcome.NotAllowed refused => new CommandAnswer.Refused(refused.Text, refused.Rule),
        _ => new CommandAnswer.NotDone(outcome.Text, outcome.Incident),
    };
}
