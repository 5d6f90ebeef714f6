using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Domain.Policies;
using ChatOpsBot.Domain.Runbooks;

namespace ChatOpsBot.Application.Commands;

/// <summary><c>runbooks</c>: lists the repairs that exist.</summary>
internal sealed class RunbooksCommand : ChatCommand
{
    public override PolicyCommand Command => PolicyCommand.Runbooks;

    public override string Usage => "runbooks";

    public override string Example => "runbooks";

    public override string Summary => "list the repairs with their risks and what they answer";

    internal override Task<Prepared> PrepareAsync(CommandCall call, CancellationToken cancellationToken) => Task.FromResult<Prepared>(
        Arguments.Rest(call) is { } rest ? Wrong(rest) : Tell(call, () => List(call.Configuration.Runbooks)));

    private static string List(RunbookSet runbooks)
        => runbooks.ById.IsEmpty ? "there are no runbooks" : string.Join('\n', runbooks.ById.Values.Select(Line));

    private static string Line(Runbook runbook)
    {
        var given = runbook.Parameters.Where(parameter => parameter.MayBeGiven).Select(parameter => $"{parameter.Name}=...").ToArray();
        return $"{runbook.Id} ({runbook.Steps.Select(step => step.Risk).DefaultIfEmpty(Risk.D0).Max()}): {runbook.Title}; {(runbook.IsForPeople ? "only on request" : $"for {string.Join(", ", runbook.Answers)}")}"
            + (given.Length == 0 ? "" : $"; takes {string.Join(' ', given)}");
    }
}
