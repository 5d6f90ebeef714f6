using System.Globalization;

namespace ChatOpsBot.Domain.Runbooks;

/// <summary>The values of a runbook's parameters on one host.</summary>
/// <param name="ByName">Complete when there is no problem.</param>
/// <param name="Problem">Why not, or <see langword="null"/>.</param>
internal sealed record ParameterValues(IReadOnlyDictionary<string, string> ByName, PlanOutcome.Impossible? Problem)
{
    /// <summary>Finds all values, each checked by its type.</summary>
    public static ParameterValues Of(FactContext context)
    {
        var runbook = context.Request.Runbook;
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        if (context.Request.Arguments.Keys.FirstOrDefault(key => !runbook.Parameters.Any(parameter => parameter.Name == key && parameter.MayBeGiven)) is { } unknown)
        {
            var known = string.Join(", ", runbook.Parameters.Where(parameter => parameter.MayBeGiven).Select(parameter => parameter.Name));
            return new(values, new(
                runbook.Parameters.Any(parameter => parameter.Name == unknown) ? $"{unknown} is found out on the host and cannot be given" : $"{runbook.Id} has no parameter {Shown(unknown)}",
                known.Length == 0 ? "leave it out" : $"give {known}"));
        }

        foreach (var parameter in runbook.Parameters)
        {
            var found = Find(context, parameter, values);
            if (found.Value is null)
            {
                return new(values, new(found.Why, found.Remedy));
            }

            if (WhyUnfit(context, parameter.Type, found.Value) is { } why)
            {
                return new(values, new($"{parameter.Name}: {why}", parameter.MayBeGiven ? $"give {parameter.Name}={Example(parameter)}" : "check the host again, or do it by hand"));
            }

            values[parameter.Name] = found.Value;
        }

        return new(values, null);
    }

    private static FactValue Find(FactContext context, RunbookParameter parameter, Dictionary<string, string> values)
    {
        if (parameter.MayBeGiven && context.Request.Arguments.TryGetValue(parameter.Name, out var given))
        {
            return given;
        }

        return parameter.Source switch
        {
            RunbookParameter.FindingSubject => FactValue.Of(context.Request.Finding?.Subject, "") is { Value: not null } subject ? subject : Ask(parameter),
            RunbookParameter.FindingBridge => FactValue.Of(context.Request.Finding?.Bridge, "") is { Value: not null } bridge ? bridge : Ask(parameter),
            RunbookParameter.Given => Ask(parameter),
            RunbookParameter.PlanId => context.Request.PlanId,
            var fact => RunbookFacts.Find(fact) is { } definition && definition.About.Length == parameter.Of.Length
                ? definition.Read(context, [.. parameter.Of.Select(name => values.GetValueOrDefault(name) ?? "")])
                : FactValue.None($"the runbook asks for {parameter.Name} from {Shown(fact)}, which is no known fact", "check the runbook with: chatopsbot runbook lint"),
        };
    }

    private static FactValue Ask(RunbookParameter parameter)
        => FactValue.None($"nothing says which {parameter.About} is meant", $"give {parameter.Name}={Example(parameter)}");

    private static string? WhyUnfit(FactContext context, ParameterType type, string value)
    {
        var link = context.Link(value);
        return type switch
        {
            ParameterType.Bridge => link is { IsBridge: true } && link.Name == value ? null : $"{Shown(value)} is not a bridge of {context.Request.Host.Name}",
            ParameterType.Link => link is not null && link.Name == value ? null : $"{Shown(value)} is not a link of {context.Request.Host.Name}",
            ParameterType.Tap => context.Topology.GuestPorts.Any(port => port.Link.Name == value) ? null : $"{Shown(value)} is not a guest's device on {context.Request.Host.Name}",
            ParameterType.Guest => context.Topology.GuestPorts.Any(port => port.Guest == value) ? null : $"{Shown(value)} is not a running guest of {context.Request.Host.Name}",
            ParameterType.Name => IsName(value) ? null : $"{Shown(value)} is not a plain name, so it cannot be put safely into a command of the firewall",
            ParameterType.Number => long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? null : $"{Shown(value)} is not a number",
            ParameterType.Text => value.Length <= 65_000 && !value.Any(char.IsControl) ? null : "it holds control characters or is too long",
            _ => value.Length <= 65_000 && !value.Any(c => char.IsControl(c) && c is not ('\n' or '\t')) ? null : "it holds control characters or is too long",
        };
    }

    // What nft and iptables take for a name and nothing else; an option begins with a dash, a command of nft needs a blank or semicolon.
    private static bool IsName(string value)
        => value.Length is > 0 and <= 128 && (char.IsAsciiLetter(value[0]) || value[0] == '_') && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '/');

    private static string Example(RunbookParameter parameter) => parameter.Type switch
    {
        ParameterType.Bridge => "br0",
        ParameterType.Link => "eno2",
        ParameterType.Tap => "vnet0",
        ParameterType.Guest => "vm1",
        ParameterType.Number => "1",
        _ => "VALUE",
    };

    // What a person typed or a host printed, short and on one line.
    private static string Shown(string text)
    {
        var line = new string([.. text.Take(60).Select(c => char.IsControl(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.Surrogate ? '?' : c)]);
        return $"'{line}{(text.Length > 60 ? "..." : "")}'";
    }
}
