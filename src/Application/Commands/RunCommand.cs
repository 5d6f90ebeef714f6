using System.Collections.Immutable;
using System.Text.RegularExpressions;
using ChatOpsBot.Application.Wording;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Policies;
using ChatOpsBot.Domain.Runbooks;

namespace ChatOpsBot.Application.Commands;

/// <summary><c>run</c>: a named runbook, planned and approved like any other.</summary>
internal sealed partial class RunCommand : ChatCommand
{
    private const int LongestValue = 1000;

    public override PolicyCommand Command => PolicyCommand.Run;

    public override string Usage => "run RUNBOOK HOST [key=value ...]";

    public override string Example => "run bridge/attach-uplink host42 bridge=br0";

    public override string Summary => "plan a named runbook for a host; what it changes is approved like any other repair";

    internal override Task<Prepared> PrepareAsync(CommandCall call, CancellationToken cancellationToken) => Task.FromResult(Prepare(call));

    private Prepared Prepare(CommandCall call)
    {
        if (call.Line.Take() is not { } id)
        {
            return Wrong("the runbook is missing");
        }

        if (call.Configuration.Runbooks.Find(id) is not { } runbook)
        {
            return Wrong($"there is no runbook {Arguments.Shown(id)}{NearestWord.Hint(id, call.Configuration.Runbooks.ById.Keys)}; runbooks lists them");
        }

        if (Arguments.Host(call, Command, out var problem) is not { } host)
        {
            return Wrong(problem);
        }

        if (ReadPairs(call, runbook, out problem) is not { } pairs)
        {
            return Wrong(problem);
        }

        var request = new IncidentRequest { Host = host.Name, Runbook = new(runbook.Id, pairs) };
        var question = Ask(call, host.Name) with { Arguments = pairs.SetItem("runbook", runbook.Id) };
        return new Prepared.Ready(question, token => CheckCommand.RunAsync(call, request, token));
    }

    /// <summary>The types of the values are checked against the host when the plan is made.</summary>
    private static ImmutableSortedDictionary<string, string>? ReadPairs(CommandCall call, Runbook runbook, out string problem)
    {
        var pairs = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        var known = runbook.Parameters.Where(parameter => parameter.MayBeGiven).Select(parameter => parameter.Name).ToArray();
        while (call.Line.Take() is { } word)
        {
            var pair = word.Split('=', 2);
            problem = pair switch
            {
                _ when call.Line.HasOpenQuote => "a quote is not closed",
                not [_, _] => $"{Arguments.Shown(word)} is not of the form key=value",
                [var key, _] when !KeyPattern().IsMatch(key) || !known.Contains(key)
                    => $"{runbook.Id} takes no {Arguments.Shown(key)}{NearestWord.Hint(key, known)}; {(known.Length == 0 ? "it takes nothing" : $"it takes {string.Join(", ", known)}")}",
                [_, { Length: 0 or > LongestValue }] => $"the value of {pair[0]} is empty or longer than {LongestValue} characters",
                [var key, _] when pairs.ContainsKey(key) => $"{key} stands there twice",
                _ => "",
            };
            if (problem.Length > 0)
            {
                return null;
            }

            pairs[pair[0]] = pair[1];
        }

        problem = "";
        return pairs.ToImmutable();
    }

    [GeneratedRegex(@"\A[a-z][a-z0-9-]{0,63}\z")]
    private static partial Regex KeyPattern();
}
