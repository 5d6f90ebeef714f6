using ChatOpsBot.Adapters.Console.Terminal;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Application.Repairs;
using ChatOpsBot.Host.Serving;

namespace ChatOpsBot.Host;

/// <summary>Everything that the program takes from its process, in one place, so that tests can run the whole program in theirs.</summary>
internal sealed record Surroundings
{
    /// <summary>Standard output: the answer and nothing else.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Standard error: progress, problems and logs.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Standard input.</summary>
    public TextReader In { get; init; } = TextReader.Null;

    /// <summary>Whether a person sits at standard input.</summary>
    public bool InIsTerminal { get; init; }

    /// <summary>What standard output can show.</summary>
    public TerminalLook OutLook { get; init; } = TerminalLook.Plain;

    /// <summary>What standard error can show.</summary>
    public TerminalLook ErrorLook { get; init; } = TerminalLook.Plain;

    /// <summary>Environment variables.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>Whether the environment is Development, where some settings may be looser; nothing said means Production.</summary>
    public bool IsDevelopment => Environment.TryGetValue("DOTNET_ENVIRONMENT", out var name) && name.Equals("Development", StringComparison.OrdinalIgnoreCase);

    /// <summary>Where relative paths of the command line and of environment variables start.</summary>
    public required string CurrentDirectory { get; init; }

    /// <summary>Where the program's files are.</summary>
    public required string ProgramDirectory { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Stands in for SSH; <see langword="null"/> in the real program.</summary>
    public IHostShell? Shell { get; init; }

    /// <summary>Stands in for the reader of host keys; <see langword="null"/> in the real program.</summary>
    public IHostKeys? Keys { get; init; }

    /// <summary>How long a repair waits for what; set by tests that cannot wait that long.</summary>
    public RepairOptions Repairs { get; init; } = new();

    /// <summary>What SIGHUP does; by itself it ends the program.</summary>
    public HangupHook Hangup { get; } = new();

    /// <summary>Those of this process.</summary>
    public static Surroundings OfProcess()
    {
        var environment = ReadEnvironment();
        return new()
        {
            In = Console.In,
            InIsTerminal = !Console.IsInputRedirected && !Console.IsOutputRedirected,
            Out = Console.Out,
            Error = Console.Error,
            OutLook = TerminalLook.Of(!Console.IsOutputRedirected, WindowWidth(), environment),
            ErrorLook = TerminalLook.Of(!Console.IsErrorRedirected, WindowWidth(), environment),
            Environment = environment,
            CurrentDirectory = System.Environment.CurrentDirectory,
            ProgramDirectory = AppContext.BaseDirectory,
        };
    }

#pragma warning disable RS0030 // The one place that reads the environment.
    private static Dictionary<string, string> ReadEnvironment()
        => System.Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "");
#pragma warning restore RS0030

    private static int WindowWidth()
    {
        try
        {
            return Console.WindowWidth;
        }
        catch (Exception e) when (e is IOException or PlatformNotSupportedException)
        {
            return 0;
        }
    }
}
