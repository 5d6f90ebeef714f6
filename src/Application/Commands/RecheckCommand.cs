using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Policies;

namespace ChatOpsBot.Application.Commands;

/// <summary><c>recheck</c>: reads the host of an incident again.</summary>
internal sealed class RecheckCommand : ChatCommand
{
    public override PolicyCommand Command => PolicyCommand.Recheck;

    public override string Usage => "recheck INCIDENT [probe none|passive|active]";

    public override string Example => "recheck I-42 probe active";

    public override string Summary => "read the host of an incident again, if wished with other probes; a waiting plan is dropped";

    internal override async Task<Prepared> PrepareAsync(CommandCall call, CancellationToken cancellationToken)
    {
        var (view, problem) = await Arguments.IncidentAsync(call, cancellationToken);
        if (view is null)
        {
            return Wrong(problem);
        }

        string? probes = null;
        if ("probe".Equals(call.Line.Peek(), StringComparison.OrdinalIgnoreCase))
        {
            _ = call.Line.Take();
            probes = Arguments.Probes(call, out problem);
            if (probes is null)
            {
                return Wrong(problem);
            }
        }

        return Arguments.Rest(call) is { } rest ? Wrong(rest)

            // The risk of a waiting plan is not what is asked for: looking changes nothing.
            : new Prepared.Ready(
                Ask(call, view.Incident) with { Risk = null },
                token => IncidentChanges.ApplyAsync(
                    call, view, new IncidentEvent.RecheckRequested(call.Now, call.Asker) { Probes = probes }, after => $"{after.Id}: reading {after.Request.Host} again", token));
    }
}
