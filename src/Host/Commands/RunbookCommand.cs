using System.Collections.Immutable;
using System.CommandLine;
using ChatOpsBot.Adapters.Console.Terminal;
using ChatOpsBot.Adapters.YamlFiles.Runbooks;
using ChatOpsBot.Application.Commands;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Application.Runbooks;
using ChatOpsBot.Domain.Evidence;
using ChatOpsBot.Domain.Probes;
using ChatOpsBot.Domain.Hosts;
using ChatOpsBot.Domain.Runbooks;

namespace ChatOpsBot.Host.Commands;

/// <summary><c>runbook lint|plan|test PATH...</c>.</summary>
internal static class RunbookCommand
{
    public static Command Create(SessionFactory sessions)
    {
        var command = new ExampleCommand(
            "runbook",
            "Check runbooks, try them out without changing anything, run their cases.",
            "chatopsbot runbook lint runbooks",
            "chatopsbot runbook plan runbooks/bridge/attach-uplink.yaml --host host42",
            "chatopsbot runbook plan runbooks/guest/nudge-link.yaml --from host42.snapshot guest=vm1",
            "chatopsbot runbook test runbooks");
        command.Subcommands.Add(Lint(sessions.Surroundings));
        command.Subcommands.Add(Plan(sessions));
        command.Subcommands.Add(Test(sessions.Surroundings));
        return command;
    }

    private static Command Lint(Surroundings surroundings)
    {
        var paths = Paths();
        var format = new Option<string>("--format") { Description = "How to write the faults.", HelpName = "text|json", DefaultValueFactory = _ => "text" };
        format.AcceptOnlyFromAmong("text", "json");
        var command = new Command("lint", "Check runbook files, or all below a folder; needs no settings.") { paths, format };
        command.SetAction(parsed =>
        {
            if (!RunbookPaths.TryFind(surroundings, parsed.GetRequiredValue(paths), out var files))
            {
                return ExitCodes.WrongArguments;
            }

            var faults = files.SelectMany(file => new RunbookFiles().Read(file) is RunbooksReading.Refused(var found) ? found : [])
                .Concat(files.Select(CaseFile.PathFor).Where(File.Exists).SelectMany(file => CaseFile.Read(file).Faults)).ToImmutableArray();
            RunbookReport.WriteFaults(surroundings, faults, files.Length, parsed.GetValue(format) == "json");
            return faults.IsEmpty ? ExitCodes.Good : ExitCodes.BadNews;
        });
        return command;
    }

    private static Command Test(Surroundings surroundings)
    {
        var paths = Paths();
        var command = new Command("test", "Run the cases beside runbook files, or of all below a folder; needs no settings and no host.") { paths };
        command.SetAction(parsed => RunbookPaths.TryFind(surroundings, parsed.GetRequiredValue(paths), out var files)
            ? RunbookReport.RunCases(surroundings, files)
            : ExitCodes.WrongArguments);
        return command;
    }

    private static Command Plan(SessionFactory sessions)
    {
        var path = new Argument<string>("PATH") { Description = "A runbook file." };
        var given = new Argument<string[]>("key=value") { Description = "What the runbook asks a person for.", Arity = ArgumentArity.ZeroOrMore };
        var host = new Option<string?>("--host") { Description = "Read this host of the inventory.", HelpName = "HOST" };
        var from = new Option<string?>("--from") { Description = "Take a file that snapshot has written; needs no inventory.", HelpName = "FILE" };
        var command = new Command("plan", "Show what a runbook would do to a host. Changes nothing.") { path, given, host, from };
        command.Validators.Add(result =>
        {
            if (result.GetValue(host) is null == result.GetValue(from) is null)
            {
                result.AddError("plan needs either --host HOST or --from FILE");
            }

            if (Arguments.HostFault(result.GetValue(host)) is { } fault)
            {
                result.AddError(fault);
            }

            foreach (var argument in (result.GetValue(given) ?? []).Where(argument => argument.IndexOf('=') <= 0))
            {
                result.AddError($"\"{argument}\" is not of the form key=value");
            }
        });
        command.SetAction((parsed, cancellationToken) =>
        {
            var wish = new Wish(parsed.GetRequiredValue(path), parsed.GetValue(given) ?? [], parsed.GetValue(host), parsed.GetValue(from));
            return wish.From is null
                ? sessions.RunAsync(parsed, session => PlanHostAsync(session, wish, cancellationToken))
                : Task.FromResult(PlanFile(sessions.Surroundings, wish));
        });
        return command;
    }

