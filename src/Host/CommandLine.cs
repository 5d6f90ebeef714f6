using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using ChatOpsBot.Adapters.Console.Terminal;
using ChatOpsBot.Application.Wording;
using ChatOpsBot.Host.Commands;
using ChatOpsBot.Host.Serving;

namespace ChatOpsBot.Host;

/// <summary>The program's command line. One file per command; this one knows only what all of them share.</summary>
internal static class CommandLine
{
    /// <summary>Time that a cancelled command gets to end in order; what it left on hosts ends with our process anyway, by its lifeline.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    private const string About = """
        ChatOpsBot reads a KVM host over SSH and says why its bridged guests get no IP address.

        Settings are read from appsettings.json beside the program, or from the file that --settings names instead. Environment
        variables override both: Ssh__User is the setting Ssh:User. Relative paths in a settings file start at its folder.
        """;

    /// <summary>Runs the program and returns its exit code.</summary>
    public static async Task<int> RunAsync(string[] args, Surroundings surroundings, CancellationToken cancellationToken)
    {
        var parsed = Root(surroundings).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0 && parsed.Action is not HelpAction and not CommandHelp)
        {
            foreach (var message in Messages(parsed))
            {
                surroundings.Error.WriteLine($"chatopsbot: {HostText.Line(message)}");
            }

            surroundings.Error.WriteLine($"See: chatopsbot {string.Concat(Words(parsed.CommandResult).Select(word => word + " "))}--help");
            return ExitCodes.WrongArguments;
        }

        var configuration = new InvocationConfiguration
        {
            Output = surroundings.Out,
            Error = surroundings.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        try
        {
            var running = parsed.InvokeAsync(configuration, cancellationToken);
            await Task.WhenAny(running, AfterCancelAsync(parsed.CommandResult.Command is ExampleCommand { Patience: { } patience } ? patience : s_patience, surroundings.Time, cancellationToken));
            return running.IsCompleted ? await running : ExitCodes.Interrupted;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCodes.Interrupted;
        }
        catch (IOException e)
        {
            // Adapters turn the failures they expect into values; what is left is our own output, to a full disk for example.
            surroundings.Error.WriteLine($"chatopsbot: the answer could not be written: {HostText.Line(e.Message)}");
            return ExitCodes.CouldNotTell;
        }
        catch (Exception e)
        {
            surroundings.Error.WriteLine($"chatopsbot: this is a bug of the program, please report it: {HostText.Lines(e.ToString())}");
            return ExitCodes.Bug;
        }
    }

    /// <summary>The words that lead to a command.</summary>
    private static IEnumerable<string> Words(CommandResult result)
        => result.Command is RootCommand ? [] : result.Parent is CommandResult parent ? [.. Words(parent), result.Command.Name] : [result.Command.Name];

    /// <summary>What is wrong with the arguments, once: the parser takes an unknown option for an argument and then complains about what follows it.</summary>
    private static IEnumerable<string> Messages(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var options = command.Options.Concat(parsed.RootCommandResult.Command.Options).Select(option => option.Name).Distinct().ToArray();
        var unknown = parsed.Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash)
            .Where(token => token.Type == TokenType.Argument && token.Value.StartsWith("--", StringComparison.Ordinal) && !options.Contains(token.Value))
            .Select(token => $"there is no option {token.Value}{NearestWord.Hint(token.Value, options)}")
            .ToArray();
        if (unknown.Length > 0)
        {
            return unknown;
        }

        return command is RootCommand root && parsed.UnmatchedTokens.Count > 0
            ? [$"there is no command {parsed.UnmatchedTokens[0]}{NearestWord.Hint(parsed.UnmatchedTokens[0], root.Subcommands.Select(sub => sub.Name))}"]
            : command is RootCommand ? ["name a command"]
            : parsed.Errors.Select(error => error.Message).Distinct();
    }

    private static RootCommand Root(Surroundings surroundings)
    {
        var settings = new Option<string?>("--settings")
        {
            Description = "Read the settings from this file instead of appsettings.json beside the program.",
            HelpName = "FILE",
            Recursive = true,
        };
        var session = new SessionFactory(surroundings, settings);
        var root = new RootCommand(About);
        root.Directives.Clear();
        root.Options.Add(settings);
        root.Subcommands.Add(CheckCommand.Create(session));
        root.Subcommands.Add(TraceCommand.Create(session));
        root.Subcommands.Add(SnapshotCommand.Create(session));
        root.Subcommands.Add(DoctorCommand.Create(session));
        root.Subcommands.Add(TranscriptCommand.Create(session));
        root.Subcommands.Add(ServeCommand.Create(session));
        root.Subcommands.Add(ChatCommand.Create(surroundings));
        root.Subcommands.Add(ExplainCommand.Create(session));
        root.Subcommands.Add(RunbookCommand.Create(session));
        root.Subcommands.Add(HostKitCommand.Create(session.Surroundings));
        AddHelp(root);
        return root;
    }

    private static void AddHelp(RootCommand root)
    {
        foreach (var option in root.Options.OfType<HelpOption>())
        {
            if (option.Action is HelpAction standard)
            {
                option.Action = new CommandHelp(standard);
            }
        }
    }

    private static async Task AfterCancelAsync(TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (cancellationToken.Register(cancelled.SetResult))
        {
            await cancelled.Task;
        }

        await Task.Delay(patience, time, CancellationToken.None);
    }

    /// <summary>The library's help, followed by an example and the exit codes.</summary>
    private sealed class CommandHelp(HelpAction standard) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            standard.Invoke(parseResult);
            var output = parseResult.InvocationConfiguration.Output;
            var commands = parseResult.CommandResult.Command is RootCommand root ? root.Subcommands : [parseResult.CommandResult.Command];
            output.WriteLine("Examples:");
            foreach (var example in commands.OfType<ExampleCommand>().SelectMany(command => command.Examples))
            {
                output.WriteLine($"  {example}");
            }

            output.WriteLine();
            output.WriteLine(ExitCodes.Help);
            return ExitCodes.Good;
        }
    }
}

/// <summary>A command whose help shows how it is used.</summary>
/// <param name="name">Its word.</param>
/// <param name="description">What it does.</param>
/// <param name="examples">Complete command lines.</param>
internal sealed class ExampleCommand(string name, string description, params string[] examples) : Command(name, description)
{
    /// <summary>Complete command lines.</summary>
    public IReadOnlyList<string> Examples { get; } = examples;

    /// <summary>Time to end in order after a signal; <see langword="null"/> for the usual.</summary>
    public TimeSpan? Patience { get; init; }
}
