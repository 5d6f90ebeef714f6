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

    internal override Task<Prepared> PrepareAsync(CommandCall call, CancellationToken cancellationToken) => SayAsync(
        call, "the text is missing",
        (view, text, token) => IncidentChanges.ApplyAsync(call, view, new IncidentEvent.NoteAdded(call.Now, call.Asker, text), after => $"noted in {after.Id}", token),
        cancellationToken);
}