    private static Argument<string[]> Paths() => new("PATH") { Description = "Runbook files, or folders of them.", Arity = ArgumentArity.OneOrMore };

    private static async Task<int> PlanHostAsync(Session session, Wish wish, CancellationToken cancellationToken)
    {
        if (!TryRead(session.Surroundings, wish.Path, out var runbook, out var exitCode) || !session.TryFindHost(wish.Host ?? "", out var host, out exitCode))
        {
            return exitCode;
        }

        var outcome = await session.WithProgressAsync(host.Name, progress => session.Get<CheckHost>().RunAsync(host, new(null, null), ProbeWish.Nothing, progress, cancellationToken));
        if (outcome is CheckOutcome.Diagnosed(_, var snapshot))
        {
            return Show(session.Surroundings, runbook, snapshot, host, wish.Given);
        }

        session.Surroundings.Error.WriteLine($"chatopsbot: {HostText.Line(host.Name)} could not be read: {HostText.Lines(((CheckOutcome.Unreachable)outcome).Message)}");
        return ExitCodes.CouldNotTell;
    }

    private static int PlanFile(Surroundings surroundings, Wish wish)
        => TryRead(surroundings, wish.Path, out var runbook, out var exitCode) && Arguments.TryReadSnapshot(surroundings, wish.From ?? "", out var snapshot, out exitCode)
            ? Show(surroundings, runbook, snapshot, new() { Name = snapshot.Host, Address = "" }, wish.Given)
            : exitCode;

    private static bool TryRead(Surroundings surroundings, string path, out Runbook runbook, out int exitCode)
    {
        (runbook, exitCode) = (new() { Id = "", Hash = "", Title = "", Consequence = "", Steps = [] }, ExitCodes.WrongArguments);
        var file = Path.GetFullPath(path, surroundings.CurrentDirectory);
        if (!File.Exists(file))
        {
            surroundings.Error.WriteLine($"chatopsbot: there is no runbook file {HostText.Line(file)}; name one, for example runbooks/bridge/attach-uplink.yaml");
            return false;
        }

        switch (new RunbookFiles().Read(file))
        {
            case RunbooksReading.Loaded(var set):
                runbook = set.ById.Values.Single();
                return true;
            case RunbooksReading.Refused(var faults):
                Problems.Write(surroundings.Error, "the runbook is invalid", faults.Select(fault => fault.ToString()));
                exitCode = ExitCodes.InvalidConfiguration;
                break;
        }

        return false;
    }

    private static int Show(Surroundings surroundings, Runbook runbook, HostSnapshot snapshot, HostEntry host, string[] given)
    {
        var arguments = given.GroupBy(argument => argument[..argument.IndexOf('=')], argument => argument[(argument.IndexOf('=') + 1)..]).ToImmutableSortedDictionary(pair => pair.Key, pair => pair.Last(), StringComparer.Ordinal);
        var outcome = Planner.Plan(new()
        {
            Runbook = runbook,
            Snapshot = snapshot,
            Host = host,
            Finding = runbook.IsForPeople ? null : RunbookCases.FindingFor(runbook, snapshot, host, arguments),
            Arguments = arguments,
            HostKeyFingerprint = "",
            PlanId = "dry-run",
            Expires = surroundings.Time.GetUtcNow().AddMinutes(30),
        });
        return RunbookReport.Write(surroundings, outcome);
    }

    /// <summary>What the command line asks for.</summary>
    private sealed record Wish(string Path, string[] Given, string? Host, string? From);
}

/// <summary>The runbook files that a command line names.</summary>
internal static class RunbookPaths
{
    /// <summary>Finds the files; on failure everything has been said.</summary>
    public static bool TryFind(Surroundings surroundings, IEnumerable<string> paths, out ImmutableArray<string> files)
    {
        var found = ImmutableArray.CreateBuilder<string>();
        files = [];
        foreach (var path in paths.Select(path => Path.GetFullPath(path, surroundings.CurrentDirectory)))
        {
            if (File.Exists(path))
            {
                found.Add(path.EndsWith(RunbookFiles.CasesSuffix, StringComparison.Ordinal) ? path[..^RunbookFiles.CasesSuffix.Length] + ".yaml" : path);
                continue;
            }

            var (below, fault) = RunbookFiles.Files(path);
            if (fault is not null || below.IsEmpty)
            {
                surroundings.Error.WriteLine($"chatopsbot: {HostText.Line(fault?.ToString() ?? $"{path}: there are no runbooks in it; name a folder with .yaml files", 500)}");
                return false;
            }

            found.AddRange(below);
        }

        files = [.. found.Distinct()];
        return true;
    }
}
