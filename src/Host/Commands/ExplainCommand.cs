using System.CommandLine;
using ChatOpsBot.Adapters.Console.Terminal;
using ChatOpsBot.Adapters.YamlFiles.Runbooks;
using ChatOpsBot.Application.Explaining;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Runbooks;
using Spectre.Console;

namespace ChatOpsBot.Host.Commands;

/// <summary><c>explain ID|"TEXT"</c>: needs neither inventory nor policy.</summary>
internal static class ExplainCommand
{
    private static readonly Style s_heading = new(decoration: Decoration.Bold);

    public static Command Create(SessionFactory sessions)
    {
        var words = new Argument<string[]>("ID|TEXT") { Description = "A fault id, or the text of an error message.", Arity = ArgumentArity.OneOrMore };
        var command = new ExampleCommand(
            "explain",
            "Say what a fault is, how it is decided and repaired; or which fault an error text points to.",
            "chatopsbot explain bridge.uplink-missing",
            "chatopsbot explain \"Cannot get interface MTU on 'br0': No such device\"",
            "chatopsbot explain \"modprobe br_netfilter\"") { words };
        command.SetAction((parsed, _) => sessions.WithSettingsAsync(parsed, loaded =>
        {
            var explanation = Explainer.Explain(string.Join(' ', parsed.GetRequiredValue(words)), Runbooks(loaded.Options.Runbooks.Directory));
            return Task.FromResult(Write(sessions.Surroundings, explanation));
        }));
        return command;
    }

    /// <summary>Runbooks only add to an answer, so one that cannot be read does not spoil it; <c>runbook lint</c> says what is wrong with it.</summary>
    private static RunbookSet Runbooks(string folder) => new RunbookFiles().ReadAll(folder) is RunbooksReading.Loaded(var runbooks) ? runbooks : RunbookSet.Empty;

    private static int Write(Surroundings surroundings, Explanation explanation)
    {
        if (explanation.Kind == ExplanationKind.UnknownId)
        {
            surroundings.Error.WriteLine($"chatopsbot: {HostText.Line(explanation.Title, 500)}");
            foreach (var (heading, text) in explanation.Parts)
            {
                surroundings.Error.WriteLine($"{heading}: {HostText.Line(text, 4000)}");
            }

            return ExitCodes.WrongArguments;
        }

        var report = new ReportWriter(surroundings.OutLook.Open(surroundings.Out), surroundings.OutLook.Width);
        report.Line(0, new Run(explanation.Title, s_heading));
        foreach (var (heading, text) in explanation.Parts)
        {
            var lines = text.Split('\n');
            Run[] title = heading.Length == 0 ? [] : [new Run(heading + ":", s_heading)];
            report.Line(2, [.. title, .. lines.Length == 1 ? Pieces(text) : []]);
            foreach (var line in lines.Length == 1 ? [] : lines)
            {
                report.Line(4, [.. Pieces(line)]);
            }
        }

        return explanation.Kind == ExplanationKind.Answered ? ExitCodes.Good : ExitCodes.CouldNotTell;
    }

    /// <summary>A run shows a limited piece of text of any origin; ours are longer, so they go word by word.</summary>
    private static IEnumerable<Run> Pieces(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => new Run(word));
}
