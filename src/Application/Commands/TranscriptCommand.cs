using ChatOpsBot.Application.Chat;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Policies;
using ChatOpsBot.Domain.Transcripts;

namespace ChatOpsBot.Application.Commands;

/// <summary><c>transcript</c>: the ten lines at the head of an incident's transcript, and where all of it is.</summary>
internal sealed class TranscriptCommand : ChatCommand
{
    public override PolicyCommand Command => PolicyCommand.Transcript;

    public override string Usage => "transcript INCIDENT";

    public override string Example => "transcript I-42";

    public override string Summary => "sum up an incident and link its transcript";

    internal override async Task<Prepared> PrepareAsync(CommandCall call, CancellationToken cancellationToken)
    {
        var (view, problem) = await Arguments.IncidentAsync(call, cancellationToken);
        return view is null ? Wrong(problem)
            : Arguments.Rest(call) is { } rest ? Wrong(rest)
            : new Prepared.Ready(Ask(call, view.Incident), token => ShowAsync(call, view.Incident.Id, token));
    }

    private static async Task<CommandAnswer> ShowAsync(CommandCall call, IncidentId id, CancellationToken cancellationToken)
    {
        if (await call.Services.Transcripts.ExportAsync(id, cancellationToken) is not { } transcript)
        {
            return new CommandAnswer.NotDone($"there is no incident {id} any more");
        }

        var lines = TranscriptSummary.Of(transcript).Select(line => $"{line.Label}: {line.Text}");
        return new CommandAnswer.Done(string.Join('\n', call.Services.Links.Transcript(id) is { } link ? lines.Append($"All of it: {link}") : lines), id);
    }
}
