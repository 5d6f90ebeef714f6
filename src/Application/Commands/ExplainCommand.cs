using ChatOpsBot.Application.Chat;
using ChatOpsBot.Application.Explaining;
using ChatOpsBot.Domain.Policies;

namespace ChatOpsBot.Application.Commands;

/// <summary><c>explain</c>: what a fault is, or which fault an error text points to.</summary>
internal sealed class ExplainCommand : ChatCommand
{
    public override PolicyCommand Command => PolicyCommand.Explain;

    public override string Usage => "explain ID|\"TEXT\"";

    public override string Example => "explain bridge.uplink-missing";

    public override string Summary => "say what a fault is and how it is repaired, or which fault an error text points to";

    internal override Task<Prepared> PrepareAsync(CommandCall call, CancellationToken cancellationToken) => Task.FromResult(Prepare(call));

    private Prepared Prepare(CommandCall call)
    {
        // Messages hold quotes of their own, so all that follows is the text.
        if (call.Line.TakeRest() is not { Length: > 0 } text)
        {
            return Wrong("the fault or the error text is missing");
        }

        return new Prepared.Ready(Ask(call), _ =>
        {
            var explanation = Explainer.Explain(text, call.Configuration.Runbooks);
            return Task.FromResult<CommandAnswer>(explanation.Kind == ExplanationKind.Answered ? new CommandAnswer.Done(explanation.ToString()) : new CommandAnswer.NotDone(explanation.ToString()));
        });
    }
}
