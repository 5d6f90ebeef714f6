using ChatOpsBot.Application.Incidents;
using ChatOpsBot.Application.Wording;
using ChatOpsBot.Domain.Hosts;
using ChatOpsBot.Domain.Incidents;
using ChatOpsBot.Domain.Policies;

namespace ChatOpsBot.Application.Commands;

/// <summary>Reads the arguments that several commands have.</summary>
internal static class Arguments
{
    /// <summary>Longest name of a guest or bridge.</summary>
    private const int LongestName = 128;

    /// <summary>Longest text that people add to an incident.</summary>
    public const int LongestText = 1000;

    private static readonly string[] s_probes = ["none", "passive", "active"];

    /// <summary>The host of a word. Hints name only hosts that the asker may use the command on.</summary>
    public static HostEntry? Host(CommandCall call, PolicyCommand command, out string problem)
    {
        problem = "";
        if (call.Line.Take() is not { } name)
        {
            problem = "the host is missing";
            return null;
        }

        if (call.Configuration.Inventory.Find(name) is { } host)
        {
            return host;
        }

        var near = NearestWord.Hint(name, call.Configuration.Inventory.Hosts.Select(entry => entry.Name).Where(known => call.May(command, known)));
        problem = $"the inventory has no host {Shown(name)}{near}";
        return null;
    }

    /// <summary>The incident of a word.</summary>
    public static async Task<(IncidentView? View, string Problem)> IncidentAsync(CommandCall call, CancellationToken cancellationToken)
    {
        if (call.Line.Take() is not { } word)
        {
            return (null, "the incident is missing");
        }

        if (!IncidentId.TryParse(word, out var id))
        {
            return (null, $"{Shown(word)} is not an incident; they are written I-42");
        }

        return await call.Services.Incidents.GetAsync(id, cancellationToken) is { } view ? (view, "") : (null, $"there is no incident {id}");
    }

    /// <summary>A name that reaches filters and sentences, never a command line.</summary>
    public static string? Name(CommandCall call, string what, out string problem)
    {
        problem = "";
        var name = call.Line.Take();
        problem = name switch
        {
            null or "" => $"the name of the {what} is missing",
            { Length: > LongestName } => $"the name of the {what} is longer than {LongestName} characters",
            _ when name.StartsWith('-') => $"{Shown(name)} is no name of a {what}",
            _ => "",
        };
        return problem.Length == 0 ? name : null;
    }

    /// <summary>Why words are left over, or <see langword="null"/>.</summary>
    public static string? Rest(CommandCall call)
        => call.Line.HasOpenQuote ? "a quote is not closed" : call.Line.IsAtEnd ? null : $"nothing may follow here, and {Shown(call.Line.Peek() ?? "")} does";

    /// <summary>What stands after <c>probe</c>, see <see cref="IncidentRequest.Probes"/>.</summary>
    public static string? Probes(CommandCall call, out string problem)
    {
        var word = call.Line.Take()?.ToLowerInvariant();
        problem = word is null ? "the word after probe is missing: none, passive or active"
            : s_probes.Contains(word) ? "" : $"probe is none, passive or active, not {Shown(word)}{NearestWord.Hint(word, s_probes)}";
        return problem.Length == 0 ? word : null;
    }

    /// <summary>A word of the asker for an answer: short.</summary>
    public static string Shown(string word) => word.Length <= 60 ? $"\"{word}\"" : $"\"{word[..60]}...\"";
}
