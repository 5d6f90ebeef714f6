using ChatOpsBot.Application.Chat;
using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Application.Wording;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Policies;

namespace ChatOpsBot.Application.Commands;

/// <summary><c>check</c>: opens or joins the host's incident.</summary>
internal sealed class CheckCommand : ChatCommand
{
    private static readonly string[] s_words = ["guest", "bridge", "because", "probe"];

    public override PolicyCommand Command => PolicyCommand.Check;

    public override string Usage => "check HOST [guest NAME] [bridge NAME] [probe none|passive|active] [because \"TEXT\"]";

    public override string Example => "check host42 guest vm1 because \"no DHCP answer\"";

    public override string Summary => "read a host and say why its guests have no network; open or join its incident";

    internal override Task<Prepared> PrepareAsync(CommandCall call, CancellationToken cancellationToken) => Task.FromResult(Prepare(call));

    private Prepared Prepare(CommandCall call)
    {
        if (Arguments.Host(call, Command, out var problem) is not { } host)
        {
            return Wrong(problem);
        }

        var request = new IncidentRequest { Host = host.Name };
        var probe = false;
        while (call.Line.Take() is { } word)
        {
            (request, problem) = word.ToLowerInvariant() switch
            {
                "guest" when request.Focus.Guest is null => (request with { Focus = request.Focus with { Guest = Arguments.Name(call, "guest", out problem) } }, problem),
                "bridge" when request.Focus.Bridge is null => (request with { Focus = request.Focus with { Bridge = Arguments.Name(call, "bridge", out problem) } }, problem),
                "because" when request.Because is null => Because(call, request),
                "probe" when !probe => (request with { Probes = Arguments.Probes(call, out problem) ?? "" }, problem),
                "guest" or "bridge" or "because" or "probe" => (request, $"{word} stands there twice"),
                _ => (request, $"{Arguments.Shown(word)} makes no sense here{NearestWord.Hint(word, s_words)}"),
            };
            if (problem.Length > 0)
            {
                return Wrong(problem);
            }

            probe |= word.Equals("probe", StringComparison.OrdinalIgnoreCase);
        }

        return call.Line.HasOpenQuote ? Wrong("a quote is not closed") : new Prepared.Ready(Ask(call, host.Name), token => RunAsync(call, request, token));
    }

    /// <summary>With quotes one word, without them all that follows.</summary>
    private static (IncidentRequest Request, string Problem) Because(CommandCall call, IncidentRequest request)
    {
        var text = call.Line.IsQuoted ? call.Line.Take() : call.Line.TakeRest();
        return OneLine.Of(text, Arguments.LongestText) is { } because ? (request with { Because = because }, "") : (request, "the text after because is missing");
    }

    /// <summary>Opening and joining may be repeated, so the answer is kept afterwards and not in the same transaction.</summary>
    internal static async Task<CommandAnswer> RunAsync(CommandCall call, IncidentRequest request, CancellationToken cancellationToken)
    {
        var outcome = await call.Services.Incidents.OpenOrJoinAsync(
            request, call.Asker, call.Request.Conversation, call.Services.Limits, call.Now, inbox: null, cancellationToken, call.Request.Origin);
        return outcome switch
        {
            ApplyOutcome.Applied { View: var view, Joined: false } => new CommandAnswer.Done(
                request.Runbook is { } run ? $"{view.Incident.Id}: planning {run.Runbook} for {request.Host}" : $"{view.Incident.Id}: reading {request.Host}",
                view.Incident.Id, await call.Services.Cards.MakeAsync(view, cancellationToken)),
            ApplyOutcome.Applied { View: var view } => new CommandAnswer.Done(
                $"{view.Incident.Id} is open for {request.Host} and is {view.Incident.State.Name}; you have joined it{ReadAgain(view.Incident, request)}",
                view.Incident.Id, await call.Services.Cards.MakeAsync(view, cancellationToken)),
            ApplyOutcome.Refused refused => new CommandAnswer.NotDone(refused.Reason),
            _ => new CommandAnswer.NotDone($"the incident of {request.Host} ended at this moment; ask again"),
        };
    }

    /// <summary>Joining reads nothing: where the incident waits for a human, the asker is told what would.</summary>
    private static string ReadAgain(Incident incident, IncidentRequest request)
        => incident.State is not IncidentState.Escalated || request.Runbook is not null ? ""
            : $". To have the host read again: recheck {incident.Id}{(request.Probes == incident.Request.Probes ? "" : $" probe {request.Probes}")}";
}
