using ChatOpsBot.Application.Chat;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Policies;

namespace ChatOpsBot.Application.Commands;

/// <summary><c>note</c>: writes something into the transcript.</summary>
internal sealed class NoteCommand : ChatCommand
{
    public override PolicyCommand Command => PolicyCommand.Note;

    public override string Usage => "note INCIDENT TEXT";

    public override string Example => "note I-42 the cable was replaced at 14:10";

    public override string Summary => "write a note into the transcript of an open incident";

    internal override async Task<Prepared> PrepareAsync(CommandCall call, CancellationToken cancellationToken)
    {
        var (view, problem) = await Arguments.IncidentAsync(call, cancellationToken);
        if (view is null)
        {
            return Wrong(problem);
        }

        return OneLine.Of(call.Line.TakeRest(), Arguments.LongestText) is not { } text
            ? Wrong("the text is missing")
            : new Prepared.Ready(
                Ask(call, view.Incident),
                token => IncidentChanges.ApplyAsync(call, view, new IncidentEvent.NoteAdded(call.Now, call.Asker, text), after => $"noted in {after.Id}", token));
    }
}
