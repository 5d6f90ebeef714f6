using System.Collections.Immutable;
using System.Text;
using ChatOpsBot.Application.Commands;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Approvals;
using ChatOpsBot.Domain.Cards;
using ChatOpsBot.Domain.Policies;
using ChatOpsBot.Domain.Runbooks;

namespace ChatOpsBot.Application.Chat;

/// <summary>The forms of the chat, free of any surface's format, and what their answers mean. A form's token is no authorisation: what it leads to is judged when it is sent.</summary>
public static class Forms
{
    /// <summary>Name of the field with a reason.</summary>
    public const string Reason = "reason";

    /// <summary>Name of the field with the host.</summary>
    public const string Host = "host";

    /// <summary>Name of the field with the runbook.</summary>
    public const string Runbook = "runbook";

    /// <summary>Name of the field with <c>name=value</c> lines.</summary>
    public const string Parameters = "parameters";

    private const string ParameterPrefix = "p.";
    private const int MostChoices = 100;

    /// <summary>Asks for the reason of a no.</summary>
    /// <param name="buttonToken">Token of the button that was pressed.</param>
    public static Form Deny(string buttonToken) => new("Deny the plan", "Deny", $"deny {buttonToken}", [new FormField.Text(Reason, "Why not?", Required: false, Longest: 500)]);

    /// <summary>Asks for what a runbook needs: a chosen one with a field for each parameter, else also which.</summary>
    /// <param name="runbook">The one that was named; <see langword="null"/> asks.</param>
    /// <param name="person">Who asks; only hosts that they may run something on are offered.</param>
    /// <param name="configuration">The configuration at this moment.</param>
    public static Form Run(Runbook? runbook, PersonId? person, ServiceConfiguration configuration)
    {
        var fields = ImmutableArray.CreateBuilder<FormField>();
        if (runbook is null)
        {
            ImmutableArray<FormOption> books = [.. configuration.Runbooks.ById.Values.Take(MostChoices).Select(book => new FormOption(book.Id, $"{book.Id}: {book.Title}"))];
            fields.Add(books.IsEmpty ? new FormField.Line(Runbook, "Runbook") : new FormField.Choice(Runbook, "Runbook", books));
        }

        ImmutableArray<FormOption> hosts =
        [
            .. configuration.Inventory.Hosts.Select(host => host.Name)
                .Where(name => PolicyJudge.Judge(configuration.Policy, new() { Person = person, Command = PolicyCommand.Run, Host = configuration.HostOf(name) }) is not PolicyAnswer.Refused)
                .Select(name => new FormOption(name, name)),
        ];
        fields.Add(hosts.Length is 0 or > MostChoices ? new FormField.Line(Host, "Host") : new FormField.Choice(Host, "Host", hosts));
        if (runbook is null)
        {
            fields.Add(new FormField.Text(Parameters, "Parameters, one name=value a line", Required: false));
        }
        else
        {
            fields.AddRange(runbook.Parameters.Where(parameter => parameter.MayBeGiven).Select(
                parameter => (FormField)new FormField.Line(ParameterPrefix + parameter.Name, parameter.Name, Required: parameter.Source == RunbookParameter.Given, Longest: 1000)));
        }

        return new("Run a runbook", "Plan it", $"run {runbook?.Id}", fields.ToImmutable());
    }

    /// <summary>The form for a <c>run</c> that names no host; <see langword="null"/> for every other line.</summary>
    public static Form? Of(string line, PersonId? person, ServiceConfiguration current)
    {
        if (CommandLine.Read(line, out var words) is not null || ChatCommands.Find(words.Take() ?? "")?.Command != PolicyCommand.Run)
        {
            return null;
        }

        var id = words.Take();
        var runbook = id is null ? null : current.Runbooks.Find(id);
        return words.IsAtEnd && (id is null || runbook is not null) ? Run(runbook, person, current) : null;
    }

    /// <summary>What the answers to a form mean; <see langword="null"/> for a token that no form of ours has.</summary>
    public static FormMeaning? Read(string token, IReadOnlyDictionary<string, string> answers)
    {
        switch (token.Split(' ', 2))
        {
            case ["deny", { Length: > 0 } button]:
                return new FormMeaning.Press(button, answers.GetValueOrDefault(Reason));
            case ["run", var named]:
                if (answers.FirstOrDefault(answer => answer.Value.Any(CommandLine.IsQuote)) is { Key: { } quoted })
                {
                    return new FormMeaning.Wrong(quoted, "a value may not hold quotes");
                }

                var line = new StringBuilder("run ").Append(Quoted(named.Length > 0 ? named : answers.GetValueOrDefault(Runbook) ?? "")).Append(' ').Append(Quoted(answers.GetValueOrDefault(Host) ?? ""));
                foreach (var (name, value) in answers.Where(answer => answer.Key.StartsWith(ParameterPrefix, StringComparison.Ordinal) && answer.Value.Length > 0).OrderBy(answer => answer.Key, StringComparer.Ordinal))
                {
                    line.Append(' ').Append(Quoted($"{name[ParameterPrefix.Length..]}={value}"));
                }

                foreach (var pair in (answers.GetValueOrDefault(Parameters) ?? "").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                {
                    line.Append(' ').Append(Quoted(pair));
                }

                return new FormMeaning.Line(line.ToString());
            default:
                return null;
        }
    }

    /// <summary>One word of a command line, which knows no way to write a quote inside quotes.</summary>
    private static string Quoted(string word) => $"\"{word}\"";
}

/// <summary>What the answers to a form mean.</summary>
public abstract record FormMeaning
{
    private FormMeaning()
    {
    }

    /// <summary>A command line.</summary>
    /// <param name="Text">The line.</param>
    public sealed record Line(string Text) : FormMeaning;

    /// <summary>An answer that cannot be used.</summary>
    /// <param name="Field">Name of its field.</param>
    /// <param name="What">What is wrong, for the person.</param>
    public sealed record Wrong(string Field, string What) : FormMeaning;

    /// <summary>A press on a button.</summary>
    /// <param name="Token">The button's token.</param>
    /// <param name="Reason">The reason that was given.</param>
    public sealed record Press(string Token, string? Reason) : FormMeaning;
}
