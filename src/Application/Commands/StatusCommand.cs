using ChatOpsBot.Application.Chat;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Domain.Policies;

namespace ChatOpsBot.Application.Commands;

/// <summary><c>status</c>: where one incident stands, or which are open.</summary>
internal sealed class StatusCommand : ChatCommand
{
    public override PolicyCommand Command => PolicyCommand.Status;

    public override string Usage => "status [INCIDENT]";

    public override string Example => "status I-42";

    public override string Summary => "show where an incident stands; without one, what is open";

    internal override async Task<Prepared> PrepareAsync(CommandCall call, CancellationToken cancellationToken)
    {
        if (call.Line.IsAtEnd)
        {
            return new Prepared.Ready(Ask(call), token => OpenAsync(call, token));
        }

        var (view, problem) = await Arguments.IncidentAsync(call, cancellationToken);
        return view is null ? Wrong(problem)
            : Arguments.Rest(call) is { } rest ? Wrong(rest)
            : new Prepared.Ready(Ask(call, view.Incident), token => ShowAsync(call, view, token));
    }

    private static async Task<CommandAnswer> ShowAsync(CommandCall call, IncidentView view, CancellationToken cancellationToken)
        => new CommandAnswer.Done(IncidentText.Status(view.Incident), view.Incident.Id, await call.Services.Cards.MakeAsync(view, cancellationToken));

    private async Task<CommandAnswer> OpenAsync(CommandCall call, CancellationToken cancellationToken)
    {
        var open = await call.Services.Store.ListAsync(new() { Open = true, Limit = 1000 }, cancellationToken);
        var lines = open.Where(line => call.May(Command, line.Host)).Select(IncidentText.Line).ToList();
        if (lines.Count == 0)
        {
            lines.Add("no incident is open");
        }

        if (call.Services.Configuration.Problem is { } problem)
        {
            lines.Add(problem.ToString());
        }

        return new CommandAnswer.Done(string.Join('\n', lines));
    }
}
